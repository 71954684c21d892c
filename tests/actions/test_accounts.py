"""Switching accounts off and on, ending sessions, removing lost second factors, renaming."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import default_token_generator

from fourfold.actions.change_email import change_email
from fourfold.actions.deactivate_person import deactivate_person
from fourfold.actions.end_sessions import end_sessions
from fourfold.actions.invite_person import invite_person
from fourfold.actions.reactivate_person import reactivate_person
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.remove_second_factors import remove_second_factors
from fourfold.actions.remove_sessions import remove_sessions
from fourfold.actions.rename_person import rename_person
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Invitation, Mail, Organisation, Person, Session
from fourfold.records.queries.invitation import hash_of, link_of
from fourfold.records.queries.people import owned_by
from tests.actions.conftest import NOW

pytestmark = pytest.mark.django_db
BOB = "bob@bakery.example"


def session_of(person: Person, key: str, *, ends: timedelta = timedelta(days=9999)) -> Session:
    return Session.objects.create(session_key=key, session_data="", expire_date=NOW + ends, person=person)


def test_somebody_who_is_switched_off_loses_the_sessions_and_keeps_the_name(alice: Person, bob: Person) -> None:
    record_measurement(by=bob, kpi="sales", unit="north", period="2026-05", value="1", at=NOW)
    session_of(bob, "a")
    kept = session_of(alice, "b")
    deactivate_person(by=alice, email=BOB, at=NOW)
    bob = Person.objects.get(pk=bob.pk)
    assert not bob.is_active and list(Session.objects.all()) == [kept]
    recorded = Event.objects.get(action="measurement.record")
    assert recorded.person and recorded.person.name == "Bob Baker"
    assert Event.objects.latest("seq").action == "person.deactivate"
    with pytest.raises((Forbidden, NotFound)):
        record_measurement(by=bob, kpi="sales", unit="north", period="2026-05", value="2", at=NOW)


def test_what_somebody_owned_is_listed_after_they_are_switched_off(alice: Person, bob: Person) -> None:
    before = owned_by(alice, bob)
    deactivate_person(by=alice, email=BOB)
    assert owned_by(alice, bob) == before == owned_by(None, bob)
    assert {thing.kind for thing in before} >= {"KPI"}


def test_switched_on_again_everything_is_as_before(alice: Person, bob: Person) -> None:
    bob.set_password("flour water salt")
    bob.save()
    deactivate_person(by=alice, email=BOB)
    assert deactivate_person(by=alice, email=BOB).summary.endswith("already")
    reactivate_person(by=alice, email=BOB)
    bob = Person.objects.get(pk=bob.pk)
    assert bob.is_active and bob.check_password("flour water salt") and bob.principal.grants
    assert reactivate_person(by=alice, email=BOB).summary.endswith("already")


def test_switching_off_takes_an_open_invitation_back(alice: Person) -> None:
    invite_person(by=alice, email="dora@bakery.example", name="Dora", at=NOW)
    deactivate_person(by=alice, email="dora@bakery.example", at=NOW)
    assert not Invitation.objects.filter(revoked_at=None).exists()


def test_the_last_administrator_stays(alice: Person, bob: Person) -> None:
    with pytest.raises(Conflict, match="last administrator of Harbour Bakery"):
        deactivate_person(by=None, email="alice@bakery.example")
    invite_person(by=alice, email=BOB, name="Bob", role="admin")
    assert deactivate_person(by=None, email="alice@bakery.example").ok


ACTIONS = (deactivate_person, reactivate_person, end_sessions, remove_second_factors)


def test_alice_may_not_switch_off_herself(alice: Person) -> None:
    with pytest.raises(Forbidden):
        deactivate_person(by=alice, email="alice@bakery.example")


@pytest.mark.parametrize("act", ACTIONS)
def test_bob_may_not_change_alices_account_and_charlie_finds_nobody(act: object, bob: Person, charlie: Person) -> None:
    with pytest.raises(Forbidden):
        act(by=bob, email="alice@bakery.example")  # type: ignore[operator]
    with pytest.raises(NotFound):
        act(by=charlie, email="alice@bakery.example")  # type: ignore[operator]


@pytest.mark.parametrize("act", ACTIONS)
def test_an_administrator_does_not_manage_an_account_of_another_organisation_too(
    act: object, alice: Person, bob: Person, organisation: Organisation
) -> None:
    other = Organisation.objects.create(code="mill", name="Mill Lane")
    invite_person(by=None, email=BOB, name="Bob", organisation="mill")
    assert other.pk
    with pytest.raises(Forbidden, match="may not change the account"):
        act(by=alice, email=BOB)  # type: ignore[operator]


def test_sessions_end_one_by_one_or_all_but_this_one(bob: Person) -> None:
    keep, one, two = (session_of(bob, key) for key in ("keep", "one", "two"))
    assert end_sessions(by=bob, email=BOB, only=one.name, keep=keep.session_key).value == 1
    assert end_sessions(by=bob, email=BOB, only="0" * 16).value == 0
    assert end_sessions(by=bob, email=BOB, keep=keep.session_key).value == 1
    assert list(Session.objects.filter(person=bob)) == [keep]
    assert two.name not in (keep.name, one.name) and keep.session_key not in keep.name


def test_bob_cannot_end_a_session_of_alice_by_its_name(alice: Person, bob: Person) -> None:
    hers = session_of(alice, "hers")
    assert end_sessions(by=bob, email=BOB, only=hers.name).value == 0
    assert Session.objects.filter(person=alice).exists()


def test_rows_of_sessions_that_ended_are_removed(bob: Person) -> None:
    session_of(bob, "old", ends=timedelta(seconds=-1))
    kept = session_of(bob, "new", ends=timedelta(seconds=1))
    assert remove_sessions(at=NOW).value == 1
    assert list(Session.objects.all()) == [kept]


def test_lost_second_factors_are_removed_by_an_administrator_and_not_by_oneself(alice: Person, bob: Person) -> None:
    Authenticator.objects.create(user=bob, type="totp", data={"secret": "x"})
    session_of(bob, "a")
    with pytest.raises(Forbidden):
        remove_second_factors(by=bob, email=BOB)
    assert remove_second_factors(by=alice, email=BOB, at=NOW).value == 1
    assert not Authenticator.objects.exists() and not Session.objects.filter(person=bob).exists()
    event = Event.objects.latest("seq")
    assert (event.action, event.person, event.before) == ("factor.reset", alice, {"kinds": ["totp"]})


def test_a_new_name_is_in_the_account_and_in_the_definitions(bob: Person, organisation: Organisation) -> None:
    rename_person(by=bob, name="  Robert Baker ")
    assert Person.objects.get(pk=bob.pk).name == "Robert Baker"
    definitions = read_definitions(Organisation.objects.get(pk=organisation.pk))
    assert definitions and definitions.person["bob"].name == "Robert Baker"
    assert not rename_person(by=bob, name=" ").ok
    assert Event.objects.latest("seq").after == {"name": "Robert Baker"}


def test_an_administrator_renames_somebody_and_nobody_else_does(alice: Person, bob: Person) -> None:
    rename_person(by=alice, number=bob.pk, name="Robert Baker", at=NOW)
    assert Person.objects.get(pk=bob.pk).name == "Robert Baker"
    assert Event.objects.latest("seq").before == {"name": "Bob Baker"}
    with pytest.raises(Forbidden):
        rename_person(by=Person.objects.get(pk=bob.pk), number=alice.pk, name="Somebody")


def test_a_new_address_signs_in_and_the_old_one_ends_with_its_sessions(
    alice: Person, bob: Person, organisation: Organisation
) -> None:
    bob.set_password("flour water salt")
    bob.save()
    session_of(bob, "a")
    kept = session_of(alice, "b")
    assert change_email(by=alice, number=bob.pk, new=" Robert@Bakery.example ", at=NOW).ok
    bob = Person.objects.get(pk=bob.pk)
    assert (bob.email, bob.check_password("flour water salt")) == ("robert@bakery.example", True)
    assert list(Session.objects.all()) == [kept] and not Invitation.objects.filter(person=bob).exists()
    definitions = read_definitions(Organisation.objects.get(pk=organisation.pk))
    assert definitions and definitions.person["bob"].email == "robert@bakery.example"
    event = Event.objects.latest("seq")
    assert (event.action, event.person, event.before) == ("person.email", alice, {"email": BOB})
    assert change_email(by=alice, number=bob.pk, new="robert@bakery.example").summary.endswith("already")


def test_an_invitation_goes_to_the_new_address_and_the_link_to_the_old_one_opens_nothing(
    alice: Person, settings: Any
) -> None:
    settings.SENDS_EMAIL = True
    invite_person(by=alice, email="dora@bakery.example", name="Dora", role="viewer")
    before, dora = link_of(Invitation.objects.get()), Person.objects.get(email="dora@bakery.example")
    change_email(by=alice, number=dora.pk, new="d.dean@bakery.example", at=NOW)
    opened = Invitation.objects.get(accepted_at=None, revoked_at=None)
    assert link_of(opened) != before and not Invitation.objects.filter(link_hash=hash_of(before)).exists()
    assert list(Mail.objects.values_list("address", flat=True)) == ["d.dean@bakery.example"]


def test_a_link_for_a_new_password_does_not_outlive_the_address(alice: Person, bob: Person) -> None:
    bob.set_password("flour water salt")
    bob.save()
    token = default_token_generator.make_token(bob)
    change_email(by=alice, number=bob.pk, new="robert@bakery.example")
    assert not default_token_generator.check_token(Person.objects.get(pk=bob.pk), token)


@pytest.mark.parametrize("new", ["", "robert", "a@b", "a@b.example, eve@evil.example", "x" * 250 + "@b.example"])
def test_what_is_no_address_changes_nothing(alice: Person, bob: Person, new: str) -> None:
    count = Event.objects.count()
    assert not change_email(by=alice, number=bob.pk, new=new).ok
    assert Person.objects.get(pk=bob.pk).email == BOB and Event.objects.count() == count


def test_nobody_takes_the_address_of_another_changes_their_own_or_that_of_whom_they_do_not_manage(
    alice: Person, bob: Person
) -> None:
    with pytest.raises(Conflict, match="another account"):
        change_email(by=alice, number=bob.pk, new=str(alice.email))
    for by, whom in ((alice, alice), (bob, bob), (bob, alice)):
        with pytest.raises((Forbidden, NotFound)):
            change_email(by=by, number=whom.pk, new="new@bakery.example")
    assert Person.objects.get(pk=bob.pk).email == BOB
