"""Figures of KPIs reported less often than a view shows them, where the next one is late: by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from fourfold.engine.cells import Mark, State
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.evaluate import Evaluation, evaluate
from fourfold.engine.explain import explain
from fourfold.engine.results import View


def run(day: str, *, missing: str = "renormalise", lag: str = "P0D", view: View = "month") -> Evaluation:
    """A quarterly KPI of two units with figures of Q1 and, in one unit, of Q2 2026."""
    d = complete(Definitions.model_validate({
        "organisation": {"code": "o", "name": "O"},
        "units": [{"code": "all", "name": "All"}, {"code": "a", "name": "A", "parent": "all"},
                  {"code": "b", "name": "B", "parent": "all"}],
        "strategy": {"code": "s", "name": "S", "missing": missing},
        "perspectives": [{"code": "p", "name": "P"}],
        "objectives": [{"code": "o", "name": "O", "perspective": "p"}],
        "kpis": [{"code": "survey", "name": "Survey", "kind": "index", "frequency": "quarter", "lag": lag,
                  "aggregate_units": "none"}],
        "uses": [{"kpi": "survey", "objective": "o"}],
        "targets": [{"kpi": "survey", "since": "FY2026-Q1", "value": "80", "red_line": "60"}],
    }))  # fmt: skip
    rows = [("survey", "a", "FY2026-Q1", 70.0), ("survey", "b", "FY2026-Q1", 75.0), ("survey", "b", "FY2026-Q2", 76.0)]
    frame = pl.DataFrame(rows, schema=["kpi", "unit", "period", "value"], orient="row")
    return evaluate(d, frame, as_of=datetime.fromisoformat(day).replace(tzinfo=UTC), view=view)


def shown(evaluation: Evaluation, period: str, unit: str = "a") -> tuple[State, float | None, Mark, str, float]:
    (row,) = evaluation.frame().filter(node="kpi:survey", unit=unit, period=period).iter_rows(named=True)
    return State(row["state"]), row["value"], Mark(row["marks"]), row["data_period"], round(row["confidence"], 6)


Q1, Q2 = "Q:FY2026-Q1", "Q:FY2026-Q2"


def test_a_figure_is_used_for_one_period_more_and_is_worth_less_every_day() -> None:
    june, july, august = (shown(run("2026-08-16"), f"M:2026-0{m}") for m in (6, 7, 8))
    # Q2 has been expected since 1 July: 46 days, and Q2 has 91.
    late = State.NUMBER, 70.0, Mark.STALE, Q1, round(1 - 46 / 91 / 3, 6)
    assert july == august == june == late  # June ends with Q2, whose figure is late
    assert shown(run("2026-08-16"), "M:2026-05") == (State.NUMBER, 70.0, Mark.NONE, Q1, 1.0)


def test_what_an_older_figure_is_worth_leaves_its_coverage_as_it_is() -> None:
    july = run("2026-08-16").frame().filter(node="kpi:survey", unit="a", period="M:2026-07")
    assert july["coverage"].to_list() == [1.0]
    assert july["confidence"][0] < 1.0


@pytest.mark.parametrize(
    ("day", "missing", "state", "marks"),
    [
        ("2026-09-30", "renormalise", State.NUMBER, Mark.STALE),  # 91 days after 1 July
        ("2026-10-01", "renormalise", State.MISSING, Mark.NONE),
        ("2026-10-01", "carry_forward", State.NUMBER, Mark.STALE | Mark.CARRIED),
        ("2027-03-31", "carry_forward", State.NUMBER, Mark.STALE | Mark.CARRIED),  # 273 days: three times 91
        ("2027-04-01", "carry_forward", State.MISSING, Mark.NONE),
    ],
)
def test_late_is_used_stale_only_where_scores_are_carried_and_dead_never(
    day: str, missing: str, state: State, marks: Mark
) -> None:
    found = shown(run(day, missing=missing), "M:2026-09")
    assert (found[0], found[2]) == (state, marks)
    assert found[1] == (70.0 if state is State.NUMBER else None)


def test_before_its_lag_is_over_a_figure_is_not_late() -> None:
    assert shown(run("2026-07-31", lag="P1M"), "M:2026-06")[:3] == (State.NOT_DUE, None, Mark.NONE)
    assert shown(run("2026-08-01", lag="P1M"), "M:2026-06")[:3] == (State.NUMBER, 70.0, Mark.STALE)


def test_a_unit_that_has_given_its_figure_keeps_it() -> None:
    assert shown(run("2026-08-16"), "M:2026-07", "b") == (State.NUMBER, 76.0, Mark.NONE, Q2, 1.0)


def test_in_its_own_periods_a_figure_that_is_missing_is_missing() -> None:
    found = shown(run("2026-08-16", view="quarter"), Q2)
    assert (found[0], found[1]) == (State.MISSING, None)


def test_the_explanation_names_the_period_that_the_figure_is_from() -> None:
    trace = explain(run("2026-08-16"), "survey", "a", "2026-07")
    assert trace.inputs["data_period"] == Q1
    assert "stale" in trace.marks
    assert trace.score == 75.0


def test_the_score_of_the_objective_rests_on_it() -> None:
    evaluation = run("2026-08-16")
    (row,) = evaluation.frame().filter(node="objective:o", unit="a", period="M:2026-07").iter_rows(named=True)
    assert (row["score"], row["coverage"]) == (75.0, 1.0)
    assert row["confidence"] == pytest.approx(1 - 46 / 91 / 3)
