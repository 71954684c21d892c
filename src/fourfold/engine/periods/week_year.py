"""Fiscal years of 52 or 53 whole weeks: 4-4-5, 4-5-4 and 5-4-4 (methodology §2.3).

A year ends on one weekday, the last or the nearest one at the end of a month, and the next begins on the day after.
Its twelve periods have whole weeks in a pattern that repeats every quarter; they take the place of months, and
quarters, halves and years are made of them. Ordinals count as in `spans`: weeks without a break, and 12 periods,
4 quarters and 2 halves for each year, which is counted by the calendar year in which it nominally starts.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal, TypeAlias, get_args

from fourfold.engine.periods.frequency import MONTHS, Frequency, PeriodError

#: Weeks in the three periods of a quarter.
WeekPattern: TypeAlias = Literal["4-4-5", "4-5-4", "5-4-4"]
Weekday: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
#: Which of these weekdays ends the year: the last in the month, or the nearest to the month's last day.
YearEnd: TypeAlias = Literal["last_in_month", "nearest_to_month_end"]
#: The period that takes week 53.
ExtraWeek: TypeAlias = Literal["last", "first"]
#: How a year of 53 weeks is compared with one of 52: number by number, or so that the same days of the year meet.
Mode: TypeAlias = Literal["as_is", "shift"]

WEEKDAYS: Final = get_args(Weekday)


@dataclass(frozen=True, slots=True)
class WeekYear:
    """How a calendar of whole weeks is made; the month in which its year ends is that of the calendar.

    >>> from fourfold.engine.periods import Calendar
    >>> august = Calendar(fiscal_start_month=9, weeks=WeekYear("4-4-5", "saturday", "last_in_month"))
    >>> year = august.parse("FY2030")
    >>> year.start.isoformat(), year.last_day.isoformat(), year.days // 7
    ('2029-08-26', '2030-08-31', 53)
    """

    pattern: WeekPattern = "4-4-5"
    year_end_day: Weekday = "saturday"
    year_end: YearEnd = "last_in_month"
    extra_week: ExtraWeek = "last"
    comparison: Mode = "as_is"

    def __post_init__(self) -> None:
        """Refuse words that are none of those above."""
        kinds = (WeekPattern, Weekday, YearEnd, ExtraWeek, Mode)
        given = (self.pattern, self.year_end_day, self.year_end, self.extra_week, self.comparison)
        for kind, word in zip(kinds, given, strict=True):
            if word not in get_args(kind):
                hint = f"Give {', '.join(get_args(kind))}."
                raise PeriodError(f"{word!r} is no word for a year of weeks.", hint=hint)

    @property
    def first_weekday(self) -> int:
        """The weekday on which weeks begin: 0 for Monday to 6 for Sunday."""
        return (WEEKDAYS.index(self.year_end_day) + 1) % 7


def ordinal_of(frequency: Frequency, day: date, start_month: int, weeks: WeekYear) -> int:
    """The ordinal of the period that contains `day`."""
    number = day.toordinal()
    if frequency is Frequency.DAY:
        return number
    if frequency is Frequency.WEEK:
        return (number - 1 - weeks.first_weekday) // 7
    year = _year_of(day, start_month, weeks)
    week = (number - first_day(year, start_month, weeks)) // 7
    period = bisect_right(period_weeks(weeks, week_count(year, start_month, weeks)), week) - 1
    return (year * 12 + period) // MONTHS[frequency]


def start_of(frequency: Frequency, ordinal: int, start_month: int, weeks: WeekYear) -> date:
    """The first day of a period; `PeriodError` outside the years 1 to 9999."""
    try:
        if frequency is Frequency.DAY:
            return date.fromordinal(ordinal)
        if frequency is Frequency.WEEK:
            return date.fromordinal(ordinal * 7 + 1 + weeks.first_weekday)
        year, period = divmod(ordinal * MONTHS[frequency], 12)
        week = period_weeks(weeks, week_count(year, start_month, weeks))[period]
        return date.fromordinal(first_day(year, start_month, weeks) + week * 7)
    except (ValueError, OverflowError):
        raise PeriodError(f"The {frequency} with ordinal {ordinal} lies outside the years 1 to 9999.") from None


@lru_cache(maxsize=8192)
def first_day(year: int, start_month: int, weeks: WeekYear) -> int:
    """The day number of the first day of a year: the day after the one on which the year before ends.

    That is the last such weekday up to the first of the month, or the nearest to it, three days away at most.
    """
    if not 1 <= year <= 9999:
        raise PeriodError(f"The year {year} lies outside the years 1 to 9999.")
    first = date(year, start_month, 1)
    back = (first.weekday() - weeks.first_weekday) % 7
    if weeks.year_end == "nearest_to_month_end" and back > 3:
        back -= 7
    return first.toordinal() - back


def week_count(year: int, start_month: int, weeks: WeekYear) -> int:
    """How many weeks a year has: 52 or 53."""
    return (first_day(year + 1, start_month, weeks) - first_day(year, start_month, weeks)) // 7


def place_in_year(frequency: Frequency, ordinal: int, start_month: int, weeks: WeekYear) -> tuple[int, int]:
    """(year, number in that year from 1) of a week or period."""
    if frequency is Frequency.MONTH:
        return ordinal // 12, ordinal % 12 + 1
    day = start_of(frequency, ordinal, start_month, weeks)
    year = _year_of(day, start_month, weeks)
    return year, (day.toordinal() - first_day(year, start_month, weeks)) // 7 + 1


@lru_cache(maxsize=64)
def period_weeks(weeks: WeekYear, count: int) -> tuple[int, ...]:
    """Weeks from the start of a year of `count` weeks to the start of each of its 12 periods, and to its end.

    >>> period_weeks(WeekYear("4-4-5"), 53)
    (0, 4, 8, 13, 17, 21, 26, 30, 34, 39, 43, 47, 53)
    >>> period_weeks(WeekYear("4-4-5", extra_week="first"), 53)
    (0, 5, 9, 14, 18, 22, 27, 31, 35, 40, 44, 48, 53)
    """
    lengths = [int(n) for n in weeks.pattern.split("-")] * 4
    lengths[0 if weeks.extra_week == "first" else 11] += count - 52
    return tuple(sum(lengths[:n]) for n in range(13))


def week_year_ago(week: int, start_month: int, weeks: WeekYear, mode: Mode) -> int:
    """The ordinal of the week of last year that a week is compared with.

    Week 53 is compared with week 52. `shift` drops week 1 of a last year that had 53 weeks, so that week n meets
    week n + 1, the one 364 days before.
    """
    year, number = place_in_year(Frequency.WEEK, week, start_month, weeks)
    number = min(number, 52)
    if mode == "shift" and week_count(year - 1, start_month, weeks) == 53:
        number += 1
    return week_ordinal(year - 1, number, start_month, weeks)


def week_ordinal(year: int, number: int, start_month: int, weeks: WeekYear) -> int:
    """The ordinal of a week by its number in the year, from 1."""
    return (first_day(year, start_month, weeks) - 1 - weeks.first_weekday) // 7 + number - 1


def _year_of(day: date, start_month: int, weeks: WeekYear) -> int:
    """The year a day belongs to: near the turn of the year it may be the one before or after the calendar's."""
    year = day.year - int(day.month < start_month)
    number = day.toordinal()
    if number < first_day(year, start_month, weeks):
        return year - 1
    return year + int(number >= first_day(year + 1, start_month, weeks))
