"""The classical charts of figures that come in subgroups (x̄ and s, p, c), and the run test of Anhøj.

Their limits assume that chance is all there is between subgroups, which figures of organisations seldom keep to: the
pipeline uses natural limits instead (methodology §5.2). They are here for whoever has samples from a process, and to
compare with textbooks: Montgomery, Introduction to Statistical Quality Control. Arrays are `(period,)`; `baseline` is
True where limits are taken from.
"""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np

from fourfold.engine.cells import Bools, Floats
from fourfold.engine.signals.moments import deviation, mean


def mean_limits(groups: Floats, baseline: Bools) -> tuple[Floats, Floats, Floats]:
    """Lower limit, centre and upper limit of the means of `groups` `(period, figure)` of one size, by their s̄."""
    size = groups.shape[1]
    centre, spread = mean(mean(groups)[baseline]), mean(deviation(groups)[baseline])
    return _around(centre, 3.0 * spread / (bias(size) * math.sqrt(size)), len(groups))


def deviation_limits(groups: Floats, baseline: Bools) -> tuple[Floats, Floats, Floats]:
    """Lower limit (not below 0), centre and upper limit of the standard deviations of `groups`."""
    spread, c4 = mean(deviation(groups)[baseline]), bias(groups.shape[1])
    low, centre, high = _around(spread, 3.0 * spread * math.sqrt(1.0 - c4 * c4) / c4, len(groups))
    return np.maximum(low, 0.0), centre, high


def share_limits(numerator: Floats, denominator: Floats, baseline: Bools) -> tuple[Floats, Floats, Floats]:
    """Limits of shares (p chart), each by its own denominator, within 0 and 1."""
    share = numerator[baseline].sum() / denominator[baseline].sum()
    low, centre, high = _around(share, 3.0 * np.sqrt(share * (1.0 - share) / denominator), len(numerator))
    return np.maximum(low, 0.0), centre, np.minimum(high, 1.0)


def count_limits(counts: Floats, baseline: Bools) -> tuple[Floats, Floats, Floats]:
    """Limits of counts of events (c chart), not below 0.

    >>> [float(line[0].round(2)) for line in count_limits(np.array([9.0, 16.0, 11.0]), np.ones(3, bool))]
    [1.61, 12.0, 22.39]
    """
    centre = mean(counts[baseline])
    low, centre, high = _around(centre, 3.0 * np.sqrt(centre), len(counts))
    return np.maximum(low, 0.0), centre, high


def bias(size: int) -> float:
    """c4: how much smaller than sigma the standard deviation of a sample of normal figures is on average.

    >>> round(bias(5), 6)
    0.939986
    """
    return math.sqrt(2.0 / (size - 1)) * math.exp(math.lgamma(size / 2) - math.lgamma((size - 1) / 2))


def has_unusual_runs(x: Floats, centre: Floats) -> bool:
    """Whether a series runs on one side too long, or crosses the centre too seldom, for chance (Anhøj's rules).

    Too long is more than log2(n) + 3, too seldom the lowest 5 % of the binomial distribution; figures on the centre
    and gaps do not count.

    >>> wave = np.array([1.0, 2, 1, 2, 1, 2, 1, 2, -1, -2, -1, -2, -1, -2, -1, -2])
    >>> has_unusual_runs(wave, np.zeros(16)), has_unusual_runs(np.tile([1.0, -1], 8), np.zeros(16))
    (True, False)
    """
    away = np.sign(x - centre)
    sides = away[np.isfinite(away) & (away != 0)]
    n = len(sides)
    if not n:
        return False
    changes = np.flatnonzero(np.diff(sides) != 0)
    longest = int(np.diff(np.concatenate([[-1], changes, [n - 1]])).max())
    return longest > round(math.log2(n)) + 3 or len(changes) < _fewest_crossings(n)


def _fewest_crossings(n: int) -> int:
    """The 5 % point of how often `n` figures cross the centre."""
    ways = accumulate(math.comb(n - 1, k) for k in range(n))
    return next(k for k, total in enumerate(ways) if total >= 0.05 * 2 ** (n - 1))


def _around(centre: Floats, half: Floats, periods: int) -> tuple[Floats, Floats, Floats]:
    full = np.broadcast_to(np.asarray(centre, dtype=np.float64), (periods,))
    return full - half, full, full + half
