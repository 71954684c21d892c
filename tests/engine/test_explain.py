"""Why a score is what it is: the trace says it, in numbers and in words, and gives the score again."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings

import fourfold
from fourfold.engine.evaluate import Evaluation, evaluate
from fourfold.engine.explain import Trace, explain, noise, replay
from fourfold.engine.results import Results, View
from fourfold.engine.statuses import Status
from fourfold.errors import NotFound
from tests.engine.companies import AS_OF, Company, companies
from tests.engine.scorecards import figures, judged, scorecard

EXAMPLE = Path(__file__).parents[2] / "examples" / "calder_vale"
VIEWS: tuple[View, ...] = ("month", "quarter", "year", "ytd")


def assert_agrees(evaluation: Evaluation, results: Results, at: tuple[int, int, int]) -> None:
    """The trace of a cell says what the cell says, and replaying it gives the cell's score."""
    node, unit, period = results.nodes[at[0]], results.units[at[1]], results.periods[at[2]]
    trace, score = explain(evaluation, node, unit, period), float(results.score[at])
    again = replay(trace)
    assert (trace.node, trace.unit, trace.period) == (node, unit, period.id)
    assert trace.status == Status(int(results.status[at])).word
    assert trace.coverage == results.coverage[at]
    assert (trace.score is None) == (again is None) == np.isnan(score), (node, unit, period.id)
    if again is not None:
        assert trace.score == score
        assert again == pytest.approx(score, abs=1e-6), (node, unit, period.id)
    assert trace.words()
    assert all(sentence.endswith((".", ":")) for sentence in trace.words())


@pytest.mark.parametrize("view", VIEWS)
@given(companies())
@settings(max_examples=10)
def test_every_trace_of_a_random_company_gives_its_score_again(view: View, company: Company) -> None:
    evaluation = evaluate(company.definitions, company.rows, as_of=AS_OF, view=view)
    for results in (evaluation.kpis, evaluation.nodes):
        for at in np.ndindex(results.shape):
            assert_agrees(evaluation, results, at)  # type: ignore[arg-type]


@pytest.mark.parametrize("view", VIEWS)
def test_traces_of_the_example_give_their_scores_again(view: View) -> None:
    company = fourfold.load(EXAMPLE)
    evaluation = evaluate(company.definitions, company.rows, as_of=datetime(2026, 11, 3, tzinfo=UTC), view=view)
    random = Random(f"explain {view}")
    for results in (evaluation.kpis, evaluation.nodes):
        for k in range(len(results.nodes)):
            for u in range(len(results.units)):
                assert_agrees(evaluation, results, (k, u, random.randrange(len(results.periods))))


@pytest.mark.parametrize("strategy", [
    {"roll_up": "veto_red"}, {"roll_up": "veto_amber"}, {"roll_up": "count_green", "green": 75}, {"missing": "zero"},
    {"roll_up": "geometric", "missing": "neutral"}, {"roll_up": "worst_of", "allow_over": True},
])  # fmt: skip
def test_a_trace_replays_under_every_way_of_rolling_up(strategy: dict[str, object]) -> None:
    names = ("a", "b", "c")
    definitions = scorecard(*({"code": n} for n in names), targets=[{**GOAL, "kpi": n} for n in names], **strategy)
    critical = [use.model_copy(update={"critical": use.kpi == "b"}) for use in definitions.uses]
    definitions = definitions.model_copy(update={"uses": tuple(critical)})
    rows = figures(("a", "2026-01", 92), ("b", "2026-01", 70), ("c", "2025-12", 1))
    evaluation = judged(definitions, rows)
    trace = explain(evaluation, "objective:o", "all", "2026-01")
    assert trace.score is not None
    assert replay(trace) == trace.score


SALES = {"code": "sales", "unit": "GBP"}
GOAL = {"kpi": "sales", "value": "100", "red_line": "80"}


def traced(*rows: tuple[str, str, float]) -> Trace:
    evaluation = judged(scorecard(SALES, targets=[GOAL]), figures(*(rows or [("sales", "2026-01", 92)])))
    return explain(evaluation, "sales", "all", "2026-01")


def test_the_words_name_value_target_red_line_and_the_sum() -> None:
    assert traced().words() == [
        "The value is 92 GBP.",
        "The target is 100 and scores 100; the red line is 80 and scores 50.",
        "The score is 50 + 50 * (92 - 80) / (100 - 80) = 80.0, held between 0 and 125.",
        "So it is near target. On target begins at 100.0, near target at 50.",
    ]


def test_the_words_give_the_value_with_its_scale() -> None:
    evaluation = judged(scorecard(SALES | {"scale": "k"}, targets=[GOAL]), figures(("sales", "2026-01", 92)))
    assert explain(evaluation, "sales", "all", "2026-01").words()[0] == "The value is 92k GBP."


def test_the_rule_of_a_red_line_nobody_gave_is_named() -> None:
    given = {"code": "sales", "ratio_scale": True}
    evaluation = judged(scorecard(given, targets=[{"kpi": "sales", "value": "100"}]), figures(("sales", "2026-01", 95)))
    trace = explain(evaluation, "sales", "all", "2026-01")
    assert (trace.target["red_line"], trace.target["rule"]) == (90.0, "ten_percent")
    assert "ten per cent from the target" in " ".join(trace.words())


def test_a_missing_figure_is_explained_as_missing_and_not_as_zero() -> None:
    trace = traced(("sales", "2026-02", 1), ("sales", "2025-12", 1))
    assert trace.words() == ["There is no number: missing."]
    assert trace.inputs["value"] is None
    assert trace.score is None
    assert replay(trace) is None


def test_a_ratio_shows_its_numerator_and_denominator() -> None:
    share = {"code": "share", "kind": "ratio", "unit": "%"}
    evaluation = judged(scorecard(share), figures(("share", "2026-01", 3, 4)))
    trace = explain(evaluation, "kpi:share", "all", "2026-01")
    assert trace.words()[0] == "The value is 75%, from 100 * 3 / 4."
    assert (trace.inputs["numerator"], trace.inputs["denominator"]) == (3.0, 4.0)


def test_a_formula_shows_the_inputs_it_was_computed_from() -> None:
    made = {"code": "made", "formula": "sales * 2"}
    evaluation = judged(scorecard(SALES, made), figures(("sales", "2026-01", 4)))
    trace = explain(evaluation, "made", "all", "2026-01")
    assert (trace.inputs["kpi:sales"], trace.inputs["value"]) == (4.0, 8.0)


def test_a_node_lists_who_counts_how_much_and_who_is_left_out() -> None:
    definitions = scorecard(
        SALES, {"code": "costs"}, {"code": "staff", "polarity": "neutral"},
        weights={"sales": 3, "costs": 1, "staff": 1}, targets=[GOAL, {**GOAL, "kpi": "costs"}],
    )  # fmt: skip
    rows = figures(("sales", "2026-01", 92), ("staff", "2026-01", 5), ("costs", "2025-12", 1))
    trace = explain(judged(definitions, rows), "objective:o", "all", "2026-01")
    assert [(c.node, c.share, c.score, c.left_out) for c in trace.children] == [
        ("kpi:sales", 1.0, 80.0, ""),
        ("kpi:costs", 0.0, None, "missing (overdue)"),
        ("kpi:staff", 0.0, None, "not scored"),
    ]
    assert trace.coverage == 0.75
    assert trace.words()[-1] == "The weighted mean is 80.0: near target, with 75% of the weight in."


def test_too_little_weight_is_explained_by_what_is_in_and_what_is_needed() -> None:
    definitions = scorecard(SALES, {"code": "costs"}, targets=[GOAL, {**GOAL, "kpi": "costs"}])
    rows = figures(("sales", "2026-01", 92), ("costs", "2025-12", 1))
    trace = explain(judged(definitions, rows), "scorecard", "all", "2026-01")
    assert trace.score is None
    objective = explain(judged(definitions, rows), "objective:o", "all", "2026-01")
    assert objective.words()[-1] == "There is no score (insufficient data): 50% of the weight is in, 60% is needed."


def test_the_trace_is_plain_data_with_the_hash_of_its_own_text() -> None:
    plain = traced().to_json()
    digest = plain.pop("sha256")
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert digest == hashlib.sha256(text.encode()).hexdigest()
    assert traced().to_json()["sha256"] == digest


def test_noise_is_how_far_natural_variation_moves_a_score() -> None:
    assert noise(traced(), 3.87) == pytest.approx(1.96 * 3.87 * 50 / 20)


@pytest.mark.parametrize(
    ("node", "unit", "period", "said"),
    [
        ("profit", "all", "2026-01", "profit"),
        ("sales", "nowhere", "2026-01", "nowhere"),
        ("sales", "all", "2031-01", "M:2031-01"),
    ],
)
def test_what_was_not_evaluated_is_named(node: str, unit: str, period: str, said: str) -> None:
    evaluation = judged(scorecard(SALES, targets=[GOAL]), figures(("sales", "2026-01", 92)))
    with pytest.raises(NotFound, match=said):
        explain(evaluation, node, unit, period)


@pytest.mark.parametrize(
    ("method", "arithmetic", "score"),
    [
        ("weighted_mean", "(1 * 80 + 1 * 0) / 2", 40.0),
        ("worst_of", "min(80, 0)", 0.0),
        ("best_of", "max(80, 0)", 80.0),
        ("count_green", "100 * 0 / 2", 0.0),
        ("power_mean", "((1 * 80^1 + 1 * 1^1) / 2)^(1/1)", 40.5),
        ("geometric", "exp((1 * ln 80 + 1 * ln 1) / 2)", 8.944272),
    ],
)
def test_the_arithmetic_of_a_node_is_that_of_its_way_of_rolling_up(method: str, arithmetic: str, score: float) -> None:
    targets = [{"kpi": code, "value": "100", "red_line": "50"} for code in ("here", "gone")]
    definitions = scorecard({"code": "here"}, {"code": "gone"}, targets=targets, roll_up=method, missing="zero")
    trace = explain(judged(definitions, figures(("here", "2026-01", 80))), "objective:o", "all", "2026-01")
    assert [(s.expr, s.out) for s in trace.steps] == [(arithmetic, score)]
    assert [c.share for c in trace.children] == [0.5, 0.5]
    assert "kpi:gone counts 50% with 0.0 (overdue)." in trace.words()
    assert replay(trace) == score


def test_what_was_evaluated_is_named_beside_what_was_not() -> None:
    units = {f"u{i}": None if i == 0 else "u0" for i in range(10)}
    evaluation = judged(scorecard(SALES, targets=[GOAL], units=units), figures(("sales", "2026-01", 92), unit="u3"))
    hints = {}
    for asked in (("sales", "u3", "2031-01"), ("sales", "nowhere", "2026-01"), ("profit", "u3", "2026-01")):
        with pytest.raises(NotFound) as refused:
            explain(evaluation, *asked)
        hints[asked[0], asked[1]] = refused.value.hint
    assert list(hints.values()) == [
        "It covers M:2026-01 to M:2026-03.", "Units are u0, u1, u2, u3, u4, u5, u6, u7.",
        "Names look like kpi:CODE or objective:CODE.",
    ]  # fmt: skip
