"""Data lags and the day from which a value is due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.periods import Calendar, Lag, LagError, expected_at

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
LAGS = st.builds(Lag, st.integers(0, 24), st.integers(0, 400), st.integers(0, 60))


@pytest.mark.parametrize(
    ("text", "lag"),
    [
        ("P3D", Lag(days=3)),
        ("P2W", Lag(days=14)),
        ("P1M", Lag(months=1)),
        ("P5B", Lag(business_days=5)),
        ("P1M2W3D4B", Lag(1, 17, 4)),
        (" p0d ", Lag()),
    ],
)
def test_lags_are_read(text: str, lag: Lag) -> None:
    assert Lag.parse(text) == lag


@pytest.mark.parametrize("text", ["", "P", "3D", "P3", "P-3D", "P3D2W", "PT3H", "P1Y", "P1.5D", "P٣D", "P99999D"])
def test_what_is_not_a_lag_is_refused_with_examples(text: str) -> None:
    with pytest.raises(LagError) as caught:
        Lag.parse(text)
    assert repr(text) in caught.value.message
    assert caught.value.hint is not None and "P3D" in caught.value.hint


def test_a_negative_lag_is_refused() -> None:
    with pytest.raises(LagError, match="negative"):
        Lag(days=-1)


@given(LAGS)
def test_a_lag_is_read_back_from_its_text(lag: Lag) -> None:
    assert Lag.parse(str(lag)) == lag


@pytest.mark.parametrize(
    ("lag", "day", "after"),
    [
        ("P0D", "2026-04-01", "2026-04-01"),
        ("P3D", "2026-12-30", "2027-01-02"),
        ("P1M", "2026-01-31", "2026-02-28"),
        ("P1M", "2024-01-31", "2024-02-29"),
        ("P12M", "2024-02-29", "2025-02-28"),
        ("P1M1D", "2026-01-31", "2026-03-01"),
        ("P5B", "2026-04-01", "2026-04-08"),  # Wed to Wed, over a weekend
        ("P1B", "2026-07-31", "2026-08-03"),  # Fri to Mon
        ("P1B", "2026-08-01", "2026-08-04"),  # Sat: Monday is the one whole business day
        ("P0B", "2026-08-01", "2026-08-01"),
    ],
)
def test_the_day_after_a_lag(lag: str, day: str, after: str) -> None:
    assert Lag.parse(lag).after(date.fromisoformat(day)).isoformat() == after


@given(DAYS, st.integers(1, 40))
def test_business_days_are_counted_whole(day: date, n: int) -> None:
    due = Lag(business_days=n).after(day)
    between = [day + timedelta(days=i) for i in range((due - day).days)]
    assert sum(d.isoweekday() <= 5 for d in between) == n
    assert due.isoweekday() <= 5


@given(DAYS, LAGS, LAGS)
def test_a_longer_lag_is_never_due_earlier(day: date, one: Lag, two: Lag) -> None:
    both = Lag(one.months + two.months, one.days + two.days, one.business_days + two.business_days)
    assert day <= one.after(day) <= both.after(day)


def test_a_value_is_due_once_the_period_and_its_lag_are_over() -> None:
    march = Calendar().parse("2026-03")
    assert expected_at(march) == march.end == date(2026, 4, 1)
    assert expected_at(march, 3) == expected_at(march, timedelta(days=3)) == expected_at(march, Lag.parse("P3D"))
    assert expected_at(march, 3) == date(2026, 4, 4)
    assert expected_at(march, Lag(months=1)) == date(2026, 5, 1)


def test_a_negative_number_of_days_is_refused() -> None:
    with pytest.raises(LagError, match="negative"):
        expected_at(Calendar().parse("2026-03"), -1)
