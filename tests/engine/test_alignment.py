"""The four alignment numbers on a company small enough to count by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fourfold.engine.alignment import alignment, findings_of, objectives_of
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete


def company(**more: Any) -> Definitions:
    """A root with three units; `sales` is measured everywhere, `costs` in the root and the north."""
    return complete(
        Definitions.model_validate(
            {
                "organisation": {"code": "o", "name": "O"},
                "units": [
                    {"code": "all", "name": "All"},
                    *({"code": c, "name": c, "parent": "all"} for c in ("north", "south", "west")),
                    {"code": "shop", "name": "Shop", "parent": "north"},
                ],
                "people": [
                    {"code": "alice", "name": "Alice"},
                    {"code": "bob", "name": "Bob", "unit": "north"},
                    {"code": "charlie", "name": "Charlie", "unit": "shop"},
                ],
                "strategy": {"code": "s", "name": "S"},
                "perspectives": [{"code": "p", "name": "P"}],
                "themes": [{"code": "fresh", "name": "Fresh"}, {"code": "calm", "name": "Calm"}],
                "objectives": [
                    {"code": "earn", "name": "Earn", "perspective": "p", "weight": 3, "themes": ["fresh"],
                     "owner": "alice"},
                    {"code": "save", "name": "Save", "perspective": "p", "weight": 1},
                    {"code": "please", "name": "Please", "perspective": "p", "weight": 4, "unit": "north",
                     "cascaded_from": "save", "cascade_type": "contributory"},
                    {"code": "own", "name": "Own", "perspective": "p", "weight": 2, "unit": "north", "local": True,
                     "themes": ["calm"]},
                    {"code": "quiet", "name": "Quiet", "perspective": "p", "unit": "south", "themes": ["calm"]},
                ],
                "kpis": [
                    {"code": "sales", "name": "Sales", "steward": "bob"},
                    {"code": "costs", "name": "Costs", "only_in": ["all", "shop"]},
                    {"code": "noise", "name": "Noise", "only_in": ["north", "south"]},
                    {"code": "calls", "name": "Calls", "owner": "charlie"},
                ],
                "uses": [
                    {"objective": "earn", "kpi": "sales"},
                    {"objective": "save", "kpi": "costs"},
                    {"objective": "own", "kpi": "noise"},
                    {"objective": "quiet", "kpi": "noise"},
                ],
            }
            | more
        )
    )  # fmt: skip


def codes(unit: str) -> list[str]:
    return [o.code for o in objectives_of(company(), unit)]


def test_a_unit_has_its_own_objectives_and_those_of_which_it_has_a_kpi() -> None:
    assert codes("all") == ["earn", "save"]
    assert codes("north") == ["earn", "please", "own"]
    assert codes("south") == ["earn", "quiet"]
    assert codes("shop") == ["earn", "save"]


def test_up_is_the_weight_of_objectives_that_carry_one_above() -> None:
    up = alignment(company(), "north").up
    assert up.value == pytest.approx(100 * (3 + 4) / 9)  # earn and please; own is local
    assert (up.counted, up.of, up.lacking) == (2, 3, ("own",))
    assert alignment(company(), "shop").up.value == pytest.approx(75.0)  # save is of the root, not of the north


def test_the_top_has_nothing_above_and_a_leaf_nothing_below() -> None:
    assert math.isnan(alignment(company(), "all").up.value)
    assert math.isnan(alignment(company(), "shop").down.value)


def test_down_is_the_weight_of_objectives_that_a_unit_below_carries() -> None:
    down = alignment(company(), "all").down
    assert (down.value, down.lacking) == (100.0, ())  # earn everywhere, save by please of the north
    north = alignment(company(), "north").down
    assert north.value == pytest.approx(100 * 3 / 9)
    assert north.lacking == ("please", "own")


def test_side_is_the_share_of_common_themes_with_a_common_kpi() -> None:
    side = alignment(company(), "north").side
    assert side.value == 100.0 and side.of == 2  # earn by sales, own by noise, which the south has as well
    apart = company(uses=[{"objective": "earn", "kpi": "sales"}, {"objective": "own", "kpi": "noise"},
                          {"objective": "quiet", "kpi": "calls"}])  # fmt: skip
    side = alignment(apart, "north").side
    assert side.value == pytest.approx(60.0)  # weights 3 of 3 + 2
    assert side.lacking == ("own",)
    assert math.isnan(alignment(company(themes=[], objectives=[]), "north").side.value)


def test_people_count_whose_kpis_or_work_belong_to_an_objective() -> None:
    found = alignment(company(), "all").people
    assert (found.value, found.counted, found.lacking) == (pytest.approx(200 / 3), 2, ("charlie",))
    assert alignment(company(), "all", working={"charlie"}).people.value == 100.0
    assert alignment(company(), "north").people.of == 2
    assert math.isnan(alignment(company(), "south").people.value)


def test_each_thing_that_does_not_count_has_a_word_about_how_it_would() -> None:
    told = findings_of(alignment(company(), "north"))
    assert [str(f.place) for f in told] == ["objective:own", "objective:please", "objective:own", "person:charlie"]
    assert all(f.code == "ALIGNMENT" and f.fix.endswith(".") for f in told)


def test_objectives_without_weight_count_alike() -> None:
    zero = company(objectives=[
        {"code": "earn", "name": "E", "perspective": "p", "weight": 0},
        {"code": "own", "name": "O", "perspective": "p", "weight": 0, "unit": "north"},
    ])  # fmt: skip
    assert alignment(zero, "north").up.value == 50.0
