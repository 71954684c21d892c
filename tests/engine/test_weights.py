"""A KPI with `weighted_by` is the mean of its figures over units and time, weighted with another KPI's values."""

from __future__ import annotations

import polars as pl
import pytest

from fourfold.engine.cells import Mark, State
from fourfold.engine.checks import check
from fourfold.engine.evaluate import dependents
from fourfold.engine.explain import explain
from fourfold.engine.formulas import FormulaCycle
from fourfold.engine.groups import with_inputs
from tests.engine.scorecards import figures, judged, scorecard, seen

MOOD = {"code": "mood", "kind": "survey", "weighted_by": "visits", "unit": "points"}
VISITS = {"code": "visits", "kind": "flow"}
UNITS = {"all": None, "north": "all", "south": "all"}


def rows(north: tuple[float | None, ...] = (8, 100), south: tuple[float | None, ...] = (5, 300)) -> pl.DataFrame:
    pairs = (("north", north), ("south", south))
    return pl.concat(
        [figures(("mood", "2026-01", mood), ("visits", "2026-01", visits), unit=u) for u, (mood, visits) in pairs]
    )


def two_months(first: float, second: float) -> pl.DataFrame:
    weights = ("visits", "2026-01", 100), ("visits", "2026-02", 300)
    return figures(("mood", "2026-01", first), ("mood", "2026-02", second), *weights)


def test_units_count_as_much_as_the_other_kpi_says() -> None:
    evaluation = judged(scorecard(MOOD, VISITS, units=UNITS), rows())
    assert seen(evaluation, "kpi:mood", "2026-01").value == (8 * 100 + 5 * 300) / 400
    assert seen(evaluation, "kpi:mood", "2026-01", unit="north").value == 8.0


def test_months_count_as_much_as_the_other_kpi_says() -> None:
    months = two_months(8, 5)
    evaluation = judged(scorecard(MOOD, VISITS), months, view="quarter", first="2026-Q1", last="2026-Q1")
    assert seen(evaluation, "kpi:mood", "2026-Q1").value == 5.75


def test_a_denominator_in_the_row_wins() -> None:
    north = figures(("mood", "2026-01", 8), unit="north").with_columns(denominator=pl.lit(900.0))
    evaluation = judged(scorecard(MOOD, VISITS, units=UNITS), pl.concat([north, rows()[2:]]))
    assert seen(evaluation, "kpi:mood", "2026-01").value == (8 * 900 + 5 * 300) / 1200


@pytest.mark.parametrize("weight", [None, -50.0])
def test_a_figure_without_a_weight_does_not_count_and_is_missed(weight: float | None) -> None:
    shown = seen(judged(scorecard(MOOD, VISITS, units=UNITS), rows(north=(8, weight))), "kpi:mood", "2026-01")
    assert (shown.value, shown.coverage, shown.marks & Mark.PARTIAL) == (5.0, 0.5, Mark.PARTIAL)


def test_weights_of_zero_only_are_an_error_with_its_reason() -> None:
    shown = seen(judged(scorecard(MOOD, VISITS, units=UNITS), rows((8, 0), (5, 0))), "kpi:mood", "2026-01")
    assert (shown.state, shown.reason.sentence) == (State.ERROR, "The formula divides by zero.")


def test_the_weight_may_itself_be_computed_and_the_mean_used_in_a_formula() -> None:
    guests = {"code": "guests", "kind": "flow", "formula": "visits * 2"}
    double = {"code": "double", "kind": "flow", "formula": "mood * 2"}
    evaluation = judged(scorecard({**MOOD, "weighted_by": "guests"}, VISITS, guests, double, units=UNITS), rows())
    assert seen(evaluation, "kpi:mood", "2026-01").value == 5.75
    assert seen(evaluation, "kpi:double", "2026-01").value == 11.5


def test_a_computed_kpi_is_weighted_over_time() -> None:
    index = {"code": "index", "kind": "index", "formula": "mood + 1", "weighted_by": "visits"}
    months = two_months(8, 5)
    evaluation = judged(scorecard(MOOD, VISITS, index), months, view="quarter", first="2026-Q1", last="2026-Q1")
    assert seen(evaluation, "kpi:index", "2026-Q1").value == 6.75


def test_a_weight_reported_less_often_is_the_newest_that_is_over() -> None:
    yearly = figures(("visits", "FY2025", 100), unit="north"), figures(("visits", "FY2025", 300), unit="south")
    definitions = scorecard(MOOD, {**VISITS, "frequency": "year"}, units=UNITS)
    evaluation = judged(definitions, pl.concat([*yearly, rows().filter(pl.col("kpi") == "mood")]))
    assert seen(evaluation, "kpi:mood", "2026-01").value == 5.75


def test_targets_are_weighted_like_the_figures() -> None:
    goals = [{"kpi": "mood", "value": v, "red_line": "0", "since": f"2026-0{m}"} for m, v in ((1, "8"), (2, "4"))]
    months = two_months(8, 4)
    evaluation = judged(scorecard(MOOD, VISITS, targets=goals), months, view="quarter", first="2026-Q1", last="2026-Q1")
    shown = seen(evaluation, "kpi:mood", "2026-Q1")
    assert (shown.target, shown.score) == (5.0, 100.0)


def test_a_change_of_the_weight_changes_what_it_weights() -> None:
    definitions = scorecard(MOOD, VISITS, {"code": "double", "formula": "mood * 2"}, {"code": "apart"})
    assert dependents(definitions, ["visits"]) == {"visits", "mood", "double"}
    assert [k.code for k in with_inputs(definitions, ["mood"])] == ["mood", "visits"]


def test_the_trace_names_the_weight_and_shows_the_mean() -> None:
    trace = explain(judged(scorecard(MOOD, VISITS, units=UNITS), rows()), "mood", "all", "2026-01")
    assert trace.inputs["weighted_by"] == "kpi:visits"
    assert trace.inputs["kpi:visits"] == 400.0
    assert [(s.op, s.expr, s.out) for s in trace.steps] == [("weighted mean", "2300 / 400", 5.75)]
    assert trace.words()[0] == "The value is 5.75 points, the mean weighted by kpi:visits: 2300 / 400."


def test_a_circle_through_a_weight_is_found_before_it_is_run() -> None:
    visits = {"code": "visits", "kind": "flow", "formula": "mood * 2"}
    definitions = scorecard(MOOD, visits)
    found = [f for f in check(definitions, {}) if f.code == "FORMULA-CIRCLE"]
    assert len(found) == 1 and "mood → visits → mood" in found[0].message
    with pytest.raises(FormulaCycle):
        judged(definitions, figures(("mood", "2026-01", 8)))
