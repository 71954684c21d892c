"""Second factors: set up, asked for, required of whom the setting says, and kept unreadable."""

from __future__ import annotations

import hmac
import re
import struct
import time
from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver

from fourfold.errors import ConfigurationError
from fourfold.project.second_factors import SecondFactors
from fourfold.records.models import Event, Grant, Membership, Organisation, Person, Session
from fourfold.records.secrets.data_keys import master_keys
from fourfold.records.secrets.master_key import write_keys

pytestmark = pytest.mark.django_db
PASSWORD, BOB = "flour water salt", "bob@bakery.example"


def code_of(key: str, *, steps: int = 0) -> str:
    """The six digits of RFC 6238 for a key, some half minutes from now: an app of our own."""
    counter = int(time.time()) // 30 + steps
    digest = hmac.digest(b32decode(key), struct.pack(">Q", counter), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


@pytest.fixture(autouse=True)
def bob() -> Iterator[Person]:
    cache.clear()
    person = Person.objects.create_person(name="Bob Baker", email=BOB, password=PASSWORD)
    named = {"code": "bakery", "name": "Harbour Bakery"}
    place = Organisation.objects.create(**named, spec=named)
    Membership.objects.create(organisation=place, person=person, code="bob")
    Grant.objects.create(organisation=place, person=person, role="organisation_admin")
    Grant.objects.create(organisation=place, person=person, role="scorecard_admin")
    yield person
    cache.clear()


def sign_in(client: Client) -> str:
    location: str = client.post("/accounts/login/", {"login": BOB, "password": PASSWORD})["Location"]
    return location


@pytest.fixture
def device() -> Client:
    """Signed in, and the password entered once more, as changes of second factors ask for."""
    client = Client()
    sign_in(client)
    client.post("/accounts/again/", {"password": PASSWORD})
    return client


def set_up(client: Client) -> tuple[str, list[str]]:
    """Set up an app; its key, and the recovery codes."""
    page = client.get("/account/factors/app/").content.decode()
    key = re.search(r'class="key">([A-Z2-7]+)<', page)
    assert key and "data:image/svg+xml" in page
    answer = client.post("/account/factors/app/", {"code": code_of(key[1])}, follow=True)
    codes = re.findall(r"<code>(\d{8})</code>", answer.content.decode())
    assert len(codes) == 10
    return key[1], codes


def test_setting_up_an_app_is_an_event_and_shows_recovery_codes_once(device: Client, bob: Person) -> None:
    _, codes = set_up(device)
    assert [(e.action, e.after) for e in Event.objects.filter(action__startswith="factor.").order_by("seq")] == [
        ("factor.add", {"kind": "recovery_codes"}), ("factor.add", {"kind": "totp"}),
    ]  # fmt: skip
    again = device.get("/account/factors/codes/").content.decode()
    assert not any(code in again for code in codes) and "not shown again" in again


def test_then_a_password_alone_does_not_sign_in(device: Client) -> None:
    key, codes = set_up(device)
    client = Client()
    assert sign_in(client) == "/accounts/factor/"
    assert client.get("/account/").status_code == 302
    wrong = client.post("/accounts/factor/", {"code": "000000"}).content.decode()
    assert "is not right" in wrong and client.get("/account/").status_code == 302
    assert client.post("/accounts/factor/", {"code": code_of(key, steps=1)})["Location"] == "/"
    assert client.get("/account/").status_code == 200
    for expected in (302, 200):  # a recovery code works once
        other = Client()
        sign_in(other)
        assert other.post("/accounts/factor/", {"code": codes[0]}).status_code == expected


def test_a_code_of_an_app_holds_for_its_half_minute_and_those_beside_it(device: Client) -> None:
    key, _ = set_up(device)
    for steps, expected in ((-3, 200), (3, 200), (1, 302)):
        other = Client()
        sign_in(other)
        assert other.post("/accounts/factor/", {"code": code_of(key, steps=steps)}).status_code == expected, steps


def test_guessing_codes_is_slowed_down(device: Client) -> None:
    set_up(device)
    client = Client()
    sign_in(client)
    answers = [client.post("/accounts/factor/", {"code": f"{n:06}"}).content.decode() for n in range(7)]
    assert "Too many attempts" in answers[-1]


def test_adding_one_asks_for_the_password_again(bob: Person) -> None:
    client = Client()
    sign_in(client)
    for page in ("app/", "passkeys/new/"):
        assert client.get(f"/account/factors/{page}")["Location"].startswith("/accounts/again/?next=")
    refused = client.post("/accounts/again/", {"password": "guess"}).content.decode()
    assert "This is not your password." in refused
    assert client.get("/account/factors/app/").status_code == 302


def test_removing_the_last_one_ends_the_other_sessions(device: Client, bob: Person) -> None:
    key, _ = set_up(device)
    other = Client()
    sign_in(other)
    other.post("/accounts/factor/", {"code": code_of(key, steps=1)})
    device.post("/account/factors/app/removal/")
    assert not Authenticator.objects.exists(), "recovery codes go with it"
    assert Session.objects.filter(person=bob).count() == 1
    assert other.get("/account/").status_code == 302 and device.get("/account/").status_code == 200
    assert Event.objects.latest("seq").action == "factor.remove"


def test_the_seed_of_recovery_codes_is_stored_encrypted(device: Client) -> None:
    _, codes = set_up(device)
    row = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    seed = SecondFactors().decrypt(row.data["seed"])
    assert set(row.data) == {"seed", "used_mask", "viewed_at"} and len(seed) == 80 and seed not in row.data["seed"]
    assert not any(code in str(row.data) for code in codes)
    row.data["seed"] = SecondFactors().encrypt("0" * 80)
    row.save()
    assert not set(RecoveryCodes(row).generate_codes()) & set(codes), "the codes come from this seed alone"


def test_new_recovery_codes_replace_the_ones_before_and_are_an_event(device: Client) -> None:
    _, codes = set_up(device)
    page = device.post("/account/factors/codes/new/", follow=True).content.decode()
    fresh = re.findall(r"<code>(\d{8})</code>", page)
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    event = Event.objects.latest("seq")
    assert (event.action, event.after) == ("factor.renew", {"kind": "recovery_codes"})


def give(role: str) -> None:
    """This role and no other."""
    Grant.objects.exclude(pk=Grant.objects.first().pk).delete()
    Grant.objects.update(role=role)


@pytest.mark.parametrize(
    ("setting", "role", "asked"),
    [
        ("never", "organisation_admin", False), ("admins", "organisation_admin", True),
        ("admins", "scorecard_admin", True), ("admins", "editor", False), ("everybody", "viewer", True),
    ],
)
def test_who_needs_a_second_factor_is_a_setting(settings: Any, setting: str, role: str, asked: bool) -> None:
    settings.REQUIRE_MFA = setting
    give(role)
    client = Client()
    sign_in(client)
    answer = client.get("/account/")
    assert (answer.status_code == 302) == asked
    if asked:
        assert answer["Location"] == "/account/factors/?required=yes"


def test_an_administrator_without_one_gets_to_the_set_up_page_and_nowhere_else(settings: Any, bob: Person) -> None:
    settings.REQUIRE_MFA = "admins"
    client = Client()
    sign_in(client)
    reached = set()
    for pattern in get_resolver().url_patterns + get_resolver("fourfold.web.urls").url_patterns:
        if not getattr(pattern, "name", None) or pattern.pattern.converters:
            continue
        answer = client.get(f"/{pattern.pattern}")
        if not (answer.status_code == 302 and answer["Location"].startswith("/account/factors/?required")):
            reached.add(pattern.name)
    assert reached - {name for name in reached if name.startswith("mfa_")} == {
        "health", "ready", "metrics", "account_logout", "account_reauthenticate", "preferences",
    }, "what machines ask, and the ways out"
    assert "Your organisation asks you" in client.get("/account/factors/?required=yes").content.decode()
    client.post("/accounts/again/", {"password": PASSWORD})
    set_up(client)
    assert client.get("/account/").status_code == 200


def test_who_came_from_a_provider_was_asked_there(settings: Any, bob: Person) -> None:
    settings.REQUIRE_MFA = "everybody"
    client = Client()
    sign_in(client)
    session = client.session
    session["account_authentication_methods"] = [{"method": "socialaccount", "at": 0, "provider": "keycloak"}]
    session.save()
    assert client.get("/account/").status_code == 200


def test_an_editor_who_becomes_an_administrator_needs_one_at_the_next_request(settings: Any) -> None:
    settings.REQUIRE_MFA = "admins"
    give("editor")
    client = Client()
    sign_in(client)
    assert client.get("/account/").status_code == 200
    give("organisation_admin")
    assert client.get("/account/").status_code == 302


def test_the_key_of_an_app_is_not_readable_in_the_database(device: Client, settings: Any, tmp_path: Path) -> None:
    key, codes = set_up(device)
    kept = str(list(Authenticator.objects.values()))
    assert key not in kept and not any(code in kept for code in codes)
    secret = Authenticator.objects.get(type="totp").data["secret"]
    assert SecondFactors().decrypt(secret) == key
    earlier, settings.MASTER_KEY_FILE = master_keys(), tmp_path / "other_keys"
    with pytest.raises(ConfigurationError, match="another master key"):
        SecondFactors().decrypt(secret)
    write_keys(settings.MASTER_KEY_FILE, (*master_keys(), *earlier))
    assert SecondFactors().decrypt(secret) == key


def test_every_page_of_allauth_that_is_reachable_is_in_our_look(device: Client) -> None:
    set_up(device)
    for pattern in get_resolver().url_patterns:
        name = getattr(pattern, "name", "") or ""
        if not name.startswith(("account_", "mfa_")) or pattern.pattern.converters:
            continue
        answer = device.get(f"/{pattern.pattern}")
        if answer.status_code == 302:  # for those who are signed in, or set up already
            assert answer["Location"].startswith(("/", "http://testserver/")), name
            continue
        page = answer.content.decode()
        assert answer.status_code == 200, name
        assert "css/forms" in page and page.count("<h1>") == 1 and "Menu:" not in page, name


@pytest.mark.parametrize(
    "path",
    ["mfa/", "2fa/", "email/", "password/reset/", "password/change/", "social/", "confirm-email/", "factor/trust/",
     "sessions/", "login/code/"],
)  # fmt: skip
def test_what_is_not_used_of_allauth_is_not_there(device: Client, path: str) -> None:
    assert device.get(f"/accounts/{path}").status_code == 404


def test_charlie_can_neither_rename_nor_remove_bobs_passkey(device: Client, bob: Person) -> None:
    passkey = Authenticator.objects.create(user=bob, type="webauthn", data={"name": "Laptop", "credential": {}})
    Person.objects.create_person(name="Charlie Cole", email="charlie@mill.example", password=PASSWORD)
    charlie = Client()
    charlie.post("/accounts/login/", {"login": "charlie@mill.example", "password": PASSWORD})
    charlie.post("/accounts/again/", {"password": PASSWORD})
    for page in ("", "removal/"):
        for answer in (charlie.get, charlie.post):
            assert answer(f"/account/factors/passkeys/{passkey.pk}/{page}").status_code == 404
    assert Authenticator.objects.filter(pk=passkey.pk).exists()
