"""How far the periods of a unit are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fourfold.access.rules import Thing, can
from fourfold.access.steps import right_to_step
from fourfold.engine.due import day_at
from fourfold.engine.period_states import NEXT, Deadlines, deadlines, natural_state
from fourfold.engine.period_states import PeriodState as State
from fourfold.engine.periods import Period
from fourfold.records import models
from fourfold.records.closed_periods import ids_above
from fourfold.records.frames.period_state import figures_there, newest_figure
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import UnitPlace
from fourfold.records.scope import principal_of


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of a month, of the unit or of one above; `at` is None where only the day decides."""

    state: State
    at: datetime | None = None
    by: str = ""
    reason: str = ""
    unit: int | None = None
    hash: str = ""
    submitter: int | None = None


@dataclass(frozen=True)
class PeriodRow:
    """A month of the unit, with what is there of it and what the person may make of it."""

    month: Period
    said: Said
    deadlines: Deadlines
    there: int
    due: int
    seen: int
    above: UnitPlace | None  # of whom the state is, where it is not the unit's own
    steps: tuple[State, ...]


def said_of(scope: Scope, months: Sequence[Period], today: date) -> dict[int, Said]:
    """The states of these months by ordinal; one statement, kept until something changes."""
    key = ("period states", scope.unit.pk, today, months[0].ordinal, months[-1].ordinal)
    return kept(scope.run, key, lambda: _said(scope, months, today), size=len)


# house: the state of a unit above holds for this one, and says only that
def _said(scope: Scope, months: Sequence[Period], today: date) -> dict[int, Said]:
    rows = models.PeriodState.objects.filter(
        organisation=scope.structure.pk, unit__in=ids_above(scope.unit.path),
        start__range=(months[0].start, months[-1].start),
    )  # fmt: skip
    known: dict[date, list[Said]] = {}
    submitters: dict[tuple[int, date], int | None] = {}
    for unit, start, state, at, by, name, reason, found_hash, until in rows.order_by("pk").values_list(
        "unit", "start", "state", "at", "by", "by__name", "reason", "snapshot_hash", "superseded_at"
    ):
        if state == State.SUBMITTED:
            submitters[unit, start] = by
        if until is None:
            said = Said(State(state), at, name or "", reason, unit, found_hash, submitters.get((unit, start)))
            known.setdefault(start, []).append(said)
    return {m.ordinal: _holding(scope, known.get(m.start, []), natural_state(m, today)) for m in months}


def _holding(scope: Scope, said: Sequence[Said], natural: State) -> Said:
    """A unit above that takes no figures, else the unit's own state, else what the day says."""
    above = [s for s in said if s.unit != scope.unit.pk and not s.state.takes_figures]
    own = [s for s in said if s.unit == scope.unit.pk]
    return (above or own or [Said(natural)])[0]


def today_of(scope: Scope, at: datetime) -> date:
    """The day it is at the unit."""
    return day_at(scope.structure.definitions, scope.unit.code, at)


def periods_of(scope: Scope, months: Sequence[Period], at: datetime) -> list[PeriodRow]:
    """These months; beside what was said of them one statement for all and one for each that can be moved on."""
    structure, today = scope.structure, today_of(scope, at)
    said = said_of(scope, months, today)
    business = structure.settings[scope.unit.code].business
    units = [unit.pk for unit in structure.units if unit.path.startswith(scope.unit.path)]
    counts = figures_there(units, months)
    found = []
    for month in months:
        now = said[month.ordinal]
        organisation = models.Organisation(pk=structure.pk)
        there, due = counts[month.ordinal] if now.state is not State.FUTURE else (0, 0)
        above = structure.unit_of[now.unit] if now.unit is not None and now.unit != scope.unit.pk else None
        found.append(
            PeriodRow(
                month, now, deadlines(structure.organisation, month, business), there, due,
                newest_figure(organisation, units, month) if NEXT[now.state] else 0, above,
                () if above else _steps(scope, now),
            )
        )  # fmt: skip
    return found


def _steps(scope: Scope, now: Said) -> tuple[State, ...]:
    """What the person may make of it; the action asks again."""
    principal, found = principal_of(scope.person), []
    for step in NEXT[now.state]:
        right, author = right_to_step(step, now.state, submitter=now.submitter, person=scope.person.pk)
        if can(principal, right, Thing(scope.structure.pk, scope.unit.path, author=author)):
            found.append(step)
    return tuple(found)
