"""How good forecasts were: scaled errors, percentage errors, and what intervals held (methodology §6.5).

Arrays are `(series, horizon)` unless said otherwise; NaN is an outcome or forecast that is not there and takes no part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.forecasts.history import Places

#: 95 % of a normal distribution lie within so many standard deviations.
_Z: Final = 1.959963984540054


def naive_error(y: Floats, m: int) -> Floats:
    """The mean change of `(series, period)` histories from a period to the one a cycle later, `(series,)`.

    With fewer than two cycles of figures, from one period to the next. NaN where it is 0 or there is no such pair.

    >>> naive_error(np.array([[1.0, 2.0, 4.0, np.nan], [3.0, 3.0, 3.0, 3.0]]), 1).tolist()
    [1.5, nan]
    """
    short = np.isfinite(y).sum(axis=1) < 2 * m
    error = np.where(short, _mean_change(y, 1), _mean_change(y, m))
    return np.where(error > 0, error, np.nan)


def _mean_change(y: Floats, lag: int) -> Floats:
    return _mean(np.abs(y[:, lag:] - y[:, :-lag]))


def _mean(x: Floats) -> Floats:
    """Means along the last axis of what is there; NaN where nothing is."""
    known = np.isfinite(x)
    count = known.sum(axis=-1)
    return np.asarray(np.where(known, x, 0.0).sum(axis=-1) / np.where(count > 0, count, np.nan))


def seasonal_naive(y: Floats, length: Places, m: int, horizon: int) -> Floats:
    """The figures of a cycle ago, or the last one where that is a gap or there are fewer than two cycles of figures.

    `y` is `(series, period)`, each of its own `length` with its last number there; the answer `(series, horizon)`.

    >>> seasonal_naive(np.array([[1.0, 2, 3, 4, 5, 6, 7, 8]]), np.array([8]), 4, 5).tolist()
    [[5.0, 6.0, 7.0, 8.0, 5.0]]
    """
    if not y.shape[1]:
        return np.full((len(y), horizon), np.nan)
    ago = length[:, None] - m + np.arange(horizon) % m
    last = np.take_along_axis(y, length[:, None] - 1, axis=1)
    then = np.take_along_axis(y, ago % y.shape[1], axis=1)
    enough = (np.isfinite(y).sum(axis=1) >= 2 * m)[:, None]
    return np.where(enough & np.isfinite(then), then, last)


def mase(actual: Floats, mean: Floats, error: Floats) -> Floats:
    """Mean absolute error of each series in units of its past naive error `(series,)`."""
    return _mean(np.abs(actual - mean)) / error


def smape(actual: Floats, mean: Floats) -> Floats:
    """Symmetric mean absolute percentage error of each series, 0 to 200; 0 where both are 0.

    >>> smape(np.array([[100.0, 0.0]]), np.array([[50.0, 0.0]])).round(4).tolist()
    [33.3333]
    """
    both = np.abs(actual) + np.abs(mean)
    return _mean(200.0 * np.abs(actual - mean) / np.where(both, both, np.inf))


def msis(actual: Floats, lower: Floats, upper: Floats, error: Floats, level: float = 0.95) -> Floats:
    """Mean scaled interval score of each series: width, and a fine for every outcome outside; less is better.

    >>> msis(np.array([[12.0]]), np.array([[0.0]]), np.array([[10.0]]), np.array([2.0])).round(6).tolist()
    [45.0]
    """
    fine = 2.0 / (1.0 - level)
    outside = np.maximum(lower - actual, 0.0) + np.maximum(actual - upper, 0.0)
    return _mean(upper - lower + fine * outside) / error


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many outcomes an interval held, of how many; the share with its 95 % interval (Wilson), NaN for none."""

    inside: int
    outcomes: int
    share: float
    low: float
    high: float


def coverage(actual: Floats, lower: Floats, upper: Floats) -> Coverage:
    """The coverage of intervals, arrays of one shape.

    >>> held = coverage(np.array([1.0, 2.0, 9.0, np.nan]), np.zeros(4), np.full(4, 5.0))
    >>> held.inside, held.outcomes, round(held.share, 2)
    (2, 3, 0.67)
    """
    known = np.isfinite(actual) & np.isfinite(lower) & np.isfinite(upper)
    inside = int((known & (actual >= lower) & (actual <= upper)).sum())
    return wilson(inside, int(known.sum()))


def wilson(inside: int, count: int) -> Coverage:
    """A share with its 95 % interval, which stays within 0 and 1 for few cases too (Wilson, 1927)."""
    if not count:
        return Coverage(0, 0, math.nan, math.nan, math.nan)
    share = inside / count
    centre = (share + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
    half = _Z * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) / (1 + _Z**2 / count)
    return Coverage(inside, count, share, max(centre - half, 0.0), min(centre + half, 1.0))
