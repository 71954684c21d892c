"""Targets passed on: shared out over units below, and to the KPIs that drive a computed one."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import fourfold
from fourfold.engine.cascade import CannotAllocate
from fourfold.engine.target_proposals import CannotPropose
from fourfold.errors import NotFound
from fourfold.scorecard import Scorecard
from fourfold.scorecard.allocated_targets import Sharing

DEFINITIONS = """
organisation: {code: shop, name: Shop}
units: [{code: shop, name: Shop}, {code: n, name: North, parent: shop}, {code: s, name: South, parent: shop},
        {code: w, name: West, parent: shop}]
strategy: {code: grow, name: Grow}
kpis:
  - {code: orders, name: Orders, kind: flow, decimals: 0}
  - {code: leads, name: Leads, kind: flow, aggregate_units: none}
  - {code: conversion, name: Conversion, kind: stock, aggregate_units: none}
  - {code: value, name: Value, kind: stock, aggregate_units: none, controllability: none}
  - {code: revenue, name: Revenue, kind: flow, formula: leads * conversion * value, aggregate_units: none}
  - {code: per_lead, name: Per lead, kind: stock, formula: 10 * value / leads, aggregate_units: none}
  - {code: left, name: Left over, kind: flow, formula: leads - value + 5, aggregate_units: none}
  - {code: power, name: Power, kind: flow, formula: leads * leads * value, aggregate_units: none}
  - {code: peak, name: Peak, kind: flow, formula: "max(leads, value)", aggregate_units: none}
  - {code: turn, name: Turn, kind: flow, formula: leads * leads + value, aggregate_units: none}
  - {code: on_time, name: On time, kind: ratio, unit: "%"}
"""
AS_OF = "2027-02-01"
DRIVERS = (("leads", 1000), ("conversion", 0.05), ("value", 200))
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Scorecard:
    path: Path = tmp_path_factory.mktemp("shop")
    (path / "all.yaml").write_text(DEFINITIONS)
    rows: list[tuple[Any, ...]] = []
    for month in MONTHS:
        rows += [("orders", unit, month, key, None, None) for unit, key in (("n", 50), ("s", 30), ("w", 21))]
        rows += [("on_time", unit, month, None, top, 100) for unit, top in (("n", 70), ("s", 80))]
        rows += [(code, "shop", month, x, None, None) for code, x in DRIVERS]
    names = ["kpi", "unit", "period", "value", "numerator", "denominator"]
    return fourfold.load(path).with_figures(pl.DataFrame(rows, schema=names, orient="row", strict=False))


def test_a_target_follows_last_years_figures_to_the_last_unit(card: Scorecard) -> None:
    found = card.allocate_target("orders", 1000, as_of=AS_OF)  # the example of methodology §1.4
    assert found.frame["target"].to_list() == [495, 297, 208]
    assert fourfold.replay(found.explain().to_json()) == {"parts": ["495", "297", "208"], "total": "1000"}


@pytest.mark.parametrize(
    ("how", "parts"),
    [(Sharing(by="equal"), [334, 333, 333]), (Sharing(over="1.2"), [594, 356, 250]),
     (Sharing(keys={"n": 1, "w": 3}), [250, 0, 750]), (Sharing(step=100, by="equal"), [400, 300, 300])],
)  # fmt: skip
def test_parts_add_up_whatever_they_are_shared_by(card: Scorecard, how: Sharing, parts: list[int]) -> None:
    found = card.allocate_target("orders", 1000, how=how, as_of=AS_OF)
    assert found.frame["target"].to_list() == parts


def test_a_unit_without_a_key_is_named(card: Scorecard) -> None:
    (sheet,) = card.allocate_target("orders", 10, how=Sharing(keys={"n": 1, "w": 1}), as_of=AS_OF).sheets
    assert sheet.notes == ("South has no key, and gets nothing. Give its key.",)


def test_units_of_a_ratio_close_the_same_share_of_their_gaps(card: Scorecard) -> None:
    found = card.allocate_target("on_time", 80, how=Sharing(best=90), as_of=AS_OF)
    assert found.frame["target"].to_list()[:2] == pytest.approx([70 + 20 / 3, 80 + 10 / 3])
    assert found.frame["target"].to_list()[2] is None and "West lacks baseline" in found.sheets[0].notes[0]
    body = found.explain().to_json()
    assert fourfold.replay(body) == body["answer"]
    best = card.allocate_target("on_time", 80, as_of=AS_OF)  # the best unit is the cap: nothing beyond 80
    assert best.frame["target"].to_list()[:2] == pytest.approx([80, 80])
    assert "not reachable" in card.allocate_target("on_time", 81, as_of=AS_OF).sheets[0].notes[-1]


REFUSED = [
    (("value", 3), Sharing(), CannotAllocate, "the same for all"),
    (("orders", "many"), Sharing(), CannotAllocate, "no number"),
    (("orders", 3), Sharing(over=2), CannotAllocate, "not allowed"),
    (("orders", 3), Sharing(step="0"), CannotAllocate, "rounds nothing"),
    (("orders", "1e300"), Sharing(), CannotAllocate, "more digits"),
    (("orders", 3), Sharing(best=4), CannotAllocate, "no best value"),
    (("on_time", 80), Sharing(over=1.1), CannotAllocate, "no over-allocation"),
    (("orders", 3), Sharing(by="size"), CannotAllocate, "not shared by"),
    (("orders", 3), Sharing(keys={"north": 1}), NotFound, "no unit"),
    (("orders", 3, "n"), Sharing(), CannotAllocate, "fewer than two units"),
    (("orders", 3, "x"), Sharing(), NotFound, "no unit"),
    (("order", 3), Sharing(), NotFound, "no KPI"),
]


@pytest.mark.parametrize(("asked", "how", "kind", "said"), REFUSED)
def test_what_cannot_be_shared_out_says_why(
    card: Scorecard, asked: tuple[Any, ...], how: Sharing, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        card.allocate_target(*asked, how=how, as_of=AS_OF)


def test_a_goal_is_split_over_the_factors_that_somebody_can_move(card: Scorecard) -> None:
    found = card.propose_drivers("revenue", 12000, as_of=AS_OF)  # the example of methodology §4.2
    assert found.frame["target"].to_list() == pytest.approx([1000 * math.sqrt(1.2), 0.05 * math.sqrt(1.2), 200])
    body = found.explain().to_json()
    assert fourfold.replay(body) == body["answer"] and "bearing 50%" in str(found.explain())
    alone = card.propose_drivers("revenue", 12000, shares={"leads": 1}, as_of=AS_OF)
    assert alone.frame["target"].to_list() == pytest.approx([1200, 0.05, 200])


def test_what_is_divided_by_or_taken_away_moves_the_other_way(card: Scorecard) -> None:
    ratio = card.propose_drivers("per_lead", 4, shares={"leads": 1}, as_of=AS_OF)  # 10 · 200 / 1000 = 2
    assert ratio.frame["target"].to_list() == pytest.approx([200, 500])
    gap = card.propose_drivers("left", 905, shares={"value": 1}, as_of=AS_OF)  # 1000 − 200 + 5 = 805
    assert gap.frame["target"].to_list() == pytest.approx([1000, 100])


def test_a_mixed_formula_is_moved_by_one_factor_until_the_goal_is_met(card: Scorecard) -> None:
    found = card.propose_drivers("power", 8 * 1000 * 1000 * 200, shares={"leads": 0.5, "value": 0.5}, as_of=AS_OF)
    leads, value = found.frame["target"].to_list()
    assert leads**2 * value == pytest.approx(8 * 1000 * 1000 * 200)
    assert leads / 1000 == pytest.approx(value / 200), "half of the change each"
    body = found.explain().to_json()
    assert fourfold.replay(body) == body["answer"] and "by one factor to its share" in str(found.explain())


@pytest.mark.parametrize(
    ("kpi", "shares", "kind", "said"),
    [("peak", None, CannotPropose, "no arithmetic"), ("orders", None, CannotPropose, "no arithmetic of two or more"),
     ("turn", {"leads": 1}, CannotPropose, "No way leads from the drivers of Turn"),
     ("revenue", {"leads": 0.4}, CannotPropose, "cannot share"), ("revenue", {"lead": 1}, NotFound, "does not drive")],
)  # fmt: skip
def test_what_has_no_drivers_says_so(card: Scorecard, kpi: str, shares: Any, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        card.propose_drivers(kpi, 3, shares=shares, as_of=AS_OF)


def test_without_figures_of_all_drivers_nothing_is_proposed(card: Scorecard) -> None:
    with pytest.raises(CannotPropose, match="no period in which all"):
        card.propose_drivers("revenue", 3, "n", as_of=AS_OF)
