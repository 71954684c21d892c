"""Which figures are due from a person: late, due, or coming, unit by unit (methodology §2.5, §9.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from django.db.models import Min

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.engine.cells import State
from fourfold.engine.definitions import Kpi
from fourfold.engine.due import day_at
from fourfold.engine.period_states import deadlines, month_of
from fourfold.engine.periods import BusinessDays, Lag, Period, day_of
from fourfold.records import models
from fourfold.records.queries.kept import kept
from fourfold.records.queries.period_state import said_of
from fourfold.records.queries.scope import Scope, scope_in, visible_units
from fourfold.records.queries.structure import Structure, structure_of
from fourfold.records.queries.updates import enterable, stands_in, stands_in_for
from fourfold.records.scope import principal_of

#: So many periods of a KPI back a figure is still asked for; one day it is history.
BACK: Final = 2
#: So long before its day a figure of a period that runs is announced.
AHEAD: Final = timedelta(days=14)


class Urgency(StrEnum):
    """How a figure that is not there stands to its day."""

    LATE = "late"
    DUE = "due"
    COMING = "coming"


class Due(NamedTuple):
    """One figure that is due from somebody."""

    kpi: Kpi
    pk: int
    unit: str
    unit_name: str
    period: Period
    day: date
    urgency: Urgency


class DueGroup(NamedTuple):
    """The figures of one unit and month, which are entered on one page."""

    unit: str
    unit_name: str
    month: Period
    figures: tuple[Due, ...]

    @property
    def day(self) -> date:
        """The earliest of their days."""
        return min(due.day for due in self.figures)

    @property
    def urgency(self) -> Urgency:
        """That of the figure that has waited longest."""
        return min(self.figures, key=lambda due: due.day).urgency


def due_from(person: models.Person, organisation: models.Organisation, at: datetime) -> list[DueGroup]:
    """What is due from the person in all units they see, what has waited longest first."""
    found = []
    for unit in visible_units(person, structure_of(organisation)):
        found += due_in(scope_in(person, organisation, unit.code), at)
    return sorted(found, key=lambda group: (group.day, group.unit_name))


def due_in(scope: Scope, at: datetime) -> list[DueGroup]:
    """What is due from the person in the unit, by month; kept until something changes or a day is over."""
    today = day_at(scope.structure.definitions, scope.unit.code, at)
    key = ("due", scope.person.pk, scope.unit.pk, today)
    return kept(scope.run, key, lambda: _groups(scope, today), size=lambda groups: 1 + len(groups))


def due_day(structure: Structure, kpi: Kpi, period: Period, business: BusinessDays) -> date:
    """The day on which a figure is expected: after the lag of its KPI, and not before the calendar asks for figures."""
    own = Lag.parse(kpi.lag).after(period.end, business)
    asked = deadlines(structure.organisation, month_of(period), business).values
    return own if asked is None else max(own, asked)


def defined_day(scope: Scope, kpi: Kpi, today: date) -> date:
    """The day on which both the KPI and the unit were there: of what was over before nobody could give figures.

    A KPI that says with which period it begins was there from then on, in units that are not younger than itself.
    """
    written, unit = scope.structure.first_written, scope.unit.code
    kpi_written, unit_written = written["kpis", kpi.code], written["units", unit]
    day = day_of(max(scope.organisation.created_at, kpi_written, unit_written), scope.structure.settings[unit].zone)
    if kpi.since is not None:
        begin = scope.structure.calendar.parse(kpi.since, kpi.frequency).start
        day = max(day, begin) if unit_written > kpi_written else begin
    return min(day, today)


def _groups(scope: Scope, today: date) -> list[DueGroup]:
    known: dict[str, models.Person | None] = {}
    away = stands_in(scope, today)
    mine = [
        kpi
        for kpi in enterable(scope, today)
        if _is_mine(scope, kpi, known) or (away and stands_in_for(scope, kpi, today))
    ]
    found = sorted(_missing(scope, mine, today), key=lambda due: month_of(due.period).ordinal)
    groups = []
    for ordinal, dues in groupby(found, key=lambda due: month_of(due.period).ordinal):
        month = scope.month.shift(ordinal - scope.month.ordinal)
        groups.append(DueGroup(scope.unit.code, scope.unit.name, month, tuple(dues)))
    if not groups:
        return []
    said = said_of(scope, [group.month for group in groups], today)
    return [group for group in groups if said[group.month.ordinal].state.takes_figures]


def _missing(scope: Scope, kpis: Sequence[Kpi], today: date) -> Iterator[Due]:
    """Figures of these KPIs that nobody has recorded, nor said why there is none; “no figure yet” is asked again.

    None is asked for of periods that were over before the KPI was there and before its first figure.
    """
    calendar, structure = scope.structure.calendar, scope.structure
    if not kpis:
        return
    since = min(calendar.period(kpi.frequency, today).shift(-BACK).start for kpi in kpis)
    rows = models.Measurement.objects.visible_to(scope.person).filter(
        unit=scope.unit.pk, superseded_at=None, start__gte=since
    )
    there = set(rows.exclude(state=State.NOT_DUE).values_list("kpi_id", "period"))
    begins = _begins(scope, kpis, today, since)
    business = structure.settings[scope.unit.code].business
    for kpi in kpis:
        running, pk = calendar.period(kpi.frequency, today), structure.kpi_pk[kpi.code]
        for period in (running.shift(i) for i in range(-BACK, 1)):
            if period.end <= begins.get(pk, since):
                continue
            day = due_day(structure, kpi, period, business)
            if (pk, period.id) in there or (period == running and day > today + AHEAD):
                continue
            urgency = Urgency.COMING if period == running else Urgency.LATE if day < today else Urgency.DUE
            yield Due(kpi, pk, scope.unit.code, scope.unit.name, period, day, urgency)


def _begins(scope: Scope, kpis: Sequence[Kpi], today: date, since: date) -> dict[int, date]:
    """From which day on figures are asked for, by row id of the KPI, where that is after `since`.

    It is the day on which KPI and unit were there, or the one with which the first figure begins where that is earlier.
    """
    days = {scope.structure.kpi_pk[kpi.code]: defined_day(scope, kpi, today) for kpi in kpis}
    found = {pk: day for pk, day in days.items() if day > since}
    if found:
        rows = models.Measurement.objects.visible_to(scope.person).filter(unit=scope.unit.pk, kpi__in=found)
        first = rows.filter(superseded_at=None).order_by().values_list("kpi").annotate(Min("start"))
        found |= {pk: min(start, found[pk]) for pk, start in first}
    return found


# house: whether somebody else is to be asked, of whom nothing is shown
def _is_mine(scope: Scope, kpi: Kpi, known: dict[str, models.Person | None]) -> bool:
    """A figure is due from the steward of its KPI, else its owner, else from whoever may enter it."""
    asked = kpi.steward or kpi.owner
    if asked is None or asked == scope.member_code:
        return True
    if asked not in known:
        members = models.Membership.objects.filter(organisation=scope.structure.pk, code=asked)
        member = members.select_related("person").filter(person__is_active=True).first()
        known[asked] = member.person if member else None
    other = known[asked]
    owner = other.pk if other is not None and kpi.owner == asked else None
    thing = Thing(scope.structure.pk, scope.unit.path, owner=owner, confidential=kpi.is_confidential)
    return other is None or not can(principal_of(other), Action.RECORD, thing)
