"""How fresh the figures are, and what they cost (methodology §8.6)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from fourfold.engine.cells import Bools, Codes, Floats, Indexes, State
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.due import Today, todays
from fourfold.engine.freshness import age_of_latest
from fourfold.engine.nodes import effective_weights
from fourfold.engine.periods import Lag, Period, PeriodError, expected_at
from fourfold.engine.rows import Rows, locate

if TYPE_CHECKING:
    import polars as pl


#: So many days back notes count as use.
YEAR: Final = 366


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of the figures of one KPI that were due, over all units that report it.

    `on_time` is the share of due figures that were there on the day they were expected, `late_days` the median of days
    after it (0 for those in time): both None where rows do not say when they were recorded. `ages` are by unit, in
    periods (see `freshness`). `minutes` is the work a year; None where nobody has said.
    """

    kpi: str
    due: int
    there: int
    points: int  # of the unit that has most
    on_time: float | None
    late_days: float | None
    ages: Mapping[str, float]
    is_manual: bool
    minutes: float | None

    @property
    def completeness(self) -> float | None:
        """Share of due figures that are there; None where none was due."""
        return self.there / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Collection:
    """All measured KPIs together; shares are of due figures, None where there is nothing to share out."""

    kpis: tuple[Collected, ...]

    @property
    def completeness(self) -> float | None:
        """Share of due figures that are there."""
        return _share([(k.there, k.due) for k in self.kpis])

    @property
    def on_time(self) -> float | None:
        """Share of due figures that were there on the day; of the KPIs of which that is known."""
        return _share([(k.on_time * k.due, k.due) for k in self.kpis if k.on_time is not None])

    @property
    def manual(self) -> float | None:
        """Share of the figures that somebody enters by hand."""
        return _share([(k.there * k.is_manual, k.there) for k in self.kpis])

    @property
    def minutes(self) -> float:
        """Work a year, of the KPIs that say how much."""
        return math.fsum(k.minutes for k in self.kpis if k.minutes is not None)


def collection(definitions: Definitions, rows: pl.DataFrame | Rows, *, as_of: datetime) -> Collection:
    """How the figures of measured KPIs came in until `as_of`.

    A unit reports a KPI from its first figure on. A figure that is not applicable is not due; of revisions the first
    one counts for being on time.
    """
    located = locate(rows, definitions)
    state, days = _states(located), todays(definitions, as_of)
    kept, recorded = _cells(located, state == State.NUMBER, _recorded(located))
    gone, _ = _cells(located, state == State.NOT_APPLICABLE, np.zeros(len(located.kpi)))
    found = []
    for place, kpi in enumerate(definitions.kpis):
        if not kpi.is_computed and kpi.state not in ("draft", "retired"):
            own, absent = (slice(*np.searchsorted(cells.kpi, [place, place + 1])) for cells in (kept, gone))
            units, periods = kept.unit[own], kept.ordinal[own]
            is_gone = gone.unit[absent], gone.ordinal[absent]
            found.append(_collected(definitions, kpi, units, periods, recorded[own], is_gone, days))
    return Collection(tuple(found))


class _Cells(NamedTuple):
    """Distinct cells by KPI, unit and period, in that order."""

    kpi: Indexes
    unit: Indexes
    ordinal: Indexes


def _cells(located: Rows, some: Bools, day: Floats) -> tuple[_Cells, Floats]:
    """The cells of some rows, and the earliest day of each."""
    columns = [a[some].astype(np.intp) for a in (located.kpi, located.unit, located.ordinal)]
    order = np.lexsort((day[some], *reversed(columns)))
    columns, days = [c[order] for c in columns], day[some][order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = np.any([c[1:] != c[:-1] for c in columns], axis=0)
    return _Cells(*(c[new] for c in columns)), days[new]


def _collected(
    definitions: Definitions, kpi: Kpi, unit: Indexes, ordinal: Indexes, recorded: Floats,
    gone: tuple[Indexes, Indexes], days: tuple[tuple[Today, ...], Indexes],
) -> Collected:  # fmt: skip
    """The record of one KPI from its cells, sorted by unit and period; each unit has its own day and business days."""
    calendar, lag, (kinds, of_unit) = definitions.calendar, Lag.parse(kpi.lag), days
    units, start, count = np.unique(unit, return_index=True, return_counts=True)
    first, newest, kind = ordinal[start], ordinal[start + count - 1], of_unit[units]
    last = np.array([_last_due(calendar.period(kpi.frequency, today.day), lag, today) for today in kinds])[kind]
    due = int(np.maximum(last - first + 1, 0).sum())
    at = np.searchsorted(units, gone[0]).clip(max=max(len(units) - 1, 0))
    if len(units):
        due -= int(((units[at] == gone[0]) & (gone[1] >= first[at]) & (gone[1] <= last[at])).sum())
    own = np.searchsorted(units, unit)
    in_time = ordinal <= last[own]
    known = bool(in_time.any()) and bool(np.isfinite(recorded[in_time]).all())
    late = np.zeros(0)
    if known:
        low = int(first.min())
        periods = [Period(kpi.frequency, o, calendar) for o in range(low, int(last.max()) + 1)]
        expected = np.array(
            [[expected_at(p, lag, k.business).toordinal() for p in periods] for k in kinds], dtype=np.float64
        )
        late = np.maximum(recorded[in_time] - expected[kind[own], np.where(in_time, ordinal - low, 0)][in_time], 0.0)
    ages = {
        definitions.units[int(u)].code: age_of_latest(
            Period(kpi.frequency, int(o), calendar), kinds[k].day, lag, kinds[k].business
        )
        for u, o, k in zip(units, newest, kind, strict=True)
    }
    minutes = None if kpi.effort_minutes is None else kpi.effort_minutes * kpi.frequency.per_year * max(len(units), 1)
    return Collected(
        kpi.code, due, int(in_time.sum()), int(count.max(initial=0)), float((late == 0).sum() / due) if known else None,
        float(np.median(late)) if known else None, ages, not kpi.automated, minutes,
    )  # fmt: skip


def _last_due(period: Period, lag: Lag, today: Today) -> int:
    """The ordinal of the newest period, not later than this one, of which figures are due."""
    while expected_at(period, lag, today.business) > today.day:
        period = period.shift(-1)
    return period.ordinal


@dataclass(frozen=True, slots=True)
class Worth:
    """What a KPI costs (in any one unit), how often it is used, and its effective weight."""

    kpi: str
    cost: float
    uses: int
    weight: float


def worths(
    definitions: Definitions,
    collected: Collection,
    *,
    uses: Mapping[str, int],
    effort: Mapping[str, float] | None = None,
) -> tuple[Worth, ...]:
    """What is known of each KPI whose cost somebody knows; the others can not be compared.

    `uses` counts how often each was spoken of or looked at (0 where it is not in it); `effort` gives costs of any one
    kind by KPI, by default the minutes a year.
    """
    cost = {k.kpi: k.minutes for k in collected.kpis if k.minutes is not None} if effort is None else dict(effort)
    share = effective_weights(definitions)
    known = (k.kpi for k in collected.kpis if k.kpi in cost)
    return tuple(Worth(c, cost[c], uses.get(c, 0), share.get(f"kpi:{c}", 0.0)) for c in known)


def middle_of(compared: Sequence[Worth]) -> tuple[float, float, float]:
    """The median cost, use and weight; NaN without a KPI."""
    if not compared:
        return math.nan, math.nan, math.nan
    cost, uses, weight = np.median([(w.cost, w.uses, w.weight) for w in compared], axis=0).tolist()
    return cost, uses, weight


def retire_list(compared: Sequence[Worth]) -> tuple[str, ...]:
    """KPIs that cost much, are used little and weigh little, each compared with the median KPI.

    >>> retire_list([Worth("a", 90.0, 0, 0.1), Worth("b", 10.0, 5, 0.4), Worth("c", 20.0, 4, 0.5)])
    ('a',)
    """
    cost, uses, weight = middle_of(compared)
    return tuple(w.kpi for w in compared if w.cost > cost and w.uses < uses and w.weight < weight)


def spoken_of(definitions: Definitions, *, as_of: date) -> dict[str, int]:
    """How many notes about each KPI are of periods that ended within the year before `as_of`; no key without any."""
    found: Counter[str] = Counter()
    for note in definitions.notes:
        with suppress(PeriodError):
            days = (as_of - definitions.calendar.parse(note.period).last_day).days
            found[note.kpi] += 0 <= days <= YEAR
    return {kpi: count for kpi, count in found.items() if count}


def _states(located: Rows) -> Codes:
    """The state of each row; a number where it does not say."""
    import polars as pl

    if "state" not in located.frame.columns:
        return np.zeros(len(located.kpi), dtype=np.uint8)
    return located.frame["state"].cast(pl.UInt8).fill_null(int(State.NUMBER)).to_numpy()


def _recorded(located: Rows) -> Floats:
    """The day each row was recorded, counted from year 1; infinite where it does not say."""
    import polars as pl

    if "recorded_at" not in located.frame.columns:
        return np.full(len(located.kpi), np.inf)
    days = located.frame["recorded_at"].cast(pl.String).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    since = days.to_physical().cast(pl.Float64).fill_null(float("inf")).to_numpy()
    return np.asarray(since + date(1970, 1, 1).toordinal())


def _share(parts: list[tuple[float, int]]) -> float | None:
    whole = sum(total for _, total in parts)
    return math.fsum(part for part, _ in parts) / whole if whole else None
