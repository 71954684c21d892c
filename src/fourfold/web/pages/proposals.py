"""What could be the next target of a KPI in a unit; nothing is set here."""

from __future__ import annotations

from django.http import HttpResponse

from fourfold.records.queries.questions import proposals_of
from fourfold.web.address import here_of_kpi
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.sheet import sheet_of
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, signed_in


@signed_in
def proposals(request: Request, pk: int, name: str) -> HttpResponse:
    """Values a year ahead, each with its reason, for the unit in `u`."""
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
    )
