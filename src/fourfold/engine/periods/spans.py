"""The arithmetic of periods: from a day to an ordinal and back.

Ordinals are consecutive integers per frequency: proleptic day numbers, weeks since Monday 0001-01-01, months since
year 0, and fiscal quarters, halves and years named after the calendar year in which their fiscal year starts.
Those of a year of whole weeks are in `week_year`.
"""

from __future__ import annotations

from datetime import date

from fourfold.engine.periods import week_year
from fourfold.engine.periods.frequency import MONTHS, Frequency, LabelRule, PeriodError
from fourfold.engine.periods.week_year import WeekYear


def month_offset(frequency: Frequency, start_month: int) -> int:
    """Months from January to the month where ordinals of this frequency begin; months ignore the fiscal year."""
    return 0 if frequency is Frequency.MONTH else start_month - 1


def ordinal_of(frequency: Frequency, day: date, start_month: int, weeks: WeekYear | None = None) -> int:
    """The ordinal of the period that contains `day`."""
    if weeks is not None:
        return week_year.ordinal_of(frequency, day, start_month, weeks)
    if frequency is Frequency.DAY:
        return day.toordinal()
    if frequency is Frequency.WEEK:
        return (day.toordinal() - 1) // 7
    month = day.year * 12 + day.month - 1
    return (month - month_offset(frequency, start_month)) // MONTHS[frequency]


def start_of(frequency: Frequency, ordinal: int, start_month: int, weeks: WeekYear | None = None) -> date:
    """The first day of a period; `PeriodError` outside the years 1 to 9999."""
    if weeks is not None:
        return week_year.start_of(frequency, ordinal, start_month, weeks)
    try:
        if frequency is Frequency.DAY:
            return date.fromordinal(ordinal)
        if frequency is Frequency.WEEK:
            return date.fromordinal(ordinal * 7 + 1)
        month = ordinal * MONTHS[frequency] + month_offset(frequency, start_month)
        return date(month // 12, month % 12 + 1, 1)
    except (ValueError, OverflowError):
        raise PeriodError(f"The {frequency} with ordinal {ordinal} lies outside the years 1 to 9999.") from None


def member_day(frequency: Frequency, ordinal: int, start_month: int, weeks: WeekYear | None = None) -> date:
    """The day that decides which coarser period this one belongs to: the Thursday of an ISO week, else the first."""
    if frequency is Frequency.WEEK and weeks is None:
        return start_of(Frequency.DAY, ordinal * 7 + 4, start_month)
    return start_of(frequency, ordinal, start_month, weeks)


def first_week(year: int) -> int:
    """The ordinal of ISO week 1: the week that holds 4 January."""
    return ordinal_of(Frequency.WEEK, date(year, 1, 4), 1)


def year_number(start_year: int, start_month: int, label: LabelRule) -> int:
    """The number a fiscal year is called by: a year from April 2026 is FY2027 under `end_year`."""
    return start_year + int(start_month > 1 and label == "end_year")


def start_year(number: int, start_month: int, label: LabelRule) -> int:
    """The calendar year in which the fiscal year called `number` starts; the inverse of `year_number`."""
    return number - int(start_month > 1 and label == "end_year")
