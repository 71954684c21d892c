"""Building a scorecard: what there is, what is missing, and the way to each form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.definitions import Definitions, Objective
from fourfold.engine.findings import Finding
from fourfold.errors import Conflict, NotFound, Outdated
from fourfold.library.perspective_sets import SETS
from fourfold.records.queries.amendment import require_define, seen_of
from fourfold.records.queries.build import Build, build_of
from fourfold.web.address import Here, here_at
from fourfold.web.components.amendment import done, form_of
from fourfold.web.components.amendment_fields import NOUNS, called
from fourfold.web.components.assessed import coded
from fourfold.web.components.dates import day_text
from fourfold.web.components.field_words import all_in_form, in_form, names_of
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.unit_rows import DEEPEST, unit_rows
from fourfold.web.forms.waiver import can_waive, ended, key_of_finding, key_of_waiver, waived
from fourfold.web.requests import Request, signed_in_form

_LISTED: Final = 12  # findings that are shown at once
_A_YEAR: Final = timedelta(days=365)  # how long a waiver holds where nobody says otherwise
_INSIDE: Final = {"perspective": "objective", "objective": "kpi"}
#: Findings that a link mends, with the end that is known.
_LINKED: Final = {"MAP-PATH": "", "LINK-DEAD-END": "source", "LINK-NO-DRIVER": "target"}
_NAMED: Final = 60  # KPIs that are named one by one


@signed_in_form
def build(request: Request, unit: str) -> HttpResponse:
    """GET lists what is defined and missing; POST takes a set of perspectives (`set`), or makes a draft live."""
    here = here_at(request, unit)
    require_define(here.scope)
    found = build_of(here.scope)
    if request.method != "POST":
        return _page(request, here, found)
    try:
        wanted = _wanted(request, here, found)
        code = here.scope.structure.organisation.code
        outcome = amend_definitions(by=request.user, organisation=code, amendments=wanted)
    except (Conflict, NotFound, Outdated) as refused:
        return _page(request, here, found, said=(str(refused),), status=409)
    if not outcome.ok:
        said = all_in_form(outcome.findings, seen_of(here.scope, found.definitions))
        return _page(request, here, found, said=said, status=422)
    messages.success(request, done(_done(request, wanted), outcome))
    return redirect(here.unit("build"))


def _wanted(request: Request, here: Here, found: Build) -> Amendments:
    written, given = found.definitions, request.POST.dict()
    if "waive" in given:
        email = (request.user.email or "").lower()
        author = next((p.code for p in written.people if email and (p.email or "").lower() == email), None)
        return waived(written, found.missing, given, today=_today(here), author=author)
    if "end" in given:
        return ended(written, given)
    chosen = SETS.get(request.POST.get("set", ""))
    if chosen is not None:
        taken = {p.code for p in written.perspectives}
        return tuple(Amendment("perspectives", None, p) for p in chosen.perspectives if p.code not in taken)
    if request.POST.get("state") in ("draft", "active"):
        strategy = written.strategy.model_copy(update={"state": request.POST["state"]})
        return (Amendment("strategy", written.strategy, strategy),)
    return ()


def _today(here: Here) -> date:
    return timezone.localdate(timezone=here.scope.structure.zone)


def _done(request: Request, wanted: Amendments) -> str:
    if "waive" in request.POST:
        return f"Waived until {day_text(request.POST['until'].strip())}."
    if "end" in request.POST:
        return "The waiver has ended: the finding counts again."
    if "set" in request.POST:
        return f"Added: {len(wanted)} perspectives."
    return "The scorecard is live." if request.POST.get("state") == "active" else "The scorecard is a draft again."


def _page(
    request: Request, here: Here, found: Build, *, said: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    written = found.definitions
    gates, codes = found.gates, {f.code for f in found.gates}
    names = names_of(seen_of(here.scope, written))
    others = [f for f in found.missing if not found.is_draft or f.code not in codes]
    return show(
        request,
        "web/build.html",
        here,
        page="build",
        title="Build the scorecard",
        crumbs=[crumb_of(here)],
        status=status,
        said=said,
        is_draft=found.is_draft,
        strategy=written.strategy,
        strategy_url=form_of(here, "strategy", written.strategy),
        organisation_url=form_of(here, "organisation", written.organisation),
        sets=[] if written.perspectives else [(code, s) for code, s in SETS.items()],
        perspectives=_perspectives(here, written),
        gates=[_missing(request, here, written, names, f) for f in gates[:_LISTED]],
        missing=[_missing(request, here, written, names, f) for f in _shown(request, others)],
        waivers=_waivers(here, written),
        missing_count=len(others),
        counts=_counts(here, written),
        new={noun: form_of(here, noun) for noun in ("kpi", "objective", "perspective", "theme", "link", "initiative",
                                                     "unit")},
        themes=[(t.name, form_of(here, "theme", t)) for t in written.themes],
        links=_links(here, written),
        units=_units(here, written),
        initiatives=[(i.name, form_of(here, "initiative", i)) for i in written.initiatives],
        loose=_loose(here, written),
        changes_url=here.unit("build").partition("?")[0] + "changes/",
        library_url=here.unit("library"),
        units_url=here.unit("units"),
        fields_url=here.unit("custom_fields"),
        cascade_url=here.unit("cascade"),
        spreadsheets_url=here.unit("spreadsheets"),
        benchmarks_url=here.unit("benchmarks"),
    )  # fmt: skip


def _counts(here: Here, d: Definitions) -> str:
    objectives, kpis = len(d.objectives), len([k for k in d.kpis if k.state != "retired"]) - len(here.scope.closed)
    counted = ((len(d.perspectives), "perspective"), (objectives, "objective"), (kpis, "KPI"))
    return ", ".join(f"{count} {noun}{'s' if count != 1 else ''}" for count, noun in counted)


def _perspectives(here: Here, d: Definitions) -> list[dict[str, Any]]:
    kpi = {k.code: k for k in d.kpis if k.code not in here.scope.closed}
    is_long = len(d.uses) > _NAMED
    uses: dict[str, list[str]] = {}
    for use in d.uses:
        if use.kpi in kpi:
            uses.setdefault(use.objective, []).append(use.kpi)
    return [
        {
            "name": p.name, "url": form_of(here, "perspective", p), "question": p.question,
            "new": form_of(here, "objective", perspective=p.code),
            "objectives": [
                {
                    "code": o.code, "name": o.name, "url": form_of(here, "objective", o),
                    "new": form_of(here, "kpi", objective=o.code), "suggest": _suggestions(here, o),
                    "count": len(uses.get(o.code, ())),
                    "kpis": [] if is_long else [(kpi[c].name, form_of(here, "kpi", kpi[c]))
                                                for c in uses.get(o.code, ())],
                }
                for o in d.objectives if o.perspective == p.code
            ],
        }
        for p in d.perspectives
    ]  # fmt: skip


def _suggestions(here: Here, objective: Objective) -> str:
    known = here.scope.structure.objective.get(objective.code)
    return here.suggestions(known) if known else ""


def _loose(here: Here, d: Definitions) -> list[tuple[str, str]]:
    """KPIs on no objective, the first of many, and those that are archived."""
    used = {use.kpi for use in d.uses}
    loose = [k for k in d.kpis if k.code not in used and k.code not in here.scope.closed]
    return [(f"{k.name} (archived)" if k.state == "retired" else k.name, form_of(here, "kpi", k))
            for k in loose[:_NAMED]]  # fmt: skip


def _links(here: Here, d: Definitions) -> list[tuple[str, str]]:
    name = {o.code: o.name for o in d.objectives}
    return [(f"{name.get(x.source, x.source)} → {name.get(x.target, x.target)}", form_of(here, "link", x))
            for x in d.links]  # fmt: skip


def _units(here: Here, d: Definitions) -> list[dict[str, Any]]:
    return [
        {"name": unit.name, "url": form_of(here, "unit", unit), "indent": range(min(depth, DEEPEST)),
         "new": form_of(here, "unit", parent=unit.code)}
        for unit, depth in unit_rows(d)
    ]  # fmt: skip


def _shown(request: Request, findings: list[Finding]) -> list[Finding]:
    """The first ones, and the one that was asked for."""
    asked = [f for f in findings[_LISTED:] if key_of_finding(f) == _asked(request)]
    return [*findings[:_LISTED], *asked]


def _asked(request: Request) -> str:
    return request.POST.get("waive") or request.GET.get("waive", "")


def _waivers(here: Here, d: Definitions) -> list[dict[str, str]]:
    """What somebody decided to live with, without what the person may not see."""
    return [
        {"key": key_of_waiver(w), "name": f"{w.check}{f' of {w.thing}' if w.thing else ''}", "reason": w.reason,
         "until": day_text(w.until), "author": d.person[w.author].name if w.author in d.person else ""}
        for w in d.strategy.waivers if not here.scope.closed.intersection(re.split(r"[:/>.@#]", w.thing))
    ]  # fmt: skip


def _missing(
    request: Request, here: Here, d: Definitions, names: Mapping[str, str], finding: Finding
) -> dict[str, Any]:
    """A finding with the form that mends it, and the one that lives with it."""
    noun, _, rest = (finding.place.thing or "").partition(":")
    text, url = in_form(finding, names), ""
    what = noun.partition(".")[0]
    mend, key = f"Mend the {called(what)}", NOUNS.get(what)
    if finding.code == "MAP-SHAPE" and noun in _INSIDE:  # something is to be put in, and nothing wrong with the thing
        inside = _INSIDE[noun]
        url, mend = form_of(here, inside, **{noun: rest}), f"New {called(inside)}"
    elif finding.code == "MAP-SHAPE" and not d.perspectives:
        url, mend = f"{here.unit('build')}#sets", "Take a set of perspectives"
    elif finding.code in _LINKED:
        start = {_LINKED[finding.code]: rest} if _LINKED[finding.code] else {}
        url, mend = form_of(here, "link", **start), "New link"
    elif what in ("strategy", "organisation"):
        url = form_of(here, what, getattr(d, what))
    elif key is not None:
        name = rest.partition("@")[0]
        thing = next((t for t in getattr(d, key) if _called(noun, t) in (name, name.rpartition(".")[0])), None)
        url = form_of(here, noun, thing) if thing is not None else ""
    found = {"text": coded(text), "url": url, "mend": mend}
    if not can_waive(finding):
        return found
    is_open = key_of_finding(finding) == _asked(request)
    typed = request.POST if is_open else {}
    until = typed.get("until") or (_today(here) + _A_YEAR).isoformat()
    return found | {"key": key_of_finding(finding), "plain": finding.message, "is_open": is_open, "until": until,
                    "reason": typed.get("reason", "")}  # fmt: skip


def _called(noun: str, thing: Any) -> str:
    """How a finding calls a thing of the noun."""
    if noun == "use":
        return f"{thing.objective}/{thing.kpi}"
    return f"{thing.source}>{thing.target}" if noun == "link" else str(getattr(thing, "code", ""))
