"""Business days against counting day by day, and flows that only differ by their business days or weeks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.periods import (
    BusinessDays,
    Calendar,
    Frequency,
    Lag,
    PeriodError,
    WeekYear,
    business_days_of,
    expected_at,
    first_days,
    per_business_day,
    per_mean_length,
)
from fourfold.engine.periods.week_year import WEEKDAYS

DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))
WORKING = st.builds(
    BusinessDays,
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(tuple),
    st.frozensets(st.dates(date(2025, 12, 1), date(2026, 3, 1)), max_size=20),
)
CALENDARS = st.sampled_from([Calendar(), Calendar(4), Calendar(9, weeks=WeekYear())])
#: England and Wales, and Scotland, in the first half of 2026.
ENGLAND = BusinessDays(holidays=frozenset(map(date.fromisoformat, (
    "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25",
))))  # fmt: skip
SCOTLAND = BusinessDays(holidays=frozenset(map(date.fromisoformat, (
    "2026-01-01", "2026-01-02", "2026-04-03", "2026-05-04", "2026-05-25",
))))  # fmt: skip


def is_worked(day: date, days: BusinessDays) -> bool:
    return WEEKDAYS[day.weekday()] in days.work_days and day not in days.holidays


@given(DAYS | st.dates(date(2025, 11, 1), date(2026, 4, 1)), st.integers(0, 60), WORKING)
def test_business_days_are_counted_and_found_day_by_day(day: date, n: int, days: BusinessDays) -> None:
    span = [day + timedelta(days=i) for i in range(n)]
    assert days.count(day, day + timedelta(days=n)) == sum(is_worked(d, days) for d in span)
    assert days.includes(day) == is_worked(day, days)
    later, left = day, n
    while left or not is_worked(later, days):
        left -= is_worked(later, days)
        later += timedelta(days=1)
    assert days.later(day, n) == later


@given(DAYS, st.integers(0, 60))
def test_without_holidays_a_lag_is_that_of_monday_to_friday(day: date, n: int) -> None:
    assert Lag(business_days=n).after(day, BusinessDays()) == Lag(business_days=n).after(day)
    assert Lag(days=n).after(day, BusinessDays()) == day + timedelta(days=n)


def test_a_figure_is_expected_after_the_holidays_of_its_unit() -> None:
    march = Calendar().parse("2026-03")
    assert expected_at(march, Lag.parse("P3B")) == date(2026, 4, 6)
    assert expected_at(march, Lag.parse("P3B"), SCOTLAND) == date(2026, 4, 7)
    assert expected_at(march, Lag.parse("P3B"), ENGLAND) == date(2026, 4, 8)


def test_a_unit_that_works_on_sundays_has_other_business_days() -> None:
    gulf = BusinessDays(("sunday", "monday", "tuesday", "wednesday", "thursday"))
    assert Lag.parse("P1B").after(date(2026, 6, 4), gulf) == date(2026, 6, 7)  # Thursday to Sunday
    assert Lag.parse("P1B").after(date(2026, 6, 5), gulf) == date(2026, 6, 8)  # from Friday, count from Sunday


def test_months_of_a_year_have_the_business_days_of_their_country() -> None:
    months = Calendar().parse("FY2026-H1").parts(Frequency.MONTH)
    assert business_days_of(months, BusinessDays()).tolist() == [22, 20, 22, 22, 21, 22]
    assert business_days_of(months, ENGLAND).tolist() == [21, 20, 22, 20, 19, 22]
    assert business_days_of(months, SCOTLAND).tolist() == [20, 20, 22, 21, 19, 22]


@given(DAYS, CALENDARS, st.sampled_from(list(Frequency)), st.integers(1, 30), WORKING)
def test_counts_and_first_days_of_an_axis_are_those_of_its_periods(
    day: date, calendar: Calendar, frequency: Frequency, n: int, days: BusinessDays
) -> None:
    first = calendar.period(frequency, day)
    periods = [first.shift(i) for i in range(0, n, 2)]  # with gaps
    starts, ends = first_days(periods)
    assert (starts.tolist(), ends.tolist()) == ([p.start for p in periods], [p.end for p in periods])
    assert business_days_of(periods, days).tolist() == [days.count(p.start, p.end) for p in periods]


@given(DAYS, CALENDARS, st.sampled_from([Frequency.MONTH, Frequency.QUARTER, Frequency.WEEK]))
def test_work_at_an_even_pace_is_the_same_every_period(day: date, calendar: Calendar, frequency: Frequency) -> None:
    periods = calendar.period(Frequency.YEAR, day).parts(frequency)
    worked = np.array([ENGLAND.count(p.start, p.end) for p in periods])
    adjusted = 12.5 * worked * per_business_day(periods, ENGLAND)
    known = adjusted[worked > 0]
    assert known == pytest.approx([12.5 * worked.mean()] * len(known))
    assert np.isnan(adjusted[worked == 0]).all()


def test_the_mean_is_that_of_the_whole_year_even_where_little_of_it_is_shown() -> None:
    months = Calendar(4).range(Calendar(4).parse("2026-02"), Calendar(4).parse("2026-05"))
    whole = per_business_day(Calendar(4).parse("FY2026").parts(Frequency.MONTH), SCOTLAND)
    assert per_business_day(months, SCOTLAND)[:2].tolist() == whole[-2:].tolist()
    assert per_business_day([], SCOTLAND).shape == per_mean_length([]).shape == (0,)


def test_a_day_without_work_says_nothing_about_a_day_of_work() -> None:
    days = Calendar().range(Calendar().parse("2026-05-01"), Calendar().parse("2026-05-04"))
    assert np.isnan(per_business_day(days, ENGLAND)).tolist() == [False, True, True, True]


def test_the_mean_length_makes_the_periods_of_4_4_5_alike() -> None:
    year = Calendar(9, weeks=WeekYear()).parse("FY2030").parts(Frequency.MONTH)
    weeks = np.array([4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 6])
    assert weeks * 70.0 * per_mean_length(year) == pytest.approx([70.0 * 53 / 12] * 12)
    april = Calendar().parse("2026-04")
    assert per_mean_length([april]) == pytest.approx([365 / 12 / 30])


@pytest.mark.parametrize("words", [(), ("Monday",), ("monday", "freeday")])
def test_a_working_week_needs_known_weekdays(words: tuple[str, ...]) -> None:
    with pytest.raises(PeriodError, match="at least one weekday"):
        BusinessDays(words)  # type: ignore[arg-type]


def test_business_days_after_the_end_of_time_are_refused() -> None:
    with pytest.raises(PeriodError, match="years 1 to 9999"):
        BusinessDays().later(date(9999, 12, 30), 30)
