"""Student's t distribution for whole degrees of freedom, in closed form (Abramowitz and Stegun 26.7.3, 26.7.4)."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from fourfold.engine.cells import Floats, Indexes, Numbers
from fourfold.errors import FourfoldError


class DistributionError(FourfoldError):
    """There is no such distribution, or no such quantile of it."""


def t_cdf(t: Numbers, degrees: int) -> Floats:
    """The probability of a value up to `t`; NaN gives NaN.

    >>> t_cdf(np.array([0.0, 1.638, 3.182]), 3).round(3).tolist()
    [0.5, 0.9, 0.975]
    """
    if degrees < 1:
        raise DistributionError(f"There are no {degrees} degrees of freedom.", hint="Give 1 or more.")
    return np.asarray(0.5 + 0.5 * _within(t, degrees))


def two_sided(t: Floats, degrees: Indexes) -> Floats:
    """The probability of a value at least as far from 0 as `t`; each has its own whole degrees of freedom.

    >>> two_sided(np.array([2.228, 3.169, 12.706]), np.array([10, 10, 1])).round(4).tolist()
    [0.05, 0.01, 0.05]
    """
    inside = np.zeros(np.shape(t))
    for each in np.unique(degrees):
        here = degrees == each
        inside[here] = _within(np.abs(t[here]), int(each))
    return np.asarray(np.clip(1.0 - inside, 0.0, 1.0))


def _within(t: Numbers, degrees: int) -> Floats:
    """The probability of a value between −t and t, negative for a negative `t`: a sum, odd or even, not an estimate."""
    angle = np.arctan(np.asarray(t, dtype=np.float64) / math.sqrt(degrees))
    square = np.cos(angle) ** 2
    odd = degrees % 2
    term = np.cos(angle) if odd else np.ones_like(angle)
    total = np.zeros_like(angle)
    for k in range(degrees // 2):
        total += term
        term = term * square * ((2 * k + 2) / (2 * k + 3) if odd else (2 * k + 1) / (2 * k + 2))
    return np.asarray(2.0 / math.pi * (angle + np.sin(angle) * total) if odd else np.sin(angle) * total)


@lru_cache(maxsize=1024)
def t_quantile(p: float, degrees: int) -> float:
    """The value not exceeded with probability `p`, 0 < p < 1.

    >>> round(t_quantile(0.9, 4), 4), round(t_quantile(0.025, 3), 4)
    (1.5332, -3.1824)
    """
    if not 0.0 < p < 1.0:
        raise DistributionError(f"{p} is no probability between 0 and 1.", hint="0.9 is ten to one.")
    if p < 0.5:
        return -t_quantile(1.0 - p, degrees)
    low, high = 0.0, 1.0
    while t_cdf(high, degrees) < p:
        low, high = high, 2.0 * high
    while (middle := (low + high) / 2.0) not in (low, high):
        low, high = (middle, high) if t_cdf(middle, degrees) < p else (low, middle)
    return high
