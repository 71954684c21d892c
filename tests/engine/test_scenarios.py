"""What-if: a scenario changes what it says and nothing else, and its parts account for the whole change."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fourfold
from fourfold.engine.definitions import Definitions, KpiUse, Objective, Perspective, Strategy, Target
from fourfold.engine.definitions.kpi import Kpi
from fourfold.engine.evaluate import evaluate
from fourfold.engine.scenarios import Part, Scenario, ScenarioError, lay_over, replaced, what_if
from fourfold.engine.statuses import Status
from fourfold.errors import NotFound
from tests.engine.companies import AS_OF, Company, companies
from tests.engine.scorecards import LATER, figures, judged, scorecard

EXAMPLE = Path(__file__).parents[2] / "examples" / "calder_vale"
GOAL = {"value": "100", "red_line": "50"}
GOALS = [{"kpi": c, **GOAL} for c in "ab"]
ROWS = figures(("a", "2026-01", 80), ("b", "2026-01", 60), ("a", "2026-02", 90), ("b", "2026-02", 90))
TWO = scorecard({"code": "a"}, {"code": "b"}, targets=GOALS)
BASE = judged(TWO, ROWS)
NEW_GOAL = Target(kpi="a", since="2020-01", value=Decimal(160), red_line=Decimal(60))


def test_a_scenario_of_nothing_changes_nothing() -> None:
    found = what_if(BASE, ROWS, Scenario("nothing"))
    assert found.differences(unit="all", period="2026-01") == () and found.points == {}
    assert found.at("scorecard", unit="all", period="2026-01").words() == "scorecard stays as it is."


def test_a_figure_replaces_the_one_of_its_period_however_that_is_spelled() -> None:
    new = figures(("a", "M:2026-01", 100), ("a", "2026-03", 70))
    rows = replaced(ROWS, new, TWO)
    assert rows.filter(kpi="a", period="2026-01").is_empty() and len(rows) == 5
    found = what_if(BASE, ROWS, Scenario("better", figures=new))
    a = found.at("a", unit="all", period="2026-01")
    assert a.base and a.scenario and (a.base.score, a.scenario.score, a.change) == (80.0, 100.0, 20.0)
    assert (a.base.gap, a.scenario.gap, a.base.status, a.scenario.status) == (-20.0, 0.0, Status.NEAR, Status.ON)
    top = found.at("scorecard", unit="all", period="2026-01")
    assert (top.change, top.parts) == (10.0, {Part.FIGURES: 10.0})
    assert top.words() == "scorecard goes from 70.0 to 80.0 (+10.0 points)."
    assert [d.node for d in found.differences(unit="all", period="2026-01")] == [
        "scorecard", "perspective:p", "objective:o", "kpi:a"
    ]  # fmt: skip
    assert found.differences(unit="all", period="2026-02") == ()
    assert found.base.kpis.score[0, 0, 0] == 80.0  # the base stays as it was


def test_a_figure_of_a_quarter_is_found_by_any_of_its_days() -> None:
    definitions = scorecard({"code": "q", "frequency": "quarter"}, {"code": "a"})
    rows = figures(("q", "2026-Q1", 1), ("q", "2026-04-01", 2), ("a", "2026-04", 3))
    kept = replaced(rows, figures(("q", "2026-01-31", 9)), definitions)
    assert sorted(kept["value"].to_list()) == [2, 3, 9]


def test_a_missing_figure_can_be_imagined_too() -> None:
    gone = figures(("a", "2026-01", 0)).with_columns(value=pl.lit(None, pl.Float64), state=pl.lit(1, pl.UInt8))
    found = what_if(BASE, ROWS, Scenario("late", figures=gone))
    a = found.at("kpi:a", unit="all", period="2026-01")
    assert a.scenario and a.scenario.status is Status.OVERDUE and a.change is None and a.parts == {}
    assert a.words() == "kpi:a goes from Near target to Overdue."


def test_targets_replace_their_version_or_are_added() -> None:
    found = what_if(BASE, ROWS, Scenario("harder", targets=(NEW_GOAL,)))
    assert len(found.scenario.definitions.targets) == 2
    a = found.at("a", unit="all", period="2026-01")
    assert a.scenario and a.scenario.target == 160.0 and a.scenario.score == pytest.approx(60.0)
    later = NEW_GOAL.model_copy(update={"since": "2026-02"})
    found = what_if(BASE, ROWS, Scenario("harder later", targets=(later,)))
    assert found.at("a", unit="all", period="2026-01").change == 0.0
    assert found.at("a", unit="all", period="2026-02").change == pytest.approx(65 - 90)


def test_weights_move_nodes_and_no_kpi() -> None:
    found = what_if(BASE, ROWS, Scenario("a counts more", weights={"use:o/a": Decimal(3)}))
    assert found.at("objective:o", unit="all", period="2026-01").change == pytest.approx(5.0)
    assert found.at("a", unit="all", period="2026-01").change == 0.0


def test_structure_can_be_added_moved_and_removed() -> None:
    objective = Objective(code="new", name="Grow", perspective="q")
    put = (Perspective(code="q", name="Q"), objective, KpiUse(kpi="b", objective="new"))
    found = what_if(BASE, ROWS, Scenario("two sides", put=put, remove=("use:o/b",)))
    new = found.at("objective:new", unit="all", period="2026-01")
    assert new.base is None and new.scenario and new.scenario.score == 60.0 and new.change is None
    assert new.words() == "objective:new is there only under the scenario."
    assert found.at("objective:o", unit="all", period="2026-01").change == pytest.approx(10.0)
    gone = what_if(BASE, ROWS, Scenario("without b", remove=("kpi:b",)))
    assert gone.at("kpi:b", unit="all", period="2026-01").scenario is None
    assert gone.at("scorecard", unit="all", period="2026-01").change == pytest.approx(10.0)
    assert "kpi:b" not in gone.scenario.kpis.nodes and gone.scenario.definitions.targets_of("b") == []
    worst = what_if(BASE, ROWS, Scenario("worst", put=(Strategy(code="s", name="S", roll_up="worst_of"),)))
    assert worst.at("scorecard", unit="all", period="2026-01").parts == {Part.STRUCTURE: -10.0}


def test_a_kpi_with_notes_steps_and_pairs_can_be_left_out() -> None:
    extra = {
        "notes": [{"kpi": "a", "period": "2026-01", "title": "Flood", "text": "Closed."}],
        "steps": [{"kpi": "a", "since": "2026-01", "cause": "definition", "note": "Counted anew."}],
    }
    whole = Definitions.model_validate(TWO.model_dump() | extra)
    b = whole.kpi["b"].model_copy(update={"paired_with": ("a",)})
    paired = judged(whole.model_copy(update={"kpis": (whole.kpi["a"], b)}), ROWS)
    gone = what_if(paired, ROWS, Scenario("without a", remove=("kpi:a", "use:o/a"))).scenario.definitions
    assert (gone.notes, gone.steps, [(k.code, k.paired_with) for k in gone.kpis]) == ((), (), [("b", ())])


def test_the_long_table_has_the_figures_of_both_sides() -> None:
    frame = what_if(BASE, ROWS, Scenario("a", figures=figures(("a", "2026-01", 70)))).frame()
    row = frame.row(by_predicate=(pl.col("node") == "kpi:a") & pl.col("period").str.ends_with("2026-01"), named=True)
    assert (row["base_value"], row["scenario_value"], row["base_target"], row["scenario_gap"]) == (80, 70, 100, -30)


def test_what_hangs_on_a_perspective_goes_with_it() -> None:
    definitions = lay_over(TWO, Scenario("none", remove=("perspective:p",)), [Part.STRUCTURE])
    assert (definitions.perspectives, definitions.objectives, definitions.uses) == ((), (), ())
    assert len(definitions.kpis) == 2


def test_definitions_of_a_scenario_forget_what_was_looked_up_in_the_old_ones() -> None:
    assert set(TWO.kpi) == {"a", "b"} and len(TWO.targets_of("a")) == 1
    new = lay_over(TWO, Scenario("c", put=(Kpi(code="c", name="C"),), remove=("kpi:a",)), [Part.STRUCTURE])
    assert set(new.kpi) == {"b", "c"} and new.targets_of("a") == []


EVERYTHING = Scenario(
    "everything",
    figures=figures(("b", "2026-01", 90)),
    targets=(NEW_GOAL,),
    weights={"use:o/b": Decimal(4)},
    put=(Strategy(code="s", name="S", roll_up="geometric"),),
)


def test_each_part_gets_the_mean_of_all_orders() -> None:
    found = what_if(BASE, ROWS, EVERYTHING)
    top = found.at("scorecard", unit="all", period="2026-01")

    def score(parts: tuple[Part, ...]) -> float:
        rows = replaced(ROWS, figures(("b", "2026-01", 90)), TWO) if Part.FIGURES in parts else ROWS
        one = evaluate(lay_over(TWO, EVERYTHING, parts), rows, as_of=LATER, periods=BASE.periods)
        return float(one.nodes.score[-1, 0, 0])

    orders = list(permutations(Part))
    for part in Part:
        steps = [score(o[: o.index(part) + 1]) - score(o[: o.index(part)]) for o in orders]
        assert top.parts[part] == pytest.approx(sum(steps) / len(steps), abs=1e-6)
    assert sum(top.parts.values()) == pytest.approx(top.change, abs=1e-9)
    assert "by figures" in top.words() and "by structure" in top.words()


@given(companies(), st.data())
@settings(max_examples=20)
def test_the_parts_add_up_for_every_node_of_a_random_company(company: Company, data: st.DataObject) -> None:
    d = company.definitions
    base = evaluate(d, company.rows, as_of=AS_OF)
    measured = [k for k in d.kpis if not k.is_computed and k.frequency == "month"]
    rows = figures(*((k.code, "2026-02", 17.0, 20.0) for k in measured[:1]), unit=d.units[-1].code)
    weights = {f"objective:{o.code}": Decimal(data.draw(st.integers(1, 5))) for o in d.objectives}
    better = {"higher_better": 1, "lower_better": -1}
    targets = tuple(
        Target(kpi=k.code, since="2026-01-01", value=Decimal(40), red_line=Decimal(40 - 20 * better[k.polarity]))
        for k in d.kpis if k.polarity in better
    )  # fmt: skip
    found = what_if(base, company.rows, Scenario("some", figures=rows, weights=weights, targets=targets))
    for p in base.periods[-3:]:
        for unit in found.units:
            for node in found.nodes:
                one = found.at(node, unit=unit, period=p)
                assert one.words()
                if one.change is not None and one.parts:
                    assert sum(one.parts.values()) == pytest.approx(one.change, abs=1e-9)


def test_the_two_sides_are_what_the_engine_says_of_each() -> None:
    found = what_if(BASE, ROWS, EVERYTHING)
    rows = replaced(ROWS, figures(("b", "2026-01", 90)), TWO)
    direct = evaluate(found.scenario.definitions, rows, as_of=LATER, periods=BASE.periods)
    assert found.scenario.nodes.score == pytest.approx(direct.nodes.score, nan_ok=True)
    frame = found.frame()
    assert len(frame) == len(found.nodes) * len(found.units) * len(BASE.periods)
    (row,) = frame.filter(node="scorecard", period="M:2026-01").iter_rows(named=True)
    assert row["change"] == pytest.approx(row["scenario_score"] - row["base_score"])
    assert row["change"] == pytest.approx(sum(row[p.value] for p in Part))


def test_who_leaves_out_the_only_objective_of_a_perspective_is_told_to_leave_that_out_too() -> None:
    active = TWO.model_copy(update={"strategy": TWO.strategy.model_copy(update={"state": "active"})})
    with pytest.raises(ScenarioError) as refused:
        what_if(judged(active, ROWS), ROWS, Scenario("x", remove=("objective:o",)))
    assert refused.value.hint == "Leave out perspective:p too, or keep one of its objectives."


def test_what_is_not_there_is_refused() -> None:
    cases: list[tuple[Scenario, type[Exception], str]] = [
        (Scenario("x", weights={"objective:p": Decimal(1)}), NotFound, "to weigh"),
        (Scenario("x", weights={"objective:o": Decimal(-1)}), ScenarioError, "no weight"),
        (Scenario("x", remove=("objective:z",)), NotFound, "to remove"),
        (Scenario("x", targets=(NEW_GOAL.model_copy(update={"kpi": "z"}),)), NotFound, "for a target"),
        (Scenario("x", figures=figures(("z", "2026-01", 1))), NotFound, "for a figure"),
        (Scenario("x", figures=figures(("a", "2026-01", 1), unit="z")), NotFound, "for a figure"),
        (Scenario("x", put=(KpiUse(kpi="z", objective="o"),)), ScenarioError, "unsound"),
    ]
    for scenario, error, text in cases:
        with pytest.raises(error, match=text):
            what_if(BASE, ROWS, scenario)
    with pytest.raises(NotFound):
        what_if(BASE, ROWS, Scenario("x")).at("kpi:z", unit="all", period="2026-01")


def test_the_figure_of_a_computed_kpi_is_changed_by_its_inputs() -> None:
    definitions = scorecard({"code": "a"}, {"code": "twice", "formula": "a * 2"}, targets=[{"kpi": "twice", **GOAL}])
    base = judged(definitions, ROWS.filter(kpi="a"))
    with pytest.raises(ScenarioError, match="computed"):
        what_if(base, ROWS, Scenario("x", figures=figures(("twice", "2026-01", 1))))
    found = what_if(base, ROWS.filter(kpi="a"), Scenario("x", figures=figures(("a", "2026-01", 35))))
    twice = found.at("twice", unit="all", period="2026-01")
    assert twice.scenario and twice.scenario.value == 70.0 and twice.change == pytest.approx(70 - 125)


def test_the_example_answers_what_if() -> None:
    card = fourfold.load(EXAMPLE)
    base = card.evaluate(as_of=datetime(2026, 11, 3, tzinfo=UTC)).evaluation
    root = card.definitions.root.code
    new = figures(("ed_4h", "2026-10", 95, 100), unit="calder-general")
    found = what_if(base, card.rows, Scenario("all in time", figures=new, weights={"objective:carbon": Decimal(0)}))
    top = found.at("scorecard", unit=root, period="2026-10")
    assert top.change is not None and not math.isnan(top.change)
    assert top.parts[Part.FIGURES] > 0 and sum(top.parts.values()) == pytest.approx(top.change)
    assert found.differences(unit=root, period="2026-10")[0].node == "scorecard"
