"""Which own periods a shown period is made of, in every view and calendar."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.cells import State
from fourfold.engine.periods import Calendar, Frequency, Period
from fourfold.engine.views import Window, newest_due

MONTHLY_VIEWS = [("quarter", Frequency.QUARTER), ("half", Frequency.HALF), ("year", Frequency.YEAR)]


def span(calendar: Calendar, frequency: Frequency, first: date, last: date) -> tuple[Period, ...]:
    return calendar.range(calendar.period(frequency, first), calendar.period(frequency, last))


@pytest.mark.parametrize(("view", "frequency"), MONTHLY_VIEWS)
@given(st.integers(1, 12))
def test_every_month_belongs_to_the_period_that_holds_its_days(view: str, frequency: Frequency, start: int) -> None:
    calendar = Calendar(start)
    own = span(calendar, Frequency.MONTH, date(2024, 1, 1), date(2026, 12, 1))
    shown = span(calendar, frequency, date(2024, 1, 1), date(2026, 12, 1))
    buckets = Window(own, shown, view).buckets  # type: ignore[arg-type]
    for month, bucket in zip(own, buckets, strict=True):
        assert shown[bucket].start <= month.start < month.end <= shown[bucket].end


@given(st.integers(1, 12))
def test_the_year_to_date_begins_with_the_fiscal_year_and_ends_with_the_month(start: int) -> None:
    calendar = Calendar(start)
    own = span(calendar, Frequency.MONTH, date(2023, 1, 1), date(2026, 12, 1))
    shown = span(calendar, Frequency.MONTH, date(2024, 6, 1), date(2026, 12, 1))
    for period, (begin, stop) in zip(shown, Window(own, shown, "ytd").to_date, strict=True):
        months = own[begin:stop]
        assert (months[0].start.month, months[-1]) == (start, period)
        assert len(months) == (period.start.month - start) % 12 + 1


def test_a_year_to_date_of_quarters_holds_only_quarters_that_are_over() -> None:
    calendar = Calendar(4)
    own = span(calendar, Frequency.QUARTER, date(2025, 4, 1), date(2026, 3, 1))
    shown = span(calendar, Frequency.MONTH, date(2025, 4, 1), date(2025, 12, 1))
    lengths = [stop - start for start, stop in Window(own, shown, "ytd").to_date]
    assert lengths == [0, 0, 1, 1, 1, 2, 2, 2, 3]


def test_a_finer_view_shows_the_newest_period_that_is_over_and_due() -> None:
    calendar = Calendar()
    own = span(calendar, Frequency.QUARTER, date(2025, 1, 1), date(2025, 12, 1))
    shown = span(calendar, Frequency.MONTH, date(2025, 1, 1), date(2025, 12, 1))
    state = np.zeros((2, 1, 4), np.uint8)
    state[1, 0, 2:] = State.NOT_DUE
    index = newest_due(state, Window(own, shown, "month"))
    assert not isinstance(index, slice)
    assert index[0, 0].tolist() == [-1, -1, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3]
    assert index[1, 0].tolist() == [-1, -1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]


def test_the_same_frequency_is_shown_as_it_is() -> None:
    calendar = Calendar()
    own = span(calendar, Frequency.MONTH, date(2025, 1, 1), date(2025, 12, 1))
    window = Window(own, own[3:6], "month")
    assert window.is_same
    assert newest_due(np.zeros((1, 1, 12), np.uint8), window) == slice(3, 6)
