"""Periods as moments, against the wall clock of the tz database asked moment by moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.periods import (
    Calendar,
    Frequency,
    PeriodError,
    WeekYear,
    begins,
    day_of,
    hours_of,
    index_of_moments,
)

ZONES = st.sampled_from([
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "Africa/Casablanca",
    "Pacific/Apia", "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut",
]).map(ZoneInfo)  # fmt: skip
MOMENTS = st.datetimes(datetime(1995, 1, 2), datetime(2040, 1, 1), timezones=st.just(UTC))
DAYS = st.dates(date(1995, 1, 2), date(2040, 1, 1))
FREQUENCIES = st.sampled_from(list(Frequency))
CALENDARS = st.sampled_from([Calendar(), Calendar(4), Calendar(9, weeks=WeekYear())])


def clock(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


@given(DAYS, ZONES)
def test_a_day_begins_when_the_clock_first_shows_it_for_good(day: date, zone: ZoneInfo) -> None:
    start, midnight = begins(day, zone), datetime(day.year, day.month, day.day)
    assert clock(start, zone) >= midnight
    assert clock(start - timedelta(seconds=1), zone) < midnight
    assert all(clock(start + timedelta(minutes=n), zone) >= midnight for n in range(0, 300))


@given(MOMENTS, ZONES, CALENDARS, FREQUENCIES)
def test_each_moment_lies_in_exactly_one_period(
    moment: datetime, zone: ZoneInfo, calendar: Calendar, frequency: Frequency
) -> None:
    period = calendar.period(frequency, day_of(moment, zone))
    start, end = begins(period.start, zone), begins(period.end, zone)
    assert start <= moment < end
    assert begins(period.shift(1).start, zone) == end and begins(period.shift(-1).end, zone) == start


@given(MOMENTS, ZONES)
def test_the_local_day_is_that_of_the_clock(moment: datetime, zone: ZoneInfo) -> None:
    shown = clock(moment, zone).date()
    # A clock put back over midnight shows the next day for a minute too early.
    assert day_of(moment, zone) in ((shown, shown - timedelta(days=1)) if zone.key == "America/St_Johns" else (shown,))


@given(MOMENTS, ZONES, CALENDARS, FREQUENCIES, st.lists(st.integers(-(10**8), 10**8), max_size=20))
def test_many_moments_find_the_periods_that_each_one_finds(
    moment: datetime, zone: ZoneInfo, calendar: Calendar, frequency: Frequency, seconds: list[int]
) -> None:
    first = calendar.period(frequency, moment.date())
    periods = [first.shift(n) for n in range(9)]
    events = [moment + timedelta(seconds=n) for n in seconds]
    expected = [calendar.period(frequency, day_of(e, zone)) for e in events]
    given_ = np.array([e.replace(tzinfo=None) for e in events], dtype="datetime64[us]")
    index = index_of_moments(given_, periods, zone)
    assert index.tolist() == [periods.index(p) if p in periods else -1 for p in expected]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23.0),
        ("Europe/Berlin", "2026-10-25", 25.0),
        ("America/New_York", "2026-03-08", 23.0),
        ("America/New_York", "2026-11-01", 25.0),
        ("America/Sao_Paulo", "2018-11-04", 23.0),  # midnight itself was skipped
        ("America/Sao_Paulo", "2018-02-17", 25.0),  # midnight came an hour late
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Asia/Kolkata", "2026-03-29", 24.0),
        ("Pacific/Apia", "2011-12-29", 24.0),
        ("Pacific/Apia", "2011-12-30", 0.0),  # the day Samoa left out
        ("Pacific/Apia", "2011-12-31", 24.0),
        ("UTC", "2026-03-29", 24.0),
    ],
)
def test_a_day_has_the_hours_that_pass(zone: str, day: str, hours: float) -> None:
    assert hours_of([Calendar().parse(day)], ZoneInfo(zone)).tolist() == [hours]


@given(DAYS, ZONES, CALENDARS)
def test_the_hours_of_a_year_are_those_of_its_parts(day: date, zone: ZoneInfo, calendar: Calendar) -> None:
    year = calendar.period(Frequency.YEAR, day)
    start, end = begins(year.start, zone), begins(year.end, zone)
    for frequency in (Frequency.DAY, Frequency.MONTH):
        hours = hours_of(year.parts(frequency), zone)
        assert hours.sum() == pytest.approx((end - start).total_seconds() / 3600, abs=1e-9)


def test_an_event_of_the_last_evening_belongs_to_the_unit_s_own_month() -> None:
    event = np.array(["2026-03-31T22:30"], dtype="datetime64[m]")
    months = Calendar().range(Calendar().parse("2026-03"), Calendar().parse("2026-04"))
    assert [index_of_moments(event, months, ZoneInfo(z)).tolist() for z in ("UTC", "Europe/Berlin")] == [[0], [1]]


def test_no_moment_and_no_period_have_no_index() -> None:
    never = np.array(["NaT", "2026-03-01"], dtype="datetime64[s]")
    march = Calendar().parse("2026-03")
    assert index_of_moments(never, [march], ZoneInfo("UTC")).tolist() == [-1, 0]
    assert index_of_moments(never, [], ZoneInfo("UTC")).tolist() == [-1, -1]
    with pytest.raises(PeriodError, match="without a gap"):
        index_of_moments(never, [march, march.shift(2)], ZoneInfo("UTC"))
    with pytest.raises(PeriodError, match="without a time zone"):
        day_of(datetime(2026, 3, 1), ZoneInfo("UTC"))


def test_days_tile_time_in_a_zone_that_puts_clocks_back_over_midnight() -> None:
    zone = ZoneInfo("America/St_Johns")
    days = [date(2010, 11, 5) + timedelta(days=n) for n in range(5)]
    lengths = [(begins(b, zone) - begins(a, zone)) / timedelta(hours=1) for a, b in pairwise(days)]
    assert lengths == [24.0, 25.0, 24.0, 24.0]


def test_a_moment_that_the_clock_shows_twice_lies_in_the_day_that_had_not_ended() -> None:
    havana = ZoneInfo("America/Havana")  # on 1 November 2026 at 1 the clock goes back to midnight
    midnight = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    assert clock(midnight, havana).hour == 0
    assert begins(date(2026, 11, 1), havana) == datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert day_of(midnight, havana) == date(2026, 10, 31)
    assert day_of(datetime(2026, 11, 1, 5, tzinfo=UTC), havana) == date(2026, 11, 1)
