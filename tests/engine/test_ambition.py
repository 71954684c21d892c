"""How ambitious many targets are together, counted in plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.ambition import Mix, judge, portfolio

CHANCES = st.lists(st.one_of(st.floats(0, 1), st.just(math.nan)), max_size=20)


@given(CHANCES)
def test_expected_hits_and_their_spread_are_sums(chances: list[float]) -> None:
    found, known = portfolio(np.array(chances)), [p for p in chances if p == p]
    assert (found.count, found.known, sum(found.tenths)) == (len(chances), len(known), len(known))
    assert found.expected == pytest.approx(sum(known))
    assert found.deviation == pytest.approx(math.sqrt(sum(p * (1 - p) for p in known)))


@pytest.mark.parametrize(
    ("chances", "mix"),
    [
        ([math.nan], Mix.NONE),
        ([0.96, 0.99, 1.0], Mix.SANDBAGGING),
        ([0.05, 0.02, 0.9], Mix.FANTASY),
        ([0.05, 0.9], Mix.HARD),  # half of them is not most
        ([0.5, 0.7, 0.8], Mix.HEALTHY),
        ([0.9, 0.94, 0.97], Mix.EASY),
        ([0.3, 0.4], Mix.HARD),
    ],
)
def test_the_mix_has_a_word(chances: list[float], mix: Mix) -> None:
    assert portfolio(np.array(chances)).mix is mix


def test_tenths_count_the_upper_end_in_the_last_one() -> None:
    assert portfolio(np.array([0.0, 0.05, 0.3, 0.95, 1.0])).tenths == (2, 0, 0, 1, 0, 0, 0, 0, 0, 2)


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.0, 1.0, math.nan])), max_size=20))
def test_the_brier_score_is_the_mean_squared_miss(pairs: list[tuple[float, float]]) -> None:
    found = judge(np.array([p for p, _ in pairs]), np.array([h for _, h in pairs]))
    known = [(p, h) for p, h in pairs if h == h]
    assert (found.known, found.hits) == (len(known), int(sum(h for _, h in known)))
    if known:
        assert found.brier == pytest.approx(sum((p - h) ** 2 for p, h in known) / len(known))
    else:
        assert math.isnan(found.brier)
