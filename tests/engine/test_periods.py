"""Periods and calendars against the calendar of the standard library and the golden ISO weeks."""

from __future__ import annotations

import calendar as gregorian
import pickle
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.periods import Calendar, Frequency, Period, PeriodError

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
CALENDARS = st.builds(Calendar, st.integers(1, 12), st.sampled_from(["end_year", "start_year"]))
FREQUENCIES = st.sampled_from(list(Frequency))

#: From the methodology's golden vectors, group `iso_weeks`.
GOLDEN_WEEKS = {
    "2026-12-31": "2026-W53",
    "2027-01-03": "2026-W53",
    "2027-01-04": "2027-W01",
    "2024-12-30": "2025-W01",
    "2025-12-29": "2026-W01",
    "2026-01-01": "2026-W01",
}
JANUARY, APRIL = Calendar(), Calendar(fiscal_start_month=4)


@pytest.mark.parametrize(("day", "week"), GOLDEN_WEEKS.items())
def test_golden_iso_weeks(day: str, week: str) -> None:
    assert JANUARY.period(Frequency.WEEK, date.fromisoformat(day)).short_id == week


def test_exactly_five_years_from_2011_to_2040_have_53_weeks() -> None:
    years = [year for year in range(2011, 2041) if len(_weeks(year)) == 53]
    assert years == [2015, 2020, 2026, 2032, 2037]


def _weeks(year: int) -> tuple[Period, ...]:
    return JANUARY.parse(f"FY{year}").parts(Frequency.WEEK)


def test_frequencies_rank_from_fine_to_coarse() -> None:
    assert sorted(Frequency, key=lambda f: f.rank) == list(Frequency)
    lengths = [JANUARY.period(f, date(2026, 3, 31)).days for f in Frequency]
    assert lengths == sorted(lengths)


@given(DAYS, CALENDARS, FREQUENCIES)
def test_every_day_falls_in_exactly_one_period(day: date, calendar: Calendar, frequency: Frequency) -> None:
    period = calendar.period(frequency, day)
    assert period.start <= day < period.end
    assert period.last_day == period.end - timedelta(days=1)
    assert (period.end - period.start).days == period.days
    assert not (period.shift(1).start <= day < period.shift(1).end)
    assert not (period.shift(-1).start <= day < period.shift(-1).end)


@given(DAYS, CALENDARS, FREQUENCIES, st.integers(1, 30))
def test_periods_tile_without_gap_or_overlap(day: date, calendar: Calendar, frequency: Frequency, n: int) -> None:
    first = calendar.period(frequency, day)
    periods = calendar.range(first, first.shift(n))
    assert len(periods) == n + 1
    assert all(a.end == b.start and a.ordinal + 1 == b.ordinal for a, b in pairwise(periods))


@given(DAYS, CALENDARS)
def test_fiscal_periods_start_in_the_months_the_calendar_says(day: date, calendar: Calendar) -> None:
    year = calendar.period(Frequency.YEAR, day)
    assert (year.start.month, year.start.day) == (calendar.fiscal_start_month, 1)
    assert [len(year.parts(f)) for f in (Frequency.HALF, Frequency.QUARTER, Frequency.MONTH)] == [2, 4, 12]
    assert len(year.parts(Frequency.WEEK)) in (52, 53)
    assert len(year.parts(Frequency.DAY)) == year.days == 365 + _holds_leap_day(year)


def _holds_leap_day(year: Period) -> bool:
    leap = [y for y in (year.start.year, year.last_day.year) if gregorian.isleap(y)]
    return any(year.start <= date(y, 2, 29) < year.end for y in leap)


@given(DAYS, CALENDARS, FREQUENCIES, FREQUENCIES)
def test_parts_and_within_are_inverse(day: date, calendar: Calendar, fine: Frequency, coarse: Frequency) -> None:
    if fine.rank > coarse.rank:
        fine, coarse = coarse, fine
    period = calendar.period(coarse, day)
    parts = period.parts(fine)
    assert all(part.within(coarse) == period for part in parts)
    assert parts[0].shift(-1).within(coarse) == period.shift(-1)
    assert parts[-1].shift(1).within(coarse) == period.shift(1)
    assert {part.first_in(coarse) for part in parts} == {parts[0]}


@given(DAYS, CALENDARS)
def test_a_week_belongs_where_its_thursday_is(day: date, calendar: Calendar) -> None:
    week = calendar.period(Frequency.WEEK, day)
    thursday = week.start + timedelta(days=3)
    assert thursday.isoweekday() == 4
    for frequency in (Frequency.MONTH, Frequency.QUARTER, Frequency.HALF, Frequency.YEAR):
        assert week.within(frequency) == calendar.period(frequency, thursday)


@given(DAYS)
def test_weeks_agree_with_the_standard_library(day: date) -> None:
    year, week, _ = day.isocalendar()
    assert JANUARY.period(Frequency.WEEK, day).short_id == f"{year:04}-W{week:02}"
    assert JANUARY.period(Frequency.WEEK, day).start == date.fromisocalendar(year, week, 1)


@given(DAYS, CALENDARS, FREQUENCIES)
def test_the_same_period_last_year(day: date, calendar: Calendar, frequency: Frequency) -> None:
    period = calendar.period(frequency, day)
    ago = period.year_ago()
    if frequency is Frequency.WEEK:
        year, week, _ = period.start.isocalendar()
        assert ago.start == date.fromisocalendar(year - 1, min(week, 52), 1)
    else:
        start = period.start
        last = gregorian.monthrange(start.year - 1, start.month)[1]
        assert ago.start == date(start.year - 1, start.month, min(start.day, last))
    assert ago.frequency is frequency


@pytest.mark.parametrize(
    ("text", "ago"),
    [("2024-02-29", "2023-02-28"), ("2025-02-28", "2024-02-28"), ("2026-W53", "2025-W52"), ("2027-W52", "2026-W52")],
)
def test_leap_day_and_week_53_have_a_nearest_year_ago(text: str, ago: str) -> None:
    assert JANUARY.parse(text).year_ago().short_id == ago


@pytest.mark.parametrize(
    ("calendar", "frequency", "expected"),
    [
        (APRIL, Frequency.DAY, ("D:2026-10-05", "2026-10-05", "5 Oct 2026", "5 Oct")),
        (APRIL, Frequency.WEEK, ("W:2026-W41", "2026-W41", "2026-W41", "W41")),
        (APRIL, Frequency.MONTH, ("M:2026-10", "2026-10", "Oct 2026", "Oct")),
        (APRIL, Frequency.QUARTER, ("Q:FY2027-Q3", "FY2027-Q3", "Q3 2026/27", "Q3")),
        (APRIL, Frequency.HALF, ("H:FY2027-H2", "FY2027-H2", "H2 2026/27", "H2")),
        (APRIL, Frequency.YEAR, ("Y:FY2027", "FY2027", "2026/27", "2026/27")),
        (Calendar(4, "start_year"), Frequency.YEAR, ("Y:FY2026", "FY2026", "2026/27", "2026/27")),
        (Calendar(4, "start_year"), Frequency.QUARTER, ("Q:FY2026-Q3", "FY2026-Q3", "Q3 2026/27", "Q3")),
        (JANUARY, Frequency.QUARTER, ("Q:FY2026-Q4", "FY2026-Q4", "Q4 2026", "Q4")),
        (JANUARY, Frequency.YEAR, ("Y:FY2026", "FY2026", "2026", "2026")),
    ],
)
def test_names_of_the_periods_that_hold_5_october_2026(
    calendar: Calendar, frequency: Frequency, expected: tuple[str, str, str, str]
) -> None:
    period = calendar.period(frequency, date(2026, 10, 5))
    assert (period.id, period.short_id, period.label, period.short_label) == expected
    assert str(period) == period.id


def test_a_fiscal_year_over_a_century_keeps_two_digits() -> None:
    assert APRIL.period(Frequency.YEAR, date(1999, 4, 1)).label == "1999/00"


def test_the_fiscal_year_number_follows_the_label_rule() -> None:
    march, april = JANUARY.parse("2026-03"), JANUARY.parse("2026-04")
    for calendar, numbers in (
        (JANUARY, [2026, 2026]),
        (APRIL, [2026, 2027]),
        (Calendar(4, "start_year"), [2025, 2026]),
    ):
        months = [calendar.period(Frequency.MONTH, m.start) for m in (march, april)]
        assert [calendar.fiscal_year(m) for m in months] == numbers


def test_periods_are_ordered_by_time_within_one_frequency_and_calendar() -> None:
    first, last = JANUARY.parse("2025-12"), JANUARY.parse("2026-03")
    assert sorted([last, first]) == [first, last]
    assert first < last and last >= first and max(first, last) == last
    assert first == JANUARY.parse("M:2025-12") and len({first, JANUARY.parse("2025-12")}) == 1


@pytest.mark.parametrize("other", [JANUARY.parse("2026-W14"), JANUARY.parse("FY2026"), APRIL.parse("2026-03")])
def test_comparing_different_frequencies_or_calendars_is_refused(other: Period) -> None:
    with pytest.raises(PeriodError, match="cannot be put in order"):
        _ = JANUARY.parse("2026-03") < other
    with pytest.raises(PeriodError, match="not two periods of one frequency"):
        JANUARY.range(JANUARY.parse("2026-03"), other)


def test_a_period_is_not_compared_with_other_things() -> None:
    with pytest.raises(TypeError):
        _ = JANUARY.parse("2026-03") < 3


def test_a_range_holds_both_ends_and_is_empty_when_turned_round() -> None:
    first, last = JANUARY.parse("2025-11"), JANUARY.parse("2026-02")
    assert [p.short_id for p in JANUARY.range(first, last)] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert JANUARY.range(last, first) == ()


def test_going_the_wrong_way_between_frequencies_is_refused() -> None:
    quarter = JANUARY.parse("FY2026-Q2")
    with pytest.raises(PeriodError, match="does not lie within one month"):
        quarter.within(Frequency.MONTH)
    with pytest.raises(PeriodError, match="no parts of one year"):
        quarter.parts(Frequency.YEAR)


def test_periods_outside_the_calendar_of_the_language_are_refused() -> None:
    with pytest.raises(PeriodError, match="years 1 to 9999"):
        _ = JANUARY.period(Frequency.DAY, date.max).end
    with pytest.raises(PeriodError, match="years 1 to 9999"):
        _ = JANUARY.parse("2026-03").shift(-(10**6)).start


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_calendar_refuses_months_that_do_not_exist(month: int) -> None:
    with pytest.raises(PeriodError, match=f"month {month}"):
        Calendar(month)


def test_a_calendar_refuses_an_unknown_label_rule() -> None:
    with pytest.raises(PeriodError, match="middle"):
        Calendar(4, "middle")  # type: ignore[arg-type]


@given(DAYS, CALENDARS, FREQUENCIES)
def test_periods_survive_pickling(day: date, calendar: Calendar, frequency: Frequency) -> None:
    period = calendar.period(frequency, day)
    assert pickle.loads(pickle.dumps(period)) == period
