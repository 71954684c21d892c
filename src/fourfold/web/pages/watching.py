"""What the person who asks watches, in all units; and the button of a KPI that puts it there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.actions.watch_kpi import ListFull, watch_kpi
from fourfold.records.queries.overview import KpiNow
from fourfold.records.queries.watching import watching as watched_by
from fourfold.web.address import Here, here_at, here_of_kpi
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.kpi_row import kpi_row
from fourfold.web.components.numbers import plural
from fourfold.web.components.period import full_name
from fourfold.web.requests import Request, signed_in, signed_in_form


@signed_in
def watching(request: Request) -> HttpResponse:
    """The page of the organisation of the first unit, or of the unit that `u` names."""
    here = here_at(request, request.GET.get("u"))
    groups = watched_by(here.scope)
    count = sum(len(group.kpis) for group in groups)
    return show(
        request, "web/watching.html", here, page="watching", title="Watching", crumbs=[crumb_of(here)],
        summary=f"{plural(count, 'KPI')}, {full_name(here.scope.period)}" if count else "",
        period_name=here.scope.period.short_label, scorecard_url=here.unit("scorecard"),
        groups=[_shown(Here(group.scope), group.kpis) for group in groups],
    )  # fmt: skip


def _shown(there: Here, kpis: list[KpiNow]) -> dict[str, Any]:
    """A unit with its KPIs, which lead to their pages in that unit."""
    rows = [kpi_row(there, k) for k in kpis]
    return {"unit": there.scope.unit.name, "url": there.unit("scorecard"), "kpis": rows}


@signed_in_form
def watch(request: Request, pk: int, name: str) -> HttpResponse:
    """Watch the KPI in the unit of the address, or with `watched=no` no more; then back to its page."""
    here, kpi = here_of_kpi(request, pk)
    if request.method == "POST":
        watched = request.POST.get("watched") != "no"
        try:
            watch_kpi(by=request.user, kpi=pk, unit=here.scope.unit.code, watched=watched)
        except ListFull as full:
            messages.error(request, f"{full.message} {full.hint}")
    return redirect(here.kpi(kpi))
