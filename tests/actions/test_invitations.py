"""Invitations: a link that works once, for some days, and only as long as nobody takes it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fourfold.actions.accept_invitation import accept_invitation
from fourfold.actions.invite_person import invite_person
from fourfold.actions.renew_invitation import renew_invitation
from fourfold.actions.revoke_invitation import revoke_invitation
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.records.models import Event, Invitation, Mail, Membership, Organisation, Person
from fourfold.records.queries.invitation import hash_of, link_of, open_invitation
from tests.actions.conftest import NOW

pytestmark = pytest.mark.django_db
DORA, PASSWORD = "dora@bakery.example", "rye and spelt at dawn"


@pytest.fixture
def invitation(organisation: Organisation, alice: Person) -> Invitation:
    invite_person(by=alice, email=DORA, name="Dora", at=NOW)
    return Invitation.objects.get()


def accept(link: str, *, name: str = "Dora Dean", password: str = PASSWORD, later: timedelta = timedelta()) -> Person:
    outcome = accept_invitation(link_hash=hash_of(link), name=name, password=password, at=NOW + later)
    assert outcome.value, outcome.findings
    return outcome.value


def test_the_table_holds_the_hash_of_the_link_and_not_the_link(invitation: Invitation) -> None:
    link = link_of(invitation)
    assert len(link) == 43, "256 bits"
    kept = [str(value) for value in Invitation.objects.values().get(pk=invitation.pk).values()]
    assert hash_of(link) in kept and not any(link in value for value in kept)


def test_the_invited_person_sets_name_and_password_once(invitation: Invitation) -> None:
    link = link_of(invitation)
    dora = accept(link)
    assert (dora.name, dora.check_password(PASSWORD)) == ("Dora Dean", True)
    assert Membership.objects.get(person=dora).spec["name"] == "Dora Dean"
    with pytest.raises(NotFound, match="no longer works"):
        accept(link, password="somebody else was here")
    assert Person.objects.get(email=DORA).check_password(PASSWORD)
    assert [e.action for e in Event.objects.order_by("-seq")[:3]] == [
        "invitation.accept", "invitation.make", "person.invite",
    ]  # fmt: skip


def test_after_a_week_it_no_longer_works(invitation: Invitation) -> None:
    with pytest.raises(NotFound):
        accept(link_of(invitation), later=timedelta(days=7))
    accept(link_of(invitation), later=timedelta(days=6, hours=23))


def test_one_that_was_taken_back_no_longer_works_and_its_mail_is_not_sent(
    invitation: Invitation, alice: Person
) -> None:
    Mail.objects.create(kind="invitation", address=DORA, invitation=invitation, made_at=NOW, due_at=NOW)
    revoke_invitation(by=alice, email=DORA, at=NOW)
    with pytest.raises(NotFound):
        accept(link_of(invitation))
    assert not Mail.objects.exists()
    with pytest.raises(NotFound):
        revoke_invitation(by=alice, email=DORA)


def test_a_new_link_replaces_the_one_before_and_lasts_anew(invitation: Invitation, alice: Person) -> None:
    old = link_of(invitation)
    renewed = renew_invitation(by=alice, email=DORA, at=NOW + timedelta(days=30)).value
    assert renewed and renewed.pk == invitation.pk and link_of(renewed) != old
    assert open_invitation(hash_of(old), at=NOW) is None
    accept(link_of(renewed), later=timedelta(days=31))


@pytest.mark.parametrize("forged", ["", "x" * 43, "../../etc"])
def test_a_forged_link_finds_nothing(invitation: Invitation, forged: str) -> None:
    assert open_invitation(hash_of(forged), at=NOW) is None


def test_without_the_secret_key_no_link_can_be_made(invitation: Invitation, settings: object) -> None:
    link = link_of(invitation)
    settings.SECRET_KEY = "another key of more than fifty characters, 0123456789"  # type: ignore[attr-defined]
    assert link_of(invitation) != link
    accept(link)  # what was sent before the key was changed still works


@pytest.mark.parametrize(
    ("name", "password", "place"),
    [("", PASSWORD, "name"), ("Do\nra", PASSWORD, "name"), ("Dora", "short", "password"),
     ("Dora", "harbourbakery1", "password"), ("Dorothea Deanington", "dorothea2026!", "password")],
)  # fmt: skip
def test_a_name_or_password_that_will_not_do_leaves_the_invitation_open(
    invitation: Invitation, name: str, password: str, place: str
) -> None:
    outcome = accept_invitation(link_hash=hash_of(link_of(invitation)), name=name, password=password, at=NOW)
    assert {finding.place.thing for finding in outcome.findings} == {place}
    accept(link_of(invitation))


def test_bob_may_neither_renew_nor_revoke_and_charlie_finds_nothing(
    invitation: Invitation, bob: Person, charlie: Person
) -> None:
    for act in (renew_invitation, revoke_invitation):
        with pytest.raises(Forbidden):
            act(by=bob, email=DORA)
        with pytest.raises(NotFound):
            act(by=charlie, email=DORA, organisation="bakery")


def test_somebody_who_can_sign_in_needs_no_invitation(invitation: Invitation, alice: Person) -> None:
    accept(link_of(invitation))
    with pytest.raises(Conflict, match="needs no invitation"):
        renew_invitation(by=alice, email=DORA)


def test_somebody_of_a_directory_gets_no_password_by_an_invitation(
    invitation: Invitation, alice: Person, organisation: Organisation
) -> None:
    invitation.person.identities.create(
        organisation=organisation, directory="keycloak", issuer="https://id.example", subject="7", made_at=NOW,
        seen_at=NOW,
    )  # fmt: skip
    with pytest.raises(Conflict, match="needs no invitation"):
        renew_invitation(by=alice, email=DORA)


def test_of_two_who_accept_at_once_one_is_told_that_it_was_used(invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=NOW)
    with pytest.raises(NotFound):
        accept(link_of(invitation))


def elsewhere(role: str = "viewer") -> None:
    """Dora is invited to the mill as well, by the administrator of the machine."""
    Organisation.objects.get_or_create(code="mill", name="Mill Lane")
    invite_person(by=None, email=DORA, name="Dora", role=role, organisation="mill", at=NOW)


def test_without_mail_nobody_is_shown_the_link_of_an_account_that_is_of_elsewhere_too(
    organisation: Organisation, alice: Person
) -> None:
    elsewhere()
    assert invite_person(by=alice, email=DORA, name="Dora", organisation="bakery", at=NOW).ok
    assert not Invitation.objects.filter(organisation=organisation).exists()
    with pytest.raises(Forbidden, match="may do more than you may give"):
        renew_invitation(by=alice, email=DORA, organisation="bakery", at=NOW)


def test_with_mail_the_link_goes_to_the_person_alone(
    organisation: Organisation, alice: Person, settings: Any
) -> None:
    settings.SENDS_EMAIL = True
    elsewhere()
    invite_person(by=alice, email=DORA, name="Dora", organisation="bakery", at=NOW)
    accept(link_of(Invitation.objects.get(organisation=organisation)))


def test_a_link_that_was_shown_ends_with_roles_that_its_holder_may_not_give(invitation: Invitation) -> None:
    elsewhere()
    with pytest.raises(NotFound, match="no longer works"):
        accept(link_of(invitation))
    assert not Person.objects.get(email=DORA).has_usable_password()


def test_a_link_given_by_another_person_counts_as_theirs(invitation: Invitation, alice: Person) -> None:
    elsewhere()
    renew_invitation(by=None, email=DORA, organisation="bakery", at=NOW)
    with pytest.raises(NotFound):
        accept(link_of(invitation))
    assert Event.objects.filter(organisation=invitation.organisation).latest("seq").action == "invitation.renew"
    accept(link_of(Invitation.objects.get(organisation=invitation.organisation, revoked_at=None)))
