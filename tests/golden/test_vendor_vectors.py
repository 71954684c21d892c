"""What other products answer by their own documents, and how the same question is put to this engine."""

from __future__ import annotations

import numpy as np
import pytest

from fourfold.engine.aggregation import AggTime, fold_time, periodic_from_to_date
from fourfold.engine.rollup import roll_up
from fourfold.engine.scoring import custom, kpi_status, linear_anchor, spider_0_10
from fourfold.engine.statuses import Status
from tests.engine.scorecards import figures, judged, scorecard, seen


def test_goal_and_red_flag_where_higher_is_better() -> None:
    values = np.array([300.0, 400, 500, 600, 700, 800, 900])
    expected = [0, 1.667, 3.333, 5, 6.667, 8.333, 10]
    assert (spider_0_10(values, 500.0, 700.0) / 10).round(3).tolist() == expected


def test_goal_and_red_flag_where_lower_is_better() -> None:
    values = np.array([30.0, 20, 15, 10, 0])
    assert (spider_0_10(values, 20.0, 10.0) / 10).round(3).tolist() == [0, 3.333, 5, 6.667, 10]


def test_performance_between_minimum_and_maximum() -> None:
    assert custom(50.0, values=[0.0, 200.0], scores=[0.0, 100.0]) == 25.0


def test_a_ratio_aggregates_as_the_ratio_of_sums() -> None:
    num, den = np.array([2.0, 2.0]), np.array([4.0, 100.0])
    state, quarter = np.zeros(2, np.uint8), np.zeros(2, np.intp)
    folded = fold_time(100 * num / den, num, den, state, quarter, 1, AggTime.WEIGHTED_RATIO, factor=100.0)
    assert folded.value.item() == pytest.approx(3.846, abs=5e-4)
    share = {"code": "share", "kind": "ratio", "unit": "%"}
    rows = figures(("share", "2026-01", 2, 4), ("share", "2026-02", 2, 100))
    months = judged(scorecard(share), rows)
    assert [seen(months, "kpi:share", m).value for m in ("2026-01", "2026-02")] == [50.0, 2.0]
    to_date = judged(scorecard(share), rows, view="ytd")
    assert seen(to_date, "kpi:share", "2026-02").value == pytest.approx(400 / 104)


def test_health_of_an_objective_caps_each_part_at_100() -> None:
    four = np.ones(4)
    rounded = roll_up(np.array([90.0, 99.0, 120.0, 68.0]), four)
    exact = roll_up(np.array([100 * 50 / 55, 99.0, 120.0, 100 * 15 / 22]), four)
    assert float(rounded.score) == 89.25
    assert round(float(exact.score), 2) == 89.52


def test_at_most_reflects_the_excess_over_the_target() -> None:
    values = np.array([0.8, 1.0, 0.5, 1.5, 1.75])
    assert linear_anchor(values, 1.5, 1.0, cap=150.0).round(9).tolist() == [120, 100, 150, 50, 25]
    assert linear_anchor(values, 1.5, 1.0).round(9).tolist() == [120, 100, 125, 50, 25]


def test_year_to_date_figures_become_those_of_single_periods() -> None:
    assert periodic_from_to_date(np.array([900.0, 1000, 3000]), np.zeros(3, np.intp)).tolist() == [900, 100, 2000]


def test_the_first_rule_that_holds_gives_the_status() -> None:
    assert [Status(int(kpi_status(linear_anchor(x, 90.0, 100.0)))) for x in (100.0, 95.0, 90.0, 89.0)] == [
        Status.ON,
        Status.NEAR,
        Status.NEAR,
        Status.OFF,
    ]


def test_the_weight_of_a_missing_child_is_shared_out() -> None:
    rolled = roll_up(np.array([80.0, np.nan, 40.0]), np.array([50.0, 30.0, 20.0]))
    assert round(float(rolled.score), 2) == 68.57
    assert float(rolled.coverage) == pytest.approx(0.7)
