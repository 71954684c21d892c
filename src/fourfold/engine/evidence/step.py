"""Before and after: what a KPI did when something was done at a known date (methodology §7.2, §5.7).

An intervention says more than any correlation: somebody moved the driver on a day that nobody chose by looking at the
outcome.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fourfold.engine.cells import Floats

#: Points needed on either side of a step.
SIDE = 8
#: A step is one from this many natural standard deviations on.
SHIFT = 1.0


@dataclass(frozen=True, slots=True)
class Step:
    """Means before and after, in the KPI's own unit, and their difference in natural standard deviations.

    NaN where a side has no figure; `shift` also where nothing varied before. `is_step` needs eight points on either
    side and a shift of at least 1.
    """

    before: float
    after: float
    shift: float
    points: tuple[int, int]

    @property
    def is_step(self) -> bool:
        """True where the level changed by more than chance and more than a little."""
        return min(self.points) >= SIDE and abs(self.shift) >= SHIFT


@dataclass(frozen=True, slots=True)
class Intervention:
    """What driver and outcome did around an initiative: `at` its period, the outcome judged after each lag."""

    at: int
    driver: Step
    outcome: tuple[Step, ...]
    lags: tuple[int, int]

    @property
    def strongest(self) -> tuple[int, Step]:
        """The lag after which the outcome shifted most, and its step; the first lag where nothing can be told."""
        sizes = [abs(one.shift) if math.isfinite(one.shift) else -1.0 for one in self.outcome]
        place = sizes.index(max(sizes))
        return self.lags[0] + place, self.outcome[place]


def step(series: Floats, at: int) -> Step:
    """The level of a series, `(period,)`, before period `at` and from it on; NaN for a gap.

    The natural standard deviation is the mean moving range before the step / 1.128; no range goes across a gap.

    >>> worked = [52, 48, 55, 50, 47, 53, 51, 49, 54, 50, 46, 52, 57, 58, 56, 59, 57, 60, 58, 61]
    >>> found = step(np.array(worked, dtype=float), 12)
    >>> round(found.before, 2), found.after, round(found.shift, 2), found.is_step
    (50.58, 58.25, 1.98, True)
    """
    sides = [side[np.isfinite(side)] for side in (series[:at], series[at:])]
    means = [float(side.mean()) if len(side) else math.nan for side in sides]
    ranges = np.abs(np.diff(series[:at]))
    ranges = ranges[np.isfinite(ranges)]
    sigma = float(ranges.mean()) / 1.128 if len(ranges) else 0.0
    shift = (means[1] - means[0]) / sigma if sigma > 0 else math.nan
    return Step(means[0], means[1], shift, (len(sides[0]), len(sides[1])))


def before_and_after(x: Floats, y: Floats, at: int, lags: tuple[int, int]) -> Intervention:
    """What driver `x` and outcome `y`, `(period,)`, did when something moved the driver in period `at`.

    The outcome is judged at each lag that was written down before.
    """
    return Intervention(at, step(x, at), tuple(step(y, at + lag) for lag in range(lags[0], lags[1] + 1)), lags)
