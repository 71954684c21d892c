"""Words of the sentence at the top, and of the rows below it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.web.components.lede import listed, run_length
from fourfold.web.pages.overview import first_sentence


@pytest.mark.parametrize(
    ("series", "run"),
    [([], 0), ([1], 0), ([1, 2], 1), ([3, 1, 2, 3], 2), ([1, 2, 2], 0), ([1, None, 2, 3], 1), ([5, 4, 3, None], 0)],
)
def test_a_run_ends_at_a_turn_a_rest_or_a_gap(series: list[float | None], run: int) -> None:
    assert run_length(series) == run


@given(st.lists(st.integers(), min_size=2, max_size=12, unique=True))
def test_a_sorted_series_is_one_run(series: list[float]) -> None:
    assert run_length(sorted(series)) == run_length(sorted(series, reverse=True)) == len(series) - 1


def test_names_are_listed_as_a_sentence_does() -> None:
    assert [listed(list("abc")[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("text", "head"), [("One. Two.", "One"), ("Cost is £1.2 m now.", "Cost is £1.2 m now"), ("", "")]
)
def test_the_first_sentence_stops_at_a_stop_and_not_at_a_point(text: str, head: str) -> None:
    assert first_sentence(text) == head
