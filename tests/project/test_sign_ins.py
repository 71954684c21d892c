"""Who got in, who did not, and who was turned away from a page: all in the log, and no secret with it."""

from __future__ import annotations

import pytest
from django.test import Client

from fourfold.actions.set_password import set_password
from fourfold.records.models import Event, Organisation, Person
from tests.web.conftest import loaded as loaded

pytestmark = pytest.mark.django_db
CANARY = "canary-Zu5-vier-Worte"


@pytest.fixture
def bakery(loaded: None, db: None) -> Organisation:
    set_password(by=None, email="bob@bakery.example", password=CANARY)
    return Organisation.objects.get(code="bakery")


def sign_in(email: str, password: str) -> Client:
    client = Client(REMOTE_ADDR="192.0.2.77")
    client.post("/accounts/login/", {"login": email, "password": password})
    return client


def test_signing_in_and_out_are_events_with_the_network_they_came_from(bakery: Organisation) -> None:
    client = sign_in("bob@bakery.example", CANARY)
    came = Event.objects.get(action="session.sign_in")
    assert (came.organisation, came.person) == (bakery, Person.objects.get(email="bob@bakery.example"))
    assert (came.via, came.address, came.after) == ("ui", "192.0.2.0/24", {"how": "password"})
    assert len(came.request_id) == 32
    client.post("/accounts/logout/")
    assert Event.objects.get(action="session.sign_out").person == came.person


def test_a_wrong_password_is_an_event_of_the_account_by_nobody(bakery: Organisation) -> None:
    sign_in("bob@bakery.example", "wrong")
    event = Event.objects.get(action="session.fail")
    bob = Person.objects.get(email="bob@bakery.example")
    assert (event.organisation, event.person, event.agent, event.object) == (bakery, None, "nobody", f"person {bob.pk}")


def test_an_account_that_does_not_exist_leaves_nothing_of_what_was_typed(bakery: Organisation) -> None:
    sign_in(f"{CANARY}@elsewhere.example", CANARY)
    event = Event.objects.get(action="session.fail")
    assert (event.organisation, event.object) == (None, "an account that does not exist")


def test_a_page_that_is_not_theirs_is_an_event_without_what_was_searched_for(bakery: Organisation) -> None:
    client = sign_in("bob@bakery.example", CANARY)
    assert client.get(f"/s/south/?q={CANARY}").status_code == 404
    event = Event.objects.get(action="access.deny")
    assert event.object == "GET /s/south/"


def test_no_secret_is_in_any_event(bakery: Organisation) -> None:
    client = sign_in("bob@bakery.example", CANARY)
    sign_in("bob@bakery.example", CANARY + "x")
    sign_in(CANARY, CANARY)
    client.post("/password/", {"present": CANARY, "new": CANARY + " neu"})
    client.get(f"/s/south/?token={CANARY}")
    assert Event.objects.filter(action="person.password").count() == 2
    assert not [e for e in Event.objects.all() if CANARY.lower() in repr(vars(e)).lower()]
