"""Granger's test: do the last values of the driver say something about the outcome that its own do not (§7.2)?

A second opinion for 60 periods or more: with fewer its size is off. For Gaussian data transfer entropy is the same
thing, and the version for others needs hundreds of points, so it is not offered.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fourfold.engine.cells import Floats


@dataclass(frozen=True, slots=True)
class Granger:
    """F statistic with its degrees of freedom and p-value; NaN where there are too few figures."""

    f: float
    order: int
    df: int
    p: float


def granger(x: Floats, y: Floats, order: int) -> Granger:
    """Whether the last `order` values of `x` help to tell `y`; both are `(period,)`, NaN for a gap.

    Compares two least-squares fits of `y` on the periods whose lags are all there: with and without the lags of `x`.
    """
    n = len(y)
    past = [np.stack([series[order - lag : n - lag] for lag in range(1, order + 1)], axis=1) for series in (y, x)]
    now = y[order:]
    rows = np.isfinite(np.column_stack([now, *past])).all(axis=1)
    restricted = np.column_stack([np.ones(int(rows.sum())), past[0][rows]])
    full = np.column_stack([restricted, past[1][rows]])
    df = len(full) - full.shape[1]
    if df < 1:
        return Granger(math.nan, order, max(df, 0), math.nan)
    small, large = (_error(design, now[rows]) for design in (full, restricted))
    if small <= 0:
        return Granger(math.nan, order, df, math.nan)
    f = (large - small) / order / (small / df)
    return Granger(f, order, df, f_tail(f, order, df))


def _error(design: Floats, y: Floats) -> float:
    """The sum of squared residuals of a least-squares fit."""
    weights = np.linalg.lstsq(design, y, rcond=None)[0]
    return float(((y - design @ weights) ** 2).sum())


def f_tail(f: float, df1: int, df2: int) -> float:
    """The probability of an F statistic at least this large.

    >>> round(f_tail(4.0, 2, 20), 4)
    0.0346
    """
    return _beta(df2 / (df2 + df1 * f), df2 / 2, df1 / 2)


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _beta(1.0 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    tiny, c, d, total = 1e-300, 1.0, 0.0, 1.0
    for i in range(300):
        m = i // 2
        if i == 0:
            term = 1.0
        elif i % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / (1 + term * d or tiny)
        c = 1 + term / c or tiny
        total *= c * d
        if abs(1 - c * d) < 1e-14:
            break
    return min(max(front * (total - 1), 0.0), 1.0)
