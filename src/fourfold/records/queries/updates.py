"""The figures that a person may enter for a unit and month, with what was entered before and what is usual."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, reduce
from operator import or_
from typing import Final, NamedTuple

from django.db.models import Q
from django.utils import timezone

from fourfold.access.roles import Action
from fourfold.access.rules import Thing
from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.cells import State
from fourfold.engine.definitions import Kpi
from fourfold.engine.groups import needs
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.plausible import Lines, UsualRange, number_of, usual_range
from fourfold.records import models
from fourfold.records.chain import stamp
from fourfold.records.queries.attachments import counts_of
from fourfold.records.queries.deputies import absent_person
from fourfold.records.queries.outlook import kept_charts
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.then import result_rows
from fourfold.records.queries.window import COLUMNS, Cell, Window, cell_of, window_of

BEFORE: Final = 3  # earlier figures shown beside a cell


class Known(NamedTuple):
    """A figure as it is recorded now."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    state: State
    recorded_at: datetime
    reason: str
    by: str

    @property
    def version(self) -> str:
        """What names it, as the action that records figures knows it."""
        return stamp(self.recorded_at)

    def number(self, kpi: Kpi) -> float | None:
        """What it comes to."""
        return number_of(kpi, self.value, self.numerator, self.denominator)


@dataclass(frozen=True)
class UpdateRow:
    """One figure of the grid; a computed KPI has no cell to enter anything, and `is_part` stands below one."""

    kpi: Kpi
    pk: int
    period: Period
    now: Known | None
    before: tuple[Known | None, ...]  # of the periods before, oldest first
    result: Cell | None
    results: tuple[Cell | None, ...]  # of computed KPIs, as `before`
    history: tuple[float | None, ...]  # results of about a year before the period
    usual: UsualRange | None
    is_computed: bool = False
    is_part: bool = False
    files: int = 0  # that are attached to it
    explain: str = ""  # which figures need an explanation

    @cached_property
    def key(self) -> str:
        """What names the row in a form."""
        return f"{self.pk}:{self.period.id}"

    @property
    def is_ratio(self) -> bool:
        """True where two numbers are entered: a ratio adds up only by its parts."""
        return self.kpi.kind is MeasureKind.RATIO and not self.is_computed


@dataclass(frozen=True)
class Grid:
    """The rows of a unit and month, computed KPIs before those they are computed from."""

    scope: Scope
    rows: tuple[UpdateRow, ...]

    @property
    def cells(self) -> list[UpdateRow]:
        """The rows in which something can be entered."""
        return [row for row in self.rows if not row.is_computed]


def by_month(scope: Scope) -> Scope:
    """The same place looked at by month: figures are entered for periods, not for sums of them."""
    return scope if scope.view == "month" else replace(scope, view="month")


def periods_in(kpi: Kpi, month: Period) -> list[Period]:
    """The periods of the KPI that end in the month, the oldest first.

    >>> from fourfold.engine.periods import Calendar
    >>> march = Calendar().parse("2026-03")
    >>> [len(periods_in(Kpi(code="k", name="K", frequency=f), march)) for f in ("week", "month", "quarter", "year")]
    [5, 1, 1, 0]
    """
    period, found = month.calendar.period(kpi.frequency, month.last_day), list[Period]()
    while period.end > month.start:
        if month.start <= period.last_day <= month.last_day:
            found.append(period)
        period = period.shift(-1)
    return found[::-1]


def grid_of(scope: Scope, only: Collection[int] = ()) -> Grid:
    """What the person may enter in the unit for the month shown; of it these KPIs alone where some are named.

    Up to six statements: figures, results by month, those by quarter where a quarter ends, outlooks, deputies, files.
    """
    scope = by_month(scope)
    entered = [k for k in enterable(scope) if not only or scope.structure.kpi_pk[k.code] in only]
    places = [(kpi, period) for kpi in entered for period in periods_in(kpi, scope.month)]
    codes = {kpi.code for kpi, _ in places}
    is_one = len(codes) == 1  # a cell that is checked needs nothing of the others
    shown = {k.code for k in scope.structure.kpis if k.is_computed and _applies(scope, k) and needs(k) & codes}
    window = window_of(scope, node=f"kpi:{min(codes)}") if is_one and not shown else window_of(scope)
    charts = kept_charts(scope, [scope.structure.kpi_pk[code] for code in codes])
    files = counts_of(scope, [scope.structure.kpi_pk[code] for code in codes])
    facts = _Facts(scope, window, _figures(scope, places, only), _quarters(scope, places), charts, files)
    return Grid(scope, tuple(_ordered(facts, places, shown)))


def figure_then(scope: Scope, row: UpdateRow, version: str) -> Known | None:
    """The figure of a row that this version names, whether or not it still counts; None where there is none."""
    try:
        moment = datetime.fromisoformat(version)
    except ValueError:
        return None
    rows = models.Measurement.objects.visible_to(scope.person).filter(
        kpi=row.pk, unit=scope.unit.pk, period=row.period.id, recorded_at=moment
    )
    found = rows.values_list(*_KNOWN).first()
    return None if found is None else _known(*found)


def enterable(scope: Scope, on: date | None = None) -> list[Kpi]:
    """The KPIs whose figures the person may enter here, for themselves or as a deputy, in the order of the scorecard.

    Not those that are computed, nor those put together from units below for which nothing was ever recorded here. `on`
    is the day on which somebody is a deputy: today without one.
    """
    whole, is_deputy = scope.may(Action.RECORD), stands_in(scope, on)

    def may_enter(kpi: Kpi) -> bool:
        """True where the person may enter them, for themselves or for somebody who is away."""
        is_own = (whole and not kpi.is_confidential) or scope.may(Action.RECORD, kpi=kpi)
        return is_own or (is_deputy and stands_in_for(scope, kpi, on))

    return [kpi for kpi in fed(scope) if may_enter(kpi)]


def fed(scope: Scope) -> list[Kpi]:
    """The KPIs whose figures are recorded for the unit itself, by whomever, in the order of the scorecard."""
    below = [u.code for u in scope.structure.children.get(scope.unit.pk, [])]
    own = _recorded_here(scope) if below else frozenset[int]()

    def is_entered(kpi: Kpi) -> bool:
        is_fed = not kpi.is_computed and kpi.state not in ("draft", "retired", "frozen") and _applies(scope, kpi)
        rolls_up = any(scope.structure.applies(kpi, unit) for unit in below)
        return is_fed and (not rolls_up or scope.structure.kpi_pk[kpi.code] in own)

    return [kpi for kpi in _in_order(scope) if is_entered(kpi)]


def _applies(scope: Scope, kpi: Kpi) -> bool:
    return scope.structure.applies(kpi, scope.unit.code)


def _in_order(scope: Scope) -> list[Kpi]:
    """KPIs by perspective and objective, as the scorecard shows them, then the rest."""
    structure, found = scope.structure, dict[str, Kpi]()
    for perspective in structure.perspectives:
        for objective in structure.objectives_of.get(perspective.code, []):
            for use in structure.uses_of.get(objective.code, []):
                if use.kpi in structure.kpi:
                    found.setdefault(use.kpi, structure.kpi[use.kpi])
    return list((found | {k.code: k for k in structure.kpis if k.code not in found}).values())


# house: of those who named the person themselves
def stands_in(scope: Scope, on: date | None = None) -> bool:
    """True where somebody has named the person their deputy for the day: today without one."""
    today = on or timezone.localdate(timezone=scope.structure.zone)
    rows = models.Deputy.objects.filter(organisation=scope.structure.pk, deputy=scope.person, ended_at=None)
    return rows.filter(since__lte=today, until__gte=today).exists()


def stands_in_for(scope: Scope, kpi: Kpi, on: date | None = None) -> bool:
    """True where somebody the person stands in for may enter the figures."""
    today = on or timezone.localdate(timezone=scope.structure.zone)
    owner = next((pk for pk, code in scope.structure.code_of.items() if code == kpi.owner), None)
    thing = Thing(scope.structure.pk, scope.unit.path, owner=owner, confidential=kpi.is_confidential)
    return absent_person(scope.person, kpi.code, thing, on=today) is not None


def _recorded_here(scope: Scope) -> frozenset[int]:
    rows = models.Measurement.objects.visible_to(scope.person).filter(unit=scope.unit.pk, superseded_at=None)
    return frozenset(rows.order_by().values_list("kpi", flat=True).distinct())


def _figures(
    scope: Scope, places: Iterable[tuple[Kpi, Period]], only: Collection[int]
) -> dict[tuple[int, str], Known]:
    """The figures as known now of these periods and of those before."""
    since: dict[Frequency, Period] = {}
    for kpi, period in places:
        first = period.shift(-BEFORE)
        if kpi.frequency not in since or first < since[kpi.frequency]:
            since[kpi.frequency] = first
    if not since:
        return {}
    spans = [Q(frequency=frequency.value, start__gte=first.start) for frequency, first in since.items()]
    rows = models.Measurement.objects.visible_to(scope.person).filter(
        reduce(or_, spans), unit=scope.unit.pk, superseded_at=None, start__lte=scope.month.last_day
    )
    if len(only) == 1:
        rows = rows.filter(kpi__in=only)
    return {(kpi, period): _known(*rest) for kpi, period, *rest in rows.values_list("kpi_id", "period", *_KNOWN)}


_KNOWN: Final = ("value", "numerator", "denominator", "state", "recorded_at", "reason", "recorded_by__name")


def _known(
    value: Decimal | None, top: Decimal | None, bottom: Decimal | None, state: int, at: datetime, reason: str,
    by: str | None,
) -> Known:  # fmt: skip
    return Known(value, top, bottom, State(state), at, reason, by or "")


def _quarters(scope: Scope, places: Iterable[tuple[Kpi, Period]]) -> dict[str, Cell]:
    """The results of the quarter that ends with the month, where figures of quarters are entered."""
    quarter = next((period for kpi, period in places if kpi.frequency is Frequency.QUARTER), None)
    if quarter is None:
        return {}
    now = quarter.ordinal
    rows = result_rows(scope, [scope.unit.pk], COLUMNS, view="quarter", first=now, last=now, node="kpi:")
    return {node: cell_of(fields) for _, node, _, *fields in rows}


class _Facts(NamedTuple):
    """What rows are made of."""

    scope: Scope
    window: Window
    figures: dict[tuple[int, str], Known]
    quarters: dict[str, Cell]
    charts: dict[int, tuple[Lines, Period, int]]
    files: dict[tuple[int, str], int]


def _ordered(facts: _Facts, places: list[tuple[Kpi, Period]], computed: Collection[str]) -> Iterator[UpdateRow]:
    """Computed KPIs first, each with those of its parts that no other has shown yet."""
    todo: dict[str, list[tuple[Kpi, Period]]] = {}
    for kpi, period in places:
        todo.setdefault(kpi.code, []).append((kpi, period))
    for kpi in _in_order(facts.scope):
        if kpi.code in computed and any(code in todo for code in needs(kpi)):
            yield _computed(facts, kpi)
            for code in [code for code in todo if code in needs(kpi)]:
                yield from (_entered(facts, *place, is_part=True) for place in todo.pop(code))
        elif kpi.code in todo and not any(kpi.code in needs(facts.scope.structure.kpi[c]) for c in computed):
            yield from (_entered(facts, *place) for place in todo.pop(kpi.code))
    for rest in todo.values():
        yield from (_entered(facts, *place) for place in rest)


def _computed(facts: _Facts, kpi: Kpi) -> UpdateRow:
    row = facts.window.row(f"kpi:{kpi.code}")
    return UpdateRow(
        kpi, facts.scope.structure.kpi_pk[kpi.code], facts.scope.month, None, (), row[-1],
        tuple(row[-1 - BEFORE : -1]), (), None, is_computed=True,
    )  # fmt: skip


def _entered(facts: _Facts, kpi: Kpi, period: Period, *, is_part: bool = False) -> UpdateRow:
    pk, row = facts.scope.structure.kpi_pk[kpi.code], facts.window.row(f"kpi:{kpi.code}")
    is_monthly = kpi.frequency is Frequency.MONTH
    result = row[-1] if is_monthly else None
    if kpi.frequency is Frequency.QUARTER:
        result = facts.quarters.get(f"kpi:{kpi.code}")
    return UpdateRow(
        kpi, pk, period, facts.figures.get((pk, period.id)),
        tuple(facts.figures.get((pk, period.shift(-i).id)) for i in range(BEFORE, 0, -1)),
        result, (), tuple(c.value if c else None for c in row[:-1]) if is_monthly else (),
        usual_range(*facts.charts[pk], period) if pk in facts.charts else None, is_part=is_part,
        files=facts.files.get((pk, period.id), 0),
        explain=kpi.explain or facts.scope.structure.organisation.explain,
    )  # fmt: skip
