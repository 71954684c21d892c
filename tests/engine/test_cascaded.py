"""A scorecard applied to units: the amendments make units carry objectives, and nothing else is touched."""

from __future__ import annotations

from typing import Any

import pytest

from fourfold.engine.alignment import alignment
from fourfold.engine.amendments import amend
from fourfold.engine.cascaded import (
    Contribution,
    accept,
    apply_contributory,
    apply_identical,
    carried,
    to_share_out,
    withdraw,
)
from fourfold.engine.checks import check
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.nodes import effective_weights
from fourfold.errors import Conflict, NotFound
from fourfold.testing.bakery import BAKERY, bakery

SENTENCE = Contribution(name="{objective} at {unit}", sentence="Warm rolls bring people back.", kpi="on_time")


def with_kpi(code: str, **changes: Any) -> Definitions:
    return bakery(kpis=[k | changes if k["code"] == code else k for k in BAKERY["kpis"]])


def carries(d: Definitions, objective: str, unit: str) -> tuple[int, int, list[str]]:
    found = carried(d, d.objective[objective], unit)
    return found.has, found.of, [o.code for o in found.own]


def test_a_unit_carries_an_objective_identically_once_it_has_its_kpis() -> None:
    alone = with_kpi("on_time", only_in=["bakery"])
    assert carries(alone, "delight", "north") == (0, 1, [])
    applied = amend(alone, apply_identical(alone, ["delight"], ["north", "south"]))
    assert applied.kpi["on_time"].only_in == ("bakery", "north", "south")
    assert carries(applied, "delight", "south") == (1, 1, [])
    assert alignment(applied, "bakery").down.value == 100.0


def test_an_exception_of_a_unit_ends_and_a_kpi_of_all_units_stays_as_it_is() -> None:
    without = with_kpi("on_time", not_applicable_in=["north"])
    (one,) = apply_identical(without, ["delight", "earn"], ["north"])
    assert carries(amend(without, [one]), "delight", "north") == (1, 1, [])
    assert apply_identical(bakery(), ["delight", "earn"], ["north"]) == ()


def test_an_objective_without_a_kpi_is_not_applied() -> None:
    d = bakery(uses=[])
    with pytest.raises(Conflict, match="has no KPI that units could share"):
        apply_identical(d, ["earn"], ["north"])


def test_a_contribution_is_an_objective_of_the_unit_that_passes_the_checks_once_it_is_accepted() -> None:
    d = bakery()
    applied = amend(d, apply_contributory(d, ["earn"], ["north", "south"], SENTENCE))
    assert carries(applied, "earn", "north")[2] == ["earn_north"]
    own = applied.objective["earn_south"]
    assert (own.name, own.unit, own.cascaded_from) == ("Earn our keep at South Pier", "south", "earn")
    assert {f.place.thing for f in check(complete(applied)) if f.code == "CASCADE"} == {
        "objective:earn_north", "objective:earn_south"
    }  # fmt: skip
    accepted = amend(applied, accept(applied, "earn_north"))
    assert accepted.objective["earn_north"].accepted_by == "alice"
    assert [f.place.thing for f in check(complete(accepted)) if f.code == "CASCADE"] == ["objective:earn_south"]


def test_a_unit_that_contributes_already_keeps_its_objective() -> None:
    d = bakery()
    once = amend(d, apply_contributory(d, ["earn"], ["north"], SENTENCE))
    assert [a.thing.code for a in apply_contributory(once, ["earn"], ["north", "south"], SENTENCE)
            if a.noun == "objectives"] == ["earn_south"]  # type: ignore[attr-defined]  # fmt: skip


def test_what_is_open_is_refused_with_what_to_do() -> None:
    d = bakery()
    with pytest.raises(Conflict, match="How it contributes is open"):
        apply_contributory(d, ["earn"], ["north"], Contribution())
    with pytest.raises(NotFound, match="no KPI"):
        apply_contributory(d, ["earn"], ["north"], Contribution(sentence="So.", kpi="none"))
    for objectives, units in ((["nothing"], ["north"]), (["earn"], ["nowhere"])):
        with pytest.raises(NotFound):
            apply_identical(d, objectives, units)
    with pytest.raises(Conflict, match="no owner who could accept"):
        accept(amend(d, apply_contributory(d, ["delight"], ["north"], SENTENCE)), "delight_north")


def test_what_is_withdrawn_is_carried_no_longer_and_taking_it_back_is_the_identity() -> None:
    d = bakery()
    applied = amend(d, apply_contributory(d, ["delight"], ["north"], SENTENCE))
    gone = withdraw(applied, ["delight"], ["north"])
    left = amend(applied, gone)
    assert carries(left, "delight", "north") == (0, 1, [])
    assert carries(left, "delight", "south") == (1, 1, [])
    assert amend(left, [a.undone for a in reversed(gone)]).kpis == applied.kpis


def test_kpis_that_add_up_are_named_for_sharing_their_targets_out() -> None:
    d = complete(bakery())
    assert [k.code for k in to_share_out(d, ["earn", "delight"])] == ["sales"]


def test_an_objective_of_a_unit_has_no_weight_in_the_scorecard_above() -> None:
    d = complete(bakery())
    applied = complete(amend(bakery(), apply_contributory(bakery(), ["earn"], ["north"], SENTENCE)))
    assert effective_weights(applied) == pytest.approx(effective_weights(d))
    assert effective_weights(applied, "south") == pytest.approx(effective_weights(d))
    north = effective_weights(applied, "north")
    assert north["objective:earn"] == north["objective:earn_north"] == pytest.approx(0.3)
