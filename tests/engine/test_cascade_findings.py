"""What an evaluation says about the units of a scorecard together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from fourfold.engine import cascade_findings as module
from fourfold.engine.definitions import Definitions
from fourfold.engine.reconciliation import reconcile_targets, reconcile_values
from tests.engine.scorecards import figures, judged, scorecard

UNITS = {"all": None, "north": "all", "south": "all"}
FLOW = {"code": "k", "kind": "flow"}


def said(definitions: Definitions, **rows: float) -> list[tuple[str, str | None]]:
    frame = pl.concat([figures(("k", "2026-02", value), unit=unit) for unit, value in rows.items()])
    return [(f.code, f.place.thing) for f in judged(definitions, frame).findings]


def asking(kpi: Mapping[str, Any] = FLOW, **values: float) -> Definitions:
    """A flow whose units ask for so much; `every` is what units without an own target take."""
    targets = [
        {"kpi": "k", "value": value, "red_line": 0} | ({} if unit == "every" else {"unit": unit})
        for unit, value in values.items()
    ]
    return scorecard(kpi, units=UNITS, targets=targets)


def test_an_evaluation_lists_figures_that_were_reported_at_two_levels_and_differ() -> None:
    definitions = scorecard(FLOW, units=UNITS)
    assert said(definitions, north=60, south=40) == []
    assert said(definitions, all=100, north=60, south=40) == []
    assert said(definitions, all=102, north=60, south=40) == [("CASCADE-VALUES", "kpi:k@all")]


@pytest.mark.parametrize(
    ("values", "differ"),
    [
        ({"north": 60, "south": 40}, False),  # the unit above asks for the sum
        ({"all": 100}, False),  # the units below ask for nothing
        ({"all": 100, "north": 60, "south": 40}, False),
        ({"all": 100, "north": 60, "south": 30}, True),
        ({"every": 100, "north": 60, "south": 30}, True),  # what is asked of a flow without a unit holds for the top
    ],
)
def test_an_evaluation_lists_targets_that_do_not_add_up(values: dict[str, float], differ: bool) -> None:
    found = said(asking(FLOW, **values), north=60, south=40)
    assert found == ([("CASCADE-TARGETS", "kpi:k@all")] if differ else [])


@pytest.mark.parametrize(
    ("values", "differ"),
    [
        ({"every": 50}, False),
        ({"every": 50, "all": 90}, True),  # both below take 50
        ({"every": 50, "north": 60}, False),  # one of the two is the same
        ({"every": 50, "north": 60, "south": 70}, True),
        ({"all": 90, "north": 60}, False),  # nobody asked the south
    ],
)
def test_an_evaluation_lists_targets_of_ratios_that_no_unit_below_comes_near(
    values: dict[str, float], differ: bool
) -> None:
    definitions = asking({"code": "k", "kind": "ratio", "unit": "%"}, **values)
    rows = pl.concat([figures(("k", "2026-02", 60.0, 100.0), unit=unit) for unit in ("north", "south")])
    found = [(f.code, f.place.thing) for f in judged(definitions, rows).findings]
    assert found == ([("CASCADE-TARGETS", "kpi:k@all")] if differ else [])


def test_what_an_evaluation_lists_is_what_looking_at_every_unit_finds() -> None:
    """Where figures or targets stand at both levels; the slow way asks about every KPI and unit."""
    definitions = asking(all=100, north=60, south=30)
    rows = pl.concat([figures(("k", "2026-02", v), unit=u) for u, v in {"all": 90, "north": 50, "south": 30}.items()])
    run = judged(definitions, rows)
    everywhere = reconcile_values(definitions, run.kpis) + reconcile_targets(definitions, run.kpis)
    assert run.findings == everywhere and len(everywhere) == 2


def test_an_objective_is_looked_at_in_the_unit_it_belongs_to() -> None:
    targets = [
        {"kpi": "k", "unit": "north", "value": 100, "red_line": 90},
        {"kpi": "k", "unit": "south", "value": 50, "red_line": 40},
    ]
    whole = scorecard(FLOW, units=UNITS, targets=targets)
    document = whole.model_dump()
    own = [dict(document["objectives"][0]) | {"unit": "north"}]
    of_north = Definitions.model_validate(document | {"objectives": own})
    rows = [(unit, month, value) for unit, value in (("north", 80.0), ("south", 100.0)) for month in (1, 2, 3)]
    frame = pl.concat([figures(("k", f"2026-0{month}", value), unit=unit) for unit, month, value in rows])
    assert judged(whole, frame).findings == (), "the two together are on target"
    (told,) = judged(of_north, frame).findings
    assert (told.code, told.place.thing) == ("OBJECTIVE-UNANSWERED", "objective:o@north")


def test_a_scorecard_of_one_unit_compares_nothing() -> None:
    definitions = scorecard(FLOW, targets=[{"kpi": "k", "unit": "all", "value": 50, "red_line": 0}])
    assert not module._upper(definitions).any()
    assert module._with_targets_at_both_levels(definitions) == frozenset()


def test_at_most_a_hundred_are_listed() -> None:
    codes = [f"k{i}" for i in range(120)]
    definitions = scorecard(*({"code": code, "kind": "flow"} for code in codes), units=UNITS)
    reported = {"all": 10.0, "north": 1.0, "south": 1.0}
    rows = pl.concat([figures(*((c, "2026-02", v) for c in codes), unit=unit) for unit, v in reported.items()])
    assert len(judged(definitions, rows).findings) == module.LISTED
