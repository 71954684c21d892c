"""The parts of a change add up to it, and say whether scores or weights did it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

import fourfold
from fourfold.engine.change_trace import trace_change
from fourfold.engine.evaluate import evaluate
from fourfold.errors import NotFound
from tests.engine.companies import AS_OF, Company, companies
from tests.engine.scorecards import figures, judged, scorecard

EXAMPLE = Path(__file__).parents[2] / "examples" / "calder_vale"
GOAL = {"value": "100", "red_line": "50"}


@pytest.mark.parametrize("view", ["month", "quarter"])
@given(companies())
@settings(max_examples=15)
def test_the_parts_of_every_change_of_a_random_company_add_up_to_it(view: str, company: Company) -> None:
    evaluation = evaluate(company.definitions, company.rows, as_of=AS_OF, view=view)  # type: ignore[arg-type]
    root = company.definitions.root.code
    for results in (evaluation.kpis, evaluation.nodes):
        for node in results.nodes:
            scores = results.score[results.index[node], results.units.index(root)]
            for p in range(1, len(results.periods)):
                trace = trace_change(evaluation, node, root, results.periods[p - 1], results.periods[p])
                assert trace.words()
                if np.isnan(scores[p - 1 : p + 1]).any():
                    assert trace.change is None and trace.parts == ()
                    continue
                assert trace.change == scores[p] - scores[p - 1]
                total = sum(part.performance + part.reweighting for part in trace.parts)
                assert total == pytest.approx(trace.change, abs=1e-9)


def test_a_missing_value_changes_the_weights_of_the_others() -> None:
    kpis = [{"code": c} for c in "abc"]
    definitions = scorecard(*kpis, targets=[{"kpi": c, **GOAL} for c in "abc"], weights={"a": 5, "b": 3, "c": 2})
    before = (("a", "2026-01", 80), ("b", "2026-01", 60), ("c", "2026-01", 90))
    rows = figures(*before, ("a", "2026-02", 85), ("b", "2026-02", 50))
    trace = trace_change(judged(definitions, rows), "objective:o", "all", "2026-01", "2026-02")
    parts = {p.what: (p.performance, p.reweighting) for p in trace.parts}
    # §3.9: scores 80, 60, 90 with weights .5, .3, .2 become 85, 50 and nothing
    assert parts["kpi:a"] == pytest.approx((2.8125, 1.0703125))
    assert parts["kpi:b"] == pytest.approx((-3.375, -1.4203125))
    assert parts["kpi:c"] == pytest.approx((0.0, -3.2125))
    assert trace.change == pytest.approx(-4.125)
    assert trace.words()[-1].startswith("Of the change −0.56 points comes from scores, −3.56 points from weights")


def test_what_a_worst_of_adds_to_the_mean_is_a_part_of_its_own() -> None:
    goals = [{"kpi": c, **GOAL} for c in "ab"]
    definitions = scorecard({"code": "a"}, {"code": "b"}, targets=goals, roll_up="worst_of")
    rows = figures(("a", "2026-01", 80), ("b", "2026-01", 60), ("a", "2026-02", 80), ("b", "2026-02", 90))
    trace = trace_change(judged(definitions, rows), "scorecard", "all", "2026-01", "2026-02")
    assert trace.change == 20.0
    inside = trace_change(judged(definitions, rows), "objective:o", "all", "2026-01", "2026-02")
    assert {p.what: p.performance for p in inside.parts} == {"kpi:a": 0.0, "kpi:b": 15.0, "roll-up": 5.0}


def test_a_change_of_a_kpi_is_split_into_figure_and_target() -> None:
    first = {"kpi": "a", "since": "2026-01", **GOAL}
    goals = [first, {"kpi": "a", "since": "2026-02", "value": "120", "red_line": "60"}]
    rows = figures(("a", "2026-01", 80), ("a", "2026-02", 90))
    trace = trace_change(judged(scorecard({"code": "a"}, targets=goals), rows), "a", "all", "2026-01", "2026-02")
    assert trace.change == pytest.approx(75 - 80)
    figure, target = trace.parts
    assert (figure.what, target.what) == ("figure", "target")
    assert figure.performance == pytest.approx((10 + (75 - 50 - 50 * 20 / 60)) / 2)
    assert figure.performance + target.performance == pytest.approx(-5)


def test_a_ratio_that_falls_while_every_unit_improves_says_so() -> None:
    units = {"all": None, "a": "all", "b": "all"}
    kpi = {"code": "passed", "kind": "ratio", "unit": "%"}
    definitions = scorecard(kpi, targets=[{"kpi": "passed", **GOAL}], units=units)
    rows = pl.concat([
        figures(("passed", "2026-01", 90, 100), ("passed", "2026-02", 96, 105), unit="a"),
        figures(("passed", "2026-01", 30, 50), ("passed", "2026-02", 66, 105), unit="b"),
    ])  # fmt: skip
    trace = trace_change(judged(definitions, rows), "passed", "all", "2026-01", "2026-02")
    assert sum(u.within for u in trace.units) == pytest.approx(2.0238, abs=1e-4)
    assert sum(u.mix for u in trace.units) == pytest.approx(-4.8810, abs=1e-4)
    assert "+2.02 inside them, −4.88 because their shares changed" in trace.words()[-1]


def test_the_library_explains_a_change_and_refuses_a_period_it_does_not_have() -> None:
    evaluated = fourfold.load(EXAMPLE).evaluate(as_of="2026-11-03")
    change = evaluated.explain_change("scorecard", since="2026-09", period="2026-10")
    assert str(change).startswith("The score went from ")
    assert change.to_json()["change"] == pytest.approx(
        sum(p.performance + p.reweighting for p in change.trace.parts)
    )
    with pytest.raises(NotFound):
        evaluated.explain_change("scorecard", since="1999-01")


def test_a_period_without_a_score_is_named() -> None:
    evaluation = judged(scorecard({"code": "a"}, targets=[{"kpi": "a", **GOAL}]), figures(("a", "2026-02", 80)))
    trace = trace_change(evaluation, "a", "all", "2026-01", "2026-02")
    assert trace.words() == ["There is no score in M:2026-01."]
