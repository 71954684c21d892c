"""Freshness against the words and numbers of the methodology (§2.5)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.freshness import Freshness, age_of, age_of_latest, ages_of, decay, freshness_of
from fourfold.engine.periods import BusinessDays, Calendar, Frequency, Lag, WeekYear

AGES = st.floats(-100, 100, allow_nan=False)
JANUARY = Calendar()


def word(age: float) -> str:
    if age <= 0:
        return "fresh"
    if age <= 1:
        return "late"
    return "stale" if age <= 3 else "dead"


@given(st.lists(AGES, max_size=20))
def test_ages_have_the_words_and_the_worth_of_the_methodology(ages: list[float]) -> None:
    assert [Freshness(code).word for code in freshness_of(np.array(ages))] == [word(age) for age in ages]
    assert decay(np.array(ages)).tolist() == [1.0 if age <= 0 else max(0.0, 1 - age / 3) for age in ages]


def test_the_edges_belong_to_the_better_word() -> None:
    ages = [0.0, np.nextafter(0, 1), 1.0, np.nextafter(1, 2), 3.0, np.nextafter(3, 4)]
    assert [Freshness(code).word for code in freshness_of(np.array(ages))] == [
        "fresh", "late", "late", "stale", "stale", "dead",
    ]  # fmt: skip
    assert [f.is_used for f in Freshness] == [True, True, False, False]


def test_an_unknown_age_is_dead_and_worth_nothing() -> None:
    assert freshness_of(np.array([np.nan, np.inf, -np.inf])).tolist() == [Freshness.DEAD, Freshness.DEAD, 0]
    assert decay(np.array([np.nan, np.inf, -np.inf])).tolist() == [0.0, 0.0, 1.0]


@given(AGES, AGES)
def test_freshness_never_grows_with_age(one: float, other: float) -> None:
    young, old = min(one, other), max(one, other)
    assert decay(young) >= decay(old)
    assert freshness_of(young) <= freshness_of(old)


@pytest.mark.parametrize(
    ("as_of", "age", "says"),
    [
        ("2026-04-03", -1 / 31, "fresh"),
        ("2026-04-04", 0.0, "fresh"),
        ("2026-04-05", 1 / 31, "late"),
        ("2026-05-05", 1.0, "late"),
        ("2026-05-06", 32 / 31, "stale"),
        ("2026-07-06", 3.0, "stale"),
        ("2026-07-07", 94 / 31, "dead"),
    ],
)
def test_the_figure_of_march_ages_from_the_day_it_is_expected(as_of: str, age: float, says: str) -> None:
    march = JANUARY.parse("2026-03")
    found = age_of(march, date.fromisoformat(as_of), Lag.parse("P3D"))
    assert found == pytest.approx(age)
    assert Freshness(freshness_of(found)).word == says


def test_a_figure_is_not_late_over_the_holidays_of_its_unit() -> None:
    march, easter = JANUARY.parse("2026-03"), BusinessDays(holidays=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
    assert age_of(march, date(2026, 4, 7), Lag.parse("P2B")) > 0
    assert age_of(march, date(2026, 4, 7), Lag.parse("P2B"), easter) == 0


@pytest.mark.parametrize("calendar", [JANUARY, Calendar(9, weeks=WeekYear())])
@pytest.mark.parametrize("frequency", list(Frequency))
def test_a_series_is_as_old_as_the_wait_for_its_next_figure(calendar: Calendar, frequency: Frequency) -> None:
    latest = calendar.period(frequency, date(2026, 3, 31))
    following = latest.shift(1)
    assert age_of_latest(latest, following.end) == 0
    assert age_of_latest(latest, following.end - timedelta(days=1)) < 0
    assert age_of_latest(latest, following.end + timedelta(days=following.days)) == 1
    periods = [latest.shift(n) for n in range(-5, 2)]
    as_of = date(2026, 6, 1)
    assert ages_of(periods, as_of, 3).tolist() == [age_of(p, as_of, 3) for p in periods]
