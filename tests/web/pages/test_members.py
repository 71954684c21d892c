"""The page of members: who sees what, giving and taking roles, and that one says again who one is."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from fourfold.actions.invite_person import invite_person
from fourfold.records.models import Event, Grant, Kpi, Organisation, Person
from tests.web.conftest import ADDRESSES

PASSWORD = "three words remembered"


@pytest.fixture
def admin(organisation: Organisation) -> Client:
    """Alice in a browser in which she has just said who she is."""
    person = Person.objects.get(email=ADDRESSES["alice"])
    person.set_password(PASSWORD)
    person.save()
    client = Client()
    client.post("/accounts/login/", {"login": ADDRESSES["alice"], "password": PASSWORD})
    client.get("/accounts/again/?next=/")
    assert client.post("/accounts/again/", {"password": PASSWORD, "next": "/"}).status_code == 302
    return client


def member(name: str, role: str, unit: str | None = None) -> Client:
    address = f"{name}@bakery.example"
    invite_person(by=None, organisation="bakery", email=address, name=name.title(), role=role, unit=unit)
    client = Client()
    client.force_login(Person.objects.get(email=address))
    return client


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def pk(name: str) -> int:
    return int(Person.objects.get(name=name).pk)


def names(text: str) -> list[str]:
    """The people of the table, in its order."""
    return re.findall(r'<th scope="row"[^>]*>(?:<a[^>]*>)?([^<]+)', text)


def test_whoever_sees_a_unit_is_shown_who_else_does_and_no_more(bob: Client, admin: Client) -> None:
    text = text_of(bob, "/s/north/members/")
    assert names(text) == ["Alice Archer", "Bob Baker"]
    assert "Who can see North Quay" in text
    assert "Take away" not in text and "Give a role" not in text
    assert bob.get("/s/south/members/").status_code == 404


def test_a_member_is_given_a_role_and_loses_it_again(admin: Client) -> None:
    response = admin.post("/s/south/members/", {"person": pk("Bob Baker"), "role": "viewer"}, follow=True)
    text = response.content.decode()
    assert "Bob Baker is viewer of South Pier." in text
    grant = Grant.objects.get(person=pk("Bob Baker"), role="viewer")
    assert grant.given_by and grant.given_by.name == "Alice Archer"
    assert f'value="{grant.pk}">Take away<span class="vh"> viewer of South Pier from Bob Baker' in text
    text = admin.post("/s/south/members/", {"revoke": grant.pk}, follow=True).content.decode()
    assert "Bob Baker is no longer viewer of South Pier." in text
    assert not Grant.objects.filter(pk=grant.pk).exists()


def test_what_is_denied_is_told_to_who_manages_and_closed_to_whom_it_is_denied(admin: Client, bob: Client) -> None:
    admin.post("/s/north/members/", {"person": pk("Bob Baker"), "role": "denied"})
    assert bob.get("/s/north/").status_code == 404
    text = text_of(admin, "/s/north/members/")
    assert "denied" in text and "Lift<span class=\"vh\"> denied of North Quay from Bob Baker" in text
    dora = member("dora", "viewer", "north")
    assert "Bob Baker" not in text_of(dora, "/s/north/members/")


def test_roles_change_only_after_one_has_said_again_who_one_is(organisation: Organisation) -> None:
    person = Person.objects.get(email=ADDRESSES["alice"])
    person.set_password(PASSWORD)
    person.save()
    client = Client()
    client.post("/accounts/login/", {"login": ADDRESSES["alice"], "password": PASSWORD})
    sent = {"person": pk("Bob Baker"), "role": "viewer"}
    asked = client.post("/s/south/members/", sent)
    assert asked["Location"].startswith("/accounts/again/")
    assert not Grant.objects.filter(person=pk("Bob Baker"), role="viewer").exists()
    done = client.post(asked["Location"], {"password": PASSWORD, "next": "/s/south/members/"}, follow=True)
    assert "Bob Baker is viewer of South Pier." in done.content.decode()


def test_nobody_gives_more_than_they_hold(organisation: Organisation) -> None:
    dora = member("dora", "scorecard_admin", "north")
    text = text_of(dora, "/s/north/members/")
    assert 'value="approver"' in text and 'value="auditor"' not in text and 'value="organisation_admin"' not in text
    refused = dora.post("/s/north/members/", {"person": pk("Bob Baker"), "role": "organisation_admin"})
    assert (refused.status_code, "Choose a role." in refused.content.decode()) == (422, True)
    mine = dora.post("/s/north/members/", {"person": pk("Dora"), "role": "approver"})
    assert mine.status_code == 422
    assert "Nobody gives a role to themselves." in mine.content.decode()
    assert dora.post("/s/south/members/", {"person": pk("Bob Baker"), "role": "viewer"}).status_code == 404


@pytest.mark.parametrize("sent", [{}, {"person": "x", "role": "viewer"}, {"revoke": "9" * 30}, {"revoke": "x"}])
def test_what_cannot_be_read_changes_nothing_and_says_what_is_wrong(admin: Client, sent: dict[str, str]) -> None:
    before = Grant.objects.count()
    response = admin.post("/s/north/members/", sent)
    assert response.status_code == 422
    assert 'class="error"' in response.content.decode()
    assert Grant.objects.count() == before


def test_the_last_organisation_admin_stays(admin: Client) -> None:
    grant = Grant.objects.get(person=pk("Alice Archer"), role="organisation_admin")
    response = admin.post("/s/bakery/members/", {"revoke": grant.pk})
    assert response.status_code == 409
    assert "would be without an organisation admin" in response.content.decode()


def test_an_organisation_admin_sees_members_and_no_figures_until_taking_a_role(organisation: Organisation) -> None:
    eve = member("eve", "organisation_admin")
    assert "Members of Harbour Bakery" in text_of(eve, "/")
    assert eve.get("/s/bakery/").status_code == 404
    text = text_of(eve, "/s/bakery:bakery/members/")
    assert "North Quay" in text and "Alice Archer" in text
    eve.post("/s/bakery/members/", {"person": pk("Eve"), "role": "viewer"})
    assert Event.objects.filter(organisation=organisation).latest("seq").action == "grant.take"
    assert eve.get("/s/bakery/").status_code == 200


def test_the_page_of_readers_has_the_owner_of_the_kpi(bob: Client, organisation: Organisation) -> None:
    member("dora", "kpi_owner", "north")
    row = Kpi.objects.get(organisation=organisation, code="sales")
    path = f"/kpi/{row.pk}-sales/readers/?u=north"
    assert "<b>Dora</b>" not in text_of(bob, path)
    row.owner = Person.objects.get(name="Dora")
    code = row.owner.memberships.get().code
    row.spec = row.spec | {"owner": code}
    row.save()
    Organisation.objects.filter(pk=organisation.pk).update(definitions_version=99)
    assert "<b>Dora</b>" in text_of(bob, path)
    assert "KPI owner of North Quay" in text_of(bob, path)


def test_what_one_can_see_is_told_to_oneself_and_to_who_manages(alice: Client, bob: Client, charlie: Client) -> None:
    path = f"/people/{pk('Bob Baker')}/rights/"
    text = text_of(bob, path)
    assert "What you can see" in text and names(text) == ["North Quay"]
    assert "What Bob Baker can see" in text_of(alice, path)
    assert bob.get(f"/people/{pk('Alice Archer')}/rights/").status_code == 404
    assert charlie.get(path).status_code == 404


def test_who_manages_a_part_is_told_of_that_part_alone(organisation: Organisation) -> None:
    dora = member("dora", "scorecard_admin", "south")
    text = text_of(dora, f"/people/{pk('Alice Archer')}/rights/")
    assert names(text) == ["South Pier"]
    assert "2 units that you do not manage are not listed." in text
