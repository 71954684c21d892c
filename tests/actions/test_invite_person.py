"""Inviting people and changing what they may do."""

from __future__ import annotations

import pytest

from fourfold.access.roles import Action, Role
from fourfold.access.rules import Thing, can
from fourfold.actions.invite_person import invite_person
from fourfold.errors import Forbidden, NotFound
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Organisation, Person

pytestmark = pytest.mark.django_db


def test_alice_invites_dora_who_may_then_enter_figures_at_south_pier(organisation: Organisation, alice: Person) -> None:
    outcome = invite_person(
        by=alice, email="Dora@bakery.example", name="Dora Dean", role=Role.CONTRIBUTOR, unit="south"
    )
    dora = outcome.value
    assert outcome.ok and dora and not dora.has_usable_password()
    paths = {unit.code: unit.path for unit in organisation.unit_set.all()}
    assert can(dora.principal, Action.RECORD, Thing(organisation.pk, paths["south"]))
    assert not can(dora.principal, Action.SEE, Thing(organisation.pk, paths["north"]))
    definitions = read_definitions(Organisation.objects.get(pk=organisation.pk))
    assert definitions and [p.code for p in definitions.people] == ["alice", "bob", "DD"]
    assert [e.action for e in Event.objects.order_by("-seq")[:2]] == ["invitation.make", "person.invite"]


def test_inviting_somebody_again_changes_the_role_and_nothing_else(organisation: Organisation, alice: Person) -> None:
    invite_person(by=alice, email="bob@bakery.example", name="Somebody Else", role=Role.EDITOR)
    bob = Person.objects.get(email="bob@bakery.example")
    assert bob.name == "Bob Baker"
    assert set(bob.grant_rows.values_list("role", "unit")) == {("editor", None), ("contributor", None)}
    before = Organisation.objects.get(pk=organisation.pk).version
    again = invite_person(by=alice, email="bob@bakery.example", name="Bob", role=Role.EDITOR)
    assert again.summary == "bob@bakery.example is editor already"
    assert Organisation.objects.get(pk=organisation.pk).version == before


def test_an_account_of_elsewhere_joins_and_keeps_its_password(organisation: Organisation, charlie: Person) -> None:
    charlie.set_password("a long way home")
    charlie.save()
    invite_person(by=None, email="charlie@elsewhere.example", name="Charlie", organisation="bakery")
    charlie.refresh_from_db()
    assert charlie.name == "Charlie Cole" and charlie.check_password("a long way home")
    assert charlie.grant_rows.get().role == "viewer"


def test_bob_may_not_invite_and_charlie_finds_nothing(bob: Person, charlie: Person) -> None:
    with pytest.raises(Forbidden):
        invite_person(by=bob, email="d@bakery.example", name="Dora")
    with pytest.raises(NotFound):
        invite_person(by=charlie, email="d@bakery.example", name="Dora", organisation="bakery")
    assert not Person.objects.filter(email="d@bakery.example").exists()


@pytest.mark.parametrize(("email", "name"), [("nobody", "Dora"), ("@", "Dora"), ("", "Dora"), ("d@b.example", " ")])
def test_an_address_or_name_that_will_not_do_invites_nobody(alice: Person, email: str, name: str) -> None:
    people = Person.objects.count()
    outcome = invite_person(by=alice, email=email, name=name)
    assert not outcome.ok and outcome.value is None
    assert Person.objects.count() == people


def test_a_unit_that_is_not_there_is_named(alice: Person) -> None:
    with pytest.raises(NotFound, match="no unit west"):
        invite_person(by=alice, email="d@bakery.example", name="Dora", unit="west")
