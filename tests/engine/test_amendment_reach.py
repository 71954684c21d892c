"""What an amendment reaches: named exactly for each kind of thing, and no less than a whole evaluation changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from fourfold.engine.amendment_reach import EVERYTHING, Reach, reach_of
from fourfold.engine.amendments import Amendment, Amendments, amend, find_thing, removal
from fourfold.engine.definitions import Definitions, Kpi, KpiUse, Link, Perspective, Target, Theme, Unit
from fourfold.engine.definitions.complete import complete
from fourfold.engine.evaluate import evaluate
from fourfold.engine.nodes import nodes_of
from fourfold.testing.bakery import BAKERY, bakery
from tests.engine.scorecards import COLUMNS

AS_OF = datetime(2026, 5, 20, tzinfo=UTC)
BEFORE = complete(bakery(
    themes=[{"code": "growth", "name": "Growth"}, {"code": "idle", "name": "Idle"}],
    strategy={"code": "rise", "name": "Rise", "minimum_coverage": 0.5},
))  # fmt: skip
FIGURES = pl.DataFrame(
    [
        (kpi, unit, f"2026-0{month}", value and value + 10.0 * month, above, below, None, None)
        for kpi, value, above, below in (
            ("sales", 900.0, None, None), ("costs", 700.0, None, None), ("on_time", None, 90.0, 100.0),
            ("staff", 7.0, None, None),
        )
        for unit in ("north", "south") for month in (1, 2, 3, 4)
    ],
    schema=COLUMNS, orient="row",
)  # fmt: skip
ABOVE_EARN = ("objective:earn", "theme:growth", "perspective:finance", "scorecard")
ABOVE_DELIGHT = ("objective:delight", "perspective:customers", "scorecard")


def changed(noun: str, *key: object, **fields: Any) -> Amendment:
    """A thing of the bakery with other fields."""
    thing = find_thing(BEFORE, noun, key)
    return Amendment(noun, thing, type(thing).model_validate(thing.model_dump(exclude_unset=True) | fields))


def reached(*amendments: Amendment) -> Reach:
    return reach_of(BEFORE, complete(amend(BEFORE, amendments)), amendments)


SALES_TARGET = next(t for t in BEFORE.targets if t.kpi == "sales" and t.unit is None)
ON_TIME_TARGET = next(t for t in BEFORE.targets if t.kpi == "on_time")
NEW_TARGET = Target(kpi="on_time", since="M:2026-03", value="97", red_line="85")
BENCHMARK = Target(kpi="on_time", kind="benchmark", since="M:2026-03", value="99")
EARN = BEFORE.objective["earn"]

EVERY = (
    "objective:earn", "objective:delight", "theme:growth", "theme:idle", "perspective:finance", "perspective:customers",
    "scorecard",
)  # fmt: skip
#: An amendment; KPIs computed anew; nodes rolled up anew, lowest first; what goes; nodes put together otherwise.
CASES: dict[str, tuple[Amendments, set[str], tuple[str, ...], set[str], set[str]]] = {
    "a name": ((changed("kpis", "sales", name="Takings"),), set(), (), set(), set()),
    "a name and decimals": ((changed("kpis", "sales", name="Takings", decimals=0),), set(), (), set(), set()),
    "a polarity": (
        (changed("kpis", "on_time", polarity="lower_better"),), {"on_time"}, ABOVE_DELIGHT, set(), set()
    ),
    "a KPI that others are computed from": (
        (changed("kpis", "costs", valid_min="0"),), {"costs", "margin"}, ABOVE_EARN, set(), set()
    ),
    "a KPI that no objective uses": ((changed("kpis", "staff", kind="flow"),), {"staff"}, (), set(), set()),
    "a target": (
        (Amendment("targets", ON_TIME_TARGET, ON_TIME_TARGET.model_copy(update={"value": ON_TIME_TARGET.value + 1})),),
        {"on_time"}, ABOVE_DELIGHT, set(), set(),
    ),
    "who wrote a target": (
        (Amendment("targets", ON_TIME_TARGET, ON_TIME_TARGET.model_copy(update={"note": "as agreed"})),),
        set(), (), set(), set(),
    ),
    "a new target": ((Amendment("targets", None, NEW_TARGET),), {"on_time"}, ABOVE_DELIGHT, set(), set()),
    "a benchmark": ((Amendment("targets", None, BENCHMARK),), set(), (), set(), set()),
    "a benchmark of what others are computed from": (
        (Amendment("targets", None, BENCHMARK.model_copy(update={"kpi": "costs"})),), {"margin"}, ABOVE_EARN, set(),
        set(),
    ),
    "a benchmark beside a target": (
        (Amendment("targets", None, BENCHMARK), Amendment("targets", None, NEW_TARGET)), {"on_time"}, ABOVE_DELIGHT,
        set(), set(),
    ),
    "a target that becomes a benchmark": (
        (Amendment("targets", ON_TIME_TARGET, ON_TIME_TARGET.model_copy(update={"kind": "benchmark"})),), {"on_time"},
        ABOVE_DELIGHT, set(), set(),
    ),
    "a target that goes": (
        (Amendment("targets", SALES_TARGET, None),), {"sales", "margin"}, ABOVE_EARN, set(), set()
    ),
    "a weight": ((changed("uses", "sales", "earn", weight="3"),), set(), ABOVE_EARN, set(), {"objective:earn"}),
    "a role": ((changed("uses", "sales", "earn", role="lead"),), set(), (), set(), set()),
    "another use": (
        (Amendment("uses", None, KpiUse(kpi="staff", objective="delight")),), set(), ABOVE_DELIGHT, set(),
        {"objective:delight"},
    ),
    "an objective's weight": (
        (changed("objectives", "earn", weight="2"),), set(), ABOVE_EARN[1:], set(), {*ABOVE_EARN[1:3]}
    ),
    "an objective's weight and unit": (
        (changed("objectives", "earn", weight="2", unit="north"),), set(), ABOVE_EARN, set(), {*ABOVE_EARN[:3]}
    ),
    "an objective that moves": (
        (changed("objectives", "delight", perspective="finance"),), set(),
        ("perspective:finance", "perspective:customers", "scorecard"), set(),
        {"perspective:finance", "perspective:customers"},
    ),
    "a theme for an objective": (
        (changed("objectives", "delight", themes=["idle"]),), set(),
        ("theme:idle", "perspective:customers", "scorecard"), set(),
        {"theme:idle", "perspective:customers"},
    ),
    "a new theme": (
        (Amendment("themes", None, Theme(code="new", name="New")),), set(), ("theme:new",), set(), {"theme:new"}
    ),
    "a theme that goes": (
        removal(BEFORE, "themes", find_thing(BEFORE, "themes", ("idle",))), set(), (), {"theme:idle"}, {"theme:idle"}
    ),
    "a theme's name": ((changed("themes", "idle", name="Quiet"),), set(), (), set(), set()),
    "a perspective's weight": (
        (changed("perspectives", "customers", weight="50"),), set(), ("scorecard",), set(), {"scorecard"}
    ),
    "a new perspective": (
        (Amendment("perspectives", None, Perspective(code="people", name="People", rank=2)),), set(),
        ("perspective:people", "scorecard"), set(), {"perspective:people", "scorecard"},
    ),
    "a KPI that goes": (
        removal(BEFORE, "kpis", BEFORE.kpi["on_time"]), set(), ABOVE_DELIGHT, {"kpi:on_time"}, {"objective:delight"}
    ),
    "a KPI that no longer counts": (
        (changed("kpis", "on_time", state="draft"),), {"on_time"}, ABOVE_DELIGHT, set(), {"objective:delight"}
    ),
    "a new KPI": (
        (Amendment("kpis", None, Kpi(code="waste", name="Waste", kind="flow")),), {"waste"}, (), set(), set()
    ),
    "a link": (
        (Amendment("links", None, Link(source="earn", target="delight")),), set(), (), set(), set()
    ),
    "how the strategy rolls up": (
        (changed("strategy", "rise", minimum_coverage=0.9),), set(),
        EVERY, set(), {*EVERY},
    ),
    "the strategy's vision": ((changed("strategy", "rise", vision="Bread for all."),), set(), (), set(), set()),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_amendment_reaches_what_hangs_on_it_and_nothing_else(case: str) -> None:
    amendments, kpis, nodes, gone, rebuilt = CASES[case]
    found = reached(*amendments)
    assert (found.kpis, found.nodes, found.gone, found.rebuilt) == (kpis, nodes, gone, rebuilt)
    assert not found.everything
    assert bool(found) == bool(kpis or nodes or gone)


@pytest.mark.parametrize("amendment", [
    changed("organisation", "bakery", fiscal_year_start=1),
    Amendment("units", None, Unit(code="east", name="East", parent="bakery")),
    changed("units", "south", parent="north"),
])  # fmt: skip
def test_the_year_and_the_tree_reach_everything(amendment: Amendment) -> None:
    assert reached(amendment) is EVERYTHING
    assert EVERYTHING.everything and EVERYTHING


def test_names_of_organisation_and_units_reach_nothing() -> None:
    assert not reached(changed("organisation", "bakery", name="Bakery"), changed("units", "south", name="South"))


def table(definitions: Definitions) -> dict[str, dict[tuple[str, int], tuple[object, ...]]]:
    """All results of each node by unit and period, of a whole evaluation."""
    found: dict[str, dict[tuple[str, int], tuple[object, ...]]] = {}
    for row in evaluate(definitions, FIGURES, as_of=AS_OF).frame().iter_rows():
        found.setdefault(row[0], {})[row[1], row[3]] = row
    return found


def test_a_benchmark_reaches_the_formulas_that_ask_for_it_and_what_hangs_on_them() -> None:
    gap = {"code": "gap", "name": "Gap", "kind": "stock", "formula": "benchmark(on_time) - on_time"}
    twice = {"code": "twice", "name": "Twice", "kind": "stock", "formula": "gap * 2"}
    before = complete(bakery(kpis=[*BAKERY["kpis"], gap, twice]))
    amendment = Amendment("targets", None, BENCHMARK)
    after = complete(amend(before, [amendment]))
    found, then, now = reach_of(before, after, (amendment,)), table(before), table(after)
    assert found.kpis == {"gap", "twice"}
    assert {node for node in then if then[node] != now[node]} == {"kpi:gap", "kpi:twice"}


@pytest.mark.parametrize("case", CASES)
def test_a_whole_evaluation_changes_nothing_else(case: str) -> None:
    amendments = CASES[case][0]
    after = complete(amend(BEFORE, amendments))
    found, then, now = reached(*amendments), table(BEFORE), table(after)
    other = {node for node in then.keys() | now.keys() if then.get(node) != now.get(node)}
    assert other <= {f"kpi:{code}" for code in found.kpis} | set(found.nodes) | found.gone
    assert (then.keys() - now.keys()) == found.gone


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_put_together_otherwise_differs_only_where_something_below_it_does(case: str) -> None:
    after = complete(amend(BEFORE, CASES[case][0]))
    found, then, now = reached(*CASES[case][0]), table(BEFORE), table(after)

    def differing(name: str) -> set[tuple[str, int]]:
        return {place for place, row in now.get(name, {}).items() if then.get(name, {}).get(place) != row}

    for node in (node for level in nodes_of(after) for node in level if node.name not in found.rebuilt):
        assert differing(node.name) <= {place for child in node.children for place in differing(child)}, node.name
