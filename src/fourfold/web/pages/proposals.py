"""What could be the next target of a KPI in a unit; nothing is set here."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from fourfold.engine.aggregation import AggUnits
from fourfold.engine.definitions import Kpi
from fourfold.errors import FourfoldError
from fourfold.records.queries.questions import drivers_of, has_drivers, may_share_out, proposals_of, shared_out_of
from fourfold.scorecard.allocated_targets import WAYS, AllocatedTargets
from fourfold.scorecard.driver_targets import DriverTargets
from fourfold.web.address import Here, here_of_kpi
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.sheet import sheet_of
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.target import TargetForm, number_of
from fourfold.web.requests import Request, counted, signed_in


@signed_in
@counted
def proposals(request: Request, pk: int, name: str) -> HttpResponse:
    """Values a year ahead, each with its reason, for the unit in `u`; `target` is shared out, `goal` set to drivers."""
    here, kpi = here_of_kpi(request, pk)
    has_kpi = here.scope.structure.applies(kpi, here.scope.unit.code)
    found = proposals_of(here.scope, kpi) if has_kpi else None
    sheet = None if found is None else found.sheets[0]
    return show(
        request,
        "web/proposals.html",
        here,
        page="scorecard",
        title=f"The next target of {kpi.name}",
        crumbs=[crumb_of(here, "scorecard"), Link(kpi.name, here.kpi(kpi))],
        kpi=kpi,
        has_kpi=has_kpi,
        sheet=sheet_of(sheet) if sheet is not None and sheet.rows else None,
        notes=sheet.notes if sheet is not None else (),
        kept=[*here.state.items(), *here.place().items()],
        **(_shared(request, here, kpi) | _driven(request, here, kpi) if has_kpi else {}),
    )


def _shared(request: Request, here: Here, kpi: Kpi) -> dict[str, Any]:
    """The form that shares a target out over the units below, and the answer where one was typed."""
    if not may_share_out(here.scope, kpi):
        return {}
    form, found = TargetForm.of(request.GET.dict()), None
    if form.target:
        try:
            found = shared_out_of(here.scope, kpi, form.target, form.sharing())
        except FourfoldError as error:
            form = form.wrong(error)
    is_ratio = kpi.aggregate_units is AggUnits.WEIGHTED_RATIO
    return {"share": {"form": form, "is_ratio": is_ratio, "ways": [(w, w.replace("-", " ")) for w in WAYS],
                      **_answer(found)}}  # fmt: skip


def _driven(request: Request, here: Here, kpi: Kpi) -> dict[str, Any]:
    """The form that asks what the drivers of a KPI must become, and the answer where a goal was typed."""
    if not has_drivers(here.scope, kpi):
        return {}
    form, found = TargetForm.of(request.GET.dict()), None
    if form.goal:
        try:
            found = drivers_of(here.scope, kpi, number_of(form.goal, "goal"))
        except FourfoldError as error:
            form = form.wrong(error)
    return {"drive": {"form": form, **_answer(found)}}


def _answer(found: AllocatedTargets | DriverTargets | None) -> dict[str, Any]:
    """A sheet with its notes, and how it came about."""
    if found is None:
        return {}
    (sheet,) = found.sheets
    return {"sheet": sheet_of(sheet), "notes": sheet.notes, "why": str(found.explain()).splitlines()}
