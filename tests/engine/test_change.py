"""Why a score or a ratio changed: the parts add up exactly, and a paradox is named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.change import explain_change, mix_split, paradox

scores, weights = st.floats(0, 125), st.floats(0.01, 100)
children = st.lists(st.tuples(weights, weights, scores, scores), min_size=1, max_size=8)
units = st.lists(st.tuples(scores, weights, scores, weights), min_size=1, max_size=8)


@given(children)
def test_performance_and_reweighting_are_the_whole_change(rows: list[tuple[float, ...]]) -> None:
    w0, w1, s0, s1 = np.array(rows).T
    change = explain_change(w0, w1, s0, s1)
    assert change.total == pytest.approx(np.average(s1, weights=w1) - np.average(s0, weights=w0), abs=1e-9)
    assert float((change.performance + change.reweighting).sum()) == pytest.approx(change.total, abs=1e-9)


@given(children)
def test_with_the_same_weights_everything_is_performance(rows: list[tuple[float, ...]]) -> None:
    w0, _, s0, s1 = np.array(rows).T
    assert explain_change(w0, w0 * 3, s0, s1).reweighting == pytest.approx(0.0, abs=1e-9)


def test_most_of_the_worked_fall_is_a_missing_value() -> None:
    w0, w1 = np.array([0.5, 0.3, 0.2]), np.array([0.625, 0.375, 0.0])
    change = explain_change(w0, w1, np.array([80.0, 60, 90]), np.array([85.0, 50, 90]))
    assert change.total == pytest.approx(-4.125)
    assert float(change.reweighting.sum()) == pytest.approx(-3.5625)
    assert float(change.reweighting.sum()) / change.total == pytest.approx(0.86, abs=0.005)


@given(units)
def test_within_and_mix_are_the_whole_change_of_a_ratio(rows: list[tuple[float, ...]]) -> None:
    n0, d0, n1, d1 = np.array(rows).T
    split = mix_split(n0, d0, n1, d1)
    assert float((split.within + split.mix).sum()) == pytest.approx(split.total, abs=1e-7)


def test_units_that_all_rise_while_the_whole_falls_are_a_paradox() -> None:
    before, after = np.array([[90.0, 100], [30, 50]]).T, np.array([[96.0, 105], [66, 105]]).T
    split = mix_split(*before, *after)
    assert split.is_paradox
    assert float(split.within.sum()) > 0 > split.total
    same = mix_split(*before, before[0] * 1.1, before[1])
    assert not same.is_paradox
    assert float(same.mix.sum()) == 0.0


def test_units_that_go_one_way_and_the_whole_another_are_a_paradox() -> None:
    before, after = [(90, 100), (30, 50)], [(96, 105), (66, 105)]
    found = paradox(before, after)
    assert found == pytest.approx((0.0202381, -0.0488095), abs=1e-6)
    assert paradox(before, [(96, 105), (35, 50)]) is None  # both go up
    assert paradox(before[:1], after[:1]) is None and paradox([], []) is None
    assert paradox([*before, (0, 0)], [*after, (1, 1)]) is None and paradox([*before, (1, 1)], [*after, (0, 0)]) is None
