"""Natural limits of individual values (XmR charts): the mean of the figures, and how far a single one strays from it.

Source: methodology §5.1 and §5.3. Arrays are `(series, period)`; limits are `(series,)`, in the unit of the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fourfold.engine.cells import Bools, Floats
from fourfold.engine.signals.moments import divide, mean, moving_ranges, where

#: Figures before trial limits are drawn, and before they are locked (§5.3).
TRIAL: Final = 6
LOCKED: Final = 12
#: Baselines of fewer figures than this have no median limits: they signal too often by chance (§5.4).
MEDIAN_FROM: Final = 20
#: A moving range of as many mean ranges is left out, once, before the limits are taken.
WILD: Final = 3.267


@dataclass(frozen=True, slots=True)
class Constants:
    """What the middle range is multiplied with for the limits and the limit of ranges, divided by for sigma."""

    limit: float
    range_limit: float
    d2: float


MEAN: Final = Constants(2.66, 3.268, 1.128)
MEDIAN: Final = Constants(3.145, 3.865, 0.954)
#: As textbooks round them: 3/1.128 and 3.267.
TEXTBOOK: Final = Constants(3 / 1.128, 3.267, 1.128)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of each series: `centre` ± `half`, all `(series,)`; NaN where there are too few figures for any.

    `sigma` is the natural standard deviation, `range_limit` the limit of moving ranges.
    """

    centre: Floats
    half: Floats
    sigma: Floats
    range_limit: Floats

    @property
    def lower(self) -> Floats:
        """The lower natural limit."""
        return np.asarray(self.centre - self.half)

    @property
    def upper(self) -> Floats:
        """The upper natural limit."""
        return np.asarray(self.centre + self.half)


def xmr_limits(x: Floats, baseline: Bools, constants: Constants = MEAN, *, screen: bool = True) -> Limits:
    """Limits from the figures where `baseline` is True; what lies across a gap is no moving range.

    `screen` leaves out, once, ranges so wild that they would hide others (§5.1). With `MEDIAN` the medians of
    figures and ranges are taken, which need no screening, where a baseline has 20 figures.

    >>> x = np.array([52.0, 48, 55, 50, 47, 53, 51, 49, 54, 50, 46, 52])
    >>> limits = xmr_limits(x, np.ones(12, bool))
    >>> [round(float(n), 2) for n in (limits.centre, limits.lower, limits.upper, limits.range_limit, limits.sigma)]
    [50.58, 38.98, 62.19, 14.26, 3.87]
    """
    points = where(x, baseline)
    ranges = moving_ranges(points)
    middle, used = mean(ranges), MEAN if constants is MEDIAN else constants
    if screen:
        kept = where(ranges, ranges < WILD * middle[..., None])
        middle = np.where(np.isfinite(mean(kept)), mean(kept), middle)
    limits = Limits(mean(points), used.limit * middle, middle / used.d2, used.range_limit * middle)
    return _median_limits(points, ranges, limits) if constants is MEDIAN else limits


def _median_limits(points: Floats, ranges: Floats, otherwise: Limits) -> Limits:
    """Limits from medians, for baselines that are long enough."""
    middle = median(ranges)
    enough = np.isfinite(points).sum(axis=-1) >= MEDIAN_FROM
    return Limits(
        np.where(enough, median(points), otherwise.centre),
        np.where(enough, MEDIAN.limit * middle, otherwise.half),
        np.where(enough, middle / MEDIAN.d2, otherwise.sigma),
        np.where(enough, MEDIAN.range_limit * middle, otherwise.range_limit),
    )


def median(x: Floats) -> Floats:
    """The median of the numbers of each series, NaN where there is none."""
    ordered = np.sort(np.where(np.isfinite(x), x, np.inf), axis=-1)
    n = np.isfinite(x).sum(axis=-1)[..., None]
    both = np.take_along_axis(ordered, (n - 1) // 2, axis=-1) + np.take_along_axis(ordered, n // 2, axis=-1)
    return np.asarray(np.where(n > 0, both / 2.0, np.nan)[..., 0])


def is_chunky(x: Floats, baseline: Bools, resolution: float | None = None) -> Bools:
    """Where figures are recorded too coarsely for limits: under four steps up to the range limit (§5.2, step 3).

    The step is `resolution`, or the smallest one between two figures of the baseline; figures that never vary are
    chunky too.

    >>> coarse, fine = np.array([3.0, 3, 4, 3, 3, 4]), np.array([3.0, 5, 8, 1, 7, 4])
    >>> [is_chunky(x, np.ones(6, bool)).item() for x in (coarse, fine)]
    [True, False]
    """
    points = where(x, baseline)
    step = _smallest_step(points) if resolution is None else np.asarray(resolution, dtype=np.float64)
    steps = divide(MEAN.range_limit * mean(moving_ranges(points)), step)
    known = np.isfinite(points).sum(axis=-1) > 1
    return np.asarray(known & (np.nan_to_num(steps) < 3 - 1e-9))  # with the one at 0 that makes four


def _smallest_step(points: Floats) -> Floats:
    """The smallest distance between two different numbers; what only rounding tells apart is the same number."""
    ordered = np.sort(points, axis=-1)
    steps = np.diff(ordered, axis=-1)
    size = 1e-9 * np.abs(np.where(np.isfinite(points), points, 0.0)).max(axis=-1, initial=0.0)[..., None]
    return np.asarray(np.where(steps > size, steps, np.inf).min(axis=-1, initial=np.inf))


def standardised(x: Floats, centre: Floats, half: Floats) -> Floats:
    """Figures on the scale on which the centre is 0 and the limits are ±3; on the line to 1e-9 is on the line."""
    away = x - centre
    away = np.where(np.abs(away) <= 1e-9 * np.abs(centre), 0.0, away)
    with np.errstate(all="ignore"):
        z = 3.0 * away / half
    return np.asarray(np.where(away == 0, np.where(np.isfinite(half), 0.0, np.nan), z))
