"""Period arithmetic over axes, against the same questions asked period by period."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.periods import (
    Calendar,
    Frequency,
    PeriodError,
    bucket_index,
    ordinals_of,
    start_index,
    year_ago_index,
    year_start_index,
)

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
CALENDARS = st.builds(Calendar, st.integers(1, 12))
FREQUENCIES = st.sampled_from(list(Frequency))
LENGTHS = st.integers(1, 60)
JANUARY, APRIL = Calendar(), Calendar(4)


@given(DAYS, CALENDARS, FREQUENCIES, FREQUENCIES, LENGTHS, st.integers(-3, 3), st.integers(0, 6))
def test_buckets_are_those_of_period_within(
    day: date, calendar: Calendar, fine: Frequency, coarse: Frequency, n: int, shift: int, buckets: int
) -> None:
    if fine.rank > coarse.rank:
        fine, coarse = coarse, fine
    first, target = calendar.period(fine, day), calendar.period(coarse, day).shift(shift)
    base = [first.shift(i) for i in range(n)]
    targets = [target.shift(i) for i in range(buckets)]
    expected = [targets.index(p.within(coarse)) if p.within(coarse) in targets else -1 for p in base]
    by_range = bucket_index((fine, first.ordinal, n, calendar), coarse, (coarse, target.ordinal, buckets, calendar))
    assert by_range.dtype == np.int64
    assert by_range.tolist() == bucket_index(base, coarse, targets).tolist() == expected


@given(DAYS, CALENDARS, FREQUENCIES, FREQUENCIES, LENGTHS)
def test_starts_are_those_of_period_first_in(
    day: date, calendar: Calendar, fine: Frequency, coarse: Frequency, n: int
) -> None:
    if fine.rank > coarse.rank:
        fine, coarse = coarse, fine
    first = calendar.period(fine, day)
    base = [first.shift(i) for i in range(n)]
    assert start_index(base, coarse).tolist() == [p.first_in(coarse).ordinal - first.ordinal for p in base]
    assert year_start_index(base).tolist() == start_index((fine, first.ordinal, n, calendar), Frequency.YEAR).tolist()


@given(DAYS, CALENDARS, FREQUENCIES, LENGTHS)
def test_last_year_is_that_of_period_year_ago(day: date, calendar: Calendar, frequency: Frequency, n: int) -> None:
    first = calendar.period(frequency, day)
    base = [first.shift(i) for i in range(n)]
    assert year_ago_index(base).tolist() == [p.year_ago().ordinal - first.ordinal for p in base]


@pytest.mark.parametrize("text", ["2024-02-29", "2000-02-29", "2026-W53", "2021-W01"])
def test_leap_days_and_week_53_have_the_same_year_ago_on_an_axis(text: str) -> None:
    first = JANUARY.parse(text).shift(-5)
    base = [first.shift(i) for i in range(10)]
    assert year_ago_index(base).tolist() == [p.year_ago().ordinal - first.ordinal for p in base]


def test_targets_may_have_gaps_and_any_order() -> None:
    months = JANUARY.parse("FY2026").parts(Frequency.MONTH)
    quarters = [JANUARY.parse("FY2026-Q4"), JANUARY.parse("FY2026-Q1")]
    assert bucket_index(months, Frequency.QUARTER, quarters).tolist() == [1, 1, 1, -1, -1, -1, -1, -1, -1, 0, 0, 0]


def test_a_year_that_began_before_the_range_has_a_negative_start() -> None:
    months = APRIL.range(APRIL.parse("2026-02"), APRIL.parse("2026-05"))
    assert year_start_index(months).tolist() == [-10, -10, 2, 2]


def test_no_periods_give_no_indices() -> None:
    months = JANUARY.parse("FY2026").parts(Frequency.MONTH)
    assert bucket_index([], Frequency.YEAR, months[:0]).tolist() == []
    assert bucket_index(months, Frequency.YEAR, []).tolist() == [-1] * 12
    assert year_start_index([]).tolist() == year_ago_index([]).tolist() == []


def test_a_range_of_four_periods_is_not_taken_for_a_range_description() -> None:
    months = APRIL.parse("2026-03"), APRIL.parse("2026-04"), APRIL.parse("2026-05"), APRIL.parse("2026-06")
    frequency, calendar, ordinals = ordinals_of(months)
    assert (frequency, calendar) == (Frequency.MONTH, APRIL)
    assert ordinals.tolist() == [m.ordinal for m in months]


def test_axes_that_do_not_fit_are_refused() -> None:
    months, other = JANUARY.parse("FY2026").parts(Frequency.MONTH), APRIL.parse("FY2026").parts(Frequency.MONTH)
    weeks, quarter = JANUARY.parse("FY2026").parts(Frequency.WEEK), APRIL.parse("FY2026-Q1")
    with pytest.raises(PeriodError, match="does not lie within one week"):
        bucket_index(months, Frequency.WEEK, weeks)
    with pytest.raises(PeriodError, match="not one year each"):
        bucket_index(months, Frequency.YEAR, [quarter])
    with pytest.raises(PeriodError, match="different calendars"):
        bucket_index(months, Frequency.QUARTER, [quarter])
    with pytest.raises(PeriodError, match="different frequencies or calendars"):
        ordinals_of([months[0], weeks[0]])
    with pytest.raises(PeriodError, match="different frequencies or calendars"):
        ordinals_of([months[0], other[0]])
    for indices in (year_start_index, year_ago_index):
        with pytest.raises(PeriodError, match="without a gap"):
            indices([months[0], months[2]])
