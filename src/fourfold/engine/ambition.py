"""How ambitious the targets of many KPIs are together, and what became of them (methodology §4.4 and §8.5).

One target's own ambition is `probability.ambition`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from fourfold.engine.cells import Floats


class Mix(StrEnum):
    """What the probabilities to hit say about the targets together."""

    NONE = "none"  # no probability is known
    SANDBAGGING = "sandbagging"  # all of them are nearly certain
    FANTASY = "fantasy"  # most are nearly hopeless
    HEALTHY = "healthy"  # the median lies between 0.5 and 0.8
    EASY = "easy"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The probabilities to hit, counted: `expected` hits with their standard deviation, taken as independent.

    `tenths` counts them by tenths from 0–0.1 to 0.9–1; `known` of `count` targets have a probability.
    """

    count: int
    known: int
    expected: float
    deviation: float
    median: float
    tenths: tuple[int, ...]
    mix: Mix


@dataclass(frozen=True, slots=True)
class Judged:
    """After the period: `hits` beside the `expected` ones, and the Brier score (0 perfect, 0.25 a coin)."""

    known: int
    hits: int
    expected: float
    brier: float


def portfolio(probabilities: Floats | Sequence[float]) -> Portfolio:
    """Probabilities to hit the commitments `(target,)`, NaN where there is none; a certain 1 is in the last tenth.

    >>> found = portfolio(np.array([0.5, 0.7, 0.8, np.nan]))
    >>> found.expected, round(found.deviation, 4), found.median, str(found.mix), found.known
    (2.0, 0.7874, 0.7, 'healthy', 3)
    """
    p = np.asarray(probabilities, dtype=np.float64).reshape(-1)
    known = p[np.isfinite(p)]
    tenths = np.bincount(np.minimum((known * 10 + 1e-9).astype(np.intp), 9), minlength=10)
    spread = math.sqrt(float((known * (1.0 - known)).sum()))
    middle = float(np.median(known)) if len(known) else math.nan
    return Portfolio(
        len(p), len(known), float(known.sum()), spread, middle, tuple(tenths.tolist()), _mix(known, middle)
    )


def _mix(known: Floats, middle: float) -> Mix:
    if not len(known):
        return Mix.NONE
    if (known > 0.95).all():
        return Mix.SANDBAGGING
    if (known < 0.1).sum() * 2 > len(known):
        return Mix.FANTASY
    return Mix.HEALTHY if 0.5 <= middle <= 0.8 else Mix.EASY if middle > 0.8 else Mix.HARD


def judge(probabilities: Floats, hit: Floats) -> Judged:
    """What came of the targets: `hit` is 1 or 0, NaN where it is not known; only pairs of both count.

    >>> judge(np.array([0.8, 0.5]), np.array([1.0, 0.0])).brier.__round__(3)
    0.145
    """
    both = np.isfinite(probabilities) & np.isfinite(hit)
    p, came = np.asarray(probabilities)[both], np.asarray(hit)[both]
    brier = float(((p - came) ** 2).mean()) if len(p) else math.nan
    return Judged(len(p), int(came.sum()), float(p.sum()), brier)
