"""Local days as moments: a period begins and ends at midnight of the unit's time zone (methodology §2.3).

Where clocks change, a day has 23 or 25 hours, and rates per hour divide by the hours that really passed. A day begins
at its last midnight: where clocks go back over midnight, the repeated hour still belongs to the day before; where
midnight is skipped it begins with the first moment after. A day that a zone skipped altogether has no length.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from fourfold.engine.periods.arrays import Periods, first_days, ordinals_of
from fourfold.engine.periods.frequency import PeriodError
from fourfold.engine.periods.week_arrays import Integers

_SECOND = timedelta(seconds=1)


def begins(day: date, zone: ZoneInfo) -> datetime:
    """The moment a local day begins, in UTC.

    >>> begins(date(2026, 7, 1), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-06-30T22:00:00+00:00'
    """
    midnight = datetime.combine(day, time())
    moment = midnight.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == midnight:
        return moment
    # Midnight was skipped: look for the first moment whose clock shows a later time.
    early, late = moment - timedelta(days=2), moment + timedelta(days=2)
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).replace(tzinfo=None) < midnight:
            early = middle
        else:
            late = middle
    return late


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The local day in which a moment lies; `PeriodError` for a moment without a time zone.

    >>> day_of(datetime(2026, 6, 30, 22, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-07-01'
    """
    if moment.tzinfo is None:
        raise PeriodError("A moment without a time zone lies in no day.", hint="Give it in UTC.")
    day = moment.astimezone(zone).date()
    while moment < begins(day, zone):
        day -= timedelta(days=1)
    return day


def hours_of(periods: Periods, zone: ZoneInfo) -> npt.NDArray[np.float64]:
    """How many hours each period really has; shape (period,).

    >>> from fourfold.engine.periods import Calendar
    >>> days = Calendar().range(Calendar().parse("2026-03-28"), Calendar().parse("2026-03-30"))
    >>> hours_of(days, ZoneInfo("Europe/Berlin")).tolist()
    [24.0, 23.0, 24.0]
    """
    starts, ends = (_moments(days, zone) for days in first_days(periods))
    return (ends - starts) / np.timedelta64(3600, "s")


def index_of_moments(moments: npt.NDArray[np.datetime64], periods: Periods, zone: ZoneInfo) -> Integers:
    """For each moment (datetime64 in UTC) the index of the period it lies in, or −1; int64, in the moments' shape.

    The periods follow one another without a gap; NaT lies in none. Raises `PeriodError` for periods with gaps.
    """
    _, _, ordinals = ordinals_of(periods)
    if len(ordinals) == 0:
        return np.full(moments.shape, -1, np.int64)
    if len(ordinals) > 1 and bool((np.diff(ordinals) != 1).any()):
        raise PeriodError("The periods do not follow one another without a gap.")
    starts, ends = first_days(periods)
    bounds = _moments(np.append(starts, ends[-1:]), zone)
    index = np.searchsorted(bounds, moments, side="right").astype(np.int64) - 1
    return np.where(index < len(starts), index, -1)


def _moments(days: npt.NDArray[np.datetime64], zone: ZoneInfo) -> npt.NDArray[np.datetime64]:
    """The moments these days begin, datetime64[s] in UTC."""
    return np.array([begins(day, zone).replace(tzinfo=None) for day in days.tolist()], dtype="datetime64[s]")
