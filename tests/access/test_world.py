"""Whatever people do with roles and units, nobody comes to more by it, and the reference agrees."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fourfold.access.roles import Action, Role
from fourfold.access.rules import Principal, Thing, can
from fourfold.actions.deny_unit import deny_unit
from fourfold.actions.give_grant import give_grant
from fourfold.actions.invite_person import invite_person
from fourfold.actions.load_folder import load_folder
from fourfold.actions.revoke_grant import revoke_grant
from fourfold.engine.definitions.write import write
from fourfold.errors import FourfoldError
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Grant, Organisation, Person, Unit
from fourfold.testing.bakery import bakery
from tests.access.reference import may

ROLES = [role for role in Role if role not in (Role.GUEST_LINK, Role.SERVICE_KEY)]
UNITS = ("bakery", "north", "south", "stall", "kiosk")
TREE = [
    {"code": "bakery", "name": "Harbour Bakery"},
    {"code": "north", "name": "North Quay", "parent": "bakery"},
    {"code": "south", "name": "South Pier", "parent": "bakery"},
    {"code": "stall", "name": "Stall", "parent": "north"},
    {"code": "kiosk", "name": "Kiosk", "parent": "stall"},
]
PEOPLE = [
    {"code": "ada", "name": "Ada", "email": "ada@b.example", "role": "organisation_admin"},
    {"code": "ben", "name": "Ben", "email": "ben@b.example", "role": "scorecard_admin"},
    {"code": "cem", "name": "Cem", "email": "cem@b.example", "role": "scorecard_admin", "unit": "north"},
    {"code": "dee", "name": "Dee", "email": "dee@b.example", "role": "editor"},
    {"code": "eli", "name": "Eli", "email": "eli@b.example", "role": "contributor", "unit": "stall"},
]
EMPTY = ("kpis", "uses", "targets", "notes", "links", "initiatives", "themes")
SMALL: dict[str, Any] = {noun: [] for noun in EMPTY} | {
    "perspectives": [{"code": "finance", "name": "Finance", "rank": 0}],
    "objectives": [{"code": "earn", "name": "Earn our keep", "perspective": "finance"}],
}
people = st.sampled_from([str(p["email"]) for p in PEOPLE])
places = st.sampled_from([None, *UNITS])


class World(RuleBasedStateMachine):
    """Five people of one organisation, each of whom tries whatever they like."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.folder = tempfile.TemporaryDirectory()
        self.agreed = -1

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)
        self.folder.cleanup()

    def write(self, definitions: Any) -> Path:
        return written(definitions, Path(tempfile.mkdtemp(dir=self.folder.name)))

    def tries(self, who: str, what: Callable[[Person], object]) -> None:
        """Somebody tries something; refused or not, afterwards they may do no more than before."""
        before, count = rights(principal(who)), Event.objects.count()
        try:
            with transaction.atomic():
                what(Person.objects.get(email=who))
        except FourfoldError:
            assert Event.objects.count() == count
        new = set(Event.objects.order_by("-seq").values_list("action", flat=True)[: Event.objects.count() - count])
        assert "grant.take" in new or rights(principal(who)) <= before

    @rule(who=people, to=people, role=st.sampled_from(ROLES), unit=places, closed=st.booleans())
    def give(self, who: str, to: str, role: Role, unit: str | None, closed: bool) -> None:
        self.tries(
            who, lambda by: give_grant(by=by, person=number(to), role=role, unit=unit, confidential=closed)
        )

    @rule(who=people, to=people, unit=places)
    def deny(self, who: str, to: str, unit: str | None) -> None:
        self.tries(who, lambda by: deny_unit(by=by, person=number(to), unit=unit))

    @rule(who=people, pick=st.integers(0, 30))
    def revoke(self, who: str, pick: int) -> None:
        grants = list(Grant.objects.order_by("pk").values_list("pk", flat=True))
        self.tries(who, lambda by: revoke_grant(by=by, grant=grants[pick % len(grants)]))

    @rule(who=people, to=people, role=st.sampled_from(ROLES), unit=places)
    def invite(self, who: str, to: str, role: Role, unit: str | None) -> None:
        self.tries(who, lambda by: invite_person(by=by, email=to, name="Somebody", role=role, unit=unit))

    @rule(who=people, unit=st.sampled_from(UNITS[1:]), under=st.sampled_from(UNITS))
    def move(self, who: str, unit: str, under: str) -> None:
        known = read_definitions(Organisation.objects.get(code="bakery"))
        assert known is not None
        moved = tuple(u.model_copy(update={"parent": under}) if u.code == unit else u for u in known.units)
        path = self.write(known.model_copy(update={"units": moved}))
        self.tries(who, lambda by: load_folder(by=by, path=path))

    @invariant()
    def the_reference_agrees(self) -> None:
        newest = Event.objects.count()
        if newest == self.agreed:  # nothing was changed since, which is what becomes of most tries
            return
        self.agreed = newest
        for email in (str(p["email"]) for p in PEOPLE):
            who = principal(email)
            for thing in things(who):
                for action in Action:
                    assert can(who, action, thing) is may(who, action, thing)

    @invariant()
    def somebody_administers_the_organisation(self) -> None:
        place = Thing(Organisation.objects.get(code="bakery").pk)
        assert any(can(principal(str(p["email"])), Action.ADMINISTER, place) for p in PEOPLE)


def written(definitions: Any, path: Path) -> Path:
    for name, text in write(definitions).items():
        (path / name).write_text(text)
    return path


def principal(email: str) -> Principal:
    found: Principal = Person.objects.get(email=email).principal
    return found


def number(email: str) -> int:
    return int(Person.objects.get(email=email).pk)


def things(who: Principal) -> list[Thing]:
    rows = Unit.objects.filter(organisation__code="bakery").values_list("organisation", "path")
    pk = Organisation.objects.get(code="bakery").pk
    return [Thing(pk)] + [
        Thing(pk, path, owner=owner, confidential=closed)
        for _, path in rows
        for owner in (None, who.person)
        for closed in (False, True)
    ]


def rights(who: Principal) -> set[tuple[str, str, bool, bool]]:
    """What somebody may do where, by code, since paths move."""
    rows = Unit.objects.filter(organisation__code="bakery").values_list("organisation", "code", "path")
    return {
        (action.value, code, is_own, closed)
        for pk, code, path in rows
        for is_own in (False, True)
        for closed in (False, True)
        for action in Action
        if can(who, action, Thing(pk, path, owner=who.person if is_own else None, confidential=closed))
    }


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [8, pytest.param(60, marks=pytest.mark.slow)])
def test_no_sequence_of_calls_raises_ones_own_rights(tmp_path: Path, examples: int) -> None:
    outcome = load_folder(by=None, path=written(bakery(units=TREE, people=PEOPLE, **SMALL), tmp_path))
    assert outcome.ok, [f for f in outcome.findings if f.level.value > 1]
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
