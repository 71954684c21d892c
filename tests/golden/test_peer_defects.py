"""Defects found in the scoring of other programs, each as a fact about this one. D14 is with the SQL connector."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import fourfold
from fourfold.engine.aggregation import AggTime, fold_time
from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Reason, State
from fourfold.engine.checks import check
from fourfold.engine.explain import explain, replay
from fourfold.engine.measurements import check_rows
from fourfold.engine.rollup import roll_up
from fourfold.engine.scoring import (
    floor_one_decimal,
    in_range,
    is_met,
    kpi_status,
    linear_anchor,
    node_status,
    on_cut,
    progress,
)
from fourfold.engine.statuses import Status
from tests.engine.scorecards import figures, judged, scorecard, seen

SALES = {"code": "sales"}
GOAL = {"kpi": "sales", "value": "100", "red_line": "80"}
EXAMPLE = Path(__file__).parents[2] / "examples" / "calder_vale"


def test_d1_no_rows_are_overdue_and_a_zero_is_a_zero() -> None:
    nothing, zero = (
        judged(scorecard(SALES, targets=[GOAL]), figures(("sales", "2026-01", v), ("sales", "2026-02", 1)))
        for v in (None, 0)
    )
    silent = judged(scorecard(SALES, targets=[GOAL]), figures(), first="2026-01")
    assert seen(silent, "kpi:sales", "2026-01").status is Status.OVERDUE
    assert seen(silent, "kpi:sales", "2026-01").score is None
    assert seen(silent, "scorecard", "2026-01").score is None
    assert seen(nothing, "kpi:sales", "2026-03").status is Status.OVERDUE
    assert seen(zero, "kpi:sales", "2026-01").value == 0.0
    assert seen(zero, "kpi:sales", "2026-01").score == 0.0
    assert seen(zero, "kpi:sales", "2026-01").status is Status.OFF


def test_d2_three_thirds_of_100_are_100() -> None:
    names = {"a": 33.33, "b": 33.33, "c": 33.34}
    definitions = scorecard(*({"code": n} for n in names), weights=names, targets=[{**GOAL, "kpi": n} for n in names])
    evaluation = judged(definitions, figures(*((n, "2026-01", 100) for n in names)))
    assert seen(evaluation, "scorecard", "2026-01").score == 100.0


def test_d3_direction_tolerance_and_band_decide_the_score() -> None:
    down = {"code": "sales", "polarity": "lower_better"}
    less = {"kpi": "sales", "value": "80", "red_line": "100"}
    rows = figures(("sales", "2026-01", 84))
    up, lower = judged(scorecard(SALES, targets=[GOAL]), rows), judged(scorecard(down, targets=[less]), rows)
    assert seen(up, "kpi:sales", "2026-01").score == 60.0
    assert seen(lower, "kpi:sales", "2026-01").score == 90.0
    lenient = judged(scorecard({**down, "tolerance": "4"}, targets=[less]), rows)
    assert seen(lower, "kpi:sales", "2026-01").status is Status.NEAR
    assert seen(lenient, "kpi:sales", "2026-01").status is Status.ON
    band = {"kpi": "sales", "low": "70", "high": "80", "red_low": "60", "red_high": "88"}
    ranged = judged(scorecard({"code": "sales", "polarity": "in_range"}, targets=[band]), rows)
    assert seen(ranged, "kpi:sales", "2026-01").score == 75.0


def test_d4_a_status_is_taken_from_the_score_with_all_its_digits() -> None:
    assert node_status(89.99) == Status.NEAR
    assert node_status(90.0) == Status.ON
    assert node_status(89.99, green=89.985) == Status.ON
    assert kpi_status(49.99) == Status.OFF
    assert floor_one_decimal(89.99) == "89.9"


def test_d5_the_smallest_of_positive_figures_is_one_of_them() -> None:
    values = np.array([7.0, 3.0, 9.0])
    smallest = fold_time(values, None, None, np.zeros(3, np.uint8), np.zeros(3, np.intp), 1, AggTime.MIN)
    assert smallest.value.tolist() == [3.0]
    lowest = fold_time(-values, None, None, np.zeros(3, np.uint8), np.zeros(3, np.intp), 1, AggTime.MAX)
    assert lowest.value.tolist() == [-3.0]


def test_d6_a_zero_is_shown_and_a_figure_beyond_the_stretch_is_scored() -> None:
    definitions = scorecard(SALES, targets=[{**GOAL, "stretch": "120"}])
    evaluation = judged(definitions, figures(("sales", "2026-01", 0), ("sales", "2026-02", 5000)))
    zero, high = (seen(evaluation, "kpi:sales", m) for m in ("2026-01", "2026-02"))
    assert (zero.value, zero.state) == (0.0, State.NUMBER)
    assert (high.value, high.score, high.status) == (5000.0, 125.0, Status.ON)


def test_d7_a_node_averages_scores_by_weight_and_never_figures_of_different_units() -> None:
    days = {"code": "days", "unit": "days", "polarity": "lower_better"}
    goals = [GOAL, {"kpi": "days", "value": "2", "red_line": "4"}]
    rows = figures(("sales", "2026-01", 100), ("days", "2026-01", 4))
    for weight, score in ((1, 75.0), (3, 62.5), (9, 55.0)):
        evaluation = judged(scorecard(SALES, days, targets=goals, weights={"sales": 1, "days": weight}), rows)
        assert seen(evaluation, "objective:o", "2026-01").score == score


def test_d8_a_little_less_than_the_target_is_neither_met_nor_printed_as_met() -> None:
    score = float(linear_anchor(0.9901, 0.5, 1.0))
    assert kpi_status(score) == Status.NEAR
    assert floor_one_decimal(score) == "99.0"
    assert floor_one_decimal(99.999) == "99.9"


def test_d9_nothing_is_the_best_there_is_where_less_is_better() -> None:
    assert linear_anchor(0.0, 10.0, 5.0) == 125.0
    assert linear_anchor(0.0, 3.0, 0.0) == 100.0
    falls = {"code": "falls", "polarity": "lower_better"}
    rows = figures(*(("falls", f"2026-{m:02}", 0) for m in (1, 2, 3)))
    goal = {"kpi": "falls", "value": "0", "red_line": "3"}
    quarter = judged(scorecard(falls, targets=[goal]), rows, view="quarter", first="2026-Q1", last="2026-Q1")
    assert seen(quarter, "kpi:falls", "2026-Q1").score == 100.0


def test_d10_looking_changes_nothing_and_later_figures_move_no_earlier_target() -> None:
    months = [f"{y}-{m:02}" for y in (2024, 2025) for m in range(1, 13)]
    definitions = scorecard(SALES, targets=[{"kpi": "sales", "value": "100", "since": "2025-01"}])
    early = figures(*(("sales", m, 90 + i % 3) for i, m in enumerate(months)))
    late = pl.concat([early, figures(("sales", "2026-01", 5000))])
    before = late.clone()
    first, second, without = (judged(definitions, r, first="2024-01") for r in (late, late, early))
    assert_frame_equal(first.frame(), second.frame())
    assert_frame_equal(late, before)
    then = pl.col("period") < "M:2026-01"
    assert_frame_equal(first.frame().filter(then), without.frame().filter(then))


def test_d11_a_kpi_has_one_actual_wherever_it_is_shown() -> None:
    definitions = scorecard(SALES, targets=[GOAL])
    rows = figures(*(("sales", f"2026-{m:02}", m * 10) for m in (1, 2, 3)))
    quarter = judged(definitions, rows, view="quarter", first="2026-Q1", last="2026-Q1")
    shown = seen(quarter, "kpi:sales", "2026-Q1")
    trace = explain(quarter, "sales", "all", "2026-Q1")
    to_date = judged(definitions, rows, view="ytd")
    assert shown.value == trace.inputs["value"] == seen(to_date, "kpi:sales", "2026-03").value == 60.0
    assert shown.score == trace.score == replay(trace)


def test_d12_a_formula_is_only_computed_and_its_error_is_an_error() -> None:
    share = {"code": "share", "kind": "ratio", "unit": "", "numerator": "good * 100", "denominator": "sales"}
    definitions = scorecard(
        SALES, {"code": "good"}, share, targets=[GOAL, {"kpi": "share", "value": "50", "red_line": "40"}]
    )
    rows = figures(("good", "2026-01", 1), ("sales", "2026-01", 2), ("good", "2026-02", 1), ("sales", "2026-02", 0))
    evaluation = judged(definitions, rows)
    assert seen(evaluation, "kpi:share", "2026-01").value == 50.0
    wrong = seen(evaluation, "kpi:share", "2026-02")
    assert (wrong.value, wrong.score, wrong.status) == (None, None, Status.ERROR)
    assert wrong.reason is Reason.DIVISION_BY_ZERO
    assert any("divides by zero" in f.message for f in evaluation.findings)


def test_d13_the_target_itself_is_on_target_and_a_tenth_of_it_is_off() -> None:
    assert kpi_status(linear_anchor(100.0, 90.0, 100.0)) == Status.ON
    assert kpi_status(linear_anchor(10.0, 90.0, 100.0)) == Status.OFF
    text = pl.DataFrame({"kpi": ["sales"], "unit": ["all"], "period": ["2026-01"], "value": ["a lot"]})
    checked = check_rows(text, scorecard(SALES, targets=[GOAL]))
    assert not checked.ok
    assert checked.rows.is_empty()


def test_d15_one_broken_kpi_leaves_the_others_and_no_score_is_in_two_bands() -> None:
    broken = {"code": "broken", "formula": "sales / (sales - sales)"}
    definitions = scorecard(broken, SALES, targets=[GOAL, {**GOAL, "kpi": "broken"}], minimum_coverage=0.5)
    evaluation = judged(definitions, figures(("sales", "2026-01", 100)))
    assert seen(evaluation, "kpi:broken", "2026-01").status is Status.ERROR
    assert seen(evaluation, "kpi:sales", "2026-01").score == 100.0
    assert (seen(evaluation, "objective:o", "2026-01").score, seen(evaluation, "objective:o", "2026-01").coverage) == (
        100.0,
        0.5,
    )
    twice = scorecard(SALES, targets=[GOAL, {**GOAL, "value": "120"}])
    assert "TARGET-TWICE" in {f.code for f in check(twice)}


def test_d16_fewer_is_an_improvement_where_less_is_better() -> None:
    before, after = (float(linear_anchor(x, 120.0, 60.0)) for x in (100.0, 80.0))
    assert after > before
    assert kpi_status(after, on_cut(60.0, 120.0, 20.0)) > kpi_status(before, on_cut(60.0, 120.0, 20.0))


def test_d17_previous_is_the_period_before_and_no_running_total() -> None:
    change = {"code": "change", "formula": "sales - previous(sales)"}
    rows = figures(*(("sales", f"2026-{m:02}", v) for m, v in ((1, 10), (2, 30), (3, 35))))
    evaluation = judged(scorecard(SALES, change), rows)
    assert [seen(evaluation, "kpi:change", f"2026-{m:02}").value for m in (2, 3)] == [20.0, 5.0]


def test_d18_the_sum_of_nothing_is_nothing_and_texts_are_only_text() -> None:
    nothing = np.full(3, np.nan)
    missing = np.full(3, State.MISSING, np.uint8)
    total = fold_time(nothing, None, None, missing, np.zeros(3, np.intp), 1, AggTime.SUM)
    assert math.isnan(total.value.item())
    assert total.state.item() == State.MISSING
    odd = {"code": "sales", "unit": "{0.__class__} %(x)s"}
    evaluation = judged(scorecard(odd, targets=[GOAL]), figures(("sales", "2026-01", 100)))
    assert "100 {0.__class__} %(x)s" in explain(evaluation, "sales", "all", "2026-01").words()[0]


def test_d19_no_number_stands_for_the_absence_of_one() -> None:
    cleared = figures(("sales", "2026-01", -999), ("sales", "2026-02", 5)).with_columns(
        pl.Series("state", [None, int(State.MISSING)], dtype=pl.UInt8)
    )
    evaluation = judged(scorecard(SALES, targets=[GOAL]), cleared)
    assert seen(evaluation, "kpi:sales", "2026-01").value == -999.0
    assert (seen(evaluation, "kpi:sales", "2026-02").value, seen(evaluation, "kpi:sales", "2026-02").state) == (
        None,
        State.MISSING,
    )


def test_d20_progress_has_a_direction_an_end_and_no_division_by_zero() -> None:
    assert progress(70.0, 50.0, 100.0) == 40.0
    assert progress(30.0, 50.0, 100.0) == 0.0
    assert progress(900.0, 50.0, 100.0) == 125.0
    assert progress(100.0, 100.0, 100.0) == 100.0
    assert progress(99.0, 100.0, 100.0) == 0.0
    assert progress(99.0, 100.0, 100.0, polarity=Polarity.LOWER_BETTER) == 100.0


@pytest.mark.parametrize("kpi", ["ed_4h", "infections", "engagement", "operating_margin"])
def test_d21_every_way_to_a_score_gives_the_same_score(kpi: str) -> None:
    company = fourfold.load(EXAMPLE)
    result = company.evaluate(as_of=datetime(2026, 11, 1, tzinfo=UTC))
    rows = result.results.filter(node=f"kpi:{kpi}", unit="group").filter(pl.col("score").is_not_null())
    (row,) = rows.tail(1).iter_rows(named=True)
    explanation = result.explain(kpi, unit="group", period=row["period"])
    assert explanation.to_json()["score"] == row["score"] == replay(explanation.trace)


def test_a_tolerance_at_a_cut_is_in_the_favour_of_the_user() -> None:
    assert is_met(0.1 + 0.2, 0.3, Polarity.LOWER_BETTER)
    assert in_range(0.1 + 0.2, 0.3, 0.3, 0.4, 0.4) == 100.0
    assert roll_up(np.array([0.1 + 0.2]), np.array([1.0]), minimum_coverage=0.0).score == 0.3
