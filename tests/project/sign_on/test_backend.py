"""Who is of a directory has no other way in: no password, no passkey, no new password."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

pytest.importorskip("jwt")

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import authenticate
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from fourfold.access.directory import ScimDirectory
from fourfold.actions.set_password import set_password
from fourfold.project.sign_on.backend import LocalAccounts, LocalBackend
from fourfold.records.models import Identity, Organisation, Person

PASSWORD = "flour water salt"
STAFF = ScimDirectory.model_validate({"code": "staff", "name": "Staff account", "organisation": "bakery"})


@pytest.fixture
def dana(db: None, settings: Any) -> Person:
    settings.DIRECTORIES = (STAFF,)
    settings.AUTHENTICATION_BACKENDS = [f"{LocalBackend.__module__}.{LocalBackend.__qualname__}"]
    person: Person = Person.objects.create_person(name="Dana Doe", email="dana@bakery.example", password=PASSWORD)
    place = Organisation.objects.create(code="bakery", name="Harbour Bakery")
    Identity.objects.create(
        organisation=place, person=person, directory="staff", issuer="scim:staff", subject="d",
        made_at=datetime.now(UTC),
    )  # fmt: skip
    return person


def request_of(person: Person, method: str = "") -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.user = person
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    if method:
        record_authentication(request, person, method)
    return request


def login(person: Person, method: str) -> Any:
    return LocalAccounts().pre_login(
        request_of(person, method), person, email_verification="none", signal_kwargs={}, email=None, signup=False,
        redirect_url="/",
    )  # fmt: skip


def test_a_password_is_none_for_somebody_of_a_directory(dana: Person, settings: Any) -> None:
    given = {"email": "dana@bakery.example", "password": PASSWORD}
    assert authenticate(request_of(dana), **given) is None
    settings.DIRECTORIES = ()
    assert authenticate(request_of(dana), **given) == dana, "once the directory is not set up any more"


@pytest.mark.parametrize("method", ["mfa", "password", ""])
def test_a_passkey_is_no_way_past_the_directory(dana: Person, method: str) -> None:
    answer = login(dana, method)
    assert answer is not None and answer.status_code == 403
    assert "Sign in with Staff account" in answer.content.decode()


@pytest.mark.parametrize("method", ["socialaccount", "ldap"])
def test_the_directory_is(dana: Person, method: str) -> None:
    assert login(dana, method) is None


def test_somebody_without_a_directory_comes_in_as_ever(dana: Person) -> None:
    alice = Person.objects.create_person(name="Alice Archer", email="alice@bakery.example", password=PASSWORD)
    assert login(alice, "mfa") is None
    assert authenticate(request_of(alice), email="alice@bakery.example", password=PASSWORD) == alice


def test_no_password_is_set_for_somebody_of_a_directory(dana: Person) -> None:
    outcome = set_password(by=None, email="dana@bakery.example", password="another long phrase of hers")
    assert not outcome.ok and "signs in with a directory" in outcome.findings[0].message
    dana.refresh_from_db()
    assert dana.check_password(PASSWORD), "nothing was changed"
