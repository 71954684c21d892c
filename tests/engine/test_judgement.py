"""From score to status: cuts, tolerances, clamps, bands and the mark of natural variation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import State
from fourfold.engine.judgement import (
    SCHEMES,
    STATUS_OF_STATE,
    at_least,
    band_points,
    bands,
    best_and_worst,
    borderline,
    floor_one_decimal,
    gap_of,
    is_met,
    kpi_status,
    node_status,
    noise_points,
    on_cut,
    on_cut_in_range,
)
from fourfold.engine.scoring import linear_anchor
from fourfold.engine.statuses import Status

ON, NEAR, OFF = Status.ON, Status.NEAR, Status.OFF
scores = st.floats(0.0, 125.0)


def test_a_kpi_is_on_target_exactly_when_the_target_is_met() -> None:
    assert kpi_status(np.array([100.0, 99.99, 50.0, 49.99, 0.0])).tolist() == [ON, NEAR, NEAR, OFF, OFF]


@given(st.integers(-100, 100), st.integers(1, 50), st.integers(0, 40), st.integers(-300, 300), st.booleans())
def test_a_kpi_is_on_target_exactly_when_it_is_met_to_the_tolerance(
    target: int, gap: int, tolerance: int, x: int, up: bool
) -> None:
    red = target - gap if up else target + gap
    status = kpi_status(linear_anchor(x, red, target), on_cut(target, red, tolerance))
    allowed = min(tolerance, gap)
    assert (status == ON) == (x >= target - allowed if up else x <= target + allowed)


def test_a_tolerance_never_reaches_past_the_red_line() -> None:
    assert on_cut(100.0, 80.0, 5.0) == 87.5
    assert on_cut(100.0, 80.0, 500.0) == 50.0
    assert on_cut(100.0, 100.0, 5.0) == 100.0


def test_each_side_of_a_band_has_its_own_cut() -> None:
    assert on_cut_in_range(np.array([19.0, 23.0]), 10.0, 20.0, 22.0, 26.0, 1.0).tolist() == [95.0, 87.5]


def test_a_comparison_forgives_a_billionth_and_no_more() -> None:
    assert at_least(0.3, 0.1 + 0.2)
    assert at_least(50 * (1 - 9e-10), 50.0)
    assert not at_least(50 * (1 - 2e-9), 50.0)
    assert is_met(0.1 + 0.2, 0.3, Polarity.LOWER_BETTER)
    assert not is_met(math.nan, 0.3)


def test_a_node_has_the_cuts_of_its_scorecard() -> None:
    assert node_status(np.array([90.0, 89.99, 50.0, 49.99])).tolist() == [ON, NEAR, NEAR, OFF]
    assert node_status(np.array([80.0, 79.9, 60.0, 59.9]), amber=60.0, green=80.0).tolist() == [ON, NEAR, NEAR, OFF]
    assert node_status(math.nan) == Status.INSUFFICIENT


@given(scores, st.lists(st.sampled_from(list(Status)), max_size=6))
def test_a_node_is_never_better_than_its_best_or_worse_than_its_worst_scored_child(
    score: float, children: list[Status]
) -> None:
    best, worst = best_and_worst(np.array(children, dtype=np.uint8))
    status = node_status(score, best=best, worst=worst)
    judged = [c for c in children if c <= ON]
    assert not judged or min(judged) <= status <= max(judged)
    assert judged or status == node_status(score)


def test_a_node_of_children_near_target_is_near_target_whatever_its_score() -> None:
    assert node_status(95.0, best=NEAR, worst=NEAR) == NEAR
    assert node_status(20.0, best=ON, worst=NEAR) == NEAR


def test_children_that_do_not_count_do_not_bind() -> None:
    status, used = np.array([ON, OFF], np.uint8), np.array([True, False])
    assert tuple(map(int, best_and_worst(status, used))) == (ON, ON)


def test_a_cell_without_a_number_has_the_status_of_its_state() -> None:
    assert {State(i).word: Status(int(s)).word for i, s in enumerate(STATUS_OF_STATE)} == {
        "number": "Not scored",
        "missing": "Overdue",
        "not applicable": "Not applicable",
        "not due yet": "Not due yet",
        "error": "Error",
    }


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (3, ["red", "red", "red", "amber", "amber", "amber", "green", "green"]),
        (4, ["red", "red", "red", "orange", "orange", "amber", "green", "green"]),
        (5, ["critical", "critical", "poor", "fair", "fair", "good", "good", "excellent"]),
    ],
)
def test_the_lower_edge_of_a_band_belongs_to_it(count: int, names: list[str]) -> None:
    values = np.array([0.0, 24.9, 25.0, 50.0, 74.9, 75.0, 90.0, 100.0])
    assert [SCHEMES[count].names[i] for i in bands(values, SCHEMES[count])] == names


@pytest.mark.parametrize(
    ("count", "points"),
    [(3, [0, 0, 50, 50, 100, 100]), (4, [0, 0, 50, 75, 100, 100]), (5, [0, 25, 50, 75, 75, 100])],
)
def test_each_band_has_its_points(count: int, points: list[float]) -> None:
    assert band_points(np.array([24.9, 25.0, 50.0, 75.0, 90.0, 100.0]), SCHEMES[count]).tolist() == points


@given(scores)
def test_no_score_falls_between_two_bands(score: float) -> None:
    for count, scheme in SCHEMES.items():
        assert 0 <= bands(score, scheme) < count
        assert band_points(score, scheme) == scheme.points[int(bands(score, scheme))]


def test_without_a_score_there_is_no_band() -> None:
    assert bands(math.nan) == -1
    assert math.isnan(band_points(math.nan))


def test_natural_variation_of_47_points_makes_one_month_say_almost_nothing() -> None:
    assert noise_points(3.87, 58.0, 50.0) == pytest.approx(47.4, abs=0.05)
    assert borderline(60.0, (50.0, 100.0), 3.87, gap_of(58.0, 50.0))
    assert not borderline(60.0, (50.0, 100.0), 0.5, gap_of(58.0, 50.0))
    assert not borderline(60.0, (50.0, 100.0), math.nan, gap_of(58.0, 50.0))


@given(st.floats(0, 150), st.lists(st.floats(0, 150), min_size=1, max_size=3), st.floats(0.1, 20), st.floats(0.1, 50))
def test_borderline_is_a_cut_within_95_percent_of_natural_variation(
    score: float, cuts: list[float], sigma: float, gap: float
) -> None:
    points = 1.96 * sigma * 50 / gap
    assume(all(abs(abs(score - cut) - points) > 1e-6 * points for cut in cuts))
    assert bool(borderline(score, cuts, sigma, np.array(gap))) == any(abs(score - cut) < points for cut in cuts)
    assert float(noise_points(sigma, 100.0 + gap, 100.0)) == pytest.approx(points, rel=1e-4)
    assert math.isnan(noise_points(1.0, 5.0, 5.0))


@given(scores)
def test_a_printed_score_never_looks_better_than_its_status(score: float) -> None:
    printed = float(floor_one_decimal(score))
    assert node_status(printed) <= node_status(score)
    assert score - 0.1 - 1e-6 < printed <= score + 1e-6


@pytest.mark.parametrize(("score", "text"), [(89.97, "89.9"), (64.1, "64.1"), (0.0, "0.0"), (100 - 1e-12, "100.0")])
def test_scores_are_floored_to_one_decimal(score: float, text: str) -> None:
    assert floor_one_decimal(score) == text
