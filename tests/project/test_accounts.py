"""Signing in and out: by invitation only, and with nothing said about who has an account."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from fourfold.records.models import Organisation, Person

pytestmark = pytest.mark.django_db
PASSWORD = "flour water salt"


@pytest.fixture(autouse=True)
def bob() -> Iterator[Person]:
    cache.clear()
    person = Person.objects.create_person(name="Bob Baker", email="bob@bakery.example", password=PASSWORD)
    Organisation.objects.create(code="bakery", name="Harbour Bakery")
    yield person
    cache.clear()


def sign_in(client: Client, email: str = "bob@bakery.example", password: str = PASSWORD, **more: str) -> str:
    response = client.post("/accounts/login/", {"login": email, "password": password, **more})
    return response["Location"] if response.status_code == 302 else response.content.decode()


def test_a_fresh_installation_has_no_account(db: None) -> None:
    Person.objects.all().delete()
    for email, password in (("admin", "admin"), ("admin@example.com", "admin"), ("root@localhost", "")):
        assert "/accounts/login/" in sign_in(Client(), email, password)
    assert not Person.objects.exists()


def test_bob_signs_in_with_address_and_password_whatever_its_capitals() -> None:
    assert sign_in(Client()) == "/"
    assert sign_in(Client(), email="  Bob@Bakery.Example ") == "/"


def test_signing_in_leads_to_the_page_that_was_asked_for_and_never_to_another_site() -> None:
    assert sign_in(Client(), next="/s/north/scorecard/?p=2026-04") == "/s/north/scorecard/?p=2026-04"
    assert sign_in(Client(), next="https://elsewhere.example/") == "/"
    assert sign_in(Client(), next="//elsewhere.example/") == "/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer() -> None:
    said = "This address and password do not belong together."
    wrong, unknown = sign_in(Client(), password="guess"), sign_in(Client(), email="nobody@bakery.example")
    assert said in wrong and said in unknown
    assert 'value="bob@bakery.example"' in wrong, "the address is kept"
    assert "guess" not in wrong, "the password is not"


def test_an_account_that_was_switched_off_cannot_sign_in(bob: Person) -> None:
    bob.is_active = False
    bob.save()
    client = Client()
    sign_in(client)
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_a_person_without_a_password_cannot_sign_in() -> None:
    Person.objects.create_person(name="Dan Dee", email="dan@bakery.example")
    assert "/accounts/login/" in sign_in(Client(), email="dan@bakery.example", password="")
    assert "do not belong together" in sign_in(Client(), email="dan@bakery.example", password="!")


def test_guessing_passwords_is_slowed_down() -> None:
    answers = [sign_in(Client(), password=f"guess {i}") for i in range(12)]
    assert "Too many" in answers[-1]


def test_nobody_signs_up() -> None:
    page = Client().get("/accounts/signup/").content.decode()
    assert "Accounts are given, not taken" in page
    Client().post("/accounts/signup/", {"email": "eve@elsewhere.example", "password1": "a long enough one"})
    assert not Person.objects.filter(email="eve@elsewhere.example").exists()


def test_signing_out_is_a_post_and_ends_the_session() -> None:
    client = Client()
    sign_in(client)
    assert "Sign out?" in client.get("/accounts/logout/").content.decode()
    assert client.get("/").status_code == 200
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert client.get("/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["email/", "password/reset/", "password/change/", "confirm-email/", "login/code/"])
def test_what_is_not_used_of_the_account_pages_is_not_there(path: str) -> None:
    assert Client().get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/"])
def test_account_pages_are_in_our_look_under_the_policy(path: str) -> None:
    response = Client().get(path)
    page = response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "css/forms" in page and "<style" not in page and "style=" not in page
    assert page.count("<h1>") == 1


def test_behind_a_proxy_attempts_count_for_the_client_and_not_for_the_proxy(settings: Any) -> None:
    def tries(address: str) -> str:
        sent = {"login": f"nobody@{address}.example", "password": "guess"}
        return Client().post("/accounts/login/", sent, headers={"X-Forwarded-For": address}).content.decode()

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    refused = "Too many attempts"
    assert any(refused in tries("203.0.113.7") for _ in range(12))
    assert refused not in tries("203.0.113.8")


def test_a_client_cannot_choose_its_address_where_there_is_no_proxy() -> None:
    said = [
        Client()
        .post(
            "/accounts/login/",
            {"login": f"nobody{i}@bakery.example", "password": "guess"},
            headers={"X-Forwarded-For": f"203.0.113.{i}"},
        )
        .content.decode()
        for i in range(12)
    ]
    assert "Too many attempts" in said[-1]


@pytest.mark.parametrize(("behind", "proxies"), [("true", 1), ("false", 0)])
def test_the_proxy_is_trusted_only_where_there_is_one(tmp_path: Path, behind: str, proxies: int) -> None:
    code = "from fourfold.project import settings\nprint(getattr(settings, 'ALLAUTH_TRUSTED_PROXY_COUNT', 0))"
    env = os.environ | {"FOURFOLD_DATA": str(tmp_path), "FOURFOLD_BEHIND_PROXY": behind}
    ended = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == str(proxies)
