"""The chart of a series: scale, season, dependence, limits, in this order (methodology §5.2).

Rows are segments (see `segments`); arrays are `(row, period)`. What is judged is `z`, on which the centre is 0 and the
limits are ±3; what is drawn goes back to the unit of the KPI.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

import numpy as np

from fourfold.engine.cells import Bools, Codes, Floats, Indexes
from fourfold.engine.signals.dependence import Dependence, dependence, line
from fourfold.engine.signals.limits import MEAN, TRIAL, Constants, Limits, is_chunky, standardised, xmr_limits
from fourfold.engine.signals.moments import count, first_points, moving_ranges, where
from fourfold.engine.signals.rules import DEFAULT, RuleSet
from fourfold.engine.signals.scales import Nature, Scaled, scale_figures
from fourfold.engine.signals.season import Adjustment, Season, adjust, widening
from fourfold.engine.signals.segments import Rows

#: One step from neighbour to neighbour for this many figures at least: with fewer, gaps hide how much figures vary.
FEW_STEPS: Final = 3


class Phase(IntEnum):
    """How much a segment has to say yet (§5.3)."""

    NOTHING = 0  # too few figures for limits
    TRIAL = 1  # limits that move with each figure; no signals
    LOCKED = 2  # limits that stay


@dataclass(frozen=True, slots=True)
class Chart:
    """How series are charted: what their figures are, by which rules, with which season and constants.

    `resolution` is the smallest step figures are recorded in, where it is known; `screen` leaves wild ranges out.
    `spans` lets patterns begin in the baseline and end after it; otherwise figures after it are judged on their own.
    `valid` is the range that figures can have, such as 0 to 100: limits are not drawn beyond it.
    """

    nature: Nature = Nature.NUMBER
    rules: RuleSet = DEFAULT
    season: Season = field(default_factory=Season)
    constants: Constants = MEAN
    screen: bool = True
    resolution: float | None = None
    spans: bool = False
    valid: tuple[float, float] = (-np.inf, np.inf)


@dataclass(frozen=True, slots=True)
class Charted:
    """Rows on their charts.

    `y` are figures on their scale without season and slope, `half` half the distance between the limits there, `z` the
    two together; `baseline` is where limits were taken from. `is_chunky`: recorded too coarsely to be judged.
    """

    phase: Codes
    scaled: Scaled
    season: Adjustment
    slope: Floats
    y: Floats
    limits: Limits
    half: Floats
    z: Floats
    baseline: Bools
    size: Indexes
    dependence: Dependence
    is_chunky: Bools
    chart: Chart

    def parts(self) -> tuple[Floats, ...]:
        """What is judged on its own: the figures of the baseline and those after it, or all of them as one."""
        if self.chart.spans:
            return (self.z,)
        return tuple(np.where(there, self.z, np.nan) for there in (self.baseline, ~self.baseline))

    def in_unit(self, y: Floats) -> Floats:
        """Lines of `y`, `(row, period)`, in the unit of the KPI, with season and slope."""
        return self.scaled.back((y + self.slope) * self.season.times + self.season.add)

    def adjusted(self) -> Floats:
        """The figures without their season, in the unit of the KPI."""
        return self.scaled.back(self.y + self.slope)

    @property
    def lower(self) -> Floats:
        """Lower limits in the unit of the KPI, NaN where there are none."""
        return self.in_unit(self.limits.centre[:, None] - self.half)

    @property
    def centre(self) -> Floats:
        """Centres in the unit of the KPI."""
        return self.in_unit(np.broadcast_to(self.limits.centre[:, None], self.y.shape))

    @property
    def upper(self) -> Floats:
        """Upper limits in the unit of the KPI."""
        return self.in_unit(self.limits.centre[:, None] + self.half)


def chart_rows(
    values: Floats, rows: Rows, chart: Chart, numerator: Floats | None = None, denominator: Floats | None = None
) -> Charted:
    """Put the segments of series `(series, period)` on their charts; NaN is a gap."""
    x, parts = rows.cut(values), [None if a is None else rows.cut(a) for a in (numerator, denominator)]
    first, long = first_points(x, rows.baseline), count(x) >= rows.baseline
    scaled = scale_figures(x, first, chart.nature, numerator=parts[0], denominator=parts[1], is_long=long)
    season = adjust(scaled.y, chart.season, rows.baseline)
    size = np.maximum(rows.baseline, season.years * chart.season.period)
    baseline = first_points(scaled.y, size)
    level = (scaled.y - season.add) / season.times
    slope = np.where(rows.sloped[:, None], np.nan_to_num(line(level, baseline)), 0.0)
    y = level - slope
    depends = dependence(y)
    limits = xmr_limits(y, baseline, chart.constants, screen=chart.screen)
    n = count(y)
    steps = count(moving_ranges(where(y, baseline)))
    limits = _only_where(limits, (n >= TRIAL) & (steps >= np.minimum(n, size) // FEW_STEPS))
    late = ~baseline & (np.cumsum(np.isfinite(y), axis=1) >= size[:, None])
    half = (limits.half * depends.widen)[:, None] * np.where(late, widening(season.years)[:, None], 1.0)
    half = np.where(rows.inside, half, np.nan)
    phase = np.where(n >= rows.baseline, np.uint8(Phase.LOCKED), np.uint8(Phase.TRIAL))
    phase = np.where(np.isfinite(limits.half), phase, np.uint8(Phase.NOTHING))
    return Charted(
        phase, scaled, season, slope, y, limits, half, standardised(y, limits.centre[:, None], half), baseline, size,
        depends, is_chunky(x, first, chart.resolution), chart,
    )  # fmt: skip


def _only_where(limits: Limits, there: Bools) -> Limits:
    """Limits where there are figures enough for them."""
    centre, half, sigma, top = (
        np.where(there, a, np.nan) for a in (limits.centre, limits.half, limits.sigma, limits.range_limit)
    )
    return Limits(centre, half, sigma, top)
