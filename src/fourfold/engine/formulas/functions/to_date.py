"""To date

Running sums. Each cell needs every period it sums: one missing makes the sum missing from there to the end. So does
a year or quarter whose first periods are not known. For a percentage to date divide the totals,
`to_date(late) / to_date(orders) * 100`; percentages are never added.
"""

from __future__ import annotations

import numpy as np

from fourfold.engine.formulas import windows
from fourfold.engine.formulas.function import NUMBER, Given, function
from fourfold.engine.formulas.problems import InputError
from fourfold.engine.formulas.series import NOT_APPLICABLE, Cells, Indices, settle
from fourfold.engine.periods import Frequency, start_index


@function("to_date(x)", NUMBER)
def to_date(given: Given) -> Cells:
    """The sum of x since the fiscal year began, this period included.

    | `to_date(a)` | a = 1 2 3 4 5 6 | 1 3 6 10 5 11 |
    | `to_date(a)` | a = 1 missing 3 4 5 6 | 1 missing missing missing 5 11 |
    | `to_date(n) / to_date(d) * 100` | n = 90 30; d = 100 50 | 90 80 |
    """
    return windows.to_date(given.x, given.around.time.year_start)


@function("quarter_to_date(x)", NUMBER)
def quarter_to_date(given: Given) -> Cells:
    """The sum of x since the fiscal quarter began; a week belongs where its Thursday is.

    It is for KPIs of days, weeks, months or quarters; for longer periods it is not applicable.

    | `quarter_to_date(a)` | a = 1 2 missing 4 | 1 2 missing 4 |
    """
    return _since(given, Frequency.QUARTER)


@function("month_to_date(x)", NUMBER)
def month_to_date(given: Given) -> Cells:
    """The sum of x since the month began, for KPIs of days, weeks or months.

    For longer periods, such as the quarters here, it is not applicable.

    | `month_to_date(a)` | a = 1 2 | n/a n/a |
    """
    return _since(given, Frequency.MONTH)


@function("cumulative(x)", NUMBER)
def cumulative(given: Given) -> Cells:
    """The sum of x since its first period, this one included. Periods before the KPI began are passed over.

    | `cumulative(a)` | a = n/a 2 3 4 5 6 | n/a 2 5 9 14 20 |
    | `cumulative(a)` | a = 1 missing 3 | 1 missing missing |
    """
    x = given.x
    counted = x.fault != NOT_APPLICABLE
    value = np.cumsum(np.where(counted, x.value, 0.0), axis=-1)
    fault = np.maximum.accumulate(np.where(counted, x.fault, np.uint8(0)), axis=-1)
    return settle(np.asarray(value), np.where(counted, fault, NOT_APPLICABLE))


def _since(given: Given, frequency: Frequency) -> Cells:
    axis = given.around.time
    if len(axis) and not axis.periods:
        raise InputError("The formula sums by the calendar, and the periods are not given.")
    if len(axis) and axis.periods[0].frequency.rank > frequency.rank:
        return Cells(given.x.value, np.full(given.x.fault.shape, NOT_APPLICABLE))
    start: Indices = start_index(axis.periods, frequency)
    return windows.to_date(given.x, np.maximum(start, -1))
