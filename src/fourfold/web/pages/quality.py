"""The quality of a KPI's definition: SMART, health, its class, and for some what its target may do to its figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpResponse

from fourfold.engine.gaming import Flag
from fourfold.engine.health import Label
from fourfold.records.queries.quality import Quality, quality_of
from fourfold.web.address import here_of_kpi
from fourfold.web.components.assessed import assessment_of, sentence
from fourfold.web.components.dates import day_text
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, signed_in

#: Parmenter's classes in words.
CLASSES: Final = {
    "KRI": "Key result indicator",
    "RI": "Result indicator",
    "PI": "Performance indicator",
    "KPI": "Key performance indicator",
}
_SAID: Final = {True: "yes", False: "no", None: "nobody has said"}


@signed_in
def quality(request: Request, pk: int, name: str) -> HttpResponse:
    """The page for the unit in `u`, as things stand on the day of the newest evaluation."""
    here, definition = here_of_kpi(request, pk)
    found = quality_of(here.scope, definition)
    return show(
        request,
        "web/quality.html",
        here,
        page="scorecard",
        title=f"Quality of {definition.name}",
        crumbs=[crumb_of(here, "scorecard"), Link(definition.name, here.kpi(definition))],
        kpi=definition,
        has_kpi=here.scope.structure.applies(definition, here.scope.unit.code),
        **context_of(found),
    )


def context_of(found: Quality) -> dict[str, Any]:
    """What the template shows, as finished texts."""
    return {
        "day": day_text(found.day),
        "smart": assessment_of(found.smart),
        "health": assessment_of(found.health),
        "label": _label(found.label),
        "asked": None if found.flags is None else _asked(found.flags),
    }


def _label(label: Label) -> dict[str, Any]:
    return {
        "name": CLASSES[label.name],
        "because": sentence(label.because),
        "characteristics": [(name, _SAID[held]) for name, held in label.characteristics.items()],
    }


def _asked(flags: Sequence[Flag]) -> dict[str, Any]:
    """The questions that are open, and what became of the other tests."""
    made = [flag for flag in flags if flag.raised is not None]
    return {
        "open": [
            {"question": f.question, "evidence": sentence(f.evidence), "offers": f.offers} for f in made if f.raised
        ],
        "summary": f"{plural(len(made), 'test')} of {len(flags)} could be made",
        "rest": [(f.code, sentence(f.evidence)) for f in flags if not f.raised],
    }
