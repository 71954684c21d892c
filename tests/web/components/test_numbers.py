"""How numbers are written for people."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.statuses import Status
from fourfold.web.components.numbers import (
    NumberFormat,
    count_word,
    in_place,
    money,
    plain,
    plural,
    score_change,
    score_text,
    share_text,
)

PER_CENT = NumberFormat("%", "", 1)
POUNDS = NumberFormat("GBP", "m", 2)
DAYS = NumberFormat("days", "", 0)


@pytest.mark.parametrize(
    ("fmt", "value", "short", "full", "change"),
    [
        (PER_CENT, 73.94, "73.9%", "73.9%", "+73.9\u00a0pts"),
        (PER_CENT, -0.04, "0.0%", "0.0%", "0.0\u00a0pts"),
        (POUNDS, 2.98, "£2.98\u00a0m", "£2.98\u00a0m", "+£2.98\u00a0m"),
        (POUNDS, -1234.5, "−£1,234.50\u00a0m", "−£1,234.50\u00a0m", "−£1,234.50\u00a0m"),
        (DAYS, 24, "24", "24\u00a0days", "+24\u00a0days"),
        (DAYS, 0, "0", "0\u00a0days", "0\u00a0days"),
        (NumberFormat("CHF", "", 0), 7, "CHF\u00a07", "CHF\u00a07", "+CHF\u00a07"),
        (DAYS, -1e300, "−1.00e300", "−1.00e300\u00a0days", "−1.00e300\u00a0days"),
        (DAYS, None, "–", "–", "–"),
        (DAYS, math.nan, "–", "–", "–"),
        (DAYS, math.inf, "–", "–", "–"),
    ],
)
def test_a_value_is_written_once_for_tables_sentences_and_changes(
    fmt: NumberFormat, value: float | None, short: str, full: str, change: str
) -> None:
    assert (fmt.short(value), fmt.full(value), fmt.change(value)) == (short, full, change)


def test_the_kinds_of_no_number_read_differently() -> None:
    kinds = [Status.OVERDUE, Status.NOT_DUE, Status.NOT_APPLICABLE, Status.ERROR, None]
    assert [in_place(kind) for kind in kinds] == ["not in", "not due", "n/a", "error", "–"]


@pytest.mark.parametrize(("score", "text"), [(89.96, "89.9"), (100.0, "100.0"), (49.9999, "49.9"), (None, "–")])
def test_a_score_is_never_rounded_up_to_a_better_status(score: float | None, text: str) -> None:
    assert score_text(score) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [(71.0, 78.2, "−7.2"), (78.2, 71.0, "+7.2"), (50.04, 50.0, "±0.0"), (None, 50.0, ""), (50.0, None, "")],
)
def test_a_change_is_the_difference_of_what_people_see(now: float | None, before: float | None, text: str) -> None:
    assert score_change(now, before) == text


@given(st.floats(0, 1))
def test_a_share_is_100_per_cent_only_when_all_of_it_is_there(share: float) -> None:
    assert (share_text(share) == "100%") == (share > 1 - 1e-10)


@given(st.floats(-1e9, 1e9))
def test_the_digits_of_arithmetic_can_be_read_back(value: float) -> None:
    read = float(plain(value).replace(",", "").replace("−", "-"))
    assert math.isclose(read, value, rel_tol=1e-9, abs_tol=1e-12)


def test_money_takes_the_scale_that_reads_best() -> None:
    amounts = [420, 3200, 1_100_000, 6.4e9, None]
    assert [money(a, "GBP") for a in amounts] == ["£420", "£3.2\u00a0k", "£1.10\u00a0m", "£6.40\u00a0bn", "–"]


def test_counts_carry_their_noun() -> None:
    assert [plural(n, "KPI") for n in (0, 1, 1200)] == ["0 KPIs", "1 KPI", "1,200 KPIs"]
    assert [count_word(n) for n in (0, 4, 11)] == ["no", "four", "11"]
