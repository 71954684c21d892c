"""The chance of a KPI to end its fiscal year where it is wanted, and the status it would have then (§4.4).

The fiscal year is the one that the first forecast period lies in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np

from fourfold.engine.aggregation import AggTime
from fourfold.engine.anchors import Polarity
from fourfold.engine.blocks import Block
from fourfold.engine.cells import Floats, Indexes
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.forecasts import Forecast
from fourfold.engine.forecasts.predict import HORIZON
from fourfold.engine.groups import over_time
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.probability import (
    NO_OUTLOOK,
    cumulative_outlook,
    level_outlook,
    likelihood,
    mean_outlook,
    percent_shown,
    probability,
    probability_in_range,
)
from fourfold.engine.scoring import in_range, kpi_status, linear_anchor, on_cut, on_cut_in_range
from fourfold.engine.signals import wanted
from fourfold.engine.statuses import Status
from fourfold.engine.target_blocks import target_block
from fourfold.engine.targets import required_run_rate

#: How far ahead a moving target is looked at for the second assurance icon (§5.8).
AHEAD: Final = 6


class Way(StrEnum):
    """What a target at the end of a fiscal year is compared with."""

    LEVEL = "level"  # the figure of the last period
    SUM = "sum"  # the sum of the year
    MEAN = "mean"  # the mean of the year's periods


@dataclass(frozen=True, slots=True)
class Chance:
    """The chance that a KPI ends its fiscal year where it is wanted: from `low` to `high`, infinite on an open side.

    `expected` is the figure, sum or mean the forecast leads to; `p` its probability to be as wanted. `needed` is what
    the next period must bring for a sum or mean still to be reached, if the others do their part (§4.3); None for a
    level and for a band.
    """

    end: Period
    way: Way
    low: float
    high: float
    expected: float
    p: float
    needed: float | None = None

    @property
    def percent(self) -> int | None:
        """As printed: in steps of 5 %, from 5 to 95."""
        return percent_shown(self.p)

    @property
    def word(self) -> str:
        """`very unlikely` to `very likely`."""
        return likelihood(self.p)


@dataclass(frozen=True, slots=True)
class Prospect:
    """The forecast for the last period of the fiscal year, and the status a KPI with that figure would have."""

    period: Period
    value: float
    status: Status


@dataclass(frozen=True, slots=True)
class Goals:
    """What is wanted of series: arrays `(series, period)`, on from the first period of their block; NaN is nothing.

    `low` and `high` bound what is wanted, infinite on an open side; `anchors` are those of the targets, by name.
    """

    low: Floats
    high: Floats
    anchors: Mapping[str, Floats]


def goals_of(
    definitions: Definitions, kpis: Sequence[Kpi], block: Block, row: Indexes, unit: Indexes, *, as_of: datetime
) -> Goals:
    """The goals of series, by their rows and units in a block of these KPIs, as far ahead as is looked."""
    ahead = max(HORIZON[block.periods[0].frequency], AHEAD)
    rows = np.unique(row)
    shape = (len(rows), len(block.units), ahead)
    periods = (*block.periods, *(block.periods[-1].shift(n) for n in range(1, ahead + 1)))
    value = np.concatenate([block.value[rows], np.full(shape, np.nan)], axis=2)
    codes = np.zeros(value.shape, np.uint8)
    wide = Block(tuple(block.kpis[k] for k in rows.tolist()), block.units, periods, value, codes, codes)
    targets = target_block(wide, [kpis[k] for k in rows.tolist()], definitions, as_of=as_of)
    place = np.searchsorted(rows, row)
    anchors = {name: np.asarray(np.broadcast_to(a, value.shape)[place, unit]) for name, a in targets.arrays().items()}
    goal, none = anchors["target"], np.full((len(row), len(periods)), np.nan)
    low, high = anchors.get("low", none).copy(), anchors.get("high", none).copy()
    for i, k in enumerate(row.tolist()):
        if kpis[k].polarity is not Polarity.IN_RANGE:
            low[i], high[i] = wanted(goal[i], kpis[k].polarity)
    return Goals(low, high, anchors)


def prospects_of(
    kpis: Sequence[Kpi], forecasts: Sequence[Forecast], periods: Sequence[Period], goals: Goals
) -> list[Prospect | None]:
    """The prospect of each series; None without an interval up to the end of the fiscal year."""
    ahead = [horizon_to_end(made) for made in forecasts]
    ends = [made.origin.shift(h) if made.origin and h else None for made, h in zip(forecasts, ahead, strict=True)]
    value = np.array([made.mean[h - 1] if h else np.nan for made, h in zip(forecasts, ahead, strict=True)])
    place = np.array([0 if end is None else end.ordinal - periods[0].ordinal for end in ends], dtype=np.intp)
    anchors = {name: a[np.arange(len(place)), place] for name, a in goals.anchors.items()}
    none, tolerance = np.full(len(place), np.nan), np.array([float(k.tolerance) for k in kpis])
    target, red = anchors["target"], anchors["red_line"]
    higher = np.array([k.polarity is Polarity.HIGHER_BETTER for k in kpis], dtype=np.bool_)
    floor, stretch = anchors.get("floor", none), anchors.get("stretch", none)
    line = linear_anchor(value, red, target, floor, stretch, polarity=higher, tolerance=tolerance)
    red_low, low, high, red_high = (anchors.get(name, none) for name in ("red_low", "low", "high", "red_high"))
    banded = np.array([k.polarity is Polarity.IN_RANGE for k in kpis], dtype=np.bool_)
    score = np.where(banded, in_range(value, red_low, low, high, red_high, tolerance=tolerance), line)
    score[[k.polarity is Polarity.NEUTRAL for k in kpis]] = np.nan
    within = on_cut_in_range(value, red_low, low, high, red_high, tolerance)
    cut = np.where(banded, within, on_cut(target, red, tolerance))
    status = kpi_status(score, cut)
    return [
        None if end is None else Prospect(end, float(value[i]), Status(int(status[i]))) for i, end in enumerate(ends)
    ]


def chance_of(
    kpi: Kpi, made: Forecast, figures: Floats, periods: Sequence[Period], goals: Goals, i: int
) -> Chance | None:
    """The chance of series `i` at the end of its fiscal year; None where there is none.

    `figures` are its own, NaN where there is none, over `periods` from the first one of the goals on.
    """
    h = horizon_to_end(made)
    if made.origin is None or not h or kpi.polarity is Polarity.NEUTRAL:
        return None
    end = made.origin.shift(h)
    first, last = end.first_in().ordinal - periods[0].ordinal, end.ordinal - periods[0].ordinal
    year = slice(max(first, 0), last + 1)
    way = {AggTime.SUM: Way.SUM, AggTime.MEAN: Way.MEAN}.get(over_time(kpi), Way.LEVEL)
    low, high = (float(_folded(a[i], year, way)) for a in (goals.low, goals.high))
    if math.isnan(low) or math.isnan(high):
        return None
    to_date = float(figures[year.start : made.origin.ordinal - periods[0].ordinal + 1].sum())
    if first < 0:
        to_date = math.nan  # the year began before the figures that are read
    to_come = NO_OUTLOOK
    if way is Way.LEVEL:
        to_come = level_outlook(made, h)
    elif way is Way.SUM:
        to_come = cumulative_outlook(made, to_date, h)
    else:
        to_come = mean_outlook(made, to_date, h, last - first + 1)
    if math.isinf(low) or math.isinf(high):
        p = float(probability(to_come, low if math.isinf(high) else high, kpi.polarity))
    else:
        p = float(probability_in_range(to_come, low, high))
    if math.isnan(p):
        return None
    needed = None
    if way is not Way.LEVEL and (math.isinf(low) or math.isinf(high)):
        side = goals.low[i] if math.isinf(high) else goals.high[i]
        whole = (low if math.isinf(high) else high) * (1 if way is Way.SUM else last - first + 1)
        needed = _needed(whole, to_date, side[last - h + 1 : last + 1])
    return Chance(end, way, low, high, to_come.centre, p, needed)


def _needed(whole: float, to_date: float, ahead: Floats) -> float | None:
    """What the next period must bring of what is left, by its part of the targets `ahead`, else an equal part."""
    shares = ahead if (ahead > 0).all() else np.ones(len(ahead))
    rate = float(required_run_rate(whole, to_date, shares)[0])
    return rate if math.isfinite(rate) else None


def _folded(goal: Floats, year: slice[int, int, None], way: Way) -> float:
    """What is wanted of the year: of its last period, or of all of them, and then every one must have a target."""
    if way is Way.LEVEL:
        return float(goal[year.stop - 1])
    return float(goal[year].sum() if way is Way.SUM else goal[year].mean())


def horizon_to_end(made: Forecast) -> int:
    """How many periods ahead the fiscal year ends that the first forecast period lies in.

    0 where the forecast has no interval, or reaches less far: farther than that no interval was measured.
    """
    if made.origin is None or made.scale is None:
        return 0
    h = _year_end(made.origin.shift(1)).ordinal - made.origin.ordinal
    return h if h <= made.horizon else 0


@lru_cache(maxsize=4096)
def _year_end(period: Period) -> Period:
    """The last period, of the same frequency, of the fiscal year it lies in."""
    if period.frequency is Frequency.YEAR:
        return period
    return period.within(Frequency.YEAR).parts(period.frequency)[-1]
