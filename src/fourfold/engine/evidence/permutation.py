"""How strong a lagged correlation is, and how often chance alone would give one as strong (methodology §7.2, 5–6)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.evidence.stationary import Whitened

#: How often the driver is shuffled: p-values are whole 5000ths.
PERMUTATIONS: Final = 4_999
#: A gentle bound, so that a perfect correlation still has a Fisher transform.
_LARGEST: Final = 1.0 - 1e-12
_NORMAL: Final = NormalDist()
#: How many shuffles are compared at once.
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Strongest:
    """The correlation in the direction asked for: at which lag, from how many pairs, how likely by chance alone.

    `error` is the standard error of its Fisher transform. NaN throughout where one of the series does not vary.
    """

    r: float
    lag: int
    pairs: int
    p: float
    error: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The confidence interval of `r`."""
        z, wide = math.atanh(max(min(self.r, _LARGEST), -_LARGEST)), _NORMAL.inv_cdf(0.5 + level / 2) * self.error
        return math.tanh(z - wide), math.tanh(z + wide)


def strongest(
    x: Sequence[Whitened],
    y: Sequence[Whitened],
    lags: range,
    signs: Sequence[int],
    *,
    seed: Sequence[int],
    permutations: int = PERMUTATIONS,
) -> tuple[Strongest, ...]:
    """For each sign the largest `sign · corr(x[t − lag], y[t])` over the lags, tested against shuffled drivers.

    `x` and `y` have one whitened series `(1, period)` for each unit. With several units the correlations within units
    are pooled (mean of Fisher transforms) and whole periods are shuffled, all units together: so what hits all units
    at once counts once. The p-value is that of the maximum over the lags, one-sided.
    """
    driver, outcome = (np.concatenate([w.noise for w in side]) for side in (x, y))
    found, pairs = pooled(driver[:, None, :], outcome, lags)
    z = found[0]
    if not np.isfinite(z).any():
        return tuple(Strongest(math.nan, lags[0], 0, math.nan, math.nan) for _ in signs)
    shuffled = _shuffled(x, driver, outcome, lags, seed, permutations)
    points = int((np.isfinite(driver) | np.isfinite(outcome)).any(axis=0).sum())
    results = []
    for sign in signs:
        best = int(np.nanargmax(sign * z))
        p = (1 + int((np.nanmax(sign * shuffled, axis=1) >= sign * z[best] - 1e-12).sum())) / (permutations + 1)
        error = 1 / math.sqrt(max(min(int(pairs[best]), points - lags[best] - 1) - 3, 1))
        if len(x) > 1:
            error = float(shuffled[:, best].std())
        results.append(Strongest(math.tanh(z[best]), lags[best], int(pairs[best]), p, error))
    return tuple(results)


def _shuffled(
    x: Sequence[Whitened], driver: Floats, outcome: Floats, lags: range, seed: Sequence[int], count: int
) -> Floats:
    """Pooled Fisher transforms with the periods of the driver in random order, `(permutation, lag)`."""
    rng = np.random.default_rng(list(seed))
    used = np.flatnonzero(np.isfinite(driver).any(axis=0))
    removed = np.concatenate([w.removed for w in x])
    parts = []
    for start in range(0, count, _CHUNK):
        orders = rng.permuted(np.broadcast_to(used, (min(_CHUNK, count - start), len(used))), axis=1)
        drawn = np.full((len(x), len(orders), driver.shape[1]), np.nan)
        drawn[:, :, used] = driver[:, orders]
        parts.append(pooled(_seasonless(drawn, x[0].season, removed), outcome, lags)[0])
    return np.concatenate(parts)


def _seasonless(drawn: Floats, season: int, removed: Floats) -> Floats:
    """Shuffled series, `(unit, draw, period)`, less as much of their seasonal means as the real one has lost.

    Without this two series whose seasons were taken out look related more often than chance says: neither has any
    season left, which shuffled ones would have.
    """
    if not removed.any():
        return drawn
    there = np.isfinite(drawn)
    places = np.eye(season)[np.arange(drawn.shape[2]) % season]
    means = (np.where(there, drawn, 0.0) @ places) / np.maximum(there.astype(np.float64) @ places, 1.0)
    return drawn - removed[:, None, None] * (means @ places.T)


def pooled(x: Floats, y: Floats, lags: range) -> tuple[Floats, Floats]:
    """Fisher transforms of `corr(x[t − lag], y[t])` and the number of pairs, `(draw, lag)`, over all units.

    `x` is `(unit, draw, period)`, `y` `(unit, period)`. The mean over units is weighted by pairs less three; units
    without variation do not count. The number of pairs is that of the first draw.
    """
    z, pairs = np.full((x.shape[1], len(lags)), np.nan), np.zeros(len(lags))
    for i, lag in enumerate(lags):
        if lag >= y.shape[1]:
            continue
        a, b = x[:, :, : x.shape[2] - lag], y[:, lag:]
        r, n = _correlation(a, b)
        weight = np.where(np.isfinite(r), np.maximum(n - 3, 0), 0.0)
        total = weight.sum(axis=0)
        with np.errstate(invalid="ignore"):
            mean = (weight * np.arctanh(np.clip(np.nan_to_num(r), -_LARGEST, _LARGEST))).sum(axis=0) / total
        z[:, i] = np.where(total > 0, mean, np.nan)
        pairs[i] = n[:, 0].sum()
    return z, pairs


def _correlation(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Correlations over pairs in which both have a value, and how many: `a` (unit, draw, pair), `b` (unit, pair)."""
    has_a, has_b = np.isfinite(a), np.isfinite(b)
    a, b = np.where(has_a, a, 0.0), np.where(has_b, b, 0.0)
    right = np.stack([has_b.astype(np.float64), b, b * b], axis=-1)
    n, sum_b, sum_bb = np.moveaxis(has_a.astype(np.float64) @ right, -1, 0)
    sum_a, sum_ab = np.moveaxis(a @ right[..., :2], -1, 0)
    sum_aa = (a * a @ right[..., :1])[..., 0]
    with np.errstate(all="ignore"):
        var_a, var_b = sum_aa - sum_a**2 / n, sum_bb - sum_b**2 / n
        r = (sum_ab - sum_a * sum_b / n) / np.sqrt(var_a * var_b)
        return np.where((n > 3) & (var_a > 1e-12) & (var_b > 1e-12), r, np.nan), n


def kept(p: Floats, rate: float = 0.10) -> Floats:
    """Adjusted q-values of several tests at once (Benjamini–Hochberg): kept at a rate are those with `q` up to it.

    NaN where there was no test; such tests do not count.

    >>> q = kept(np.array([0.004, 0.012, 0.030, 0.041, 0.20, 0.44, 0.63]))
    >>> q.round(4).tolist(), int((q <= 0.10).sum())
    ([0.028, 0.042, 0.07, 0.0718, 0.28, 0.5133, 0.63], 4)
    """
    q = np.full(p.shape, np.nan)
    tested = np.flatnonzero(np.isfinite(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    raw = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum.accumulate(raw[::-1])[::-1].clip(max=1.0)
    return q


def smallest_visible(n: int, lag: int = 1) -> float:
    """The smallest correlation that n points would show with 80 % power (one-sided 5 %, one lag).

    >>> [round(smallest_visible(n), 2) for n in (24, 36, 48, 60, 120)]
    [0.52, 0.42, 0.36, 0.32, 0.23]
    """
    left = n - lag - 4
    return math.tanh((_NORMAL.inv_cdf(0.95) + _NORMAL.inv_cdf(0.80)) / math.sqrt(left)) if left > 0 else 1.0
