"""Mean, standard deviation, autocorrelation and moving ranges of series with gaps.

Every function works along the last axis, so `(series, period)` arrays are read in one go. NaN and infinities are gaps:
they count nowhere, and nothing is measured across them. A mean is corrected for what rounding left (two passes), and
sums are taken about it, which keeps 8 to 15 digits on the certified data of NIST.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fourfold.engine.cells import Bools, Floats, Indexes


def divide(top: Floats | Indexes, bottom: Floats | Indexes) -> Floats:
    """`top / bottom`, NaN where that is no number."""
    with np.errstate(all="ignore"):
        quotient = np.asarray(np.divide(top, bottom), dtype=np.float64)
    return np.asarray(np.where(np.isfinite(quotient), quotient, np.nan))


def count(x: Floats) -> Indexes:
    """How many numbers there are.

    >>> count(np.array([1.0, np.nan, 3.0])).item()
    2
    """
    return np.asarray(np.isfinite(x).sum(axis=-1), dtype=np.intp)


def mean(x: Floats) -> Floats:
    """The mean of the numbers, NaN where there is none.

    >>> mean(np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan]])).tolist()
    [2.0, nan]
    """
    first = divide(_sum(x), count(x))
    return np.asarray(first + divide(_sum(x - first[..., None]), count(x)))


def deviations(x: Floats) -> Floats:
    """How far each number is from the mean; 0 for a gap, so that gaps add nothing to a sum."""
    away = x - mean(x)[..., None]
    return np.asarray(np.where(np.isfinite(away), away, 0.0))


def deviation(x: Floats) -> Floats:
    """The standard deviation with n − 1, NaN below two numbers.

    >>> deviation(np.array([1.0, 2.0, 3.0, np.nan])).item()
    1.0
    """
    away, n = deviations(x), count(x)
    return np.asarray(np.sqrt(divide((away * away).sum(axis=-1), np.where(n, n - 1.0, np.nan))))


def autocorrelation(x: Floats, lag: int = 1) -> Floats:
    """The autocorrelation at a lag about the mean of all numbers; NaN where the series does not vary.

    >>> autocorrelation(np.array([1.0, 2.0, 3.0])).item()
    0.0
    """
    return autocorrelations(x, (lag,))[0]


def autocorrelations(x: Floats, lags: Sequence[int]) -> list[Floats]:
    """The autocorrelation at each of these lags, from 1 on."""
    away = deviations(x)
    squares = (away * away).sum(axis=-1)
    return [divide((away[..., lag:] * away[..., :-lag]).sum(axis=-1), squares) for lag in lags]


def skewness(x: Floats) -> Floats:
    """The third moment over the deviation cubed (both with n); NaN where the series does not vary."""
    away, n = deviations(x), count(x)
    spread = divide((away * away).sum(axis=-1), n)
    return divide(divide((away**3).sum(axis=-1), n), spread**1.5)


def moving_ranges(x: Floats) -> Floats:
    """Distances between neighbours, of the shape of `x`: NaN for the first number and for the one after a gap (§5.2).

    >>> moving_ranges(np.array([5.0, 7.0, np.nan, 4.0, 1.0])).tolist()
    [nan, 2.0, nan, nan, 3.0]
    """
    ranges = np.full(x.shape, np.nan)
    known = np.where(np.isfinite(x), x, np.nan)
    ranges[..., 1:] = np.abs(np.diff(known, axis=-1))
    return ranges


def first_points(x: Floats, limit: Indexes | int) -> Bools:
    """True at the first `limit` numbers of each series (a number, or one a series)."""
    known = np.isfinite(x)
    return np.asarray(known & (np.cumsum(known, axis=-1) <= np.asarray(limit)[..., None]))


def where(x: Floats, there: Bools) -> Floats:
    """`x` where `there` says so, a gap elsewhere."""
    return np.asarray(np.where(there, x, np.nan))


def _sum(x: Floats) -> Floats:
    return np.asarray(np.where(np.isfinite(x), x, 0.0).sum(axis=-1))
