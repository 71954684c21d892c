"""Amendments: one thing before and after; any sequence of them is what a folder would say, and is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import Phase, given, settings

from fourfold.engine.amendment_check import field_of, verdict
from fourfold.engine.amendments import Amendment, Amendments, amend, find_thing, removal, things_of
from fourfold.engine.checks import check
from fourfold.engine.definitions import Definitions, KpiUse, Objective, Theme
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.text.folder import SINGLES
from fourfold.engine.definitions.write import write
from fourfold.engine.edits import KEYS, edits, key_of
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import NotFound, Outdated
from fourfold.testing.bakery import bakery
from tests.engine.definitions.strategies import definitions

TODAY = date(2026, 5, 20)


def between(before: Definitions, after: Definitions) -> Amendments:
    """The amendments that lead from one set of definitions to another, but for the order of things."""
    return tuple(each for noun in KEYS for each in _between(noun, things_of(before, noun), things_of(after, noun)))


def _between(noun: str, before: tuple[Definition, ...], after: tuple[Definition, ...]) -> Iterator[Amendment]:
    if noun in SINGLES:
        yield from (Amendment(noun, old, new) for old, new in zip(before, after, strict=True) if old != new)
        return
    old, new = _by_key(noun, before), _by_key(noun, after)
    different = [key for key in old | new if old.get(key) != new.get(key)]
    changed = {key for key in different if len(old.get(key, ())) == len(new.get(key, ())) == 1}
    # Only their order tells things of equal keys apart: they go last first and come in order, there and back.
    for key in different:
        if key not in changed:
            yield from (Amendment(noun, thing, None) for thing in reversed(old.get(key, [])))
    for key in different:
        if key in changed:
            yield Amendment(noun, old[key][0], new[key][0])
        else:
            yield from (Amendment(noun, None, thing) for thing in new.get(key, []))


def _by_key(noun: str, things: tuple[Definition, ...]) -> dict[tuple[object, ...], list[Definition]]:
    found: dict[tuple[object, ...], list[Definition]] = {}
    for thing in things:
        found.setdefault(key_of(noun, thing), []).append(thing)
    return found


def there_and_back(one: Definitions, other: Definitions) -> None:
    """Amended step by step, one set is the other, can be written and read, and is itself again when taken back."""
    steps = between(one, other)
    now = one
    for step in steps:
        now = amend(now, [step])
    assert parse(write(now)).definitions == now, "export and apply again"
    assert edits(now, other) == ()
    assert edits(amend(now, [step.undone for step in reversed(steps)]), one) == ()


# Most of the time goes into finding a small counterexample: the few examples of every run are told as they are drawn.
@settings(max_examples=4, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(definitions(), definitions())
def test_a_sequence_of_amendments_is_what_the_folder_says_and_is_taken_back(
    one: Definitions, other: Definitions
) -> None:
    there_and_back(one, other)


@pytest.mark.slow
@settings(max_examples=60)
@given(definitions(), definitions())
def test_so_are_many_sequences_of_amendments(one: Definitions, other: Definitions) -> None:
    there_and_back(one, other)


@pytest.mark.parametrize("after", ["", "p", "q", "pq", "qp", "pp", "pqp", "ppq", "rpq", "pr"])
@pytest.mark.parametrize("before", ["p", "pq", "pp", "pqp"])
def test_things_of_one_code_keep_their_order_there_and_back(before: str, after: str) -> None:
    def named(names: str) -> Definitions:
        return bakery().model_copy(update={"themes": tuple(Theme(code="t", name=name) for name in names)})

    there_and_back(named(before), named(after))


def test_of_equal_things_the_last_one_goes_as_it_is_the_one_found() -> None:
    p, q = Theme(code="t", name="p"), Theme(code="t", name="q")
    whole = bakery().model_copy(update={"themes": (p, q, p)})
    found = find_thing(whole, "themes", ("t",))
    assert amend(whole, [Amendment("themes", found, None)]).themes == (p, q)


def test_a_thing_that_is_no_longer_as_it_was_is_not_amended() -> None:
    seen = find_thing(bakery(), "kpis", ("sales",))
    mine = Amendment("kpis", seen, seen.model_copy(update={"name": "Takings"}))
    theirs = amend(bakery(), [Amendment("kpis", seen, seen.model_copy(update={"unit": "EUR"}))])
    with pytest.raises(Outdated, match="sales"):
        amend(theirs, [mine])
    with pytest.raises(NotFound):
        find_thing(bakery(), "kpis", ("nothing",))


def test_what_hangs_on_a_thing_goes_with_it_and_comes_back_with_it() -> None:
    whole = bakery()
    going = removal(whole, "objectives", whole.objective["earn"])
    assert [(each.noun, each.name, each.after is None) for each in going] == [
        ("initiatives", "oven", False), ("uses", "sales earn", True), ("uses", "margin earn", True),
        ("links", "delight earn", True), ("objectives", "earn", True),
    ]  # fmt: skip
    gone = amend(whole, going)
    assert edits(amend(gone, [each.undone for each in reversed(going)]), whole) == ()


def test_only_what_was_not_wrong_before_is_broken_and_what_is_odd_stays_said() -> None:
    whole = bakery()
    kpi = find_thing(whole, "kpis", ("costs",))
    steps = (Amendment("kpis", kpi, kpi.model_copy(update={"formula": "sales *"})),)
    found = verdict(whole, amend(whole, steps), steps, today=TODAY)
    assert [(f.code, field_of(f)) for f in found.broken if f.code == "FORMULA-TEXT"] == [("FORMULA-TEXT", "formula")]
    grow = Objective(code="grow", name="Implement synergies", perspective="customers")
    more = (Amendment("objectives", None, grow), Amendment("uses", None, KpiUse(kpi="staff", objective="grow")))
    said = verdict(whole, amend(whole, more), more, today=TODAY)
    assert not said.broken
    assert {f.code for f in said.own} >= {"OBJECTIVE-ACTIVITY", "OBJECTIVE-VAGUE", "OWNER-MISSING"}


@pytest.mark.parametrize(("unit", "above", "broken"), [
    ("north", "bakery", {"CASCADE"}), ("south", "north", {"UNIT-TREE"}), ("south", None, {"UNIT-TREE"}),
    ("north", "x", {"CASCADE", "REF-UNKNOWN"}), ("south", "bakery", set()),
])  # fmt: skip
def test_a_unit_that_moves_breaks_what_the_checks_of_the_whole_say(
    unit: str, above: str | None, broken: set[str]
) -> None:
    """Also of an objective that is no longer below the one it contributes to."""
    whole = bakery()
    earn = whole.objective["earn"].model_copy(update={"unit": "south"})
    own = Objective(code="own", name="Earn here", perspective="finance", unit="north", cascaded_from="earn")
    kept = tuple(o for o in whole.objectives if o.code != "earn")
    below = tuple(u.model_copy(update={"parent": "south"}) if u.code == "north" else u for u in whole.units)
    whole = whole.model_copy(update={"objectives": (*kept, earn, own), "units": below})
    moving = whole.unit[unit]
    steps = (Amendment("units", moving, moving.model_copy(update={"parent": above})),)
    after = amend(whole, steps)
    before_said, after_said = (
        {(f.code, f.message) for f in check(complete(d), today=TODAY) if f.level is Level.ERROR} for d in (whole, after)
    )
    said = {(f.code, f.message) for f in verdict(whole, after, steps, today=TODAY).broken}
    assert said == after_said - before_said
    assert {code for code, _ in said} == broken


@pytest.mark.parametrize(
    ("thing", "field"),
    [
        ("kpi:waits.formula", "formula"), ("kpi:waits", ""), ("target:waits#1.value", "value"), ("target:waits#1", ""),
        ("use:earn/waits", ""), ("use:earn/waits.weight", "weight"), ("strategy", ""), ("strategy.vision", "vision"),
        ("link:a>b.lag", "lag"), ("objective:a.themes#0", "themes"),
    ],
)  # fmt: skip
def test_a_finding_tells_its_field(thing: str, field: str) -> None:
    assert field_of(Finding("X", Level.WARNING, Place(thing=thing), "")) == field
