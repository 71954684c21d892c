"""Period arithmetic over whole axes at once: which bucket each period falls in, and where its year begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt

from fourfold.engine.periods.frequency import MONTHS, Frequency, PeriodError
from fourfold.engine.periods.period import Calendar, Period
from fourfold.engine.periods.spans import month_offset
from fourfold.engine.periods.week_arrays import Integers, periods_of_days, starts_of_periods, weeks_ago

Days: TypeAlias = npt.NDArray[np.datetime64]

#: Periods as objects, or a contiguous range as (frequency, first ordinal, how many, calendar).
Periods: TypeAlias = Sequence[Period] | tuple[Frequency, int, int, Calendar]

_EPOCH = 719_163  # ordinal of 1970-01-01, where NumPy counts from
_EPOCH_MONTH = 1970 * 12


def ordinals_of(periods: Periods) -> tuple[Frequency | None, Calendar, Integers]:
    """Frequency, calendar and int64 ordinals, shape (period,); frequency None when there is no period.

    Raises `PeriodError` when the periods differ in frequency or calendar.
    """
    if isinstance(periods, tuple) and len(periods) == 4 and isinstance(periods[0], Frequency):
        frequency, first, count, calendar = periods
        return frequency, calendar, np.arange(first, first + count, dtype=np.int64)
    listed = cast("Sequence[Period]", periods)
    if not listed:
        return None, Calendar(), np.empty(0, np.int64)
    frequency, calendar = listed[0].frequency, listed[0].calendar
    if any(p.frequency is not frequency or p.calendar != calendar for p in listed):
        raise PeriodError("The periods of one axis have different frequencies or calendars.")
    return frequency, calendar, np.fromiter((p.ordinal for p in listed), np.int64, len(listed))


def bucket_index(base_periods: Periods, target_frequency: Frequency, target_periods: Periods) -> Integers:
    """For each base period the index of the target period it belongs to, or -1; int64, shape (base period,).

    Neither side needs to be contiguous. Raises `PeriodError` when the target is finer than the base, or when the
    calendars differ.

    >>> months = (Frequency.MONTH, 2026 * 12, 4, Calendar())
    >>> bucket_index(months, Frequency.QUARTER, (Frequency.QUARTER, 2026 * 4, 1, Calendar())).tolist()
    [0, 0, 0, -1]
    """
    base, calendar, ordinals = ordinals_of(base_periods)
    target, target_calendar, wanted = ordinals_of(target_periods)
    if target not in (None, target_frequency):
        raise PeriodError(f"The target periods are not one {target_frequency} each.")
    if base is None or target is None:
        return np.full(ordinals.shape, -1, np.int64)
    if calendar != target_calendar:
        raise PeriodError("The two axes have different calendars.")
    buckets = _coarser(base, ordinals, target_frequency, calendar)
    if not len(wanted):
        return np.full(ordinals.shape, -1, np.int64)
    order = np.argsort(wanted, kind="stable")
    index = order[np.minimum(np.searchsorted(wanted, buckets, sorter=order), len(wanted) - 1)]
    return np.where(wanted[index] == buckets, index, -1).astype(np.int64)


def first_days(periods: Periods) -> tuple[Days, Days]:
    """The first day of each period, and the first day after it; datetime64[D], shape (period,).

    >>> starts, ends = first_days(Calendar().parse("FY2026").parts(Frequency.HALF))
    >>> starts.astype(str).tolist(), (ends - starts).astype(int).tolist()
    (['2026-01-01', '2026-07-01'], [181, 184])
    """
    own, calendar, ordinals = ordinals_of(periods)
    starts, ends = ordinals, ordinals
    if own is not None:
        starts, ends = (_first_within(Frequency.DAY, n, own, calendar) for n in (ordinals, ordinals + 1))
    return (starts - _EPOCH).astype("datetime64[D]"), (ends - _EPOCH).astype("datetime64[D]")


def years_of(periods: Periods) -> Integers:
    """The ordinal of the fiscal year each period belongs to, int64, shape (period,)."""
    own, calendar, ordinals = ordinals_of(periods)
    return ordinals if own is None else _coarser(own, ordinals, Frequency.YEAR, calendar)


def year_start_index(periods: Periods) -> Integers:
    """For each period the index of the first period of its fiscal year; negative when that is before the range."""
    return start_index(periods, Frequency.YEAR)


def start_index(periods: Periods, frequency: Frequency) -> Integers:
    """For each period the index of the first one in its coarser period; int64, shape (period,).

    The index is negative when that first period lies before the range. Raises `PeriodError` when the periods are not
    contiguous or `frequency` is finer than theirs.
    """
    own, calendar, ordinals = ordinals_of(periods)
    if own is None:
        return ordinals
    _require_contiguous(ordinals)
    buckets = _coarser(own, ordinals, frequency, calendar)
    return _first_within(own, buckets, frequency, calendar) - ordinals[:1]


def year_ago_index(periods: Periods) -> Integers:
    """For each period the index of `Period.year_ago()`; negative before the range; int64, shape (period,).

    Raises `PeriodError` when the periods are not contiguous.
    """
    own, calendar, ordinals = ordinals_of(periods)
    if own is None:
        return ordinals
    _require_contiguous(ordinals)
    return _year_ago(own, ordinals, calendar) - ordinals[:1]


def _year_ago(frequency: Frequency, ordinals: Integers, calendar: Calendar) -> Integers:
    if calendar.weeks is not None and frequency.rank <= Frequency.WEEK.rank:
        return weeks_ago(frequency, ordinals, calendar.fiscal_start_month, calendar.weeks)
    if frequency is Frequency.DAY:
        month = _month_of(ordinals)
        first, length = _month_start(month - 12), _month_start(month - 11) - _month_start(month - 12)
        into_month: Integers = np.minimum(ordinals - _month_start(month), length - 1)
        return first + into_month
    if frequency is Frequency.WEEK:
        january = _month_of(ordinals * 7 + 4) // 12 * 12
        week: Integers = np.minimum(ordinals - _first_week(january), 51)  # from 0, so 51 is week 52
        return _first_week(january - 12) + week
    return ordinals - frequency.per_year


def _coarser(frequency: Frequency, ordinals: Integers, target: Frequency, calendar: Calendar) -> Integers:
    """The ordinals of the `target` periods these belong to."""
    if target.rank < frequency.rank:
        raise PeriodError(f"One {frequency} does not lie within one {target}.")
    if target is frequency:
        return ordinals
    start_month, weeks = calendar.fiscal_start_month, calendar.weeks
    if target is Frequency.WEEK:
        return (ordinals - 1 - (weeks.first_weekday if weeks else 0)) // 7
    if weeks is not None:
        if frequency not in MONTHS:
            days = ordinals if frequency is Frequency.DAY else ordinals * 7 + 1 + weeks.first_weekday
            return periods_of_days(days, start_month, weeks) // MONTHS[target]
        return ordinals * MONTHS[frequency] // MONTHS[target]
    if frequency in MONTHS:
        month = ordinals * MONTHS[frequency] + month_offset(frequency, start_month)
    else:
        month = _month_of(ordinals * 7 + 4 if frequency is Frequency.WEEK else ordinals)
    return (month - month_offset(target, start_month)) // MONTHS[target]


def _first_within(frequency: Frequency, buckets: Integers, target: Frequency, calendar: Calendar) -> Integers:
    """The ordinal of the first `frequency` period in each `target` period."""
    if target is frequency:
        return buckets
    weeks = calendar.weeks
    if target is Frequency.WEEK:
        return buckets * 7 + 1 + (weeks.first_weekday if weeks else 0)
    if weeks is not None:
        if frequency in MONTHS:
            return buckets * MONTHS[target] // MONTHS[frequency]
        days = starts_of_periods(buckets * MONTHS[target], calendar.fiscal_start_month, weeks)
        return days if frequency is Frequency.DAY else (days - 1 - weeks.first_weekday) // 7
    month = buckets * MONTHS[target] + month_offset(target, calendar.fiscal_start_month)
    if frequency in MONTHS:
        return (month - month_offset(frequency, calendar.fiscal_start_month)) // MONTHS[frequency]
    day = _month_start(month)
    return day if frequency is Frequency.DAY else (day + 2) // 7  # the first week with its Thursday on or after `day`


def _month_of(days: Integers) -> Integers:
    """Month ordinals of day ordinals."""
    months = (days - _EPOCH).astype("datetime64[D]").astype("datetime64[M]")
    return months.astype(np.int64) + _EPOCH_MONTH


def _month_start(months: Integers) -> Integers:
    """Day ordinals of the first days of months."""
    days = (months - _EPOCH_MONTH).astype("datetime64[M]").astype("datetime64[D]")
    return days.astype(np.int64) + _EPOCH


def _first_week(january: Integers) -> Integers:
    """Week ordinals of ISO week 1, from the month ordinal of January: the week that holds 4 January."""
    return (_month_start(january) + 2) // 7


def _require_contiguous(ordinals: Integers) -> None:
    if (np.diff(ordinals) != 1).any():
        raise PeriodError("The periods do not follow one another without a gap.")
