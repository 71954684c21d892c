"""Which chart a series needs: the scale on which its figures are even enough for natural limits.

Source: methodology §5.2, step 2. Arrays are `(series, period)`; each series has its own scale, decided by its baseline
so that later figures do not change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Bools, Codes, Floats
from fourfold.engine.signals.moments import divide, mean, skewness, where

#: Makes times between events nearly normal.
POWER: Final = 0.2777
#: Share of a binomial or Poisson rate's largest denominator to its smallest beyond which rates are standardised.
UNEVEN: Final = 2.0
RARE, VERY_RARE, FEW = 5.0, 0.7, 2.0
SKEWED: Final = 1.5


class Nature(StrEnum):
    """What the figures of a series are, as far as charts are concerned."""

    NUMBER = "number"  # anything, taken as it is
    COUNT = "count"  # of events: whole numbers from 0
    RATE = "rate"  # numerator by denominator: a share, or events by exposure
    AMOUNT = "amount"  # durations, costs: above 0, and often skewed
    TIME_BETWEEN = "time_between"  # from one event to the next


class Scale(IntEnum):
    """How the figures are charted."""

    PLAIN = 0
    STANDARDISED = 1  # rates in units of what their denominators let expect
    FREEMAN_TUKEY = 2  # √x + √(x + 1)
    LOG = 3
    POWER = 4  # t^0.2777
    NONE = 5  # too rare for any: chart the time between events


@dataclass(frozen=True, slots=True)
class Scaled:
    """Figures on the scale of each series (`kind`), and what is needed to go back.

    `middle` `(series,)` and `spread` `(series, period)` are those of standardised rates; `is_rare` marks counts for
    which the time between events would be the better chart.
    """

    y: Floats
    kind: Codes
    middle: Floats
    spread: Floats
    is_rare: Bools

    def back(self, y: Floats) -> Floats:
        """Lines on the scale, `(series, period)`, in the unit of the KPI again."""
        kind = self.kind[:, None]
        with np.errstate(all="ignore"):
            root = np.maximum(y, 1.0)
            back = np.where(kind == Scale.STANDARDISED, self.middle[:, None] + y * self.spread, y)
            back = np.where(kind == Scale.FREEMAN_TUKEY, ((root * root - 1.0) / (2.0 * root)) ** 2, back)
            back = np.where(kind == Scale.LOG, np.exp(y), back)
            back = np.where(kind == Scale.POWER, np.maximum(y, 0.0) ** (1.0 / POWER), back)
        return np.asarray(np.where(np.isfinite(y), back, np.nan))


def scale_figures(
    x: Floats,
    baseline: Bools,
    nature: Nature = Nature.NUMBER,
    *,
    numerator: Floats | None = None,
    denominator: Floats | None = None,
    is_long: Bools | None = None,
) -> Scaled:
    """Choose each series' scale by the figures of its baseline, and put all its figures on it.

    A rate is standardised where the largest denominator is more than twice the smallest: by √(r̄(1 − r̄)/D) where it
    is a share, by √(r̄/D) where numerators exceed denominators. Without numerators and denominators it is taken as it
    is. Whether amounts are skewed is asked only of full baselines (`is_long`).

    >>> counts = np.array([[0.0, 2, 1, 1, 0, 3, 1, 2, 0, 1, 1, 2]])
    >>> Scale(scale_figures(counts, np.ones((1, 12), bool), Nature.COUNT).kind[0]).name
    'FREEMAN_TUKEY'
    """
    rows = x.shape[0]
    kind, rare = np.full(rows, Scale.PLAIN, np.uint8), np.zeros(rows, np.bool_)
    middle, spread = np.full(rows, np.nan), np.full(x.shape, np.nan)
    points = where(x, baseline)
    if nature is Nature.RATE and numerator is not None and denominator is not None:
        kind, middle, spread = _rates(x, points, numerator, denominator)
    elif nature is Nature.COUNT:
        kind, rare = _counts(points)
    elif nature is Nature.AMOUNT:
        skewed = _is_positive(points) & (np.nan_to_num(skewness(points)) > SKEWED)
        kind[skewed & (True if is_long is None else is_long)] = Scale.LOG
    elif nature is Nature.TIME_BETWEEN:
        kind[:] = Scale.POWER
    return Scaled(_scaled(x, kind, middle, spread), kind, middle, spread, rare)


def _rates(
    x: Floats, points: Floats, numerator: Floats, denominator: Floats
) -> tuple[npt.NDArray[np.uint8], Floats, Floats]:
    """Scale, mean rate and expected deviation of rates, in the KPI's unit (a percentage is 100 times N/D)."""
    used = np.isfinite(points) & np.isfinite(numerator) & (denominator > 0)
    top, bottom = where(numerator, used), where(denominator, used)
    total = np.nansum(bottom, axis=1)
    rate = divide(np.nansum(top, axis=1), total)
    share = ~(top > bottom).any(axis=1)
    factor = divide(np.nansum(where(x, used) * bottom, axis=1), np.nansum(top, axis=1))
    variance = np.where(share, rate * (1.0 - rate), rate)[:, None]
    spread = factor[:, None] * np.sqrt(np.maximum(divide(variance, np.where(denominator > 0, denominator, np.nan)), 0))
    uneven = np.where(used, denominator, -np.inf).max(axis=1, initial=-np.inf) > UNEVEN * np.where(
        used, denominator, np.inf
    ).min(axis=1, initial=np.inf)
    whole = (np.isfinite(points) == used).all(axis=1) & (np.nan_to_num(spread) > 0).any(axis=1)
    kind = np.where(uneven & whole, np.uint8(Scale.STANDARDISED), np.uint8(Scale.PLAIN))
    return kind, rate * factor, spread


def _counts(points: Floats) -> tuple[npt.NDArray[np.uint8], Bools]:
    """Scale of counts, and whether they are rare; what is not a whole number from 0 is no count."""
    known = np.isfinite(points)
    whole = np.where(known, (points >= 0) & (points == np.floor(points)), True).all(axis=1)
    average = np.nan_to_num(mean(points), nan=np.inf)
    zeros = np.nan_to_num(divide((points == 0).sum(axis=1), known.sum(axis=1)))
    rare = whole & ((average < RARE) | (zeros > 0.2))
    kind = np.where(rare & (average < FEW), np.uint8(Scale.FREEMAN_TUKEY), np.uint8(Scale.PLAIN))
    return np.where(rare & (average < VERY_RARE), np.uint8(Scale.NONE), kind), rare


def _is_positive(points: Floats) -> Bools:
    return np.asarray(np.where(np.isfinite(points), points > 0, True).all(axis=1))


def _scaled(x: Floats, kind: Codes, middle: Floats, spread: Floats) -> Floats:
    """Figures on their scales; what has no place on one (a negative duration) is a gap there."""
    of = kind[:, None]
    with np.errstate(all="ignore"):
        y = np.where(of == Scale.STANDARDISED, (x - middle[:, None]) / spread, x)
        y = np.where(of == Scale.FREEMAN_TUKEY, np.sqrt(x) + np.sqrt(x + 1.0), y)
        y = np.where(of == Scale.LOG, np.log(x), y)
        y = np.where(of == Scale.POWER, x**POWER, y)
    return np.asarray(np.where((of != Scale.NONE) & np.isfinite(x) & np.isfinite(y), y, np.nan))
