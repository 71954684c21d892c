"""What each period of a year takes of the target of the year: seasonal shares from earlier years (methodology §4.3).

They are what a target with the path `seasonal` has as `shares`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.periods import Frequency, Period

#: So many complete years tell a season; older ones than the last five do not count.
FEWEST, MOST = 2, 5
#: Years of these are always cut into equally many.
SPREAD: Final = (Frequency.MONTH, Frequency.QUARTER, Frequency.HALF)


@dataclass(frozen=True, slots=True)
class Shares:
    """The share of each period of a year, together 1, and how many complete years they come from.

    With none they come from the working days of the periods. `kept` is how much of the seasonal differences is left
    after shrinking: 1 is all, 0 is equal shares.
    """

    shares: Floats
    years: int
    kept: float


def seasonal_shares(years: Floats, work_days: Floats, growth: Sequence[float] = ()) -> Shares:
    """Shares from complete `years` `(year, period)`, the newest last; with fewer than two by `work_days` `(period,)`.

    The mean share of each period over the last two to five years, shrunken towards equal ones as far as the differences
    are noise (§6.2). `growth` weighs the periods: T = A·p·g/Σ(p·g). A year whose figures do not add up to more than 0
    is left out.

    >>> seasonal_shares(np.array([[9.0, 11, 12, 8], [18, 22, 24, 16]]), np.ones(4)).shares.round(3).tolist()
    [0.225, 0.275, 0.3, 0.2]
    """
    used = years[years.sum(axis=1) > 0][-MOST:] if len(years) else years
    if len(used) < FEWEST:
        p, kept, count = work_days / work_days.sum(), 1.0, 0
    else:
        count, m = used.shape
        ratio = used / used.mean(axis=1, keepdims=True)
        mean = ratio.mean(axis=0)
        spread = float(mean.var())
        noise = float(((ratio - mean) ** 2).sum()) / (count * m - m)
        shrunk = min((m - 3) / (m - 1) * noise / count / spread, 1.0) if spread > 0 and m > 3 else float(spread == 0)
        kept = 1.0 - shrunk
        p = (1.0 + kept * (mean - 1.0)) / m
    weighed = p * np.asarray(growth or np.ones(len(p)), dtype=np.float64)
    return Shares(np.asarray(weighed / weighed.sum()), count, kept)


def complete_years(figures: Floats, periods: Sequence[Period]) -> Floats:
    """The figures `(period,)` of consecutive periods as `(year, period)`: the fiscal years that lack none."""
    m = periods[0].frequency.per_year
    first = next((i for i, p in enumerate(periods) if p.first_in().ordinal == p.ordinal), len(periods))
    whole = figures[first : first + (len(figures) - first) // m * m].reshape(-1, m)
    return np.asarray(whole[np.isfinite(whole).all(axis=1)])
