"""A child without a score takes that of the period before, where the scorecard says `missing: carry_forward`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fourfold.engine.cells import Mark
from fourfold.engine.definitions import Definitions
from fourfold.engine.evaluate import evaluate
from fourfold.engine.explain import explain, replay
from fourfold.engine.freshness import decay
from fourfold.engine.results import View
from fourfold.engine.statuses import Status
from tests.engine.companies import AS_OF, Company, companies
from tests.engine.scorecards import LATER, figures, judged, scorecard, seen

KPIS = ({"code": "sales"}, {"code": "visits"})
TARGETS = [{"kpi": k, "value": "100", "red_line": "50"} for k in ("sales", "visits")]


def carrying(**strategy: object) -> Definitions:
    return scorecard(*KPIS, targets=TARGETS, missing="carry_forward", **strategy)


ROWS = figures(("sales", "2026-01", 90), ("sales", "2026-02", 80), ("sales", "2026-03", 80), ("visits", "2026-01", 60))


def test_a_missing_score_is_that_of_the_period_before() -> None:
    evaluation = judged(carrying(), ROWS)
    january, february = (seen(evaluation, "objective:o", month) for month in ("2026-01", "2026-02"))
    assert (january.score, january.marks) == (75.0, Mark.NONE)  # 90 and 60
    assert (february.score, february.marks) == (70.0, Mark.CARRIED)  # 80, and 60 from January
    assert seen(evaluation, "kpi:visits", "2026-02").status is Status.OVERDUE


def test_a_score_is_carried_by_one_period_only() -> None:
    march = seen(judged(carrying(minimum_coverage=0.4), ROWS), "objective:o", "2026-03")
    assert (march.score, march.coverage, march.marks) == (80.0, 0.5, Mark.NONE)


def test_a_carried_score_counts_as_coverage_and_with_two_thirds_of_its_confidence() -> None:
    february = seen(judged(carrying(), ROWS), "objective:o", "2026-02")
    assert february.coverage == 1.0
    assert february.confidence == pytest.approx((1 + 2 / 3) / 2)


@pytest.mark.parametrize(("age", "worth"), [(0.0, 1.0), (0.6, 0.8), (1.0, 2 / 3), (3.0, 0.0), (9.0, 0.0)])
def test_freshness_falls_by_a_third_with_each_period(age: float, worth: float) -> None:
    assert decay(age) == pytest.approx(worth)


def test_a_node_is_carried_in_its_turn_and_less_sure_each_time() -> None:
    evaluation = judged(carrying(), figures(("sales", "2026-01", 90), ("visits", "2026-01", 60)), last="2026-06")
    months = [f"2026-0{m}" for m in range(1, 6)]
    assert [seen(evaluation, "objective:o", m).score for m in months] == [75.0, 75.0, None, None, None]
    top = [seen(evaluation, "scorecard", m) for m in months]
    assert [s.score for s in top] == [75.0, 75.0, 75.0, 75.0, None]
    assert [round(s.confidence, 4) for s in top[:4]] == [1.0, 0.6667, 0.4444, 0.2963]


def test_a_node_of_carried_scores_is_no_better_than_its_best_child_was() -> None:
    evaluation = judged(carrying(green=55.0), figures(("sales", "2026-01", 90), ("visits", "2026-01", 60)))
    february = seen(evaluation, "objective:o", "2026-02")
    assert (february.score, february.status) == (75.0, Status.NEAR)  # green from 55, yet no child is on target


def test_a_carried_critical_child_holds_its_node_down() -> None:
    definitions = carrying(roll_up="veto_red")
    uses = tuple(u.model_copy(update={"critical": u.kpi == "visits"}) for u in definitions.uses)
    rows = figures(("sales", "2026-01", 90), ("sales", "2026-02", 100), ("visits", "2026-01", 30))
    evaluation = judged(definitions.model_copy(update={"uses": uses}), rows)
    assert seen(evaluation, "objective:o", "2026-02").score == 49.9


def test_the_trace_says_from_which_period_a_score_was_carried() -> None:
    evaluation = judged(carrying(), ROWS)
    trace = explain(evaluation, "objective:o", "all", "2026-02")
    assert [(c.node, c.score, c.carried_from) for c in trace.children] == [
        ("kpi:sales", 80.0, ""), ("kpi:visits", 60.0, "M:2026-01"),
    ]  # fmt: skip
    assert trace.marks == ("carried",)
    assert "kpi:visits counts 50% with 60.0 (near target), carried forward from M:2026-01." in trace.words()
    assert replay(trace) == trace.score == 70.0


@pytest.mark.parametrize("view", ["month", "quarter", "ytd"])
@given(company=companies(), cut=st.integers(1, 3))
@settings(max_examples=15)
def test_later_periods_alone_are_as_in_the_whole(view: View, company: Company, cut: int) -> None:
    strategy = company.definitions.strategy.model_copy(update={"missing": "carry_forward"})
    definitions = company.definitions.model_copy(update={"strategy": strategy})
    whole = evaluate(definitions, company.rows, as_of=AS_OF, view=view)
    assume(cut < len(whole.periods))
    later = evaluate(definitions, company.rows, as_of=AS_OF, view=view, periods=whole.periods[cut:])
    for name in ("score", "status", "confidence", "marks"):
        for one, other in ((later.nodes, whole.nodes), (later.kpis, whole.kpis)):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name)[..., cut:])
    for node in later.nodes.nodes:
        traces = [explain(e, node, definitions.root.code, later.periods[0]) for e in (later, whole)]
        assert traces[0] == traces[1]


def test_nothing_is_carried_into_a_period_that_is_not_due() -> None:
    in_february = LATER.replace(year=2026, month=2, day=10)
    evaluation = judged(carrying(), ROWS.filter(ROWS["period"] == "2026-01"), as_of=in_february)
    february = seen(evaluation, "objective:o", "2026-02")
    assert (february.score, february.status) == (None, Status.NOT_DUE)
