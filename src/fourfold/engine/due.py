"""What has begun and what is due at a moment: by the day and the holidays of each unit (methodology §2.3, §2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Indexes
from fourfold.engine.definitions import Definitions
from fourfold.engine.once import once, once_for
from fourfold.engine.periods import BusinessDays, Frequency, Lag, Period, day_of
from fourfold.engine.unit_settings import settings_of, settings_of_units


class Today(NamedTuple):
    """The local day at some units, and their business days."""

    day: date
    business: BusinessDays


def todays(definitions: Definitions, as_of: datetime) -> tuple[tuple[Today, ...], Indexes]:
    """The day of each kind of unit (same time zone and business days), and the kind of each unit.

    Most organisations have one kind. A moment without a time zone has one day everywhere.
    """
    kinds, of_unit = _kinds(definitions)
    days = {zone: as_of.date() if as_of.tzinfo is None else day_of(as_of, zone) for zone, _ in kinds}
    return tuple(Today(days[zone], business) for zone, business in kinds), of_unit


def latest_day(definitions: Definitions, as_of: datetime) -> date:
    """The day it is by `as_of` at the units where the sun rises first."""
    return max(today.day for today in todays(definitions, as_of)[0])


def day_at(definitions: Definitions, unit: str, as_of: datetime) -> date:
    """The day it is at a unit."""
    return as_of.date() if as_of.tzinfo is None else day_of(as_of, settings_of(definitions, unit).zone)


def begins_at(definitions: Definitions, frequency: Frequency, as_of: datetime) -> str:
    """The period with which a KPI begins that is new: the one that runs, be it in a single unit."""
    day = min(today.day for today in todays(definitions, as_of)[0])
    return definitions.calendar.period(frequency, day).short_id


def to_come(period: Period) -> tuple[str, str]:
    """What is said of a period that has not begun where somebody wants to put something in it, and what to do."""
    message = f"{period.label} begins on {period.start.isoformat()}, which is still to come."
    return message, "Choose a period that has begun."


@once
def _kinds(definitions: Definitions) -> tuple[tuple[tuple[ZoneInfo, BusinessDays], ...], Indexes]:
    own = [(settings.zone, settings.business) for settings in settings_of_units(definitions)]
    place = {kind: i for i, kind in enumerate(dict.fromkeys(own))}
    return tuple(place), np.array([place[kind] for kind in own], dtype=np.intp)


def begun(definitions: Definitions, first: Period, as_of: datetime) -> npt.NDArray[np.int64]:
    """How many periods from the first one on have begun: shape (unit,), or (1,) where it is the same for all."""
    kinds, of_unit = todays(definitions, as_of)
    own = [first.calendar.period(first.frequency, today.day).ordinal - first.ordinal + 1 for today in kinds]
    counts = np.array(own, dtype=np.int64)
    return counts if len(kinds) == 1 else counts[of_unit]


def due(definitions: Definitions, codes: tuple[str, ...], periods: Sequence[Period], as_of: datetime) -> Indexes:
    """How many of these consecutive periods are due: shape (kpi, unit), or (kpi, 1) where it is the same for all."""
    kinds, of_unit = todays(definitions, as_of)
    lags, of_kpi = _lags(definitions, codes)
    counts = np.array([[due_count(periods, lag, *today) for today in kinds] for lag in lags], dtype=np.intp)
    counts = counts.reshape(len(lags), len(kinds))[of_kpi]
    return counts if len(kinds) == 1 else counts[:, of_unit]


@once_for
def _lags(definitions: Definitions, codes: tuple[str, ...]) -> tuple[tuple[str, ...], Indexes]:
    """The different lags of these KPIs, and the place of each KPI's among them."""
    own = [definitions.kpi[code].lag for code in codes]
    place = {lag: i for i, lag in enumerate(dict.fromkeys(own))}
    return tuple(place), np.array([place[lag] for lag in own], dtype=np.intp)


def due_count(periods: Sequence[Period], lag: str, today: date, business: BusinessDays | None = None) -> int:
    """How many of these consecutive periods are due `today`: the lag after their end is over.

    >>> from fourfold.engine.periods import Calendar
    >>> spring = Calendar().parse("2026-Q1").parts(Calendar().parse("2026-03").frequency)
    >>> due_count(spring, "P3B", date(2026, 4, 5)), due_count(spring, "P3B", date(2026, 4, 6))
    (2, 3)
    """
    parsed, count = Lag.parse(lag), len(periods)
    while count and parsed.after(periods[count - 1].end, business) > today:
        count -= 1
    return count
