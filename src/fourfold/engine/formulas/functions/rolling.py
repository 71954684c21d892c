"""Rolling windows

Of the last n periods, this one included, n from 1 to 120. They need n numbers: otherwise the worst of the cells
decides, and where the n periods reach back beyond the first known one the result is not applicable.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from fourfold.engine.formulas import windows
from fourfold.engine.formulas.function import MAX_PERIODS, NUMBER, PERIODS, Argument, Given, Measure, Sort, function
from fourfold.engine.formulas.many import STATISTICS, count_numbers
from fourfold.engine.formulas.series import Cells

_TWO_OR_MORE: Final = Argument(Sort.WHOLE, low=2, high=MAX_PERIODS, default=2)


@function("rolling_sum(x, n)", NUMBER, PERIODS)
def rolling_sum(given: Given) -> Cells:
    """The sum of the last n periods.

    | `rolling_sum(a, 2)` | a = 1 2 missing 4 5 | n/a 3 missing missing 9 |
    """
    return windows.rolling_sum(given.x, given.whole)


@function("rolling_mean(x, n)", NUMBER, PERIODS)
def rolling_mean(given: Given) -> Cells:
    """The mean of the last n periods.

    | `rolling_mean(a, 3)` | a = 3 6 9 12 | n/a n/a 6 9 |
    """
    return windows.rolling_mean(given.x, given.whole)


@function("rolling_min(x, n)", NUMBER, PERIODS)
def rolling_min(given: Given) -> Cells:
    """The smallest of the last n periods.

    | `rolling_min(a, 2)` | a = 5 7 6 8 | n/a 5 6 6 |
    """
    return windows.rolling(given.x, given.whole, STATISTICS["min"])


@function("rolling_max(x, n)", NUMBER, PERIODS)
def rolling_max(given: Given) -> Cells:
    """The largest of the last n periods.

    | `rolling_max(a, 2)` | a = 5 7 6 8 | n/a 7 7 8 |
    """
    return windows.rolling(given.x, given.whole, STATISTICS["max"])


@function("rolling_median(x, n)", NUMBER, PERIODS, cost=4)
def rolling_median(given: Given) -> Cells:
    """The middle one of the last n periods in order of size, or the mean of the middle two.

    | `rolling_median(a, 3)` | a = 5 90 6 8 | n/a n/a 6 8 |
    """
    return windows.rolling(given.x, given.whole, STATISTICS["median"])


@function("rolling_stdev(x, n)", NUMBER, _TWO_OR_MORE, cost=4)
def rolling_stdev(given: Given) -> Cells:
    """The standard deviation (n − 1) of the last n periods, n from 2 to 120.

    | `rolling_stdev(a, 3)` | a = 3 4 5 5 | n/a n/a 1 0.577350269 |
    """
    return windows.rolling(given.x, given.whole, STATISTICS["stdev"])


@function("rolling_count(x, n)", NUMBER, PERIODS, measure=Measure.BARE)
def rolling_count(given: Given) -> Cells:
    """How many of the last n periods have a number; as `count` does, and the first periods count what there is.

    | `rolling_count(a, 3)` | a = n/a 1 missing 0 5 | n/a 1 1 2 2 |
    """
    fault = windows.last(given.x.fault, given.whole, windows.BEFORE)
    found = count_numbers(fault)
    return Cells(np.asarray(found.value), found.fault)
