"""Periods and calendars: what a day, week, month, quarter, half or year is, and which one a day falls in.

Source: methodology §2.3 (calendars) and §2.5 (data lag). Every period is half-open, `[start, end)`, in local days;
periods of one frequency have consecutive ordinals, so a range of them is a first ordinal and a length.
"""

from fourfold.engine.periods.arrays import (
    Periods,
    bucket_index,
    first_days,
    ordinals_of,
    start_index,
    year_ago_index,
    year_start_index,
)
from fourfold.engine.periods.business_days import (
    BusinessDays,
    business_days_of,
    per_business_day,
    per_mean_length,
)
from fourfold.engine.periods.comparison import Comparison, last_year
from fourfold.engine.periods.frequency import Frequency, LabelRule, PeriodError
from fourfold.engine.periods.lag import Lag, LagError, expected_at
from fourfold.engine.periods.period import Calendar, Period
from fourfold.engine.periods.week_year import WeekYear
from fourfold.engine.periods.zones import begins, day_of, hours_of, index_of_moments

__all__ = [
    "BusinessDays",
    "Calendar",
    "Comparison",
    "Frequency",
    "LabelRule",
    "Lag",
    "LagError",
    "Period",
    "PeriodError",
    "Periods",
    "WeekYear",
    "begins",
    "bucket_index",
    "business_days_of",
    "day_of",
    "expected_at",
    "first_days",
    "hours_of",
    "index_of_moments",
    "last_year",
    "ordinals_of",
    "per_business_day",
    "per_mean_length",
    "start_index",
    "year_ago_index",
    "year_start_index",
]
