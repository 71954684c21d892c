"""Rolling up only the nodes above some KPIs gives what rolling up everything gives."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from fourfold.engine.definitions.complete import complete
from fourfold.engine.evaluate import evaluate_kpis, periods_of, roll_up_nodes
from fourfold.engine.nodes import nodes_above, nodes_of
from fourfold.engine.results import Results
from fourfold.engine.statuses import Status
from fourfold.testing.bakery import bakery

NOW = datetime(2026, 7, 10, tzinfo=UTC)


def figures(seed: int) -> pl.DataFrame:
    chance = random.Random(seed)
    rows = [
        {"kpi": kpi, "unit": unit, "period": f"M:2026-{month:02}", "value": float(chance.randint(500, 1500))}
        for kpi in ("sales", "costs", "on_time")
        for unit in ("north", "south")
        for month in range(1, 7)
        if chance.random() < 0.8
    ]
    return pl.DataFrame(rows)


def test_the_nodes_above_a_kpi_are_its_objectives_and_what_they_are_part_of() -> None:
    definitions = complete(bakery())
    assert list(nodes_above(definitions, ["on_time"])) == ["objective:delight", "perspective:customers", "scorecard"]
    assert list(nodes_above(definitions, ["sales"])) == [
        "objective:earn", "theme:growth", "perspective:finance", "scorecard",
    ]  # fmt: skip
    assert nodes_above(definitions, ["staff"]) == {}


def test_only_the_use_of_a_kpi_can_be_critical() -> None:
    _, middle, top = nodes_of(complete(bakery()))
    assert middle and top and not any(any(node.critical) for node in [*middle, *top])


@pytest.mark.parametrize("kpi", ["sales", "margin", "on_time"])
def test_only_some_nodes_are_rolled_up_from_results_known_before(kpi: str) -> None:
    definitions = complete(bakery())
    before, after = figures(1), figures(2)
    rows = pl.concat([before.filter(pl.col("kpi") != kpi), after.filter(pl.col("kpi") == kpi)])
    periods = periods_of(definitions, rows, view="month", as_of=NOW)
    kpis = evaluate_kpis(definitions, rows, as_of=NOW, view="month", periods=periods)
    full = roll_up_nodes(definitions, kpis)
    some = nodes_above(definitions, [kpi])
    beside = [i for i, node in enumerate(full.nodes) if node not in some]
    known = Results(
        (*kpis.nodes, *(full.nodes[i] for i in beside)), kpis.units, kpis.periods,
        *(np.concatenate([getattr(kpis, name), getattr(full, name)[beside]])
          for name in ("score", "status", "coverage", "confidence", "marks")),
    )  # fmt: skip
    part = roll_up_nodes(definitions, known, only=some.keys())
    assert part.nodes == tuple(node for node in full.nodes if node in some)
    index = [full.nodes.index(node) for node in part.nodes]
    for name in ("score", "status", "coverage", "confidence"):
        np.testing.assert_array_equal(getattr(part, name), getattr(full, name)[index])


def test_an_objective_of_one_unit_counts_there_and_below_and_nowhere_else() -> None:
    everywhere = bakery()
    at_home = everywhere.model_copy(
        update={"objectives": tuple(o.model_copy(update={"unit": "north"}) if o.code == "earn" else o
                                    for o in everywhere.objectives)}
    )  # fmt: skip
    both = []
    for spec in (everywhere, at_home):
        definitions, rows = complete(spec), figures(1)
        periods = periods_of(definitions, rows, view="month", as_of=NOW)
        kpis = evaluate_kpis(definitions, rows, as_of=NOW, view="month", periods=periods)
        both.append(roll_up_nodes(definitions, kpis))
    before, after = both
    earn, north = after.nodes.index("objective:earn"), after.units.index("north")
    np.testing.assert_array_equal(after.score[:, north], before.score[:, north])
    away = [i for i in range(len(after.units)) if i != north]
    assert (after.status[earn, away] == Status.NOT_APPLICABLE).all()
    assert np.isnan(after.score[earn, away]).all()
    finance, delight = after.nodes.index("perspective:finance"), after.nodes.index("objective:delight")
    assert (after.status[finance, away] == Status.NOT_APPLICABLE).all()
    np.testing.assert_array_equal(after.score[delight], before.score[delight])
