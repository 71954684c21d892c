"""A confirmed step of a KPI: the page that asks for one, and what is sent with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.access.roles import Action
from fourfold.actions.confirm_step import confirm_step
from fourfold.engine.periods import Period
from fourfold.engine.signals.wording import day_number
from fourfold.errors import Forbidden
from fourfold.records.queries.outlook import KpiOutlook, outlook_of
from fourfold.records.queries.structure import slug
from fourfold.web.address import Here, here_of_kpi, path
from fourfold.web.components.drawings import format_of
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.kpi_outlook import CAUSES
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.step import StepForm, read_step
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def steps(request: Request, pk: int, name: str) -> HttpResponse:
    """GET asks since when figures lie elsewhere, and why; POST lets the usual range begin anew there."""
    here, kpi = here_of_kpi(request, pk)
    if not here.scope.may(Action.RECORD, kpi=kpi):
        raise Forbidden("You may not confirm a step here.")
    ahead = outlook_of(here.scope, kpi)
    periods = _periods(ahead)
    if request.method != "POST":
        return _page(request, here, kpi.code, ahead, read_step(periods, CAUSES, {"since": _suggested(ahead)}))
    form = read_step(periods, CAUSES, request.POST.dict())
    outcome = confirm_step(
        by=request.user,
        organisation=here.scope.structure.organisation.code,
        kpi=kpi.code,
        unit=here.scope.unit.code,
        since=form.typed["since"],
        cause=form.typed["cause"],
        lasts=form.typed["lasts"] == "yes",
        note=form.typed["note"],
    )
    if outcome.ok and outcome.value is not None:
        since = here.scope.structure.calendar.parse(outcome.value.since, kpi.frequency).label
        messages.success(request, f"Confirmed: the usual range begins anew in {since}.")
        return redirect(here.kpi(kpi) + "#signals")
    for finding in outcome.findings:
        form.complain(finding.place.thing or "", finding.words)
    return _page(request, here, kpi.code, ahead, form, status=422)


def _periods(ahead: KpiOutlook | None) -> list[Period]:
    """The periods a step can begin in, newest first: those up to the last figure but the first."""
    if ahead is None or ahead.outlook.origin is None:
        return []
    last = ahead.outlook.origin.ordinal
    return [period for period in reversed(ahead.outlook.periods[1:]) if period.ordinal <= last]


def _suggested(ahead: KpiOutlook | None) -> str:
    """The period that the figures suggest."""
    reading = ahead.outlook.reading if ahead else None
    if ahead is None or reading is None or reading.suggestion is None:
        return ""
    return ahead.outlook.periods[reading.suggestion.start].id


def _page(
    request: Request, here: Here, code: str, ahead: KpiOutlook | None, form: StepForm, status: int = 200
) -> HttpResponse:
    kpi = here.scope.structure.kpi[code]
    pk = here.scope.structure.kpi_pk[code]
    return show(
        request,
        "web/steps.html",
        here,
        page="scorecard",
        title="Begin the usual range anew",
        crumbs=[crumb_of(here, "scorecard"), Link(kpi.name, here.kpi(kpi))],
        status=status,
        kpi=kpi,
        form=form,
        suggested=_suggested_words(ahead, here, code),
        form_url=here.at(path("steps", pk, slug(kpi.name)), here.place()),
        back=here.kpi(kpi),
    )


def _suggested_words(ahead: KpiOutlook | None, here: Here, code: str) -> str:
    """What speaks for a step, in a sentence."""
    reading = ahead.outlook.reading if ahead else None
    if ahead is None or reading is None or (new := reading.suggestion) is None:
        return ""
    fmt, since = format_of(here.scope.structure.kpi[code]), ahead.outlook.periods[new.start].label
    side = "above" if new.shift > 0 else "below"
    if reading.between is not None:
        lie = f"the days between events lie around {day_number(new.centre)}"
        return f"Since {since} {lie}, {side} the centre of what is usual."
    return f"Since {since} the figures lie around {fmt.short(new.centre)}, {side} the centre of the usual range."
