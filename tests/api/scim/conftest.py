"""Two organisations with a directory each that says who is there, and a client that holds a key of one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

pytest.importorskip("scim2_server")

from fourfold.access.directory import ScimDirectory
from fourfold.actions.load_folder import load_folder
from fourfold.actions.make_provisioning_key import make_provisioning_key
from fourfold.engine.definitions.write import write
from fourfold.records.models import Organisation, Person
from fourfold.testing.bakery import bakery
from tests.web.conftest import MILL

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
GROUPS = [
    {"group": "bakers", "role": "contributor", "unit": "north"},
    {"group": "office", "role": "viewer"},
    {"group": "boss-id", "role": "auditor"},
]
STAFF = ScimDirectory.model_validate(
    {"code": "staff", "name": "Staff", "organisation": "bakery", "groups": GROUPS, "link_by_email": True}
)
MILLERS = ScimDirectory.model_validate({"code": "millers", "name": "Millers", "organisation": "mill"})


@dataclass
class Directory:
    """What a directory sends, with its key."""

    key: str
    client: Client = field(default_factory=Client)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        content = json.dumps(body) if body is not None else ""
        return self.client.generic(
            method, f"/scim/v2/{path}", content, content_type="application/scim+json",
            headers={"Authorization": f"Bearer {self.key}", **{k.replace("_", "-"): v for k, v in headers.items()}},
        )  # fmt: skip

    def ask(self, path: str, expected: int = 200, method: str = "GET", body: Any = None, **headers: str) -> Any:
        answer = self.send(method, path, body, **headers)
        assert answer.status_code == expected, (answer.status_code, answer.content)
        return json.loads(answer.content) if answer.content else None

    def add(self, user_name: str, **more: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.ask("Users", 201, "POST", {"schemas": [USER], "userName": user_name, **more})
        return made

    def group(self, name: str, *members: dict[str, Any], **more: Any) -> dict[str, Any]:
        given = [{"value": member["id"]} for member in members]
        made: dict[str, Any] = self.ask(
            "Groups", 201, "POST", {"schemas": [GROUP], "displayName": name, "members": given, **more}
        )
        return made

    def patch(self, path: str, *operations: dict[str, Any], expected: int = 204, **headers: str) -> Any:
        return self.ask(path, expected, "PATCH", {"schemas": [PATCH], "Operations": list(operations)}, **headers)


@pytest.fixture(autouse=True)
def organisations(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DIRECTORIES = (STAFF, MILLERS)
    settings.ROOT_URLCONF = "tests.api.scim.addresses"
    for name, definitions in (("bakery", bakery()), ("mill", bakery(**MILL))):
        (tmp_path / name).mkdir()
        for file, text in write(definitions).items():
            (tmp_path / name / file).write_text(text)
        outcome = load_folder(by=None, path=tmp_path / name)
        assert outcome.ok, outcome.findings
    cache.clear()
    yield
    cache.clear()


def key_of(directory: ScimDirectory) -> str:
    made = make_provisioning_key(by=None, directory=directory).value
    assert made is not None
    return made[1]


@pytest.fixture
def staff(organisations: None) -> Directory:
    """The bakery's directory."""
    return Directory(key_of(STAFF))


@pytest.fixture
def millers(organisations: None) -> Directory:
    """The directory of the organisation next door."""
    return Directory(key_of(MILLERS))


def grants(email: str, organisation: str = "bakery") -> set[tuple[str, str | None, str]]:
    rows = Person.objects.get(email=email).grant_rows.filter(organisation__code=organisation)
    return {(grant.role, grant.unit.code if grant.unit else None, grant.source) for grant in rows}


def events(organisation: str = "bakery") -> list[str]:
    found = Organisation.objects.get(code=organisation).event_set.order_by("seq")
    return [event.action for event in found]

