"""The difference of two sets of definitions."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from fourfold.engine.definitions import Definitions
from fourfold.engine.edits import KEYS, Edit, Field, Kind, edits
from fourfold.testing.bakery import BAKERY, bakery
from tests.engine.definitions.strategies import definitions


def test_every_noun_of_the_definitions_has_a_key() -> None:
    assert set(KEYS) == set(Definitions.model_fields)


@settings(max_examples=30)
@given(definitions(), definitions())
def test_what_comes_one_way_goes_the_other_way(one: Definitions, other: Definitions) -> None:
    there, back = edits(one, other), edits(other, one)
    assert edits(one, one) == ()
    turned = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED, Kind.CHANGED: Kind.CHANGED}
    swapped = {(e.noun, e.name, turned[e.kind], _swapped(e.fields)) for e in there if _plain(e)}
    assert swapped == {(e.noun, e.name, e.kind, e.fields) for e in back if _plain(e)}
    assert bool(there) == any(_sets(one, noun) != _sets(other, noun) for noun in KEYS)


def _plain(edit: Edit) -> bool:
    return all(not isinstance(value, list | dict) for f in edit.fields for value in (f.before, f.after))


def _swapped(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    return tuple(Field(f.name, f.after, f.before) for f in fields)


def _sets(given: Definitions, noun: str) -> Any:
    written = getattr(given, noun)
    return {thing.model_dump_json() for thing in (written if isinstance(written, tuple) else (written,))}


def test_each_field_that_changed_is_told_with_both_values() -> None:
    kpis = [dict(k) for k in BAKERY["kpis"] if k["code"] != "staff"]
    kpis[0] |= {"name": "Takings", "decimals": 0}
    kpis.append({"code": "waste", "name": "Waste"})
    assert edits(bakery(), bakery(kpis=kpis, uses=BAKERY["uses"])) == (
        Edit("kpis", "staff", Kind.REMOVED),
        Edit("kpis", "sales", Kind.CHANGED, (Field("name", "Sales", "Takings"), Field("decimals", 2, 0))),
        Edit("kpis", "waste", Kind.ADDED),
    )


def test_things_of_one_name_are_told_apart_by_their_turn() -> None:
    def targets(*values: str) -> Definitions:
        return bakery(targets=[{"kpi": "sales", "since": "M:2026-01", "value": value} for value in values])

    name = edits(targets("1"), targets("1", "2"))[0].name
    assert edits(targets("1"), targets("1", "2")) == (Edit("targets", name, Kind.ADDED),)
    assert edits(targets("1", "2", "3"), targets("1")) == (Edit("targets", name, Kind.REMOVED),) * 2
    assert edits(targets("1", "2"), targets("1", "3")) == (
        Edit("targets", name, Kind.CHANGED, (Field("value", "2", "3"),)),
    )


def test_spelling_defaults_and_order_are_no_difference() -> None:
    perspectives = [
        {"code": "customers", "name": "Customers", "rank": 1, "weight": "40.00", "question": ""},
        {"code": "finance", "name": "Finance", "rank": 0, "weight": "60"},
    ]
    assert edits(bakery(), bakery(perspectives=perspectives)) == ()


def test_what_joins_two_things_is_named_by_both() -> None:
    (edit,) = edits(bakery(), bakery(links=[]))
    assert (edit.noun, edit.name, edit.kind) == ("links", "delight earn", Kind.REMOVED)


def test_a_factor_of_one_written_and_left_out_are_two_things_for_a_ratio_in_per_cent() -> None:
    share = {"code": "share", "name": "Share", "kind": "ratio", "unit": "%"}
    one, two = (bakery(kpis=[*BAKERY["kpis"], kpi]) for kpi in (share, share | {"factor": "1"}))
    assert [e.fields for e in edits(one, two)] == [(Field("factor", None, "1"),)]
    assert [e.fields for e in edits(two, one)] == [(Field("factor", "1", None),)]
    share["unit"] = "per head"
    one, two = (bakery(kpis=[*BAKERY["kpis"], kpi]) for kpi in (share, share | {"factor": "1"}))
    assert edits(one, two) == ()
