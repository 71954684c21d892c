"""Why a score or a ratio changed: its own performance, or the weights (methodology §3.9 and §2.2). Sums are exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fourfold.engine.cells import Floats


class Change(NamedTuple):
    """Per child, in points of the parent: `performance` and `reweighting`; together they are the whole change."""

    performance: Floats
    reweighting: Floats
    total: float


class Mix(NamedTuple):
    """Per unit, in units of the ratio: change `within` units and change of the `mix` of units."""

    within: Floats
    mix: Floats
    total: float

    @property
    def is_paradox(self) -> bool:
        """True where the units moved one way and the whole the other (Simpson): show the split."""
        return bool(self.within.sum() * self.total < 0)


def paradox(before: Sequence[tuple[float, float]], after: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """The change inside the units and that of their mix, where they go different ways; None where they do not.

    `before` and `after` are numerator and denominator of the same units. None too where a denominator is not above 0.

    >>> found = paradox([(90, 100), (30, 50)], [(96, 105), (66, 105)])
    >>> [round(x, 6) for x in found], paradox([(90, 100), (30, 50)], [(96, 105), (35, 50)])
    ([0.020238, -0.04881], None)
    """
    (n0, d0), (n1, d1) = (np.array(parts, dtype=np.float64).reshape(-1, 2).T for parts in (before, after))
    if len(n0) < 2 or not ((d0 > 0).all() and (d1 > 0).all()):
        return None
    split = mix_split(n0, d0, n1, d1)
    return (float(split.within.sum()), float(split.mix.sum())) if split.is_paradox else None


def explain_change(w0: Floats, w1: Floats, s0: Floats, s1: Floats) -> Change:
    """Split the change of a weighted mean; weights are normalised, a child not used has weight 0.

    `s0` and `s1` are the scores used; where a child has none in one period give its other score (its weight is 0).
    """
    w0, w1 = w0 / w0.sum(), w1 / w1.sum()
    mean_w, mean_s = (w0 + w1) / 2, (s0 + s1) / 2
    before, after = float((w0 * s0).sum()), float((w1 * s1).sum())
    return Change(mean_w * (s1 - s0), (mean_s - (before + after) / 2) * (w1 - w0), after - before)


def mix_split(n0: Floats, d0: Floats, n1: Floats, d1: Floats) -> Mix:
    """Split the change of ΣN/ΣD over units with midpoint weights.

    >>> import numpy as np
    >>> split = mix_split(np.array([90., 30]), np.array([100., 50]), np.array([96., 66]), np.array([105., 105]))
    >>> round(float(split.within.sum()), 6), round(float(split.mix.sum()), 6), split.is_paradox
    (0.020238, -0.04881, True)
    """
    r0, r1 = n0 / d0, n1 / d1
    w0, w1 = d0 / d0.sum(), d1 / d1.sum()
    within, mix = (w0 + w1) / 2 * (r1 - r0), (r0 + r1) / 2 * (w1 - w0)
    return Mix(within, mix, float(n1.sum() / d1.sum() - n0.sum() / d0.sum()))
