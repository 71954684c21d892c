"""The periods of a unit: how far each is, what is there of it, and the steps the person may take."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.period_states import PeriodState
from fourfold.engine.periods import Frequency
from fourfold.errors import Conflict
from fourfold.records.queries.period_state import periods_of
from fourfold.web.address import Here, here_at, path
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.period_state import row_of
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def periods(request: Request, unit: str) -> HttpResponse:
    """The months of the fiscal year shown; POST moves one of them on."""
    here = here_at(request, unit)
    if request.method != "POST":
        return _page(request, here)
    typed = request.POST
    if typed.get("state") not in {state.value for state in PeriodState}:
        return _page(request, here, {"state": ["Choose what the period is to become."]}, status=422)
    try:
        outcome = set_period_state(
            by=request.user, organisation=here.scope.structure.organisation.code, unit=here.scope.unit.code,
            period=typed.get("period", "")[:20], state=PeriodState(typed["state"]), reason=typed.get("reason", ""),
            seen=int(typed["seen"][:18]) if typed.get("seen", "").isdigit() else None,
        )  # fmt: skip
    except Conflict as error:
        return _page(request, here, {"state": [str(error)]}, status=409)
    if not outcome.ok:
        wrong = [finding.words for finding in outcome.findings]
        return _page(request, here, {"reason": wrong}, status=422)
    messages.success(request, f"{outcome.summary}.")
    return redirect(here.at(path("periods", here.key())))


def _page(
    request: Request, here: Here, errors: dict[str, list[str]] | None = None, status: int = 200
) -> HttpResponse:
    scope, typed = here.scope, request.POST
    months = scope.month.within(Frequency.YEAR).parts(Frequency.MONTH)
    rows = [row_of(here, row) for row in reversed(periods_of(scope, months, timezone.now()))]
    return show(
        request, "web/periods.html", here, page="periods", title="Periods", crumbs=[crumb_of(here, "scorecard")],
        status=status, rows=rows, year=months[0].within(Frequency.YEAR).label, errors=errors or {},
        typed={"period": typed.get("period", ""), "reason": typed.get("reason", "")},
        form_url=here.at(path("periods", here.key())),
    )  # fmt: skip
