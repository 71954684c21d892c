"""Periods and calendars: what a day, week, month, quarter, half or year is, and which one a day falls in.

Source: methodology §2.3 (calendars) and §2.5 (data lag). Every period is half-open, `[start, end)`, in local days;
periods of one frequency have consecutive ordinals, so a range of them is a first ordinal and a length.
"""

from fourfold.engine.periods.arrays import (
    Periods,
    bucket_index,
    ordinals_of,
    start_index,
    year_ago_index,
    year_start_index,
)
from fourfold.engine.periods.frequency import Frequency, LabelRule, PeriodError
from fourfold.engine.periods.lag import Lag, LagError, expected_at
from fourfold.engine.periods.period import Calendar, Period

__all__ = [
    "Calendar",
    "Frequency",
    "LabelRule",
    "Lag",
    "LagError",
    "Period",
    "PeriodError",
    "Periods",
    "bucket_index",
    "expected_at",
    "ordinals_of",
    "start_index",
    "year_ago_index",
    "year_start_index",
]
