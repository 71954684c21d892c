"""What the figures of a unit say about the links of the strategy map."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse

from fourfold.engine.evidence import Evidence, Verdict
from fourfold.errors import NotFound
from fourfold.records.queries.questions import evidence_of
from fourfold.scorecard.map_evidence import MapEvidence
from fourfold.scorecard.sheet import rounded
from fourfold.web.address import Here, here_at
from fourfold.web.components.dates import day_text
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.components.sheet import sheet_of
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, counted, signed_in

#: In the order in which they ask for attention, with what each means.
VERDICTS: Final = {
    Verdict.CONTRADICTED: "the figures moved against what is written",
    Verdict.SUPPORTED: "the figures fit what is written",
    Verdict.WEAK_SUPPORT: "a slight sign",
    Verdict.NO_EVIDENCE: "it would probably have shown",
    Verdict.INCONCLUSIVE: "too little data to tell",
    Verdict.NOT_TESTABLE_YET: "too few figures so far",
    Verdict.EXPLORATION: "nothing was written down that could be tested",
}


@signed_in
@counted
def evidence(request: Request, unit: str) -> HttpResponse:
    """The links by verdict; `why` in the address is a link whose test is shown."""
    here = here_at(request, unit)
    found = evidence_of(here.scope)
    return show(
        request,
        "web/evidence.html",
        here,
        page="evidence",
        title="Evidence",
        crumbs=[crumb_of(here), Link("Strategy map", here.unit("map"))],
        **({} if found is None else context_of(here, found, request.GET.get("why", ""))),
    )


def context_of(here: Here, found: MapEvidence, why: str) -> dict[str, Any]:
    """What the template shows, as finished texts."""
    tested = sum(e.test is not None for e in found.items)
    return {
        "summary": f"{here.scope.unit.name}, {plural(tested, 'link')} of {len(found.items)} tested together, "
        f"{day_text(found.as_of.date())}. Moving together does not say why.",
        "groups": [
            {"name": verdict.value.capitalize(), "note": note, "links": [_link(here, e) for e in some]}
            for verdict, note in VERDICTS.items()
            if (some := [e for e in found.items if e.verdict is verdict])
        ],
        "around": sheet_of(found.before_and_after, (), _twice([_why_url(here, a.name) for a in found.around]))
        if found.around else None,
        "why": _why(found, why),
    }  # fmt: skip


def _twice(urls: list[str]) -> list[str]:
    """For each of two rows: the driver's has the way to the explanation of both."""
    return [url for one in urls for url in (one, "")]


def _why_url(here: Here, name: str) -> str:
    return here.unit("evidence", why=name) + "#why"


def _link(here: Here, e: Evidence) -> dict[str, Any]:
    structure = here.scope.structure
    source, _, target = e.hypothesis.link.partition(">")
    cause, effect = structure.objective[source], structure.objective[target]
    return {
        "cause": Link(cause.name, here.objective(cause)),
        "effect": Link(effect.name, here.objective(effect)),
        "numbers": _numbers(e),
        "text": e.text,
        "why": _why_url(here, e.hypothesis.link) if e.test is not None else "",
    }


def _numbers(e: Evidence) -> str:
    """Correlation and adjusted p of what the verdict is about."""
    if e.test is None:
        return ""
    against = e.verdict is Verdict.CONTRADICTED
    seen, q = (e.test.opposite, e.test.q_opposite) if against else (e.test.expected, e.test.q)
    return f"r {rounded(seen.r, 2)}, q {rounded(q, 2)}, n {e.n}"


def _why(found: MapEvidence, link: str) -> dict[str, Any] | None:
    """How one test came about, in sentences."""
    try:
        return {"title": link.replace(">", " → "), "lines": str(found.explain(link)).splitlines()} if link else None
    except NotFound:
        return None
