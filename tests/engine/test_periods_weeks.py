"""Years of 52 or 53 weeks against a slow oracle, the published NRF calendar and the published year of Apple."""

from __future__ import annotations

import calendar as gregorian
import pickle
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise, product
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.periods import (
    Calendar,
    Frequency,
    Period,
    PeriodError,
    WeekYear,
    bucket_index,
    first_days,
    start_index,
    year_ago_index,
)
from fourfold.engine.periods.week_year import ExtraWeek, Mode, Weekday, WeekPattern, YearEnd

WEEK_YEARS = st.builds(
    WeekYear, *(st.sampled_from(get_args(kind)) for kind in (WeekPattern, Weekday, YearEnd, ExtraWeek, Mode))
)
CALENDARS = st.builds(Calendar, st.integers(1, 12), st.sampled_from(["end_year", "start_year"]), WEEK_YEARS)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
FREQUENCIES = st.sampled_from(list(Frequency))
#: Last Saturday of August, as in the methodology's example.
AUGUST = Calendar(9, weeks=WeekYear("4-4-5", "saturday", "last_in_month"))
#: The National Retail Federation's calendar: Saturday nearest to the end of January, called after its first year.
RETAIL = Calendar(2, "start_year", WeekYear("4-5-4", "saturday", "nearest_to_month_end"))
SHIFTED = Calendar(2, "start_year", WeekYear("4-5-4", "saturday", "nearest_to_month_end", comparison="shift"))


@cache
def year_end(year: int, month: int, weekday: str, rule: str) -> date:
    """The last day of the fiscal year that nominally ends in this month, by looking at every day near it."""
    last = date(year, month, gregorian.monthrange(year, month)[1])
    near = [last + timedelta(days=n) for n in range(-6, 7)]
    days = [day for day in near if gregorian.day_name[day.weekday()].lower() == weekday]
    if rule == "last_in_month":
        return max(day for day in days if day.month == month)
    return min(days, key=lambda day: abs(day - last))


def lengths(pattern: str, extra: str, weeks: int) -> list[int]:
    """Weeks of the 12 periods."""
    quarter = {"4-4-5": [4, 4, 5], "4-5-4": [4, 5, 4], "5-4-4": [5, 4, 4]}[pattern]
    periods = [*quarter, *quarter, *quarter, *quarter]
    if weeks == 53:
        periods[-1 if extra == "last" else 0] += 1
    return periods


def anchors() -> Iterator[tuple[int, WeekYear]]:
    kinds = (WeekPattern, Weekday, YearEnd, ExtraWeek)
    for start_month, *words in product(range(1, 13), *(get_args(kind) for kind in kinds)):
        yield start_month, WeekYear(*words)  # type: ignore[arg-type]


def test_periods_tile_1990_to_2060_for_every_anchor_and_pattern() -> None:
    count = 0
    for start_month, weeks in anchors():
        end_month = (start_month - 2) % 12 + 1
        calendar = Calendar(start_month, weeks=weeks)
        ends = [year_end(y, end_month, weeks.year_end_day, weeks.year_end) for y in range(1990, 2062)]
        # The year that nominally starts in 1990 follows the end in the month before.
        first = 1990 if start_month > 1 else 1991
        starts = []
        for before, end in pairwise(ends):
            day = before + timedelta(days=1)
            number = (end - before).days // 7
            assert number in (52, 53) and (end - before).days % 7 == 0
            for length in lengths(weeks.pattern, weeks.extra_week, number):
                starts.append(day)
                day += timedelta(weeks=length)
            assert day == end + timedelta(days=1)
        found, after = first_days((Frequency.MONTH, first * 12, len(starts), calendar))
        assert found.tolist() == starts and after.tolist() == [*starts[1:], day]
        assert Period(Frequency.MONTH, first * 12 + count % 852, calendar).start == starts[count % 852]
        count += 1
    assert count == 12 * 7 * 2 * 3 * 2


@given(DAYS, CALENDARS, FREQUENCIES)
def test_every_day_falls_in_exactly_one_period_of_whole_weeks(
    day: date, calendar: Calendar, frequency: Frequency
) -> None:
    period = calendar.period(frequency, day)
    assert period.start <= day < period.end
    assert period.shift(1).start == period.end and period.shift(-1).end == period.start
    if frequency is not Frequency.DAY and calendar.weeks is not None:
        assert period.days % 7 == 0
        assert gregorian.day_name[period.last_day.weekday()].lower() == calendar.weeks.year_end_day


@given(DAYS, CALENDARS)
def test_years_have_12_periods_and_quarters_13_weeks_or_one_14(day: date, calendar: Calendar) -> None:
    year = calendar.period(Frequency.YEAR, day)
    assert [len(year.parts(f)) for f in (Frequency.HALF, Frequency.QUARTER, Frequency.MONTH)] == [2, 4, 12]
    weeks = [len(q.parts(Frequency.WEEK)) for q in year.parts(Frequency.QUARTER)]
    assert sum(weeks) == len(year.parts(Frequency.WEEK)) == year.days // 7
    extra = 0 if calendar.weeks is not None and calendar.weeks.extra_week == "first" else 3
    assert weeks == [13 + (sum(weeks) == 53 and i == extra) for i in range(4)]


@given(DAYS, CALENDARS, FREQUENCIES, FREQUENCIES)
def test_parts_and_within_are_inverse(day: date, calendar: Calendar, fine: Frequency, coarse: Frequency) -> None:
    if fine.rank > coarse.rank:
        fine, coarse = coarse, fine
    period = calendar.period(coarse, day)
    parts = period.parts(fine)
    assert (parts[0].start, parts[-1].end) == (period.start, period.end)
    assert all(part.within(coarse) == period and part.first_in(coarse) == parts[0] for part in parts)
    assert parts[0].shift(-1).within(coarse) == period.shift(-1)


@given(DAYS, CALENDARS, FREQUENCIES)
def test_ids_and_short_ids_are_read_back(day: date, calendar: Calendar, frequency: Frequency) -> None:
    period = calendar.period(frequency, day)
    assert calendar.parse(period.id) == calendar.parse(period.short_id, frequency) == period
    assert calendar.parse(day.isoformat(), frequency) == period
    assert pickle.loads(pickle.dumps(period)) == period


@given(DAYS, CALENDARS, FREQUENCIES, FREQUENCIES, st.integers(1, 60), st.integers(-3, 3), st.integers(0, 6))
def test_axes_agree_with_single_periods(
    day: date, calendar: Calendar, fine: Frequency, coarse: Frequency, n: int, shift: int, buckets: int
) -> None:
    if fine.rank > coarse.rank:
        fine, coarse = coarse, fine
    first, target = calendar.period(fine, day), calendar.period(coarse, day).shift(shift)
    base, targets = [first.shift(i) for i in range(n)], [target.shift(i) for i in range(buckets)]
    expected = [targets.index(p.within(coarse)) if p.within(coarse) in targets else -1 for p in base]
    assert bucket_index(base, coarse, targets).tolist() == expected
    assert start_index(base, coarse).tolist() == [p.first_in(coarse).ordinal - first.ordinal for p in base]
    assert year_ago_index(base).tolist() == [p.year_ago().ordinal - first.ordinal for p in base]


def test_no_periods_of_weeks_give_no_indices() -> None:
    empty = (Frequency.DAY, 730_000, 0, AUGUST)
    assert bucket_index(empty, Frequency.MONTH, (Frequency.MONTH, 24_000, 3, AUGUST)).tolist() == []
    assert start_index((Frequency.WEEK, 104_000, 0, AUGUST), Frequency.YEAR).tolist() == []
    assert year_ago_index(empty).tolist() == []


#: First and last day of the retail years as the NRF has published them; those marked 53 have 53 weeks.
NRF_YEARS = {
    2012: ("2012-01-29", "2013-02-02", 53),
    2013: ("2013-02-03", "2014-02-01", 52),
    2014: ("2014-02-02", "2015-01-31", 52),
    2015: ("2015-02-01", "2016-01-30", 52),
    2016: ("2016-01-31", "2017-01-28", 52),
    2017: ("2017-01-29", "2018-02-03", 53),
    2018: ("2018-02-04", "2019-02-02", 52),
    2019: ("2019-02-03", "2020-02-01", 52),
    2020: ("2020-02-02", "2021-01-30", 52),
    2021: ("2021-01-31", "2022-01-29", 52),
    2022: ("2022-01-30", "2023-01-28", 52),
    2023: ("2023-01-29", "2024-02-03", 53),
    2024: ("2024-02-04", "2025-02-01", 52),
    2025: ("2025-02-02", "2026-01-31", 52),
}
#: The months of 2023, by their last days.
NRF_2023 = [
    "2023-02-25", "2023-04-01", "2023-04-29", "2023-05-27", "2023-07-01", "2023-07-29",
    "2023-08-26", "2023-09-30", "2023-10-28", "2023-11-25", "2023-12-30", "2024-02-03",
]  # fmt: skip


def test_the_retail_years_are_those_published_by_the_nrf() -> None:
    found = {n: RETAIL.parse(f"FY{n}") for n in NRF_YEARS}
    assert {n: (str(y.start), str(y.last_day), y.days // 7) for n, y in found.items()} == NRF_YEARS
    assert [str(p.last_day) for p in found[2023].parts(Frequency.MONTH)] == NRF_2023


#: Apple's year ends on the last Saturday of September; its week 53 belongs to the first quarter.
APPLE_QUARTERS = {
    "FY2017-Q1": "2016-12-31", "FY2017-Q2": "2017-04-01", "FY2017-Q3": "2017-07-01", "FY2017-Q4": "2017-09-30",
    "FY2018-Q1": "2017-12-30", "FY2018-Q4": "2018-09-29", "FY2019-Q4": "2019-09-28", "FY2020-Q4": "2020-09-26",
    "FY2021-Q4": "2021-09-25", "FY2022-Q4": "2022-09-24", "FY2023-Q1": "2022-12-31", "FY2023-Q2": "2023-04-01",
    "FY2023-Q3": "2023-07-01", "FY2023-Q4": "2023-09-30", "FY2024-Q1": "2023-12-30", "FY2024-Q4": "2024-09-28",
}  # fmt: skip


def test_week_53_can_belong_to_the_first_quarter_as_in_apples_reports() -> None:
    apple = Calendar(10, weeks=WeekYear("4-4-5", "saturday", "last_in_month", extra_week="first"))
    assert {text: str(apple.parse(text).last_day) for text in APPLE_QUARTERS} == APPLE_QUARTERS


def test_a_year_that_ends_in_december_is_called_after_that_december_by_both_rules() -> None:
    for label in ("end_year", "start_year"):
        calendar = Calendar(1, label, WeekYear("4-4-5", "sunday", "nearest_to_month_end"))  # type: ignore[arg-type]
        year = calendar.parse("FY2026")
        assert (str(year.start), str(year.last_day), year.label) == ("2025-12-29", "2027-01-03", "2026")


def thanksgiving(year: int) -> date:
    """The fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)


@pytest.mark.parametrize("year", range(1991, 2060))
def test_shifted_weeks_meet_the_week_364_days_before_with_the_same_holidays(year: int) -> None:
    weeks = SHIFTED.parse(f"FY{year}").parts(Frequency.WEEK)
    assert {(w.start - w.year_ago().start).days for w in weeks[:52]} == {364}
    assert all(w.year_ago().within(Frequency.YEAR) == weeks[0].shift(-1).within(Frequency.YEAR) for w in weeks)
    holiday = SHIFTED.period(Frequency.DAY, thanksgiving(year))
    gap = abs((holiday.year_ago().start - thanksgiving(year - 1)).days)
    assert gap in (0, 7)  # Thanksgiving moves by a week where the calendar year does


def test_as_is_compares_week_by_number_and_shift_drops_week_1_of_the_year_of_53() -> None:
    pairs = {text: (RETAIL.parse(text).year_ago().short_id, SHIFTED.parse(text).year_ago().short_id) for text in (
        "FY2024-W01", "FY2024-W52", "FY2023-W01", "FY2023-W52", "FY2023-W53", "FY2025-W10",
    )}  # fmt: skip
    assert pairs == {
        "FY2024-W01": ("FY2023-W01", "FY2023-W02"),
        "FY2024-W52": ("FY2023-W52", "FY2023-W53"),
        "FY2023-W01": ("FY2022-W01", "FY2022-W01"),
        "FY2023-W52": ("FY2022-W52", "FY2022-W52"),
        "FY2023-W53": ("FY2022-W52", "FY2022-W52"),
        "FY2025-W10": ("FY2024-W10", "FY2024-W10"),
    }


def test_names_of_the_periods_that_hold_the_last_day_of_2029() -> None:
    named = {f: AUGUST.period(f, date(2029, 12, 31)) for f in Frequency}
    assert {f.value: (p.id, p.label, p.short_label) for f, p in named.items()} == {
        "day": ("D:2029-12-31", "31 Dec 2029", "31 Dec"),
        "week": ("W:FY2030-W19", "W19 2029/30", "W19"),
        "month": ("P:FY2030-P05", "P05 2029/30", "P05"),
        "quarter": ("Q:FY2030-Q2", "Q2 2029/30", "Q2"),
        "half": ("H:FY2030-H1", "H1 2029/30", "H1"),
        "year": ("Y:FY2030", "2029/30", "2029/30"),
    }


@pytest.mark.parametrize(
    ("text", "means"),
    [("2029/30-P05", "P:FY2030-P05"), ("fy2030 w53", "W:FY2030-W53"), ("P:FY2030-P5", "P:FY2030-P05"),
     ("2029-30", "Y:FY2030"), ("FY2030-Q4", "Q:FY2030-Q4"), ("2030-08-31", "D:2030-08-31")],
)  # fmt: skip
def test_usual_spellings_are_read(text: str, means: str) -> None:
    assert AUGUST.parse(text).id == means


@pytest.mark.parametrize(
    ("text", "frequency", "why"),
    [
        ("2026-03", Frequency.MONTH, "months of this calendar are periods of whole weeks"),
        ("M:2026-03", None, "no kind of period begins with 'M:'"),
        ("2026-W14", None, "weeks of this calendar are those of the fiscal year"),
        ("FY2030-W54", None, "that year has weeks 1 to 53"),
        ("FY2029-W53", None, "that year has weeks 1 to 52"),
        ("FY2030-P13", None, "that year has periods 1 to 12"),
        ("FY2030-P00", None, "that year has periods 1 to 12"),
        ("FY2030-P01", Frequency.WEEK, "it is a month, and a week is expected"),
    ],
)
def test_other_texts_are_refused_with_the_reason(text: str, frequency: Frequency | None, why: str) -> None:
    with pytest.raises(PeriodError, match=why):
        AUGUST.parse(text, frequency)


@pytest.mark.parametrize("text", ["FY2030-P03", "P:FY2030-P03", "FY2030-W03"])
def test_a_calendar_of_months_has_no_numbered_periods(text: str) -> None:
    with pytest.raises(PeriodError):
        Calendar(9).parse(text)


def test_calendars_differ_by_their_weeks() -> None:
    assert Calendar(9, weeks=WeekYear()) == AUGUST != Calendar(9)
    with pytest.raises(PeriodError, match="cannot be put in order"):
        _ = AUGUST.parse("FY2030-Q1") < Calendar(9).parse("FY2030-Q1")


@pytest.mark.parametrize(
    "words", [{"pattern": "5-5-3"}, {"year_end_day": "Sat"}, {"year_end": "last"}, {"extra_week": "second"}]
)
def test_words_for_a_year_of_weeks_are_checked(words: dict[str, Any]) -> None:
    with pytest.raises(PeriodError, match="no word for a year of weeks"):
        WeekYear(**words)


def test_the_ends_of_time_are_refused() -> None:
    with pytest.raises(PeriodError, match="years 1 to 9999"):
        _ = AUGUST.parse("FY2030").shift(10_000).start
    with pytest.raises(PeriodError, match="years 1 to 9999"):
        AUGUST.period(Frequency.MONTH, date.max)


def test_weeks_of_a_year_that_ends_on_sunday_are_iso_weeks() -> None:
    calendar = Calendar(1, weeks=WeekYear(year_end_day="sunday"))
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(400)]
    own, iso = ([c.period(Frequency.WEEK, d).start for d in days] for c in (calendar, Calendar()))
    assert own == iso
