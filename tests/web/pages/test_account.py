"""One's own account: the name, and the places where one is signed in."""

from __future__ import annotations

from django.test import Client

from fourfold.records.models import Organisation, Person, Session
from tests.web.conftest import ADDRESSES, signed_in


def test_bob_sees_who_he_is_and_what_he_may_do(bob: Client) -> None:
    page = bob.get("/account/").content.decode()
    assert 'value="Bob Baker"' in page and ADDRESSES["bob"] in page
    assert "Contributor of North Quay" in page


def test_bob_changes_his_name(bob: Client, organisation: Organisation) -> None:
    page = bob.post("/account/", {"name": " Robert Baker "}, follow=True).content.decode()
    assert "Your name is saved." in page and 'value="Robert Baker"' in page
    assert Person.objects.get(email=ADDRESSES["bob"]).name == "Robert Baker"


def test_an_empty_name_is_refused_beside_its_field(bob: Client) -> None:
    answer = bob.post("/account/", {"name": " "})
    assert answer.status_code == 422 and "Enter a name." in answer.content.decode()


def test_bob_sees_his_sessions_and_ends_the_others(bob: Client) -> None:
    other = signed_in("bob")
    signed_in("alice")
    assert other.get("/account/").status_code == 200
    page = bob.get("/account/sessions/").content.decode()
    assert page.count("<tr>") == 3 and page.count("this one") == 1
    assert all(key not in page for key in Session.objects.values_list("session_key", flat=True)), "a key signs in"
    said = bob.post("/account/sessions/", {"session": "others"}, follow=True).content.decode()
    assert "1 session ended." in said
    assert other.get("/account/").status_code == 302
    assert Session.objects.filter(person__email=ADDRESSES["alice"]).exists()


def test_bob_ends_one_session_by_its_button(bob: Client) -> None:
    row = Session.objects.get(session_key=signed_in("bob").session.session_key)
    bob.post("/account/sessions/", {"session": row.name})
    assert not Session.objects.filter(pk=row.pk).exists()
    hers = Session.objects.get(session_key=signed_in("alice").session.session_key)
    bob.post("/account/sessions/", {"session": hers.name})
    assert Session.objects.filter(pk=hers.pk).exists(), "the name of a session of Alice is of no use to Bob"
