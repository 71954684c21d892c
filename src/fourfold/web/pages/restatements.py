"""Restatements of a KPI in a unit: the story of each, and the form that asks for one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.access.roles import Action
from fourfold.actions.ask_restatement import ask_restatement
from fourfold.engine.findings import Level
from fourfold.errors import Forbidden
from fourfold.records.models.restatement import CODES
from fourfold.records.queries.approvals import restatements_of
from fourfold.records.queries.kpi import periods_to_record, unit_given
from fourfold.records.queries.structure import slug
from fourfold.web.address import Here, here_of_kpi, path
from fourfold.web.components.approvals import restatement_row
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.measurement import MeasurementForm, read_form
from fourfold.web.pages.kpi import absent_from
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def restatements(request: Request, pk: int, name: str) -> HttpResponse:
    """GET shows what was restated and by whom; POST asks for another figure in a period that is closed."""
    here, kpi = here_of_kpi(request, pk)
    may = not kpi.is_computed and (here.scope.may(Action.RECORD, kpi=kpi) or absent_from(here.scope, kpi) is not None)
    periods, unit = periods_to_record(here.scope, kpi), unit_given(here.scope, kpi)
    if request.method != "POST":
        shown = here.scope.structure.calendar.period(kpi.frequency, here.scope.month.last_day)
        form = MeasurementForm(kpi, periods, {"period": shown.id}, unit)
        return _page(request, here, kpi.code, form if may else None)
    if not may:
        raise Forbidden("You may not enter figures here.")
    form = read_form(kpi, periods, request.POST.dict(), unit)
    if form.is_valid and form.period is not None:
        outcome = ask_restatement(
            by=request.user, organisation=here.scope.structure.organisation.code, kpi=kpi.code,
            unit=here.scope.unit.code, period=form.period.id, code=request.POST.get("code", "")[:20],
            reason=form.typed["reason"], **form.numbers,  # type: ignore[arg-type]
        )  # fmt: skip
        if outcome.ok:
            messages.success(request, "Asked. It counts when somebody else has approved it.")
            return redirect(here.at(path("restatements", pk, slug(kpi.name)), here.place()))
        for finding in outcome.findings:
            if finding.level is Level.ERROR:
                form.complain(finding.place.thing or "", finding.words)
    return _page(request, here, kpi.code, form, status=422)


def _page(
    request: Request, here: Here, code: str, form: MeasurementForm | None, status: int = 200
) -> HttpResponse:
    kpi = here.scope.structure.kpi[code]
    pk = here.scope.structure.kpi_pk[code]
    return show(
        request, "web/restatements.html", here, page="scorecard", title="Restatements", status=status,
        crumbs=[crumb_of(here, "scorecard"), Link(kpi.name, here.kpi(kpi))], kpi=kpi, form=form, codes=CODES,
        code=request.POST.get("code", ""), back=here.kpi(kpi),
        form_url=here.at(path("restatements", pk, slug(kpi.name)), here.place()),
        rows=[restatement_row(here, asked) for asked in restatements_of(here.scope, kpi=kpi)],
    )  # fmt: skip
