"""The people of an organisation: inviting, and the state of each account."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from fourfold.records.models import Invitation, Mail, Person, Session
from fourfold.records.queries.invitation import link_of
from tests.web.conftest import ADDRESSES, signed_in

DORA = {"email": "dora@bakery.example", "name": "Dora", "role": "contributor", "unit": "north"}


def pk_of(person: str) -> int:
    return Person.objects.get(email=ADDRESSES[person]).pk


def test_alice_sees_everybody_of_her_organisation_and_nobody_else(alice: Client) -> None:
    page = alice.get("/people/").content.decode()
    assert "Alice Archer" in page and "Bob Baker" in page and "Charlie" not in page
    assert "cannot sign in yet" in page


def test_without_mail_the_link_is_shown_once_and_works(alice: Client) -> None:
    page = alice.post("/people/", DORA).content.decode()
    invitation = Invitation.objects.get()
    address = f"/invitation/?link={link_of(invitation)}"
    assert f"http://localhost:8000{address}" in page and "This server sends no e-mail" in page
    assert link_of(invitation) not in alice.get("/people/").content.decode()
    dora = Client()
    assert dora.get(address)["Location"] == "/invitation/"
    form = dora.get("/invitation/").content.decode()
    assert 'value="Dora"' in form and "Harbour Bakery" in form and link_of(invitation) not in form
    landed = dora.post("/invitation/", {"name": "Dora Dean", "new": "rye and spelt at dawn"}, follow=True)
    assert landed.redirect_chain[-1][0] == "/s/north/"
    assert Client().get(address, follow=True).status_code == 404, "once"


def test_with_mail_the_link_is_sent_and_not_shown(alice: Client, settings: Any) -> None:
    settings.SENDS_EMAIL = True
    page = alice.post("/people/", DORA, follow=True).content.decode()
    assert "An e-mail with a link is on its way." in page and "/invitation/" not in page
    assert Mail.objects.get().address == DORA["email"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"email": "dora"}, "is not an e-mail address"), ({"name": ""}, "Enter a name."),
     ({"name": "Dora\r\nBcc: eve@evil.example"}, "in one line"), ({"email": "d d@bakery.example"}, "is not an e-mail"),
     ({"role": "emperor"}, "Choose one of the roles"), ({"unit": "mill"}, "Choose one of the units")],
)  # fmt: skip
def test_what_cannot_be_read_invites_nobody_and_keeps_what_was_typed(
    alice: Client, wrong: dict[str, str], said: str
) -> None:
    answer = alice.post("/people/", DORA | wrong)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Invitation.objects.exists()


def test_an_open_invitation_is_listed_renewed_and_taken_back(alice: Client) -> None:
    alice.post("/people/", DORA)
    assert "invited until" in alice.get("/people/").content.decode()
    invitation = Invitation.objects.get()
    page = f"/people/{invitation.person_id}/"
    old = link_of(invitation)
    alice.post(page, {"change": "invite"})
    assert link_of(Invitation.objects.get()) != old
    assert "is taken back" in alice.post(page, {"change": "revoke"}, follow=True).content.decode()
    assert "cannot sign in yet" in alice.get("/people/").content.decode()


def test_alice_switches_bob_off_and_on(alice: Client, bob: Client) -> None:
    page = f"/people/{pk_of('bob')}/"
    assert "Sales" in alice.get(page).content.decode(), "what he owns"
    said = alice.post(page, {"change": "off"}, follow=True).content.decode()
    assert "is switched off." in said and "Somebody else has to take these over" in said
    assert bob.get("/account/").status_code == 302
    assert "is switched on." in alice.post(page, {"change": "on"}, follow=True).content.decode()


def test_alice_ends_bobs_sessions(alice: Client, bob: Client) -> None:
    alice.post(f"/people/{pk_of('bob')}/", {"change": "sessions"})
    assert not Session.objects.filter(person=pk_of("bob")).exists()
    assert bob.get("/account/").status_code == 302


def test_alice_cannot_switch_off_herself_or_do_what_the_page_does_not_know(alice: Client) -> None:
    assert alice.post(f"/people/{pk_of('alice')}/", {"change": "off"}).status_code == 403
    assert alice.post(f"/people/{pk_of('bob')}/", {"change": "crown"}).status_code == 422


def test_bob_sees_no_people_page_and_charlie_no_person(bob: Client, charlie: Client) -> None:
    for page in ("/people/", f"/people/{pk_of('alice')}/"):
        assert bob.get(page).status_code == 403 and bob.post(page, {"change": "off"}).status_code == 403
    assert charlie.get("/people/?o=bakery").status_code == 404
    for answer in (charlie.get, charlie.post):
        assert answer(f"/people/{pk_of('alice')}/").status_code == 404
    assert Person.objects.get(pk=pk_of("alice")).is_active


def test_the_link_to_people_is_for_those_who_manage_them(alice: Client, bob: Client) -> None:
    assert 'href="/people/?o=bakery"' in alice.get("/s/bakery/").content.decode()
    assert "/people/" not in bob.get("/s/north/").content.decode()
    assert signed_in("alice").get("/people/").status_code == 200


def test_somebody_without_an_address_is_switched_off_and_on_too(alice: Client) -> None:
    bob = Person.objects.get(email=ADDRESSES["bob"])
    Person.objects.filter(pk=bob.pk).update(email=None)
    for change, is_active in (("off", False), ("sessions", False), ("factors", False), ("on", True)):
        page = alice.post(f"/people/{bob.pk}/", {"change": change}, follow=True)
        assert page.status_code == 200, change
        assert Person.objects.get(pk=bob.pk).is_active is is_active
    assert "Bob" in page.content.decode()


def test_alice_changes_bobs_address_and_name_on_his_page(alice: Client, bob: Client) -> None:
    page, address = f"/people/{pk_of('bob')}/", "robert@bakery.example"
    assert alice.post(page, {"change": "email", "email": "robert"}).status_code == 422
    taken = alice.post(page, {"change": "email", "email": ADDRESSES["alice"]})
    assert taken.status_code == 409 and "another account" in taken.content.decode()
    alice.post(page, {"change": "email", "email": address})
    alice.post(page, {"change": "name", "name": "Robert Baker"})
    text = alice.get(page).content.decode()
    assert address in text and "<h1>Robert Baker</h1>" in text and ADDRESSES["bob"] not in text
    assert bob.get("/s/north/").status_code == 302, "his session ended"


def test_charlie_changes_nobodys_address(charlie: Client) -> None:
    page = f"/people/{pk_of('bob')}/"
    for change in ({"change": "email", "email": "c@mill.example"}, {"change": "name", "name": "C"}):
        assert charlie.post(page, change).status_code == 404
    assert Person.objects.filter(email=ADDRESSES["bob"], name="Bob Baker").exists()
