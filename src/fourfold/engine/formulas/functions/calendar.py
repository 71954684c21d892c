"""Calendar

What the calendar says about a period. They take nothing and give a number in every period. A flow of months compares
better by the day: `sales / business_days()`.
"""

from __future__ import annotations

import numpy as np

from fourfold.engine.formulas.function import Given, Measure, function
from fourfold.engine.formulas.problems import InputError
from fourfold.engine.formulas.series import Cells, from_series
from fourfold.engine.periods import BusinessDays, Period, business_days_of, year_start_index


@function("days_in_period()", measure=Measure.DAYS)
def days_in_period(given: Given) -> Cells:
    """How many days the period has.

    | `patients / days_in_period()` | patients = 180 182 184 184 | 2 2 2 2 |
    """
    return _numbers([p.days for p in _periods(given)])


@function("business_days()", measure=Measure.DAYS)
def business_days(given: Given) -> Cells:
    """How many days of the period the unit works, less its holidays.

    They are the work days and holidays of the unit, else of a unit above, else of the organisation; Monday to Friday
    where nothing is said.

    | `sales / business_days()` | sales = 640 650 660 | 10 10 10 |
    """
    found = given.around.lookups.get(("business_days", ""))
    if found is not None:
        return from_series(found)
    return _numbers(business_days_of(_periods(given), BusinessDays()).tolist())


@function("hours_in_period()", measure=Measure.HOURS)
def hours_in_period(given: Given) -> Cells:
    """How many hours the period really has in the time zone of the unit: a day on which clocks change has 23 or 25.

    The time zone is that of the unit, else of a unit above, else of the organisation.

    | `calls / hours_in_period()` | calls = 2160 2184 2208 | 1 1 1 |
    """
    found = given.around.lookups.get(("hours_in_period", ""))
    if found is not None:
        return from_series(found)
    return _numbers([24 * p.days for p in _periods(given)])


@function("period_number()", measure=Measure.BARE)
def period_number(given: Given) -> Cells:
    """The place of the period in its fiscal year, from 1.

    | `a / period_number()` | a = 4 4 4 4 4 | 4 2 1.333333333 1 4 |
    """
    periods = _periods(given)
    return _numbers((np.arange(len(periods)) - year_start_index(periods) + 1).tolist())


@function("year()", measure=Measure.BARE)
def year(given: Given) -> Cells:
    """The number of the fiscal year, as its name has it.

    | `if(year() >= 2026, a, b)` | a = 1 1 1 1 1; b = 2 2 2 2 2 | 2 2 2 2 1 |
    """
    return _numbers([p.calendar.fiscal_year(p) for p in _periods(given)])


def _periods(given: Given) -> tuple[Period, ...]:
    if len(given.around.time) and not given.around.time.periods:
        raise InputError("The formula asks the calendar, and the periods are not given.")
    return given.around.time.periods


def _numbers(numbers: list[int]) -> Cells:
    return Cells(np.array(numbers, dtype=np.float64), np.zeros(len(numbers), np.uint8))
