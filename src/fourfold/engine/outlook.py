"""Where each KPI of each unit is going: its usual range and signals, its forecast, its chance to reach the target.

Flows that say `normalise` are read and forecast as if all periods were equally long, and put back (`comparable`);
counts of a few events are read as they are.

Joins `signals` (§5), `forecasts` (§6) and `probability` (§4.4) with figures at the KPI's own frequency, as
`kpis.figures` gives them. Series that are charted alike are read together, those of one frequency forecast together.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.blocks import Block
from fourfold.engine.cells import Codes, Floats, Indexes
from fourfold.engine.chances import AHEAD, Chance, Goals, Prospect, Way, chance_of, goals_of, prospects_of
from fourfold.engine.comparable import factors_of, few_events, forecast_as_given, reading_as_given
from fourfold.engine.confirmed_steps import segments_of
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.due import latest_day
from fourfold.engine.forecasts import Calibration, Forecast, forecast, own_figures
from fourfold.engine.forecasts.predict import HORIZON
from fourfold.engine.kpis import Figures
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.signals import (
    Chart,
    Nature,
    Reading,
    Segment,
    Signal,
    chart_of,
    figures_to_read,
    read_between,
    read_many,
    rule_set,
)

__all__ = ["Chance", "Outlook", "Prospect", "Way", "outlooks", "segments_of"]

#: Yes or no, and levels, have neither trend nor interval; nor has what is frozen.
_DISCRETE: Final = (MeasureKind.BOOLEAN, MeasureKind.ORDINAL)
#: About so many figures are looked at side by side: what that takes in memory is about 250 times as many bytes.
_TOGETHER: Final = 400_000


@dataclass(frozen=True, slots=True)
class Outlook:
    """The outlook of one KPI in one unit, as of its last figure; it never changes, so it can be kept.

    `periods` are those of the arrays of `reading`, which is None for words and yes or no. `chance` is None where no
    target, no interval or no reachable end of the fiscal year is there, `prospect` without the last two.
    `wanted` has the lowest and highest wanted value of each forecast period: infinite on an open side, NaN for none.
    """

    kpi: str
    unit: str
    periods: tuple[Period, ...]
    reading: Reading | None
    forecast: Forecast
    chance: Chance | None
    prospect: Prospect | None = None
    wanted: tuple[tuple[float, float], ...] = ()

    @property
    def origin(self) -> Period | None:
        """The period of the last figure, None where there is none."""
        return self.forecast.origin

    @property
    def is_out_of_reach(self) -> bool:
        """True where the next period would have to be below what its figures can be, such as a count below 0."""
        needed = None if self.chance is None else self.chance.needed
        return needed is not None and needed < self.forecast.valid[0]

    @property
    def news(self) -> tuple[Signal, ...]:
        """The signals that the last figure completed: what there is to tell about it."""
        if self.reading is None or self.origin is None:
            return ()
        last = self.origin.ordinal - self.periods[0].ordinal
        return tuple(signal for signal in self.reading.signals if signal.at == last)


def outlooks(
    definitions: Definitions,
    found: Figures,
    *,
    as_of: datetime,
    kpis: Collection[str] | None = None,
    units: Collection[str] | None = None,
    places: Collection[tuple[str, str]] | None = None,
    until: date | None = None,
    calibrations: Mapping[Frequency, Calibration] | None = None,
) -> Iterator[Outlook]:
    """The outlook of these KPIs (all without `kpis`) in these units, by KPI, then unit, in the order of the figures.

    With `places`, pairs of a KPI and a unit, of those alone. One after the other, of some at a time, so that memory
    does not grow with how many there are.

    `found` are figures at the KPIs' own frequencies. Only periods that end by `until` are read, all without it; those
    that begin after `as_of` never are. A unit that does not have a KPI, or has no figure of it, gets an outlook that
    says so: its forecast has no origin. `calibrations` are an installation's own, by frequency (`recalibrate`).

    >>> from datetime import UTC
    >>> from fourfold.engine.definitions import Organisation, Strategy, Unit
    >>> from fourfold.engine.kpis import figures
    >>> from fourfold.engine.measurements import to_polars
    >>> at = datetime(2026, 9, 5, tzinfo=UTC)
    >>> d = Definitions(organisation=Organisation(code="o", name="O"), units=(Unit(code="u", name="U"),),
    ...     strategy=Strategy(code="s", name="S"), kpis=(Kpi(code="cash", name="Cash", kind=MeasureKind.STOCK),))
    >>> rows = to_polars([{"kpi": "cash", "unit": "u", "period": f"M:2026-0{m}", "value": str(50 + m % 3)}
    ...     for m in range(1, 9)])
    >>> shown = d.calendar.range(d.calendar.parse("2026-01"), d.calendar.parse("2026-08"))
    >>> (one,) = outlooks(d, figures(d, rows, as_of=at, periods=shown), as_of=at)
    >>> one.origin.id, one.reading.phase.name, one.forecast.method.name, one.chance
    ('M:2026-08', 'TRIAL', 'SES', None)
    """
    today = latest_day(definitions, as_of)
    for groups, block in found.blocks:
        own = [kpi for g in groups for kpi in g.kpis]
        row, unit = np.nonzero(_asked([k.code for k in own], block.units, kpis, units, places))
        ask = _Ask(row, unit, sum(p.start <= today and (until is None or p.last_day <= until) for p in block.periods))
        if row.size and ask.periods:
            own_widths = (calibrations or {}).get(block.periods[0].frequency)
            for part in ask.parts():
                yield from _of_block(definitions, own, block, part, as_of, own_widths)


def _asked(
    own: Sequence[str], of: Sequence[str], kpis: Collection[str] | None, units: Collection[str] | None,
    places: Collection[tuple[str, str]] | None,
) -> npt.NDArray[np.bool_]:  # fmt: skip
    """Which of the KPIs of a block, in which of its units, are asked for: `(kpi, unit)`."""
    some = np.array([kpis is None or code in kpis for code in own], dtype=np.bool_)
    asked = some[:, None] & np.array([units is None or code in units for code in of], dtype=np.bool_)
    if places is None:
        return asked
    row, column = ({code: i for i, code in enumerate(codes)} for codes in (own, of))
    named = np.zeros_like(asked)
    for kpi, unit in places:
        if kpi in row and unit in column:
            named[row[kpi], column[unit]] = True
    return asked & named


class _Ask(NamedTuple):
    """Which series of a block are asked for, the row of each and its unit, and how many of its periods are read."""

    row: Indexes
    unit: Indexes
    periods: int

    def parts(self) -> Iterator[_Ask]:
        """The same for some of the series after the others."""
        step = max(1, _TOGETHER // self.periods)
        for start in range(0, self.row.size, step):
            yield _Ask(self.row[start : start + step], self.unit[start : start + step], self.periods)


class _Series(NamedTuple):
    """Series of a block: the KPI, its row in the block, and the unit of each; arrays are `(series, period)`."""

    kpis: Sequence[Kpi]
    row: Indexes
    unit: Indexes
    value: Floats
    state: Codes
    marks: Codes
    numerator: Floats | None
    denominator: Floats | None
    segments: Sequence[tuple[Segment, ...]]


def _of_block(
    definitions: Definitions, kpis: Sequence[Kpi], block: Block, ask: _Ask, as_of: datetime,
    calibration: Calibration | None,
) -> Iterator[Outlook]:  # fmt: skip
    """The outlooks asked for of one block, all of one frequency."""
    periods = block.periods[: ask.periods]
    s = _series(definitions, kpis, block, ask)
    since = np.array([own[-1].start if own else 0 for own in s.segments], dtype=np.int64)
    charts = [chart_of(kpi, rule_set(definitions.organisation.signal_rules)) for kpi in s.kpis]
    low, high = _valid(s, charts)
    names = [f"{kpi.code}/{block.units[u]}" for kpi, u in zip(s.kpis, s.unit.tolist(), strict=True)]
    discrete = np.array([k.kind in _DISCRETE or k.state == "frozen" for k in s.kpis], dtype=np.bool_)
    axis = (*periods, *(periods[-1].shift(n) for n in range(1, max(HORIZON[periods[0].frequency], AHEAD) + 1)))
    factors = factors_of(definitions, s.kpis, [block.units[u] for u in s.unit.tolist()], axis)
    even = s._replace(value=s.value * factors[:, : len(periods)])
    forecasts = forecast(
        even.value, periods, as_of=latest_day(definitions, as_of), names=names, state=s.state, marks=s.marks,
        since=since, discrete=discrete, valid_min=low, valid_max=high, calibration=calibration,
    )  # fmt: skip
    goals = goals_of(definitions, kpis, block, s.row, s.unit, as_of=as_of)
    origin = [-1 if f.origin is None else f.origin.ordinal - periods[0].ordinal for f in forecasts]
    edges = np.array([p.start.toordinal() for p in axis[: len(periods) + 1]], dtype=np.float64)
    counts = np.array([c is not None and c.nature is Nature.COUNT for c in charts], dtype=np.bool_)
    as_it_is = np.where((counts & few_events(s.value, since))[:, None], 1.0, factors)
    comparable = s._replace(value=s.value * as_it_is[:, : len(periods)])
    readings = _readings(comparable, charts, goals, as_it_is, np.array(origin, dtype=np.intp), edges)
    forecasts = tuple(forecast_as_given(made, factors[i, origin[i] + 1 :]) for i, made in enumerate(forecasts))
    prospects = prospects_of(s.kpis, forecasts, periods, goals)
    figures = own_figures(s.value, s.state, s.marks)
    for i, (kpi, u, made) in enumerate(zip(s.kpis, s.unit.tolist(), forecasts, strict=True)):
        chance = chance_of(kpi, made, figures[i], periods, goals, i)
        ahead = slice(origin[i] + 1, origin[i] + 1 + made.horizon)
        goal = tuple(zip(goals.low[i, ahead].tolist(), goals.high[i, ahead].tolist(), strict=True))
        yield Outlook(kpi.code, block.units[u], periods, readings.get(i), made, chance, prospects[i], goal)


def _series(definitions: Definitions, kpis: Sequence[Kpi], block: Block, ask: _Ask) -> _Series:
    """The series asked for, by KPI, then unit."""
    row, unit = ask.row, ask.unit
    periods = block.periods[: ask.periods]

    def cells(array: Floats | None) -> Floats | None:
        return None if array is None else array[row, unit, : ask.periods]

    own = [kpis[k] for k in row.tolist()]
    return _Series(
        own, row, unit, block.value[row, unit, : ask.periods], block.state[row, unit, : ask.periods],
        block.marks[row, unit, : ask.periods], cells(block.numerator), cells(block.denominator),
        [segments_of(definitions, k, block.units[u], periods) for k, u in zip(own, unit.tolist(), strict=True)],
    )  # fmt: skip


def _valid(s: _Series, charts: Sequence[Chart | None]) -> tuple[Floats, Floats]:
    """The range of each series: the one its KPI gives, else what figures of its kind can be (§6.1), else infinite.

    Counts that were never below 0 stay there, and so do percentages of a part in a whole, which end at 100.
    """
    low = np.array([-math.inf if k.valid_min is None else float(k.valid_min) for k in s.kpis])
    high = np.array([math.inf if k.valid_max is None else float(k.valid_max) for k in s.kpis])
    counts = np.array([c is not None and c.nature is Nature.COUNT for c in charts])
    low[counts & np.isneginf(low) & ~(s.value < 0).any(axis=1)] = 0.0
    if s.numerator is not None and s.denominator is not None:
        share = np.array([k.unit == "%" and k.kind is MeasureKind.RATIO for k in s.kpis])
        share &= ~((s.numerator < 0) | (s.numerator > s.denominator)).any(axis=1) & np.isfinite(s.numerator).any(axis=1)
        low[share & np.isneginf(low)], high[share & np.isposinf(high)] = 0.0, 100.0
    return low, high


def _readings(
    s: _Series, charts: Sequence[Chart | None], goals: Goals, factors: Floats, origin: Indexes, edges: Floats
) -> dict[int, Reading]:
    """The reading of each series that has a chart, by its number; `factors` are in its figures already.

    `edges` are the days the periods begin on, and the day after the last one.
    """
    alike: dict[Chart, list[int]] = {}
    for i, chart in enumerate(charts):
        if origin[i] >= 0 and chart is not None:
            alike.setdefault(chart, []).append(i)
    figures, count = figures_to_read(s.value, s.state, s.marks), s.value.shape[1]
    found: dict[int, Reading] = {}
    for chart, rows in alike.items():
        some, at = np.array(rows), np.maximum(origin[rows], 0)
        many = read_many(
            figures[some], chart, segments=[s.segments[i] for i in rows],
            numerator=None if s.numerator is None else s.numerator[some] * factors[some, :count],
            denominator=None if s.denominator is None else s.denominator[some],
            polarity=[s.kpis[i].polarity for i in rows],
            target=tuple(goal[some, at] * factors[some, at] for goal in (goals.low, goals.high)),
            target_ahead=tuple(goal[some, at + AHEAD] * factors[some, at + AHEAD] for goal in (goals.low, goals.high)),
        )  # fmt: skip
        for place, i in enumerate(rows):
            one = reading_as_given(many.of(place), factors[i, :count])
            found[i] = read_between(
                one, figures[i], edges, chart, segments=s.segments[i][1:], polarity=s.kpis[i].polarity
            )
    return found
