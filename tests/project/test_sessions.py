"""Sessions: whose they are, when they end, and that guessing slows down whoever guesses."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from fourfold.records.models import Grant, Membership, Organisation, Person, Session
from fourfold.records.sessions import IDLE, LONGEST, NOTED_EVERY, SessionStore

pytestmark = pytest.mark.django_db
PASSWORD, BOB = "flour water salt", "bob@bakery.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture(autouse=True)
def bob() -> Iterator[Person]:
    cache.clear()
    person = Person.objects.create_person(name="Bob Baker", email=BOB, password=PASSWORD)
    yield person
    cache.clear()


def signed_in(**more: Any) -> Client:
    client = Client(**more)
    sent = client.post("/accounts/login/", {"login": BOB, "password": PASSWORD})
    assert sent.status_code == 302, sent.content.decode()
    return client


def only() -> Session:
    return Session.objects.get()


def move(row: Session, **by: timedelta) -> None:
    """As if the session had begun or been seen so much earlier."""
    store = SessionStore(row.session_key)
    for key, earlier in by.items():
        store[key] -= earlier.total_seconds()
    store.save()


def test_a_session_says_whose_it_is_and_where_it_began(bob: Person) -> None:
    signed_in(headers={"User-Agent": FIREFOX})
    row = only()
    assert (row.person, row.address, row.browser) == (bob, "127.0.0.1", FIREFOX)
    assert row.started_at == row.seen_at


def test_it_ends_after_eight_hours_without_use(bob: Person) -> None:
    client = signed_in()
    row = only()
    left = row.expire_date - datetime.now(UTC)
    assert timedelta(minutes=-1) < left - IDLE <= timedelta(0)
    Session.objects.update(expire_date=datetime.now(UTC))
    assert client.get("/account/").status_code == 302


def test_a_request_after_a_while_lets_it_go_on(bob: Person) -> None:
    client = signed_in()
    row = only()
    move(row, seen=NOTED_EVERY)
    Session.objects.update(expire_date=datetime.now(UTC) + timedelta(minutes=1))
    assert client.get("/account/").status_code == 200
    assert only().expire_date - datetime.now(UTC) > IDLE - timedelta(minutes=1)


def test_after_seven_days_it_ends_however_much_it_is_used(bob: Person) -> None:
    client = signed_in()
    move(only(), started=LONGEST - timedelta(minutes=30), seen=NOTED_EVERY)
    assert client.get("/account/").status_code == 200
    left = only().expire_date - datetime.now(UTC)
    assert timedelta(minutes=29) < left < timedelta(minutes=31)
    move(only(), started=timedelta(hours=1))
    assert client.get("/account/").status_code == 302


def test_the_cookie_lasts_no_longer_than_the_session(bob: Person) -> None:
    cookie = signed_in().cookies["fourfold_session"]
    assert 0 < int(cookie["max-age"]) <= IDLE.total_seconds()
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_signing_in_changes_the_key_of_the_session(bob: Person) -> None:
    client = Client()
    client.get("/password/new/?link=1.x")  # an address that keeps something in a session before anybody signs in
    before = client.cookies["fourfold_session"].value
    client.post("/accounts/login/", {"login": BOB, "password": PASSWORD})
    assert client.cookies["fourfold_session"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_removed_row_signs_the_device_out_at_the_next_request(bob: Person) -> None:
    client = signed_in()
    Session.objects.all().delete()
    assert client.get("/account/")["Location"].startswith("/accounts/login/")


def test_an_account_that_is_switched_off_is_out_at_the_next_request(bob: Person) -> None:
    client = signed_in()
    Person.objects.update(is_active=False)
    assert client.get("/account/")["Location"].startswith("/accounts/login/")


def test_a_change_of_role_holds_at_the_next_request(bob: Person) -> None:
    bakery = Organisation.objects.create(code="bakery", name="Harbour Bakery")
    Membership.objects.create(organisation=bakery, person=bob, code="bob")
    grant = Grant.objects.create(organisation=bakery, person=bob, role="organisation_admin")
    client = signed_in()
    assert client.get("/people/").status_code == 200
    grant.role = "viewer"
    grant.save()
    assert client.get("/people/").status_code == 403
    grant.delete()
    assert client.get("/people/").status_code == 404


def fail(client: Client, times: int, **more: Any) -> str:
    for _ in range(times):
        answer = client.post("/accounts/login/", {"login": BOB, "password": "guess"}, **more)
    return answer.content.decode()


def test_guesses_from_elsewhere_do_not_lock_bob_out(bob: Person) -> None:
    assert "Too many attempts" in fail(Client(), 6, REMOTE_ADDR="203.0.113.7")
    signed_in()


def test_guesses_from_everywhere_do_not_lock_bob_out_of_a_device_he_has_used(bob: Person) -> None:
    known = signed_in()
    known.post("/accounts/logout/")
    for n in range(11):
        fail(Client(), 5, REMOTE_ADDR=f"203.0.113.{n}")
    fresh = Client(REMOTE_ADDR="203.0.113.99")
    assert "Too many attempts" in fail(fresh, 1), "the account as a whole is guarded"
    assert known.post("/accounts/login/", {"login": BOB, "password": PASSWORD}).status_code == 302


def test_the_cookie_of_a_device_counts_for_its_account_alone_and_not_forever(bob: Person, monkeypatch: Any) -> None:
    from django.test import RequestFactory

    from fourfold.project.sessions import KNOWN, known_device

    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in signed_in().cookies.items()}
    assert known_device(request, BOB) and known_device(request, " Bob@Bakery.Example ")
    assert known_device(request, "alice@bakery.example") is None
    later = time.time() + KNOWN.total_seconds() + 1
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert known_device(request, BOB) is None
    request.COOKIES = {"fourfold_device": "forged"}
    assert known_device(request, BOB) is None
