"""Business days: which days a unit works, how many a period has, and flows compared per day or week (§2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from fourfold.engine.periods.arrays import Periods, first_days, ordinals_of, years_of
from fourfold.engine.periods.frequency import Frequency, PeriodError
from fourfold.engine.periods.period import Period
from fourfold.engine.periods.week_year import WEEKDAYS, Weekday

#: The usual working week.
WORK_DAYS: Final[tuple[Weekday, ...]] = ("monday", "tuesday", "wednesday", "thursday", "friday")


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """The weekdays worked, less the holidays.

    >>> easter = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
    >>> BusinessDays(holidays=easter).later(date(2026, 4, 2), 1).isoformat()
    '2026-04-07'
    """

    work_days: tuple[Weekday, ...] = WORK_DAYS
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a week without work and words that are no weekdays."""
        if not self.work_days or not set(self.work_days) <= set(WEEKDAYS):
            raise PeriodError("A working week needs at least one weekday.", hint=f"Give some of {', '.join(WEEKDAYS)}.")

    def includes(self, day: date) -> bool:
        """True on a business day."""
        return bool(np.is_busday(day, busdaycal=_calendar(self)))

    def count(self, start: date, end: date) -> int:
        """Business days from `start` up to and without `end`; none where `end` is not later."""
        return max(int(np.busday_count(start, end, busdaycal=_calendar(self))), 0)

    def later(self, day: date, count: int) -> date:
        """The business day with `count` business days between it and `day`, counted from the first one if it is none.

        Raises `PeriodError` outside the years 1 to 9999.
        """
        found = np.busday_offset(day, count, roll="forward", busdaycal=_calendar(self)).astype(object)
        if not isinstance(found, date):
            raise PeriodError(f"{count} business days after {day} lies outside the years 1 to 9999.")
        return found


@lru_cache(maxsize=256)
def _calendar(days: BusinessDays) -> np.busdaycalendar:
    mask = [weekday in days.work_days for weekday in WEEKDAYS]
    return np.busdaycalendar(mask, np.array(sorted(days.holidays), dtype="datetime64[D]"))


def business_days_of(periods: Periods, days: BusinessDays) -> npt.NDArray[np.int64]:
    """How many business days each period has; int64, shape (period,).

    >>> from fourfold.engine.periods import Calendar
    >>> business_days_of(Calendar().parse("FY2026").parts(Frequency.QUARTER), BusinessDays()).tolist()
    [64, 65, 66, 66]
    """
    counts: npt.NDArray[np.int64] = np.busday_count(*first_days(periods), busdaycal=_calendar(days))
    return counts


def per_business_day(periods: Periods, days: BusinessDays) -> npt.NDArray[np.float64]:
    """What to multiply a flow with so that periods of different business days compare: D̄/D, shape (period,).

    D̄ is the mean of the periods of the same fiscal year, so a factor never changes as time goes by. NaN for a period
    without a business day: what happened in it says nothing about a day's work.

    >>> from fourfold.engine.periods import Calendar
    >>> factors = per_business_day(Calendar().parse("FY2026").parts(Frequency.MONTH), BusinessDays())
    >>> (factors[:2] * [22, 20]).tolist() == [21.75, 21.75]
    True
    """
    frequency, calendar, _ = ordinals_of(periods)
    if frequency is None:
        return np.empty(0)
    own = business_days_of(periods, days)
    years, place = np.unique(years_of(periods), return_inverse=True)
    parts = [Period(Frequency.YEAR, int(year), calendar).parts(frequency) for year in years]
    means = np.array([business_days_of(part, days).mean() for part in parts])[place]
    return np.where(own > 0, means / np.maximum(own, 1), np.nan)


def per_mean_length(periods: Periods) -> npt.NDArray[np.float64]:
    """What to multiply a flow with to have it as in a period of the year's mean number of days, shape (period,).

    The periods of a 4-4-5 year have 4 or 5 weeks, so that without it every third is a quarter larger.

    >>> from fourfold.engine.periods import Calendar, WeekYear
    >>> quarter = Calendar(9, weeks=WeekYear("4-4-5")).parse("FY2027-Q1")
    >>> (per_mean_length(quarter.parts(Frequency.MONTH)) * [400, 400, 500]).round(9).tolist()
    [433.333333333, 433.333333333, 433.333333333]
    """
    frequency, calendar, _ = ordinals_of(periods)
    if frequency is None:
        return np.empty(0)
    years, place = np.unique(years_of(periods), return_inverse=True)
    parts = [Period(Frequency.YEAR, int(year), calendar).parts(frequency) for year in years]
    means = np.array([sum(p.days for p in part) / len(part) for part in parts])[place]
    starts, ends = first_days(periods)
    return np.asarray(means / (ends - starts).astype(np.int64), dtype=np.float64)
