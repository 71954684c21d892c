"""The whole trace of one figure for every way of scoring it: what went in, the arithmetic, the words, the replay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl
import pytest

from fourfold.engine.cells import Mark, State
from fourfold.engine.change_trace import trace_change
from fourfold.engine.definitions import Kpi
from fourfold.engine.evaluate import Evaluation
from fourfold.engine.explain import Trace, compared_with, explain, noise, replay
from fourfold.engine.periods import Calendar, Frequency, WeekYear
from tests.engine.scorecards import figures, judged, scorecard

GOAL = {"value": "100", "red_line": "80"}
LOW = {"value": "100", "red_line": "150", "floor": "200", "stretch": "50"}
RANGE = {"low": "5", "high": "6", "red_low": "3", "red_high": "8"}
LEVELS = {"poor": 0, "fair": 55, "good": 100}
LINE, BAND = {"method": "linear_anchor", "cap": 125.0}, {"method": "in_range", "cap": 100.0}
SCALE = {"method": "ordinal", "1": 0.0, "2": 55.0, "3": 100.0}
NONE = "It is not scored: there is no target and red line to judge it by."
NEAR, OFF, ON = ("So it is near target. On target begins at 100.0, near target at 50.",
                 "So it is off target. On target begins at 100.0, near target at 50.",
                 "So it is on target. On target begins at 100.0, near target at 50.")  # fmt: skip
LINES = "The target is 100 and scores 100; the red line is 80 and scores 50."


def of(kpi: dict[str, Any], *row: float, goal: dict[str, str] | None = None) -> Evaluation:
    """The evaluation of one KPI with one figure in January 2026."""
    targets = [{"kpi": "k", **goal}] if goal else []
    return judged(scorecard({"code": "k", **kpi}, targets=targets), figures(("k", "2026-01", *row)))


@pytest.mark.parametrize(("given", "policy", "steps", "score", "words"), [
    (partial(of, {"unit": "GBP", "tolerance": "2"}, 98.5, goal=GOAL), LINE,
     [("score", "50 + 50 * (98.5 - 80) / (100 - 80)", 96.25)], 96.25,
     ["The value is 98.5 GBP.", LINES,
      "The score is 50 + 50 * (98.5 - 80) / (100 - 80) = 96.2, held between 0 and 125.",
      "So it is on target. On target begins at 95.0, near target at 50."]),
    (partial(of, {"polarity": "lower_better"}, 120, goal=LOW), LINE,
     [("score", "50 + 50 * (120 - 150) / (100 - 150)", 80.0)],
     80.0, ["The value is 120.", "The target is 100 and scores 100; the red line is 150 and scores 50.",
            "The score is 50 + 50 * (120 - 150) / (100 - 150) = 80.0, held between 0 and 125.", NEAR]),
    (partial(of, {"polarity": "lower_better"}, 175, goal=LOW), LINE,
     [("score", "50 + 50 * (175 - 150) / (100 - 150)", 25.0)],
     25.0, ["The value is 175.", "The target is 100 and scores 100; the red line is 150 and scores 50.",
            "The score is 50 + 50 * (175 - 150) / (100 - 150) = 25.0, held between 0 and 125.", OFF]),
    (partial(of, {}, 0, goal=GOAL), LINE, [("score", "50 + 50 * (0 - 80) / (100 - 80)", 0.0)], 0.0,
     ["The value is 0.", LINES, "The score is 50 + 50 * (0 - 80) / (100 - 80) = 0.0, held between 0 and 125.", OFF]),
    (partial(of, {}, 200, goal=GOAL), LINE, [("score", "50 + 50 * (200 - 80) / (100 - 80)", 125.0)], 125.0,
     ["The value is 200.", LINES,
      "The score is 50 + 50 * (200 - 80) / (100 - 80) = 125.0, held between 0 and 125.", ON]),
    (partial(of, {"polarity": "in_range"}, 7, goal=RANGE), BAND, [("score", "in_range", 75.0)], 75.0,
     ["The value is 7.", "The score is 75.0.", NEAR]),
    (partial(of, {"polarity": "in_range"}, 4, goal=RANGE), BAND, [("score", "in_range", 75.0)], 75.0,
     ["The value is 4.", "The score is 75.0.", NEAR]),
    (partial(of, {"kind": "ordinal", "levels": LEVELS}, 2), SCALE, [("score", "ordinal", 55.0)], 55.0,
     ["The value is 2.", "The score is 55.0.", NEAR]),
    (partial(of, {"kind": "ordinal", "levels": LEVELS}, 1), SCALE, [("score", "ordinal", 0.0)], 0.0,
     ["The value is 1.", "The score is 0.0.", OFF]),
    (partial(of, {"kind": "boolean"}, 1), {"method": "boolean"}, [("score", "boolean", 100.0)], 100.0,
     ["The value is 1.", "The score is 100.0.", ON]),
    (partial(of, {"kind": "boolean", "polarity": "lower_better"}, 1), {"method": "boolean"},
     [("score", "boolean", 0.0)], 0.0,
     ["The value is 1.", "The score is 0.0.", OFF]),
    (partial(of, {"kind": "boolean"}, 1, goal={"value": "1", "red_line": "0"}), LINE,
     [("score", "50 + 50 * (1 - 0) / (1 - 0)", 100.0)], 100.0,
     ["The value is 1.", "The target is 1 and scores 100; the red line is 0 and scores 50.",
      "The score is 50 + 50 * (1 - 0) / (1 - 0) = 100.0, held between 0 and 125.", ON]),
    (partial(of, {}, 5), LINE, [], None, ["The value is 5.", NONE]),
    (partial(of, {"kind": "ratio", "unit": "%"}, 3, 4), LINE, [("ratio of sums", "100 * 3 / 4", 75.0)], None,
     ["The value is 75%, from 100 * 3 / 4.", NONE]),
    (partial(of, {"kind": "ratio", "unit": "beds", "factor": "1"}, 3, 4), LINE,
     [("ratio of sums", "3 / 4", 0.75)], None,
     ["The value is 0.75 beds, from 3 / 4.", NONE]),
    (partial(of, {}, 1 / 3), LINE, [], None, ["The value is 0.333333.", NONE]),
    (partial(of, {}, 1e15), LINE, [], None, ["The value is 1000000000000000.0.", NONE]),
])  # fmt: skip
def test_every_way_of_scoring_shows_its_numbers(
    given: Callable[[], Evaluation], policy: dict[str, Any], steps: list[tuple[str, str, float]], score: float | None,
    words: list[str],
) -> None:  # fmt: skip
    trace = explain(given(), "k", "all", "2026-01")
    assert dict(trace.policy) == policy
    assert [(s.op, s.expr, s.out) for s in trace.steps] == steps
    assert (trace.score, replay(trace)) == (score, score)
    assert trace.words() == words
    assert (trace.borderline, trace.reason, trace.marks, trace.coverage) == (False, "", (), 1.0)


def test_formulas_of_both_parts_and_a_weight_are_named() -> None:
    parts = {"code": "k", "kind": "ratio", "numerator": "a * 2", "denominator": "b"}
    rows = figures(("a", "2026-01", 9), ("b", "2026-01", 5))
    evaluation = judged(scorecard(parts, {"code": "a"}, {"code": "b"}), rows)
    trace = explain(evaluation, "k", "all", "2026-01")
    assert dict(trace.inputs) == {"value": 3.6, "state": "number", "unit": "", "numerator": 18.0, "denominator": 5.0,
                                  "kpi:a": 9.0, "kpi:b": 5.0}  # fmt: skip
    units = {"all": None, "n": "all", "s": "all"}
    mean = {"code": "k", "kind": "index", "aggregate_units": "weighted_mean", "weighted_by": "n", "unit": "points"}
    definitions = scorecard(mean, {"code": "n"}, units=units)
    rows = pl.concat([figures(("k", "2026-01", 90), ("n", "2026-01", 1), unit="n"),
                      figures(("k", "2026-01", 60), ("n", "2026-01", 2), unit="s")])  # fmt: skip
    trace = explain(judged(definitions, rows), "k", "all", "2026-01")
    assert [(s.op, s.expr, s.out) for s in trace.steps] == [("weighted mean", "210 / 3", 70.0)]
    assert trace.words()[0] == "The value is 70 points, the mean weighted by kpi:n: 210 / 3."
    assert (trace.inputs["weighted_by"], trace.inputs["kpi:n"]) == ("kpi:n", 3.0)


def test_a_formula_stands_where_there_are_no_parts() -> None:
    evaluation = judged(scorecard({"code": "k", "formula": "a + 1"}, {"code": "a"}), figures(("a", "2026-01", 9)))
    trace = explain(evaluation, "k", "all", "2026-01")
    assert [(s.op, s.expr, s.out) for s in trace.steps] == [("formula", "a + 1", 10.0)]
    assert trace.words()[0] == "The value is 10, from a + 1."


def test_what_a_longer_period_shows_names_its_own_period() -> None:
    definitions = scorecard({"code": "k", "frequency": "quarter"}, targets=[{"kpi": "k", "since": "2020-Q1", **GOAL}])
    evaluation = judged(definitions, figures(("k", "2025-Q4", 90)), first="2026-01", last="2026-01")
    assert explain(evaluation, "k", "all", "2026-01").inputs["data_period"] == "Q:FY2025-Q4"
    assert "data_period" not in explain(of({}, 5), "k", "all", "2026-01").inputs


@pytest.mark.parametrize(("state", "word"), [
    (State.MISSING, "missing"), (State.NOT_APPLICABLE, "not applicable"), (State.NOT_DUE, "not due yet"),
])  # fmt: skip
def test_without_a_number_the_state_is_said(state: State, word: str) -> None:
    rows = figures(("k", "2026-01", 1), ("k", "2026-02", 5)).with_columns(
        state=pl.Series([int(state), 0], dtype=pl.UInt8),
        value=pl.Series([None, 5.0], dtype=pl.Float64),
    )
    evaluation = judged(scorecard({"code": "k"}, targets=[{"kpi": "k", **GOAL}]), rows)
    trace = explain(evaluation, "k", "all", "2026-01")
    assert (trace.inputs["value"], trace.score, replay(trace), trace.steps) == (None, None, None, ())
    assert trace.words() == [f"There is no number: {trace.inputs['state']}."]
    assert str(trace.inputs["state"]) == state.word and word.split()[0] in state.word


def test_an_error_says_why() -> None:
    evaluation = judged(
        scorecard({"code": "k", "formula": "a / b"}, {"code": "a"}, {"code": "b"}),
        figures(("a", "2026-01", 9), ("b", "2026-01", 0)),
    )
    trace = explain(evaluation, "k", "all", "2026-01")
    assert trace.words() == ["There is no number: error. The formula divides by zero."]


def test_marks_are_told_in_words() -> None:
    rows = figures(("k", "2026-01", 92)).with_columns(marks=pl.lit(int(Mark.ESTIMATE), pl.UInt8))
    evaluation = judged(scorecard({"code": "k"}, targets=[{"kpi": "k", **GOAL}]), rows)
    assert explain(evaluation, "k", "all", "2026-01").marks == ("estimate",)


# Nodes


def two(**strategy: Any) -> Trace:
    """An objective over a scored figure of 80, one of 125, and one that is missing."""
    goals = [{"kpi": code, "value": "100", "red_line": "50"} for code in "abc"]
    definitions = scorecard(*({"code": code} for code in "abc"), targets=goals, weights={"a": 2, "b": 1, "c": 1},
                            **strategy)  # fmt: skip
    rows = figures(("a", "2026-01", 80), ("b", "2026-01", 200), ("c", "2025-12", 1))
    return explain(judged(definitions, rows), "objective:o", "all", "2026-01")


@pytest.mark.parametrize(("strategy", "arithmetic", "score", "shares"), [
    ({}, "(2 * 80 + 1 * 100) / 3", 260 / 3, [2 / 3, 1 / 3, 0]),
    ({"allow_over": True}, "(2 * 80 + 1 * 125) / 3", 95.0, [2 / 3, 1 / 3, 0]),
    ({"missing": "neutral"}, "(2 * 80 + 1 * 100 + 1 * 50) / 4", 77.5, [0.5, 0.25, 0.25]),
    ({"missing": "zero"}, "(2 * 80 + 1 * 100 + 1 * 0) / 4", 65.0, [0.5, 0.25, 0.25]),
    ({"roll_up": "worst_of"}, "min(80, 100)", 80.0, [2 / 3, 1 / 3, 0]),
    ({"roll_up": "best_of", "allow_over": True}, "max(80, 125)", 125.0, [2 / 3, 1 / 3, 0]),
    ({"roll_up": "count_green"}, "100 * 1 / 3", 100 / 3, [2 / 3, 1 / 3, 0]),
    ({"roll_up": "count_green", "green": 80}, "100 * 3 / 3", 100.0, [2 / 3, 1 / 3, 0]),
    ({"roll_up": "power_mean", "power": 2}, "((2 * 80^2 + 1 * 100^2) / 3)^(1/2)", 7600**0.5, [2 / 3, 1 / 3, 0]),
    ({"roll_up": "power_mean", "power": 0}, "exp((2 * ln 80 + 1 * ln 100) / 3)", 640000 ** (1 / 3),
     [2 / 3, 1 / 3, 0]),
])  # fmt: skip
def test_the_arithmetic_of_a_node_has_its_numbers_in_place(
    strategy: dict[str, Any], arithmetic: str, score: float, shares: list[float]
) -> None:
    trace = two(**strategy)
    assert [s.expr for s in trace.steps] == [arithmetic]
    assert trace.score == pytest.approx(score, abs=1e-6) and replay(trace) == pytest.approx(trace.score, abs=1e-6)
    assert [c.share for c in trace.children] == pytest.approx(shares)


def test_the_policy_of_a_node_is_that_of_the_strategy() -> None:
    usual = {"roll_up": "weighted_mean", "missing": "renormalise", "minimum_coverage": 0.6, "allow_over": False,
             "green": 90}  # fmt: skip
    assert dict(two().policy) == usual
    changed = usual | {"roll_up": "power_mean", "power": 3.0, "minimum_coverage": 0.5}
    assert dict(two(roll_up="power_mean", power=3, minimum_coverage=0.5).policy) == changed


@pytest.mark.parametrize(("score", "arithmetic"), [
    (74, "min((1 * 49 + 1 * 100) / 2, 49.9)"), (75, "(1 * 50 + 1 * 100) / 2"),
])  # fmt: skip
def test_a_critical_child_below_fifty_holds_its_node_down(score: float, arithmetic: str) -> None:
    goals = [{"kpi": code, "value": "125", "red_line": "75"} for code in "ab"]
    definitions = scorecard({"code": "a"}, {"code": "b"}, targets=goals, roll_up="veto_red")
    critical = [use.model_copy(update={"critical": use.kpi == "a"}) for use in definitions.uses]
    definitions = definitions.model_copy(update={"uses": tuple(critical)})
    rows = figures(("a", "2026-01", score), ("b", "2026-01", 125))
    trace = explain(judged(definitions, rows), "objective:o", "all", "2026-01")
    assert [s.expr for s in trace.steps] == [arithmetic]
    assert [c.critical for c in trace.children] == [True, False]


def test_a_score_carried_forward_names_its_period() -> None:
    goals = [{"kpi": code, "value": "100", "red_line": "50"} for code in "ab"]
    definitions = scorecard({"code": "a"}, {"code": "b"}, targets=goals, missing="carry_forward")
    rows = figures(("a", "2026-01", 80), ("b", "2026-01", 90), ("b", "2026-02", 70))
    evaluation = judged(definitions, rows)
    trace = explain(evaluation, "objective:o", "all", "2026-02")
    assert [(c.score, c.carried_from) for c in trace.children] == [(80.0, "M:2026-01"), (70.0, "")]
    assert trace.words()[:2] == [
        "kpi:a counts 50% with 80.0 (near target), carried forward from M:2026-01.",
        "kpi:b counts 50% with 70.0 (near target).",
    ]
    assert trace.marks == ("carried",)


def test_noise_needs_a_target_and_a_red_line() -> None:
    assert noise(explain(of({}, 5), "k", "all", "2026-01"), 1.0) is None
    assert noise(explain(of({"polarity": "in_range"}, 7, goal=RANGE), "k", "all", "2026-01"), 1.0) is None
    assert noise(explain(of({}, 92, goal=GOAL), "k", "all", "2026-01"), float("nan")) is None


# Changes


def changed(before: dict[str, float], after: dict[str, float], **strategy: Any) -> list[str]:
    goals = [{"kpi": code, "value": "100", "red_line": "50"} for code in "ab"]
    definitions = scorecard({"code": "a"}, {"code": "b"}, targets=goals, **strategy)
    months = (("2026-01", before), ("2026-02", after))
    rows = figures(*((code, month, value) for month, values in months for code, value in values.items()))
    return trace_change(judged(definitions, rows), "objective:o", "all", "2026-01", "2026-02").words()


def test_a_change_is_told_with_its_greatest_part_first() -> None:
    assert changed({"a": 80, "b": 60}, {"a": 82, "b": 90}) == [
        "The score went from 70.0 (M:2026-01) to 86.0 (M:2026-02): +16.00 points.",
        "kpi:b: +15.00 points by its score (60.0 → 90.0).",
        "kpi:a: +1.00 points by its score (80.0 → 82.0).",
    ]
    assert changed({"a": 80, "b": 60}, {"a": 80, "b": 60}) == [
        "The score went from 70.0 (M:2026-01) to 70.0 (M:2026-02): +0.00 points."
    ]


def test_weights_of_what_is_missing_are_told_apart() -> None:
    assert changed({"a": 80, "b": 60}, {"a": 80}, minimum_coverage=0.5) == [
        "The score went from 70.0 (M:2026-01) to 80.0 (M:2026-02): +10.00 points.",
        "kpi:b: +7.50 points by its weight (50% → 0%).",  # half of the weight, 15 below the mean of both months
        "kpi:a: +2.50 points by its weight (50% → 100%).",
        "Of the change +0.00 points comes from scores, +10.00 points from weights: what is missing, or there again.",
    ]


def test_a_way_of_rolling_up_is_a_part_and_over_achievement_is_cut() -> None:
    assert changed({"a": 80, "b": 60}, {"a": 200, "b": 60}, roll_up="best_of") == [
        "The score went from 80.0 (M:2026-01) to 100.0 (M:2026-02): +20.00 points.",
        "kpi:a: +10.00 points by its score (80.0 → 100.0).",
        "The roll-up moved it by +10.00 points.",
    ]
    assert changed({"a": 80, "b": 60}, {"a": 200, "b": 60}, allow_over=True)[1] == (
        "kpi:a: +22.50 points by its score (80.0 → 125.0)."
    )


@pytest.mark.parametrize(("comparison", "formula", "period", "said"), [
    ("shift", "yoy_growth(w)", "FY2031-W05", "by the same days of the year"),
    ("as_is", "same_period_last_year(w)", "FY2031-W05", "by number"),
    ("as_is", "w * 2", "FY2031-W05", ""),
])  # fmt: skip
def test_a_week_names_the_week_it_is_compared_with(comparison: str, formula: str, period: str, said: str) -> None:
    calendar = Calendar(9, weeks=WeekYear(comparison=comparison))  # type: ignore[arg-type]
    kpi = Kpi(code="k", name="K", formula=formula, frequency=Frequency.WEEK)
    found = compared_with(kpi, calendar.parse(period))
    assert found.endswith(said) and bool(found) is bool(said)
    if said:
        before = "FY30-W06" if comparison == "shift" else "FY30-W05"
        assert found == f"{calendar.parse(period).short_id} with {calendar.parse(period).year_ago().short_id}, {said}"
        assert calendar.parse(period).year_ago().short_id.endswith(before[-3:])


def test_months_of_days_are_compared_as_they_are() -> None:
    kpi = Kpi(code="k", name="K", formula="yoy_growth(w)")
    assert compared_with(kpi, Calendar().parse("2026-03")) == ""


@pytest.mark.parametrize(("frequency", "period", "said"), [
    (Frequency.MONTH, "FY2031-P02", "FY2031-P02 with FY2030-P02"),
    (Frequency.QUARTER, "FY2031-Q1", "FY2031-Q1 with FY2030-Q1"),
    (Frequency.MONTH, "FY2031-P12", "FY2031-P12 with FY2030-P12, 5 weeks with 6, as they are"),
    (Frequency.WEEK, "FY2030-W53", "FY2030-W53 with FY2029-W52, as there was no week 53"),
    (Frequency.WEEK, "FY2031-P02",
     "FY2031-W05 to FY2031-W08 with FY2030-W06 to FY2030-W09, by the same days of the year"),
    (Frequency.WEEK, "FY2030-P12",
     "FY2030-W48 to FY2030-W53 with FY2029-W48 to FY2029-W52, by the same days of the year, week 53 with week 52"),
    (Frequency.QUARTER, "FY2031-P02", ""),  # a quarter has no figure of a period in it
])  # fmt: skip
def test_months_of_weeks_say_where_their_lengths_differ(frequency: Frequency, period: str, said: str) -> None:
    calendar = Calendar(9, weeks=WeekYear(comparison="shift"))
    kpi = Kpi(code="k", name="K", formula="yoy_growth(w)", frequency=frequency)
    assert compared_with(kpi, calendar.parse(period)) == said


def test_a_replay_without_a_tolerance_lends_none() -> None:
    """Where the red line is the target only there counts; half a point short of it is short."""
    trace = of({}, 99.5, goal={"value": "100", "red_line": "100"})
    found = explain(trace, "kpi:k", "all", "2026-01")
    bare = replace(found, target={name: v for name, v in found.target.items() if name != "tolerance"})
    assert found.score == replay(found) == replay(bare) == 0.0


@pytest.mark.parametrize(("value", "green"), [
    (96.0, True), (96.0 - 2e-10, True), (96.0 - 2e-9, False), (95.8, False), (95.6, False), (100.0, True),
])  # fmt: skip
def test_the_arithmetic_counts_as_green_what_the_score_does(value: float, green: bool) -> None:
    """Green begins at 90, which is 96 between a red line of 80 and a target of 100; what rounding takes is given."""
    found = explain(judged(scorecard({"code": "k"}, targets=[{"kpi": "k", **GOAL}], roll_up="count_green"),
                           figures(("k", "2026-01", value))), "objective:o", "all", "2026-01")  # fmt: skip
    assert [(s.expr, s.out) for s in found.steps] == [(f"100 * {int(green)} / 1", 100.0 * green)]
    assert found.score == replay(found) == 100.0 * green


def test_the_very_edge_of_green_is_green_in_the_arithmetic_as_in_the_score() -> None:
    edge = 90 - 1e-9
    found = explain(judged(scorecard({"code": "k"}, targets=[{"kpi": "k", "value": "100", "red_line": "0"}],
                                     roll_up="count_green"), figures(("k", "2026-01", 2 * (edge - 50)))),
                    "objective:o", "all", "2026-01")  # fmt: skip
    assert found.children[0].score == edge
    assert [(s.expr, s.out) for s in found.steps] == [("100 * 1 / 1", 100.0)] and found.score == 100.0
