"""Figures of a KPI sent by a person: recorded at once, or given back with what is wrong beside each field."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.access.roles import Action
from fourfold.actions.follow_outlooks import follow_outlooks
from fourfold.actions.outcome import Outcome
from fourfold.actions.record_measurement import record_measurement
from fourfold.engine.findings import Level
from fourfold.engine.periods import Frequency
from fourfold.errors import Forbidden
from fourfold.records.closed_periods import PeriodClosed
from fourfold.records.queries.kpi import is_rolled_up, periods_to_record, unit_given
from fourfold.web.address import Here, here_of_kpi
from fourfold.web.components.numbers import as_given
from fourfold.web.forms.measurement import MeasurementForm, read_form, without_place
from fourfold.web.pages.kpi import absent_from, kpi_page
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def figures(request: Request, pk: int, name: str) -> HttpResponse:
    """POST records a figure and leads to the KPI in its period; a GET leads to the form."""
    here, kpi = here_of_kpi(request, pk)
    if request.method != "POST":
        return redirect(here.kpi(kpi, here.scope.unit) + "#enter")
    if not here.scope.may(Action.RECORD, kpi=kpi) and absent_from(here.scope, kpi) is None:
        raise Forbidden("You may not enter figures here.")
    form = read_form(kpi, periods_to_record(here.scope, kpi), request.POST.dict(), unit_given(here.scope, kpi))
    if is_rolled_up(here.scope, kpi):
        form.complain("value", "This figure is put together from those of the units below. Enter it there.")
    if form.is_valid:
        try:
            outcome = _record(request, here, form)
        except PeriodClosed as closed:
            form.complain("period", str(closed))
            return kpi_page(request, here, kpi.code, form, status=423)
        if outcome.ok:
            follow_outlooks(
                by=request.user, organisation=here.scope.organisation, kpi=kpi.code, unit=here.scope.unit.code
            )  # fmt: skip
            return _done(request, here, form, outcome)
        for finding in outcome.findings:
            if finding.level is Level.ERROR:
                place = "reason" if finding.place.thing == "note" else finding.place.thing or ""
                form.complain(place, without_place(finding))
    return kpi_page(request, here, kpi.code, form, status=422)


def _record(request: Request, here: Here, form: MeasurementForm) -> Outcome[object]:
    scope = here.scope
    assert form.period is not None
    outcome: Outcome[object] = record_measurement(  # type: ignore[assignment]
        by=request.user,
        organisation=scope.organisation,
        kpi=form.kpi.code,
        unit=scope.unit.code,
        period=form.period.id,
        note=form.typed["reason"],
        must_explain=True,
        outlooks_follow=True,
        **form.numbers,  # type: ignore[arg-type]
    )
    return outcome


def _done(request: Request, here: Here, form: MeasurementForm, outcome: Outcome[object]) -> HttpResponse:
    """Say what was saved and show the KPI in the period it was saved for."""
    assert form.period is not None
    figure = " ÷ ".join(as_given(number) for number in form.numbers.values() if number is not None)
    warnings = "".join(f" {without_place(finding)}" for finding in outcome.findings)
    said = "Nothing new" if outcome.summary == "known already" else "Saved"
    messages.success(request, f"{said}: {figure} for {form.period.label}.{warnings}")
    month = here.scope.structure.calendar.period(Frequency.MONTH, form.period.last_day)
    return redirect(here.kpi(form.kpi, None, p=month.short_id))
