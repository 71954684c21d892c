from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from fourfold.access.scopes import Scope
from fourfold.actions.make_token import make_token
from fourfold.records.models import Event, Organisation, Person, Token

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'value="(fourfold_[0-9a-f]{8}_[\w-]{43})"')


def made(client: Client, **fields: object) -> str:
    """The page after a token was made."""
    given = {"name": "Nightly feed", "days": "90", "scopes": ["read"]} | fields
    return client.post("/tokens/", given).content.decode()


def test_a_new_token_is_shown_once_and_kept_as_its_hash(bob: Client) -> None:
    (text,) = TOKEN.findall(made(bob))
    row = Token.objects.get()
    assert (row.name, row.scopes, row.person.name) == ("Nightly feed", "read", "Bob Baker")
    assert 89 <= (row.expires_at - datetime.now(UTC)).days <= 90
    page = bob.get("/tokens/").content.decode()
    assert text not in page and row.prefix in page and "never used" in page
    assert text not in repr([vars(e) for e in Event.objects.all()]) and text not in repr(vars(row))
    assert Event.objects.get(action="token.make").after["prefix"] == row.prefix


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"name": " "}, "The name is empty"), ({"scopes": []}, "Nothing was chosen"),
     ({"days": "366"}, "Choose from 1 to"), ({"days": "0"}, "Choose from 1"),
     ({"days": "x"}, "Choose from 1"), ({"service_of": "bakery"}, "You may not")],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_made(
    bob: Client, fields: dict[str, object], said: str
) -> None:
    assert said in made(bob, **fields)
    assert not Token.objects.exists()


def test_a_token_is_revoked_by_its_owner_and_by_nobody_else(alice: Client, bob: Client, charlie: Client) -> None:
    made(bob)
    row = Token.objects.get()
    for other in (alice, charlie):
        assert row.prefix not in other.get("/tokens/").content.decode()
        assert other.post("/tokens/", {"revoke": row.prefix}).status_code == 404
    assert bob.post("/tokens/", {"revoke": row.prefix}, follow=True).status_code == 200
    row.refresh_from_db()
    assert row.revoked_at
    assert row.prefix not in bob.get("/tokens/").content.decode().split('role="status"')[-1].split("</p>", 1)[1]
    assert Event.objects.get(action="token.revoke").person == row.person


def test_an_administrator_makes_and_revokes_service_keys(alice: Client) -> None:
    assert TOKEN.search(made(alice, service_of="bakery", unit="north", scopes=["read", "record"]))
    row = Token.objects.get()
    assert row.organisation == Organisation.objects.get(code="bakery")
    assert row.person.email is None and not row.person.has_usable_password()
    assert "service key of Harbour Bakery" in alice.get("/tokens/").content.decode()
    assert "has no unit" in made(alice, service_of="bakery", unit="nowhere")
    alice.post("/tokens/", {"revoke": row.prefix})
    assert Token.objects.get().revoked_at


def test_nobody_makes_a_key_that_does_more_than_they_may(alice: Client) -> None:
    person = Person.objects.get(email="alice@bakery.example")
    person.grant_rows.exclude(role="organisation_admin").delete()
    text = made(alice, service_of="bakery", scopes=["read"])
    assert "You may not" in text and not Token.objects.exists()


def test_a_service_of_another_organisation_is_not_there(charlie: Client) -> None:
    assert "There is no organisation bakery" in made(charlie, service_of="bakery")
    assert not Token.objects.exists() and "Harbour" not in charlie.get("/tokens/").content.decode()


def test_a_visitor_is_sent_to_sign_in(client: Client, organisation: Organisation) -> None:
    assert client.get("/tokens/")["Location"].startswith("/accounts/login/")


def test_a_token_that_is_printed_in_a_log_is_not(organisation: Organisation) -> None:
    person = Person.objects.get(email="bob@bakery.example")
    new = make_token(by=person, name="x", scopes={Scope.READ}).value
    assert new is not None and new.text not in repr(new)
