"""Giving, denying and taking away: who may, what it does, and what is written down."""

from __future__ import annotations

import pytest

from fourfold.access.roles import Action, Role
from fourfold.access.rules import Thing, can
from fourfold.actions.deny_unit import deny_unit
from fourfold.actions.give_grant import give_grant
from fourfold.actions.invite_person import invite_person
from fourfold.actions.load_folder import load_folder
from fourfold.actions.revoke_grant import revoke_grant
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.records.models import Event, Grant, Organisation, Person, Unit
from fourfold.testing.bakery import BAKERY

pytestmark = pytest.mark.django_db


def made(email: str, role: str, unit: str | None = None) -> Person:
    invite_person(by=None, email=email, name=email.split("@")[0], role=role, unit=unit)
    return Person.objects.get(email=email)


@pytest.fixture
def dora(organisation: Organisation) -> Person:
    """Scorecard admin of North Quay."""
    return made("dora@bakery.example", "scorecard_admin", "north")


def allowed(person: Person, action: Action, unit: str) -> bool:
    row = Unit.objects.get(code=unit, organisation__code="bakery")
    return can(Person.objects.get(pk=person.pk).principal, action, Thing(row.organisation_id, row.path))


def test_a_scorecard_admin_gives_roles_in_her_unit(dora: Person, bob: Person) -> None:
    outcome = give_grant(by=dora, person=bob.pk, role=Role.APPROVER, unit="north")
    assert outcome.summary == "Bob Baker is approver of North Quay"
    assert allowed(bob, Action.APPROVE, "north")
    event = Event.objects.latest("seq")
    assert (event.action, event.object, event.after) == (
        "grant.give", f"person {bob.pk}", {"role": "approver", "unit": "north"}
    )  # fmt: skip
    again = give_grant(by=dora, person=bob.pk, role=Role.APPROVER, unit="north")
    assert again.summary == "Bob Baker is approver of North Quay already"
    assert Event.objects.latest("seq") == event


@pytest.mark.parametrize(
    ("role", "unit", "error"),
    [
        (Role.VIEWER, "south", NotFound),  # she does not know that there is one
        (Role.VIEWER, "nowhere", NotFound),
        (Role.VIEWER, None, Forbidden),
        (Role.AUDITOR, "north", Forbidden),
        (Role.ORGANISATION_ADMIN, "north", Forbidden),
        (Role.GUEST_LINK, "north", Forbidden),
    ],
)
def test_she_gives_no_more_than_she_holds(
    dora: Person, bob: Person, role: Role, unit: str | None, error: type[Exception]
) -> None:
    before = set(Grant.objects.values_list("person", "role", "unit"))
    with pytest.raises(error):
        give_grant(by=dora, person=bob.pk, role=role, unit=unit)
    assert set(Grant.objects.values_list("person", "role", "unit")) == before


def test_nobody_gives_to_themselves_but_an_organisation_admin_takes_and_it_is_written_down(
    dora: Person, alice: Person
) -> None:
    with pytest.raises(Forbidden):
        give_grant(by=dora, person=dora.pk, role=Role.CONTRIBUTOR, unit="north")
    give_grant(by=alice, person=alice.pk, role=Role.APPROVER)
    assert Event.objects.latest("seq").action == "grant.take"


def test_bob_gives_nothing_and_charlie_finds_nothing(bob: Person, charlie: Person) -> None:
    with pytest.raises(Forbidden):
        give_grant(by=bob, person=bob.pk, role=Role.VIEWER, unit="north")
    for unit in ("north", None):
        with pytest.raises(NotFound):
            give_grant(by=charlie, organisation="bakery", person=charlie.pk, role=Role.VIEWER, unit=unit)


def test_people_of_elsewhere_are_given_nothing(alice: Person, charlie: Person) -> None:
    with pytest.raises(NotFound):
        give_grant(by=alice, person=charlie.pk, role=Role.VIEWER)


def test_a_denial_takes_everything_away_and_lifting_it_brings_it_back(alice: Person, bob: Person) -> None:
    denial = deny_unit(by=alice, person=bob.pk, unit="north").value
    assert denial and not allowed(bob, Action.SEE, "north")
    assert Event.objects.latest("seq").action == "grant.deny"
    revoke_grant(by=alice, grant=denial.pk)
    assert allowed(bob, Action.RECORD, "north")
    event = Event.objects.latest("seq")
    assert (event.action, event.before) == ("grant.lift", {"role": None, "unit": "north"})


def test_nobody_lifts_their_own_denial(alice: Person, organisation: Organisation) -> None:
    eve = made("eve@bakery.example", "organisation_admin")
    denial = deny_unit(by=alice, person=eve.pk, unit="south").value
    assert denial
    tries = (lambda: revoke_grant(by=eve, grant=denial.pk), lambda: give_grant(by=eve, person=eve.pk, role=Role.VIEWER))
    for lift in tries:
        with pytest.raises((Forbidden, NotFound)):
            lift()
    assert Grant.objects.filter(pk=denial.pk).exists()


def test_a_role_that_was_taken_away_counts_from_the_next_request_on(alice: Person, bob: Person) -> None:
    revoke_grant(by=alice, grant=bob.grant_rows.get().pk)
    assert not allowed(bob, Action.SEE, "north")
    event = Event.objects.latest("seq")
    assert (event.action, event.before) == ("grant.revoke", {"role": "contributor", "unit": "north"})
    with pytest.raises(NotFound):
        revoke_grant(by=alice, grant=10**9)


def test_a_scorecard_admin_takes_nothing_away_that_was_given_above_her(dora: Person, alice: Person) -> None:
    for grant in alice.grant_rows.all():
        with pytest.raises(Forbidden):
            revoke_grant(by=dora, grant=grant.pk)


def test_the_last_organisation_admin_stays_one(alice: Person) -> None:
    admin = alice.grant_rows.get(role="organisation_admin")
    with pytest.raises(Conflict):
        revoke_grant(by=alice, grant=admin.pk)
    with pytest.raises(Conflict):
        deny_unit(by=alice, person=alice.pk, unit="north")
    assert not alice.grant_rows.filter(role="").exists()
    made("eve@bakery.example", "organisation_admin")
    revoke_grant(by=alice, grant=admin.pk)
    assert not alice.grant_rows.filter(role="organisation_admin").exists()


def test_a_person_gives_no_role_by_loading_a_folder(organisation: Organisation, alice: Person, folder) -> None:  # type: ignore[no-untyped-def]
    owner, bob = BAKERY["people"]
    path = folder(people=[owner, bob | {"role": "admin"}], name="again")
    with pytest.raises(Forbidden):
        load_folder(by=alice, path=path)
    assert load_folder(by=alice, path=folder(people=[owner, bob | {"title": "Baker"}], name="fine")).ok
    assert load_folder(by=None, path=path).ok


def test_nobody_moves_a_unit_to_where_they_may_do_more(organisation: Organisation, bob: Person, folder) -> None:  # type: ignore[no-untyped-def]
    bob.grant_rows.create(organisation=organisation, role="editor")
    moved = [u | ({"parent": "north"} if u["code"] == "south" else {}) for u in BAKERY["units"]]
    path = folder(units=moved, name="moved")
    with pytest.raises(Forbidden, match="in south, which you may not now"):
        load_folder(by=Person.objects.get(pk=bob.pk), path=path)
    assert Unit.objects.get(code="south").parent == Unit.objects.get(code="bakery")
    assert load_folder(by=None, path=path).ok
