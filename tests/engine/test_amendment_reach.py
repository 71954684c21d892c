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
from fourfold.testing.bakery import bakery
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
EARN = BEFORE.objective["earn"]

#: An amendment; KPIs computed anew; nodes rolled up anew, lowest first; what goes; whether nodes are put together anew.
CASES: dict[str, tuple[Amendments, set[str], tuple[str, ...], set[str], bool]] = {
    "a name": ((changed("kpis", "sales", name="Takings"),), set(), (), set(), False),
    "a name and decimals": ((changed("kpis", "sales", name="Takings", decimals=0),), set(), (), set(), False),
    "a polarity": (
        (changed("kpis", "on_time", polarity="lower_better"),), {"on_time"}, ABOVE_DELIGHT, set(), False
    ),
    "a KPI that others are computed from": (
        (changed("kpis", "costs", valid_min="0"),), {"costs", "margin"}, ABOVE_EARN, set(), False
    ),
    "a KPI that no objective uses": ((changed("kpis", "staff", kind="flow"),), {"staff"}, (), set(), False),
    "a target": (
        (Amendment("targets", ON_TIME_TARGET, ON_TIME_TARGET.model_copy(update={"value": ON_TIME_TARGET.value + 1})),),
        {"on_time"}, ABOVE_DELIGHT, set(), False,
    ),
    "who wrote a target": (
        (Amendment("targets", ON_TIME_TARGET, ON_TIME_TARGET.model_copy(update={"note": "as agreed"})),),
        set(), (), set(), False,
    ),
    "a new target": ((Amendment("targets", None, NEW_TARGET),), {"on_time"}, ABOVE_DELIGHT, set(), False),
    "a target that goes": (
        (Amendment("targets", SALES_TARGET, None),), {"sales", "margin"}, ABOVE_EARN, set(), False
    ),
    "a weight": ((changed("uses", "sales", "earn", weight="3"),), set(), ABOVE_EARN, set(), True),
    "a role": ((changed("uses", "sales", "earn", role="lead"),), set(), (), set(), False),
    "another use": (
        (Amendment("uses", None, KpiUse(kpi="staff", objective="delight")),), set(), ABOVE_DELIGHT, set(), True
    ),
    "an objective's weight": ((changed("objectives", "earn", weight="2"),), set(), ABOVE_EARN[1:], set(), True),
    "an objective's weight and unit": (
        (changed("objectives", "earn", weight="2", unit="north"),), set(), ABOVE_EARN, set(), True
    ),
    "an objective that moves": (
        (changed("objectives", "delight", perspective="finance"),), set(),
        ("perspective:finance", "perspective:customers", "scorecard"), set(), True,
    ),
    "a theme for an objective": (
        (changed("objectives", "delight", themes=["idle"]),), set(),
        ("theme:idle", "perspective:customers", "scorecard"), set(), True,
    ),
    "a new theme": ((Amendment("themes", None, Theme(code="new", name="New")),), set(), ("theme:new",), set(), True),
    "a theme that goes": (
        removal(BEFORE, "themes", find_thing(BEFORE, "themes", ("idle",))), set(), (), {"theme:idle"}, True
    ),
    "a theme's name": ((changed("themes", "idle", name="Quiet"),), set(), (), set(), False),
    "a perspective's weight": (
        (changed("perspectives", "customers", weight="50"),), set(), ("scorecard",), set(), True
    ),
    "a new perspective": (
        (Amendment("perspectives", None, Perspective(code="people", name="People", rank=2)),), set(),
        ("perspective:people", "scorecard"), set(), True,
    ),
    "a KPI that goes": (
        removal(BEFORE, "kpis", BEFORE.kpi["on_time"]), set(), ABOVE_DELIGHT, {"kpi:on_time"}, True
    ),
    "a KPI that no longer counts": (
        (changed("kpis", "on_time", state="draft"),), {"on_time"}, ABOVE_DELIGHT, set(), True
    ),
    "a new KPI": (
        (Amendment("kpis", None, Kpi(code="waste", name="Waste", kind="flow")),), {"waste"}, (), set(), False
    ),
    "a link": (
        (Amendment("links", None, Link(source="earn", target="delight")),), set(), (), set(), False
    ),
    "how the strategy rolls up": (
        (changed("strategy", "rise", minimum_coverage=0.9),), set(),
        ("objective:earn", "objective:delight", "theme:growth", "theme:idle", "perspective:finance",
         "perspective:customers", "scorecard"), set(), True,
    ),
    "the strategy's vision": ((changed("strategy", "rise", vision="Bread for all."),), set(), (), set(), False),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_amendment_reaches_what_hangs_on_it_and_nothing_else(case: str) -> None:
    amendments, kpis, nodes, gone, is_other = CASES[case]
    found = reached(*amendments)
    assert (found.kpis, found.nodes, found.gone, found.restructured) == (kpis, nodes, gone, is_other)
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


def table(definitions: Definitions) -> dict[str, set[tuple[object, ...]]]:
    """All results of each node, of a whole evaluation."""
    frame = evaluate(definitions, FIGURES, as_of=AS_OF).frame()
    return {str(node): set(part.iter_rows()) for (node,), part in frame.group_by("node")}


@pytest.mark.parametrize("case", CASES)
def test_a_whole_evaluation_changes_nothing_else(case: str) -> None:
    amendments = CASES[case][0]
    after = complete(amend(BEFORE, amendments))
    found, then, now = reached(*amendments), table(BEFORE), table(after)
    other = {node for node in then.keys() | now.keys() if then.get(node) != now.get(node)}
    assert other <= {f"kpi:{code}" for code in found.kpis} | set(found.nodes) | found.gone
    assert (then.keys() - now.keys()) == found.gone
