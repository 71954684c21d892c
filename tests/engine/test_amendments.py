"""Amendments: one thing before and after; any sequence of them is what a folder would say, and is taken back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import Phase, given, settings

from fourfold.engine.amendment_check import field_of, verdict
from fourfold.engine.amendments import Amendment, amend, between, find_thing, removal
from fourfold.engine.definitions import Definitions, KpiUse, Objective, Theme
from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.write import write
from fourfold.engine.edits import edits
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import NotFound, Outdated
from fourfold.testing.bakery import bakery
from tests.engine.definitions.strategies import definitions

TODAY = date(2026, 5, 20)


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
