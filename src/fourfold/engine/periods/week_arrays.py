"""Years of whole weeks over whole axes at once: the arithmetic of `week_year` for arrays of ordinals."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fourfold.engine.periods.frequency import Frequency
from fourfold.engine.periods.week_year import WeekYear, first_day, period_weeks, week_count

Integers: TypeAlias = npt.NDArray[np.int64]


def periods_of_days(days: Integers, start_month: int, weeks: WeekYear) -> Integers:
    """Period ordinals (12 in a year) of day ordinals, in their shape."""
    if not days.size:
        return days
    first, starts = _years(days, start_month, weeks)
    year = np.searchsorted(starts, days, side="right") - 1
    week = (days - starts[year]) // 7
    usual, longer = (np.searchsorted(period_weeks(weeks, count)[:12], week, side="right") for count in (52, 53))
    period = np.where(np.diff(starts)[year] == 371, longer, usual)
    ordinals: Integers = (first + year) * 12 + period - 1
    return ordinals


def starts_of_periods(periods: Integers, start_month: int, weeks: WeekYear) -> Integers:
    """Day ordinals of the first days of periods, in their shape."""
    if not periods.size:
        return periods
    years, period = periods // 12, periods % 12
    first = int(years.min())
    rows = [
        first_day(year, start_month, weeks) + 7 * np.array(period_weeks(weeks, week_count(year, start_month, weeks)))
        for year in range(first, int(years.max()) + 1)
    ]
    days: Integers = np.array(rows, dtype=np.int64)[years - first, period]
    return days


def weeks_ago(frequency: Frequency, ordinals: Integers, start_month: int, weeks: WeekYear) -> Integers:
    """Ordinals of the days or weeks that `Period.year_ago` gives, in their shape."""
    if not ordinals.size:
        return ordinals
    shift = 1 + weeks.first_weekday
    days = ordinals if frequency is Frequency.DAY else ordinals * 7 + shift
    _, starts = _years(days, start_month, weeks)
    year = np.searchsorted(starts, days, side="right") - 1
    week = np.minimum((days - starts[year]) // 7, 51)
    if weeks.comparison == "shift":
        week += np.diff(starts)[year - 1] == 371
    ago: Integers = starts[year - 1] + week * 7 + (days - starts[year]) % 7
    return ago if frequency is Frequency.DAY else (ago - shift) // 7


def _years(days: Integers, start_month: int, weeks: WeekYear) -> tuple[int, Integers]:
    """The number of a year before the first of these days, and the first days of that and all later ones they need."""
    first = int(days.min()) // 366 - 1
    last = int(days.max()) // 365 + 2
    return first, np.array([first_day(year, start_month, weeks) for year in range(first, last + 1)], dtype=np.int64)
