"""Exchange rates and conversion against sums done by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.cells import Reason, State
from fourfold.engine.currencies import Rates, convert
from fourfold.engine.definitions import Rate
from fourfold.engine.periods import Calendar, Frequency, Period

CALENDAR = Calendar(4)
NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)


def rate(currency: str, into: str, value: str, period: str = "2026-04", **more: Any) -> Rate:
    return Rate(currency=currency, into=into, period=period, rate=Decimal(value), **more)


def rates(*given_: Rate, home: str = "GBP", as_of: datetime | None = None) -> Rates:
    return Rates.of(given_, CALENDAR, home, as_of)


def factor(known: Rates, currency: str, into: str, kind: Any = "average", period: str = "2026-04") -> float | None:
    way = known.way(currency, into, kind, CALENDAR.parse(period))
    return None if way is None else way.factor


def states(value: list[float]) -> Any:
    return np.zeros(len(value), np.uint8)


def test_a_flow_is_converted_month_by_month_and_then_added() -> None:
    known = rates(rate("EUR", "GBP", "1.10"), rate("EUR", "GBP", "1.20", "2026-05"))
    months = CALENDAR.range(CALENDAR.parse("2026-04"), CALENDAR.parse("2026-05"))
    euros = [100.0, 200.0]
    found = convert(np.array(euros), states(euros), known.factors("EUR", "GBP", "average", months))
    assert found.value.sum() == pytest.approx(350.0)  # the methodology's example; at the mean rate it would be 345


def test_without_a_rate_an_amount_is_an_error_and_never_the_same_number() -> None:
    known = rates(rate("EUR", "GBP", "0.86"))
    months = CALENDAR.range(CALENDAR.parse("2026-03"), CALENDAR.parse("2026-05"))
    euros = [100.0, 100.0, 0.0]
    found = convert(np.array(euros), states(euros), known.factors("EUR", "GBP", "average", months))
    assert found.state.tolist() == [State.ERROR, State.NUMBER, State.ERROR]
    assert found.reason.tolist() == [Reason.NO_RATE, Reason.NONE, Reason.NO_RATE]
    assert np.isnan(found.value).tolist() == [True, False, True]


def test_cells_without_a_number_stay_what_they_are() -> None:
    all_states = np.array([s.value for s in State], np.uint8)
    value = np.where(all_states == State.NUMBER, 7.0, np.nan)
    reason = np.where(all_states == State.ERROR, np.uint8(Reason.DIVISION_BY_ZERO), np.uint8(0))
    for known in (2.0, np.nan):
        found = convert(value, all_states, known, reason)
        assert found.state[1:].tolist() == all_states[1:].tolist()
        assert found.reason[1:].tolist() == reason[1:].tolist()
    assert convert(value, all_states, np.nan, reason).state[0] == State.ERROR
    assert convert(np.array([0.0]), states([0.0]), 2.0).value.tolist() == [0.0]


def test_what_becomes_too_large_to_hold_is_an_error_of_its_own() -> None:
    found = convert(np.array([1e308]), states([1.0]), 1e10)
    assert (found.state.tolist(), found.reason.tolist()) == ([State.ERROR], [Reason.NOT_FINITE])


def test_the_same_currency_needs_no_rate() -> None:
    assert factor(rates(), "GBP", "GBP") == 1.0
    assert rates().factors("GBP", "GBP", "closing", [CALENDAR.parse("2026-04")]).tolist() == [1.0]


def test_kinds_of_rates_are_never_mixed() -> None:
    known = rates(rate("EUR", "GBP", "0.86"), rate("EUR", "GBP", "0.9", kind="budget"))
    assert factor(known, "EUR", "GBP", "average") == 0.86
    assert factor(known, "EUR", "GBP", "budget") == 0.9
    assert factor(known, "EUR", "GBP", "closing") is None


@given(st.decimals("0.0001", "10000", places=4))
def test_a_rate_also_serves_the_way_back(value: Decimal) -> None:
    known = rates(Rate(currency="EUR", into="GBP", period="2026-04", rate=value))
    there, back = factor(known, "EUR", "GBP"), factor(known, "GBP", "EUR")
    assert there is not None and back is not None
    assert there * back == pytest.approx(1.0)


def test_a_rate_written_for_the_pair_comes_before_the_way_back_and_the_way_through_home() -> None:
    known = rates(rate("EUR", "", "0.8"), rate("USD", "", "0.5"), rate("USD", "EUR", "0.9"))
    assert factor(known, "EUR", "USD") == pytest.approx(1 / 0.9)
    known = rates(rate("EUR", "", "0.8"), rate("USD", "", "0.5"))
    assert factor(known, "EUR", "USD") == pytest.approx(1.6)
    known = rates(rate("EUR", "GBP", "0.8"), rate("GBP", "USD", "2"), home="GBP")
    assert factor(known, "USD", "EUR") == pytest.approx(0.625)
    assert factor(rates(rate("EUR", "CHF", "0.8"), rate("USD", "CHF", "0.5")), "EUR", "USD") is None


def test_a_way_says_which_rates_it_takes() -> None:
    known = rates(rate("EUR", "", "0.8", source="ECB"), rate("USD", "", "0.5", "FY2027"))
    way = known.way("EUR", "USD", "average", CALENDAR.parse("2026-04"))
    assert way is not None
    assert [str(step) for step in way.steps] == [
        "EUR to GBP at 0.8 (average 2026-04, ECB)",
        "GBP to USD at 1/0.5 (average FY2027)",
    ]


def test_the_rate_of_a_longer_period_holds_for_the_shorter_ones_without_their_own() -> None:
    known = rates(rate("EUR", "GBP", "0.9", "FY2027"), rate("EUR", "GBP", "0.86", "FY2027-Q1"))
    found = {p: factor(known, "EUR", "GBP", period=p) for p in ("2026-04", "2026-05-07", "2026-07", "2026-03")}
    assert found == {"2026-04": 0.86, "2026-05-07": 0.86, "2026-07": 0.9, "2026-03": None}
    # A quarter is not converted at the mean of its months: nobody has said how they weigh.
    monthly = rates(*(rate("EUR", "GBP", "0.86", m) for m in ("2026-04", "2026-05", "2026-06")))
    assert factor(monthly, "EUR", "GBP", period="FY2027-Q1") is None


def test_a_closing_rate_is_that_of_the_last_day() -> None:
    known = rates(rate("EUR", "GBP", "0.85", "2026-06-30", kind="closing"))
    for period in ("2026-06-30", "2026-06", "FY2027-Q1"):
        assert factor(known, "EUR", "GBP", "closing", period) == 0.85
    assert factor(known, "EUR", "GBP", "closing", "2026-05") is None
    yearly = rates(rate("EUR", "GBP", "0.8", "FY2027", kind="closing"))
    assert factor(yearly, "EUR", "GBP", "closing", "2027-03") == 0.8
    assert factor(yearly, "EUR", "GBP", "closing", "2026-06") is None


@pytest.mark.parametrize("turned", [False, True])
def test_the_rate_of_the_day_is_the_closing_rate_of_the_month_that_ends_on_it(turned: bool) -> None:
    both = [rate("EUR", "GBP", v, p, kind="closing") for v, p in (("0.85", "2026-06-30"), ("0.86", "2026-06"))]
    known = rates(*(reversed(both) if turned else both))
    assert factor(known, "EUR", "GBP", "closing", "2026-06") == 0.85


def test_a_rate_recorded_later_replaces_the_earlier_one_from_then_on() -> None:
    versions = (
        rate("EUR", "GBP", "0.87", recorded_at="2026-05-20T09:00:00+00:00"),
        rate("EUR", "GBP", "0.86", recorded_at="2026-05-02"),
    )
    by_day = {}
    for day in (1, 2, 19, 20, 21):
        known = rates(*versions, as_of=datetime(2026, 5, day, 12, tzinfo=UTC))
        by_day[day] = factor(known, "EUR", "GBP")
    assert by_day == {1: None, 2: 0.86, 19: 0.86, 20: 0.87, 21: 0.87}
    assert factor(rates(*versions), "EUR", "GBP") == 0.87


def test_rates_that_cannot_be_read_are_no_rates() -> None:
    broken = (rate("EUR", "GBP", "1", "spring"), rate("EUR", "GBP", "1", recorded_at="soon"))
    assert factor(rates(*broken, as_of=datetime(2026, 5, 1, tzinfo=UTC)), "EUR", "GBP") is None


@given(st.sampled_from(list(Frequency)), st.integers(0, 11))
def test_factors_are_those_of_each_period(frequency: Frequency, at: int) -> None:
    known = rates(*(rate("EUR", "GBP", f"0.8{n}", f"2026-{n:02}", kind="average") for n in (4, 6, 9)))
    first: Period = CALENDAR.period(frequency, CALENDAR.parse("2026-04").start).shift(at)
    periods = [first.shift(n) for n in range(6)]
    single = [factor(known, "EUR", "GBP", period=p.id) for p in periods]
    row = known.factors("EUR", "GBP", "average", periods)
    assert [None if np.isnan(f) else f for f in row.tolist()] == single
