"""Scores between anchors: the table of cases where other formulas break, and each way of scoring."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fourfold.engine.anchors import Polarity
from fourfold.engine.scoring import boolean, in_range, linear_anchor, milestone, ordinal


@pytest.mark.parametrize(
    ("actual", "target", "baseline", "score"),
    [
        pytest.param(3, -2, -5, 125.0, id="growth with a negative target"),
        pytest.param(-1, 2, -6, 62.5, id="profit from a loss"),
        pytest.param(1, 0, 6, 83.3333, id="accidents with a target of zero"),
        pytest.param(50, 100, 400, 116.6667, id="few defects"),
        pytest.param(400, 100, 400, 0.0, id="many defects"),
        pytest.param(99.5, 99.9, 99.0, 55.5556, id="uptime in a narrow range"),
        pytest.param(5, 20, -10, 50.0, id="a score on an interval scale"),
    ],
)
def test_where_ratios_break_the_score_is_progress_from_the_baseline(
    actual: float, target: float, baseline: float, score: float
) -> None:
    assert linear_anchor(actual, (baseline + target) / 2, target, baseline) == pytest.approx(score, abs=5e-5)


def test_floor_and_stretch_bend_the_line() -> None:
    values = np.array([50.0, 65, 80, 90, 100, 115, 130, 160])
    assert linear_anchor(values, 80.0, 100.0, 50.0, 130.0).tolist() == [0, 25, 50, 75, 100, 112.5, 125, 125]


def test_lines_go_on_beyond_the_last_anchor_up_to_the_cap() -> None:
    assert linear_anchor(108.0, 80.0, 100.0) == 120.0
    assert linear_anchor(108.0, 80.0, 100.0, cap=110.0) == 110.0


def by_hand(x: float, red: float, target: float, floor: float | None, stretch: float | None) -> float:
    """The score point by point, on a scale where more is better."""
    way = 1 if target > red else -1
    x, red, target = way * x, way * red, way * target
    score = 50 + 50 * (x - red) / (target - red)
    if x < red and floor is not None and way * floor <= red:
        score = 0.0 if way * floor == red else 50 * (x - way * floor) / (red - way * floor)
    if x > target and stretch is not None and way * stretch >= target:
        score = 125.0 if way * stretch == target else 100 + 25 * (x - target) / (way * stretch - target)
    return min(max(score, 0.0), 125.0)


POINTS = st.integers(-3, 4).map(float)


@given(POINTS, POINTS, POINTS, st.none() | POINTS, st.none() | POINTS)
@example(-1.0, 0.0, 2.0, 0.0, None)
@example(3.0, 0.0, 2.0, None, 2.0)
@example(1.0, 0.0, -2.0, 0.0, None)
@example(-3.0, 0.0, -2.0, None, -2.0)
def test_each_piece_of_the_line_is_that_of_the_method(
    x: float, red: float, target: float, floor: float | None, stretch: float | None
) -> None:
    if red != target:
        found = float(linear_anchor(x, red, target, floor, stretch))
        assert found == pytest.approx(by_hand(x, red, target, floor, stretch), abs=1e-9)


def test_a_floor_or_stretch_on_the_wrong_side_is_none() -> None:
    values = np.array([60.0, 120.0])
    plain = linear_anchor(values, 80.0, 100.0)
    assert linear_anchor(values, 80.0, 100.0, 90.0, 95.0).tolist() == plain.tolist()
    assert linear_anchor(values, 80.0, 100.0, math.nan, math.nan).tolist() == plain.tolist()


def test_a_red_line_on_the_target_is_a_step_in_the_direction_of_the_kpi() -> None:
    values = np.array([99.0, 100.0, 101.0])
    assert linear_anchor(values, 100.0, 100.0).tolist() == [0, 100, 100]
    assert linear_anchor(values, 100.0, 100.0, polarity=Polarity.LOWER_BETTER).tolist() == [100, 100, 0]
    assert linear_anchor(values, 100.0, 100.0, tolerance=1.0).tolist() == [100, 100, 100]


def test_a_step_forgives_the_last_bit_of_a_sum() -> None:
    assert linear_anchor(0.1 + 0.2, 0.3, 0.3, polarity=Polarity.LOWER_BETTER) == 100.0


@pytest.mark.parametrize("absent", [math.nan, math.inf, -math.inf])
def test_without_value_target_or_red_line_there_is_no_score(absent: float) -> None:
    assert math.isnan(linear_anchor(absent, 80.0, 100.0))
    assert math.isnan(linear_anchor(90.0, absent, 100.0))
    assert math.isnan(linear_anchor(90.0, 80.0, absent))


@given(st.floats(-1e6, 1e6), st.lists(st.integers(-100, 100), min_size=4, max_size=4, unique=True).map(sorted))
def test_a_band_scores_100_inside_50_on_its_red_lines_and_less_the_farther_out(x: float, band: list[int]) -> None:
    red_low, low, high, red_high = band
    score = in_range(x, *band)
    assert 0.0 <= score <= 100.0
    assert (score == 100.0) == (low <= x <= high) or abs(score - 100.0) < 1e-9
    assert in_range([red_low, red_high], *band).tolist() == [50.0, 50.0]  # type: ignore[arg-type]
    out = max(low - x, x - high, 0.0)
    farther = in_range(x - 1.0 if x < low else x + 1.0, *band)
    assert out == 0.0 or farther <= score


def test_a_band_edge_with_its_red_line_on_it_is_a_step() -> None:
    values = np.array([19.9, 20.0, 21.0, 22.0, 24.0, 26.0])
    assert in_range(values, 20.0, 20.0, 22.0, 26.0).tolist() == [0, 100, 100, 100, 75, 50]


def test_yes_scores_100_unless_no_is_wanted() -> None:
    assert boolean(np.array([0.0, 1.0, 2.0, math.nan])).tolist()[:3] == [0, 100, 100]
    assert boolean(np.array([0.0, 1.0]), polarity=Polarity.LOWER_BETTER).tolist() == [100, 0]
    assert math.isnan(boolean(math.nan))


def test_an_ordinal_figure_scores_as_the_highest_level_it_reaches() -> None:
    levels = {1: 0.0, 2: 40.0, 3: 70.0, 4: 100.0}
    assert ordinal(np.array([0.5, 1, 2, 2.9, 3, 9]), levels).tolist() == [0, 0, 40, 40, 70, 100]
    assert math.isnan(ordinal(1.0, {}))


def test_a_milestone_loses_half_its_score_for_each_tolerance_of_delay() -> None:
    assert milestone(np.array([-5.0, 0, 3, 6, 12, 20]), 6.0).tolist() == [100, 100, 75, 50, 0, 0]


def test_a_milestone_without_tolerance_is_met_or_not() -> None:
    assert milestone(np.array([-1.0, 0.0, 0.5]), 0.0).tolist() == [100, 100, 0]


def test_arrays_broadcast_and_keep_their_shape() -> None:
    values, targets = np.arange(24.0).reshape(2, 3, 4), np.full((2, 1, 1), 12.0)
    assert linear_anchor(values, targets - 6, targets).shape == (2, 3, 4)
    assert linear_anchor(values, targets - 6, targets)[1, 2, 3] == linear_anchor(23.0, 6.0, 12.0)
