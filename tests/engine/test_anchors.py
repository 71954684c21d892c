"""The red line nobody gave: which rule gives it, and when there is none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.anchors import Polarity, RedLineRule, derive_red_line
from fourfold.engine.scoring import linear_anchor

UP, DOWN = Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER


def test_a_baseline_worse_than_the_target_puts_the_red_line_half_way_and_the_floor_on_itself() -> None:
    red = derive_red_line(5.0, polarity=DOWN, baseline=9.4, natural_half_width=1.0, ratio_scale=True)
    assert (red.value, red.floor, red.rule) == (7.2, 9.4, RedLineRule.BASELINE_MIDPOINT)
    assert not red.baseline_is_better


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(-3000, 3000))
def test_with_a_baseline_the_score_is_plain_progress(baseline: int, target: int, x: int) -> None:
    if baseline == target:
        return
    red = derive_red_line(target, polarity=UP if target > baseline else DOWN, baseline=baseline)
    assert red.value is not None
    expected = min(max(100 * (x - baseline) / (target - baseline), 0.0), 125.0)
    assert linear_anchor(x, red.value, target, red.floor) == pytest.approx(expected)


def test_a_baseline_better_than_the_target_is_passed_over_and_said() -> None:
    red = derive_red_line(100.0, polarity=UP, baseline=120.0, natural_half_width=8.0)
    assert (red.value, red.rule) == (92.0, RedLineRule.NATURAL_VARIATION)
    assert red.baseline_is_better


def test_a_baseline_on_the_target_is_passed_over_and_nothing_to_say() -> None:
    red = derive_red_line(100.0, polarity=UP, baseline=100.0, ratio_scale=True)
    assert (red.value, red.rule, red.baseline_is_better) == (90.0, RedLineRule.TEN_PERCENT, False)


@pytest.mark.parametrize(
    ("target", "polarity", "value"), [(50.0, UP, 45.0), (50.0, DOWN, 55.0), (-2.0, UP, -2.2), (-2.0, DOWN, -1.8)]
)
def test_ten_per_cent_lie_on_the_worse_side_of_a_target_of_any_sign(
    target: float, polarity: Polarity, value: float
) -> None:
    assert derive_red_line(target, polarity=polarity, ratio_scale=True).value == pytest.approx(value)


def test_natural_variation_comes_before_ten_per_cent() -> None:
    red = derive_red_line(50.0, polarity=DOWN, natural_half_width=3.0, ratio_scale=True)
    assert (red.value, red.rule) == (53.0, RedLineRule.NATURAL_VARIATION)


@pytest.mark.parametrize(
    ("target", "polarity", "ratio_scale"),
    [(0.0, UP, True), (50.0, UP, False), (math.nan, UP, True), (50.0, Polarity.NEUTRAL, True)],
)
def test_where_no_rule_applies_there_is_no_red_line_and_a_reason(
    target: float, polarity: Polarity, ratio_scale: bool
) -> None:
    red = derive_red_line(target, polarity=polarity, ratio_scale=ratio_scale, natural_half_width=0.0)
    assert (red.value, red.rule) == (None, RedLineRule.NONE)
    assert red.reason


def test_a_band_is_asked_for_each_side() -> None:
    low, high = (
        derive_red_line(20.0, polarity=UP, ratio_scale=True),
        derive_red_line(22.0, polarity=DOWN, ratio_scale=True),
    )
    assert (low.value, high.value) == (18.0, pytest.approx(24.2))
    assert derive_red_line(20.0, polarity=Polarity.IN_RANGE, ratio_scale=True).rule is RedLineRule.NONE
