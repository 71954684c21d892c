"""What programs ask for: the same rows as pages, from what the person of the token may see."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, refusal
from fourfold.engine.definitions.write import write
from fourfold.engine.periods import Frequency, Period, PeriodError
from fourfold.errors import Forbidden, FourfoldError, NotFound
from fourfold.records import models
from fourfold.records.frames.definition import read_definitions
from fourfold.records.queries.scope import Scope, scope_in
from fourfold.records.queries.structure import structure_of
from fourfold.records.scope import principal_of


class NoPeriod(FourfoldError):
    """This is no period of the organisation's calendar."""


def organisation_of(person: models.Person, code: str) -> models.Organisation:
    """The organisation with this code. Raises `NotFound` where the person sees none."""
    found = models.Organisation.objects.visible_to(person).filter(code=code[:80].replace("\0", "")).first()
    if found is None:
        raise NotFound
    return found


def units_of(
    person: models.Person, organisation: models.Organisation, *, after: int | None = None
) -> QuerySet[models.Unit]:
    """The units that the person sees, those with a larger row id than `after`."""
    rows = models.Unit.objects.visible_to(person).filter(organisation=organisation, pk__gt=after or 0)
    return rows.order_by("pk")


def kpis_of(
    person: models.Person, organisation: models.Organisation, *, after: int | None = None
) -> QuerySet[models.Kpi]:
    """The KPIs that the person sees, those with a larger row id than `after`."""
    rows = models.Kpi.objects.visible_to(person).filter(organisation=organisation, pk__gt=after or 0)
    return rows.order_by("pk")


def kpi_named(person: models.Person, organisation: models.Organisation, code: str) -> models.Kpi:
    """The KPI with this code. Raises `NotFound`."""
    found = kpis_of(person, organisation).filter(code=code[:80].replace("\0", "")).first()
    if found is None:
        raise NotFound
    return found


def measurements_of(
    person: models.Person, kpi: models.Kpi, *, unit: str = "", after: int | None = None, then: datetime | None = None
) -> QuerySet[models.Measurement]:
    """The figures of the KPI as known now or then, of one unit or all they see. Raises `NotFound` for no unit."""
    seen = models.Measurement.objects.visible_to(person)
    rows = (seen.current() if then is None else seen.as_of(then)).filter(kpi=kpi, pk__gt=after or 0)
    if unit:
        place = units_of(person, kpi.organisation).filter(code=unit.replace("\0", "")).first()
        if place is None:
            raise NotFound
        rows = rows.filter(unit=place)
    return rows.select_related("unit", "import_run").defer("import_run__rejects").order_by("pk")


def current_measurement(person: models.Person, kpi: models.Kpi, unit: str, period: str) -> models.Measurement:
    """The figure that counts in a unit and period. Raises `NotFound` where they see none, `NoPeriod` for no period."""
    try:
        place = structure_of(kpi.organisation).calendar.parse(period)
    except PeriodError as error:
        raise NoPeriod(f"“{period[:40]}” is no period.", hint="Write 2026-03, 2026-Q1 or 2026-W09.") from error
    found = measurements_of(person, kpi, unit=unit).filter(period=place.id).first()
    if found is None:
        raise NotFound
    return found


def definitions_of(person: models.Person, organisation: models.Organisation) -> tuple[int, dict[str, str]]:
    """The version of the organisation, and its definitions as texts by file name.

    Raises `Forbidden` for who may not change them, or has no clearance where something is confidential or small.
    """
    closed = structure_of(organisation).closed
    thing = Thing(organisation.pk, None, confidential=bool(closed.kpis) or closed.has_groups)
    if reason := refusal(principal_of(person), Action.DEFINE, thing):
        raise Forbidden(f"You may not read all definitions here. {reason}")
    found = read_definitions(organisation)
    if found is None:
        raise NotFound(f"{organisation.name} has no definitions yet.")
    return organisation.version, write(found)


def scope_at(
    person: models.Person, organisation: models.Organisation, unit: str, period: str, view: str = "month"
) -> Scope:
    """Where somebody asks for a period, or without one for the newest with a score.

    Raises `NotFound` for the unit, `NoPeriod` for what is none.
    """
    scope = scope_in(person, organisation, unit, view=view)
    if not period:
        return scope
    try:
        scope.structure.calendar.parse(period)
    except PeriodError as error:
        raise NoPeriod(f"“{period[:40]}” is no period.", hint="Write 2026-03, 2026-Q1 or 2026-W09.") from error
    return scope_in(person, organisation, unit, period=period, view=view)


def results_of(
    person: models.Person, organisation: models.Organisation, unit: str, period: str, view: str
) -> tuple[Scope, QuerySet[models.Result]]:
    """Where the results stand, and the results. Raises `NotFound` for the unit, `NoPeriod` for what is none."""
    scope = scope_at(person, organisation, unit, period, view)
    rows = models.Result.objects.shown_to(person).filter(
        unit=scope.unit.pk, view=scope.view, ordinal=scope.period.ordinal
    )
    return scope, rows.order_by("pk")


def year_of(
    person: models.Person, organisation: models.Organisation, unit: str, period: str
) -> tuple[Scope, tuple[Period, ...]]:
    """The months of the fiscal year that holds a period. Raises `NotFound` for the unit, `NoPeriod` for no period."""
    scope = scope_at(person, organisation, unit, period)
    return scope, tuple(scope.month.within(Frequency.YEAR).parts(Frequency.MONTH))
