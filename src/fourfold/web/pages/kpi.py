"""One KPI in one unit: figure, trend, what the owner says, units below, figures with their revisions, definition."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils import timezone

from fourfold.access.roles import Action
from fourfold.actions.note_look import note_look
from fourfold.engine.definitions import Kpi
from fourfold.records.models import Person
from fourfold.records.queries.attachments import attachments_of
from fourfold.records.queries.deputies import absent_person_of
from fourfold.records.queries.kpi import KpiPage, current_figure, kpi_of, periods_to_record, unit_given
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import slug
from fourfold.records.queries.watching import is_watched
from fourfold.records.queries.window import LENGTH
from fourfold.web.address import Here, here_of_kpi, path
from fourfold.web.components.amendment import form_of, history_url
from fourfold.web.components.attachment import attachment_row, attachments_url
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.kpi_sections import figure_text, sections_of
from fourfold.web.components.period import periods_noun
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.measurement import MeasurementForm
from fourfold.web.requests import Request, is_looked_at, signed_in

#: Lengths of the trend one can choose, in periods; 0 is everything there is.
RANGES: Final = {"13": LENGTH, "31": 31, "all": 0}
USUAL: Final = "31"
_FILES: Final = 6  # shown on the page itself


@signed_in
def kpi(request: Request, pk: int, name: str) -> HttpResponse:
    """The page of a KPI; `u` in the address names the unit, `range` the length of the trend."""
    here, found = here_of_kpi(request, pk)
    page = kpi_page(request, here, found.code)
    if is_looked_at(request):
        note_look(by=request.user, structure=here.scope.structure, unit=here.scope.unit, kpi=pk)
    return page


def kpi_page(
    request: Request, here: Here, code: str, form: MeasurementForm | None = None, status: int = 200
) -> HttpResponse:
    """Answer with the page, with a form that was sent and refused when there is one."""
    definition = here.scope.structure.kpi[code]
    chosen = request.GET.get("range", USUAL)
    length = RANGES.get(chosen, RANGES[USUAL]) or _everything(here.scope)
    page = kpi_of(here.scope, definition, length=length)
    absent = absent_from(here.scope, definition)
    form = form or _form(page, absent)
    return show(
        request,
        "web/kpi.html",
        here,
        page="scorecard",
        title=definition.name,
        crumbs=_crumbs(here, page),
        status=status,
        ranges=_ranges(here, page, chosen if chosen in RANGES else USUAL),
        form=form,
        absent=absent,
        known=_known(page, form),
        form_url=here.at(path("figures", page.pk, slug(definition.name)), here.place()),
        file_url=_file_url(here, page.pk, definition),
        edit_url=form_of(here, "kpi", definition),
        new_initiative_url=_new_initiative(here, page),
        watch_url=here.at(path("watch", page.pk, slug(definition.name)), here.place()),
        is_watched=is_watched(here.scope, page.pk),
        readers_url=here.at(path("readers", page.pk, slug(definition.name)), here.place()),
        restatements_url=here.at(path("restatements", page.pk, slug(definition.name)), here.place()),
        quality_url=here.at(path("quality", page.pk, slug(definition.name)), here.place()),
        attachments=[attachment_row(here, definition, row) for row in attachments_of(here.scope, definition)[:_FILES]],
        attachments_url=attachments_url(here, definition),
        history_url=history_url(here, "kpi", definition.code),
        proposals_url=here.at(path("proposals", page.pk, slug(definition.name)), here.place()),
        **sections_of(here, page, length),
    )


def _new_initiative(here: Here, page: KpiPage) -> str:
    """The form of an initiative that should move the KPI, for the objective it is evidence for first."""
    first = {"objectives": page.uses[0][0].code} if page.uses else {}
    return form_of(here, "initiative", None, kpis=page.kpi.code, **first)


def absent_from(scope: Scope, kpi: Kpi) -> Person | None:
    """For whom the person enters figures of the KPI here as a deputy; nobody where they may do so for themselves."""
    if scope.then is not None or scope.may(Action.RECORD, kpi=kpi):
        return None
    return absent_person_of(scope, kpi.code, on=timezone.localdate(timezone=scope.structure.zone))


def _file_url(here: Here, pk: int, kpi: Kpi) -> str:
    """Where the figures are as a file, for those who may take them out."""
    return here.at(path("kpi_file", pk, slug(kpi.name)), here.place()) if here.scope.may(Action.EXPORT, kpi=kpi) else ""


def _form(page: KpiPage, absent: Person | None) -> MeasurementForm | None:
    """An empty form for the period shown; None where the person cannot record."""
    if not page.is_entered_here or not (absent or page.scope.may(Action.RECORD, kpi=page.kpi)):
        return None
    periods = periods_to_record(page.scope, page.kpi)
    shown = page.scope.structure.calendar.period(page.kpi.frequency, page.scope.month.last_day)
    return MeasurementForm(page.kpi, periods, {"period": shown.id}, unit=unit_given(page.scope, page.kpi))


def _known(page: KpiPage, form: MeasurementForm | None) -> str:
    """What is recorded already for the period of the form: "Oct 2026 has 73.9%". It is not filled in, because with
    another period chosen it would become the figure of that one."""
    period = form.period if form else None
    recorded = current_figure(page, period.id) if period else None
    return f"{period.label} has {figure_text(page, recorded)}" if period and recorded else ""


def _crumbs(here: Here, page: KpiPage) -> list[Link]:
    crumbs = [crumb_of(here, "scorecard")]
    if page.uses:
        objective = page.uses[0][0]
        perspectives = {p.code: p.name for p in here.scope.structure.perspectives}
        if objective.perspective in perspectives:
            url = here.unit("scorecard") + f"#{objective.perspective}"
            crumbs.append(Link(perspectives[objective.perspective], url))
        crumbs.append(Link(objective.name, here.objective(objective)))
    return crumbs


def _ranges(here: Here, page: KpiPage, chosen: str) -> list[Link]:
    noun = periods_noun(here.scope)
    names = {"13": f"13 {noun}", "31": f"31 {noun}", "all": "All"}
    query = {key: {} if key == USUAL else {"range": key} for key in RANGES}
    return [Link(names[key], here.kpi(page.kpi, **query[key]), key == chosen) for key in RANGES]


def _everything(scope: Scope) -> int:
    """How many periods of the view there are from the first that was evaluated."""
    months = scope.month.ordinal - min(scope.months, default=scope.month.ordinal) + 1
    return months // 3 + 1 if scope.view == "quarter" else months
