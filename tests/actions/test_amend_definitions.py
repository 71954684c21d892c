"""Definitions changed thing by thing: checked, written, evaluated as far as they reach, told, and taken back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from fourfold.actions.amend_definitions import EVENT, amend_definitions
from fourfold.actions.evaluate_organisation import evaluate_organisation, is_evaluated
from fourfold.actions.undo_amendment import undo_amendment
from fourfold.engine.amendments import Amendment, amend, find_thing, removal
from fourfold.engine.definitions import Definitions, Kpi, KpiUse, Objective, Perspective, Target, Theme
from fourfold.engine.edits import edits
from fourfold.errors import Forbidden, NotFound, Outdated
from fourfold.records.amendment_text import amendment_of
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Organisation, Person, Result

pytestmark = pytest.mark.django_db

FIELDS = (
    "unit__code", "view", "ordinal", "node", "state", "status", "score", "value", "target", "coverage", "confidence",
    "marks",
)  # fmt: skip


def written(organisation: Organisation) -> Definitions:
    organisation.refresh_from_db()
    found = read_definitions(organisation)
    assert found is not None
    return found


def changed(definitions: Definitions, noun: str, *key: object, **fields: Any) -> Amendment:
    thing = find_thing(definitions, noun, key)
    return Amendment(noun, thing, type(thing).model_validate(thing.model_dump(exclude_unset=True) | fields))


def results() -> set[tuple[object, ...]]:
    return set(Result.objects.filter(organisation__code="bakery").values_list(*FIELDS))


AMENDMENTS = {
    "a name": lambda d: (changed(d, "kpis", "sales", name="Takings"),),
    "a tolerance": lambda d: (changed(d, "kpis", "sales", tolerance=Decimal(150)),),
    "a target": lambda d: (changed(d, "targets", "margin", None, "commit", "M:2026-01", value=Decimal(40)),),
    "a retired KPI": lambda d: (changed(d, "kpis", "sales", state="retired"),),
    "a weight": lambda d: (changed(d, "uses", "sales", "earn", weight=Decimal(5)),),
    "weights and an objective elsewhere": lambda d: (
        changed(d, "uses", "sales", "earn", weight=Decimal(5)),
        changed(d, "objectives", "earn", weight=Decimal(3)),
        changed(d, "objectives", "delight", perspective="finance"),
        Amendment("objectives", None, Objective(code="please", name="Please", perspective="customers"))),
    "an objective of one unit": lambda d: (changed(d, "objectives", "earn", unit="north"),),
    "a use less": lambda d: removal(d, "uses", find_thing(d, "uses", ("sales", "earn"))),
    "another perspective": lambda d: (changed(d, "objectives", "delight", perspective="finance"),
                                      *removal(d, "perspectives", find_thing(d, "perspectives", ("customers",)))),
    "an objective more": lambda d: (
        Amendment("objectives", None, Objective(code="grow", name="Grow", perspective="customers")),
        Amendment("uses", None, KpiUse(kpi="staff", objective="grow", monitor_only=True)),
        Amendment("uses", None, KpiUse(kpi="sales", objective="grow"))),
    "a KPI more": lambda d: (
        Amendment("kpis", None, Kpi(code="per_head", name="Per head", formula="sales / staff", unit="GBP")),
        Amendment("targets", None, Target(kpi="per_head", since="M:2026-01", value=Decimal(100))),
        Amendment("uses", None, KpiUse(kpi="per_head", objective="delight"))),
    "an objective less": lambda d: (
        Amendment("objectives", None, Objective(code="grow", name="Grow", perspective="customers")),
        *removal(d, "objectives", find_thing(d, "objectives", ("delight",)))),
    "a theme more": lambda d: (Amendment("themes", None, Theme(code="new", name="New")),
                               changed(d, "objectives", "earn", themes=("new",))),
    "the weight of a perspective": lambda d: (changed(d, "perspectives", "finance", weight=Decimal(1)),),
    "another roll-up": lambda d: (changed(d, "strategy", "rise", roll_up="worst_of"),),
    "scores carried forward": lambda d: (changed(d, "strategy", "rise", missing="carry_forward"),),
    "a unit elsewhere": lambda d: (changed(d, "units", "south", parent="north"),),
    "another year": lambda d: (changed(d, "organisation", "bakery", fiscal_year_start=1),),
    "a perspective more": lambda d: (
        Amendment("perspectives", None, Perspective(code="people", name="People")),
        changed(d, "objectives", "delight", perspective="people"),
        Amendment("objectives", None, Objective(code="please", name="Please", perspective="customers"))),
}  # fmt: skip


OFTEN = {"a target", "a retired KPI", "a weight", "a KPI more", "another roll-up", "an objective more"}


@pytest.mark.parametrize(
    "some",
    [sorted(OFTEN), pytest.param(sorted(AMENDMENTS.keys() - OFTEN), marks=pytest.mark.slow)],
    ids=["few", "rest"],
)
def test_results_are_those_of_a_full_evaluation_and_taking_back_gives_what_was(
    organisation: Organisation, now: datetime, some: list[str]
) -> None:
    before, then = written(organisation), results()
    for what, make in ((name, AMENDMENTS[name]) for name in some):
        wanted = tuple(make(before))
        outcome = amend_definitions(by=None, amendments=wanted, at=now)
        assert outcome.ok, (what, outcome.findings)
        found = results()
        assert written(organisation) == amend(before, wanted), what
        assert is_evaluated(organisation, on=now), what
        evaluate_organisation(by=None, as_of=now)
        assert results() == found, what
        back = amend_definitions(by=None, amendments=[each.undone for each in reversed(wanted)], at=now)
        assert back.ok, (what, back.findings)
        assert results() == then, what
        was, before = before, written(organisation)
        assert edits(was, before) == (), what


@pytest.mark.parametrize("missing", ["carry_forward", "zero", "block"])
def test_whatever_stands_for_a_score_that_is_missing_results_are_those_of_a_full_evaluation(
    organisation: Organisation, now: datetime, missing: str
) -> None:
    policy = changed(written(organisation), "strategy", "rise", missing=missing)
    assert amend_definitions(by=None, amendments=[policy], at=now).ok
    for what in ("a weight", "a tolerance", "a use less", "the weight of a perspective", "an objective of one unit"):
        assert amend_definitions(by=None, amendments=AMENDMENTS[what](written(organisation)), at=now).ok, what
        found = results()
        evaluate_organisation(by=None, as_of=now)
        assert results() == found, what


def test_who_may_not_change_definitions_changes_nothing(
    organisation: Organisation, bob: Person, charlie: Person, now: datetime
) -> None:
    wanted = [changed(written(organisation), "kpis", "sales", name="Takings")]
    with pytest.raises(Forbidden):
        amend_definitions(by=bob, amendments=wanted, at=now)
    with pytest.raises(NotFound):
        amend_definitions(by=charlie, organisation="bakery", amendments=wanted, at=now)
    assert not Event.objects.filter(action=EVENT).exists()


def test_what_somebody_else_has_changed_is_not_written_over(
    organisation: Organisation, alice: Person, now: datetime
) -> None:
    seen = written(organisation)
    amend_definitions(by=alice, amendments=[changed(seen, "kpis", "sales", name="Takings")], at=now)
    with pytest.raises(Outdated, match="sales"):
        amend_definitions(by=alice, amendments=[changed(seen, "kpis", "sales", unit="EUR")], at=now)
    assert written(organisation).kpi["sales"].name == "Takings"
    assert amend_definitions(by=alice, amendments=[changed(seen, "kpis", "costs", name="Spending")], at=now).ok


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda d: changed(d, "kpis", "sales", formula="margin + costs", kind="flow"), "circle: "),
        (lambda d: changed(d, "kpis", "sales", frequency="day"), "is not a day: it is a month"),
        (lambda d: Amendment("kpis", None, Kpi(code="sales", name="Again")), "the code sales already"),
        (lambda d: removal(d, "kpis", find_thing(d, "kpis", ("costs",)))[-1], "has figures"),
        (lambda d: removal(d, "kpis", find_thing(d, "kpis", ("costs",)))[-1], "costs"),
        (lambda d: changed(d, "uses", "on_time", "delight", weight=Decimal(0)), "all zero"),
        (lambda d: Amendment("perspectives", find_thing(d, "perspectives", ("finance",)), None), "no such perspective"),
    ],
)
def test_what_would_be_broken_is_said_and_nothing_is_written(
    organisation: Organisation, now: datetime, make: Any, said: str
) -> None:
    before = written(organisation)
    outcome = amend_definitions(by=None, amendments=[make(before)], at=now)
    assert not outcome.ok and said in " ".join(f.message for f in outcome.findings)
    assert written(organisation) == before


def test_the_log_keeps_both_sides_and_a_change_is_taken_back(
    organisation: Organisation, alice: Person, now: datetime
) -> None:
    before = written(organisation)
    wanted = changed(before, "kpis", "staff", effort_minutes=2.5, name="Heads")
    amend_definitions(by=alice, amendments=[wanted], reason="As people call it", at=now)
    event = Event.objects.get(action=EVENT)
    assert (event.person, event.object, event.reason) == (alice, "kpi staff", "As people call it")
    assert amendment_of(event.after["amendments"][0]) == wanted
    assert undo_amendment(by=alice, number=event.seq, at=now).ok
    assert written(organisation) == before
    assert Event.objects.filter(action=EVENT).latest("seq").after["undoes"] == event.seq
    with pytest.raises(Outdated):
        undo_amendment(by=alice, number=event.seq, at=now)
    with pytest.raises(NotFound):
        undo_amendment(by=alice, number=1, at=now)
