"""How fresh a figure is: from what day on it is late, and what it is worth until then (methodology §2.5, §3.7).

`expected_at = period end + data lag`; the age of a figure is the time since then in lengths of its period. A fresh
figure is there, or not expected yet. A late one is used and marked, a stale one is used only where scores are carried
forward, a dead one is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import IntEnum
from typing import Final

import numpy as np

from fourfold.engine.cells import Codes, Floats, Numbers
from fourfold.engine.periods import BusinessDays, Lag, Period, expected_at

#: Ages in periods: up to the first a figure is late, up to the second stale, beyond it dead and worth nothing.
LATE, DEAD = 1.0, 3.0


class Freshness(IntEnum):
    """How long a figure has been waited for."""

    FRESH = 0  # expected today or later
    LATE = 1  # up to one period
    STALE = 2  # up to three
    DEAD = 3  # longer

    @property
    def word(self) -> str:
        """The word people read."""
        return _WORDS[self]

    @property
    def is_used(self) -> bool:
        """True where the figure counts without being carried forward."""
        return self <= Freshness.LATE


_WORDS: Final = {
    Freshness.FRESH: "fresh",
    Freshness.LATE: "late",
    Freshness.STALE: "stale",
    Freshness.DEAD: "dead",
}


def decay(age: Numbers) -> Floats:
    """What figures of these ages (in periods, any shape) are worth in the confidence: 1 − age/3, between 0 and 1.

    An unknown age, NaN, is worth nothing.

    >>> decay(np.array([-1.0, 0.0, 1.5, 3.0, 7.0, np.nan])).tolist()
    [1.0, 1.0, 0.5, 0.0, 0.0, 0.0]
    """
    worth: Floats = np.clip(1.0 - np.asarray(age, dtype=np.float64) / DEAD, 0.0, 1.0)
    return np.nan_to_num(worth, nan=0.0)


def freshness_of(age: Numbers) -> Codes:
    """`Freshness` codes of ages in periods, in their shape; an unknown age, NaN, is DEAD.

    >>> [Freshness(code).word for code in freshness_of(np.array([0.0, 1.0, 1.01, 3.0, 3.01]))]
    ['fresh', 'late', 'stale', 'stale', 'dead']
    """
    ages = np.nan_to_num(np.asarray(age, dtype=np.float64), nan=np.inf)
    codes: Codes = np.searchsorted([0.0, LATE, DEAD], ages, side="left").astype(np.uint8)
    return codes


def age_of(period: Period, as_of: date, lag: Lag | int = 0, business: BusinessDays | None = None) -> float:
    """How long the figure of a period has been expected, in lengths of the period; negative before that day.

    >>> from fourfold.engine.periods import Calendar
    >>> age_of(Calendar().parse("2026-04"), date(2026, 5, 19), Lag.parse("P3D"))
    0.5
    """
    return (as_of - expected_at(period, lag, business)).days / period.days


def ages_of(periods: Sequence[Period], as_of: date, lag: Lag | int = 0, business: BusinessDays | None = None) -> Floats:
    """The ages of several periods, shape (period,)."""
    return np.array([age_of(period, as_of, lag, business) for period in periods], dtype=np.float64)


def freshness_after(
    latest: Period, as_of: date, lag: Lag | int = 0, business: BusinessDays | None = None
) -> Freshness:
    """How fresh a series is whose last figure is that of `latest`.

    >>> from fourfold.engine.periods import Calendar
    >>> [freshness_after(Calendar().parse("2026-03"), date(2026, month, 20)).word for month in (4, 5, 7, 9)]
    ['fresh', 'late', 'stale', 'dead']
    """
    age = np.array(age_of_latest(latest, as_of, lag, business))
    return Freshness(int(freshness_of(age)))


def age_of_latest(latest: Period, as_of: date, lag: Lag | int = 0, business: BusinessDays | None = None) -> float:
    """How old a series is whose last figure is that of `latest`: how long the figure after it has been expected.

    A series that has all it should have is younger than 0, so it is fresh and worth 1.
    """
    return age_of(latest.shift(1), as_of, lag, business)
