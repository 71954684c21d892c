"""Programs that ask the API with tokens of Alice, Bob and Charlie, and with service keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from fourfold.access.scopes import Scope
from fourfold.actions.make_token import make_token
from fourfold.records.limits import forget
from fourfold.records.models import Organisation, Person
from tests.web.conftest import ADDRESSES
from tests.web.conftest import loaded as loaded


@dataclass(frozen=True)
class Program:
    """Asks with a token."""

    token: str
    address: str = "192.0.2.7"

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        given = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        client = Client(raise_request_exception=False, REMOTE_ADDR=self.address)
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return client.generic(  # type: ignore[return-value]
            method, f"/api/v1{path}", HTTP_AUTHORIZATION=f"Bearer {self.token}", **sent, **given
        )

    def get(self, path: str, **headers: str) -> Any:
        response = self.ask("GET", path, **headers)
        assert response.status_code == 200, response.content
        return json.loads(response.content)


@pytest.fixture(autouse=True)
def everybody_may_ask_again() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture
def bakery(loaded: None, db: None) -> Organisation:
    return Organisation.objects.get(code="bakery")


def program(person: str, *scopes: Scope) -> Program:
    """With a token of this person for all scopes, or those named."""
    owner = Person.objects.get(email=ADDRESSES[person])
    made = make_token(by=owner, name="Test", scopes=set(scopes or Scope)).value
    assert made is not None
    return Program(made.text)


@pytest.fixture
def alice(bakery: Organisation) -> Program:
    return program("alice")


@pytest.fixture
def bob(bakery: Organisation) -> Program:
    return program("bob")


@pytest.fixture
def charlie(bakery: Organisation) -> Program:
    return program("charlie")
