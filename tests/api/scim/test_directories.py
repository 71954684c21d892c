"""The requests that Entra ID and Okta send, as their documentation shows them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fourfold.records.models import Entry, Person

from .conftest import GROUP, PATCH, USER, Directory, grants

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def patch(staff: Directory, path: str, *operations: dict[str, Any]) -> None:
    answer = staff.send("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})
    assert answer.status_code in (200, 204), answer.content


def find(staff: Directory, path: str, **query: Any) -> Any:
    answer = staff.client.get(f"/scim/v2/{path}", query, headers={"Authorization": f"Bearer {staff.key}"})
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


@pytest.fixture
def entra_user(staff: Directory) -> dict[str, Any]:
    body = {
        "schemas": [USER, ENTERPRISE],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "Test_User_ab6490ee-1e48-479e-a20b-2d77186b5dd1",
        "active": True,
        "emails": [{"primary": True, "type": "work", "value": "Test_User_fd0ea19b@testuser.com"}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName"},
        "roles": [],
        ENTERPRISE: {"department": "Baking"},
    }
    made: dict[str, Any] = staff.ask("Users", 201, "POST", body)
    return made


@pytest.fixture
def entra_group(staff: Directory) -> dict[str, Any]:
    body = {
        "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
        "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
        "displayName": "office",
        "meta": {"resourceType": "Group"},
    }
    made: dict[str, Any] = staff.ask("Groups", 201, "POST", body)
    return made


def test_entra_looks_for_a_user_and_makes_one(staff: Directory, entra_user: dict[str, Any]) -> None:
    found = find(staff, "Users", filter='userName eq "Test_User_ab6490ee-1e48-479e-a20b-2d77186b5dd1"')
    assert found["totalResults"] == 1 and found["Resources"][0]["id"] == entra_user["id"]
    assert found["Resources"][0][ENTERPRISE] == {"department": "Baking"}
    nobody = find(staff, "Users", filter='userName eq "non-existent user"')
    assert nobody["totalResults"] == 0 and nobody.get("Resources", []) == []
    assert Person.objects.get(email="test_user_fd0ea19b@testuser.com").name == "givenName familyName"


def test_entra_changes_values_by_path(staff: Directory, entra_user: dict[str, Any]) -> None:
    patch(
        staff, f"Users/{entra_user['id']}",
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "updatedEmail@microsoft.com"},
        {"op": "Replace", "path": "name.familyName", "value": "updatedFamilyName"},
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+44 1"},
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Milling"},
        {"op": "Replace", "path": "userName", "value": "5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com"},
    )  # fmt: skip
    read = staff.ask(f"Users/{entra_user['id']}")
    assert read["emails"] == [{"primary": True, "type": "work", "value": "updatedEmail@microsoft.com"}]
    assert read["name"]["familyName"] == "updatedFamilyName"
    assert read["phoneNumbers"] == [{"type": "mobile", "value": "+44 1"}]
    assert read[ENTERPRISE] == {"department": "Milling"}
    assert Person.objects.filter(email="updatedemail@microsoft.com").exists()


def test_entra_writes_several_values_without_a_path(staff: Directory, entra_user: dict[str, Any]) -> None:
    value = {"displayName": "Shown", "name.givenName": "Given", f"{ENTERPRISE}:employeeNumber": "7"}
    patch(staff, f"Users/{entra_user['id']}", {"op": "Add", "value": value})
    read = staff.ask(f"Users/{entra_user['id']}")
    assert (read["displayName"], read["name"]["givenName"]) == ("Shown", "Given")
    assert read[ENTERPRISE]["employeeNumber"] == "7"


@pytest.mark.parametrize("off", [False, "False", "false"])
def test_entra_switches_somebody_off_and_deletes_them(
    staff: Directory, entra_user: dict[str, Any], off: object
) -> None:
    patch(staff, f"Users/{entra_user['id']}", {"op": "Replace", "path": "active", "value": off})
    assert staff.ask(f"Users/{entra_user['id']}")["active"] is False
    assert not Person.objects.get(email="test_user_fd0ea19b@testuser.com").is_active
    staff.ask(f"Users/{entra_user['id']}", 204, "DELETE")


def test_entra_adds_and_removes_members_by_value(
    staff: Directory, entra_user: dict[str, Any], entra_group: dict[str, Any]
) -> None:
    who = [{"$ref": None, "value": entra_user["id"]}]
    patch(staff, f"Groups/{entra_group['id']}", {"op": "Add", "path": "members", "value": who})
    assert grants("test_user_fd0ea19b@testuser.com") == {("viewer", None, "directory:staff")}
    asked = {"excludedAttributes": "members", "filter": 'displayName eq "office"'}
    assert "members" not in find(staff, "Groups", **asked)["Resources"][0]
    assert "members" not in find(staff, f"Groups/{entra_group['id']}", excludedAttributes="members")
    patch(staff, f"Groups/{entra_group['id']}", {"op": "Remove", "path": "members", "value": who})
    assert grants("test_user_fd0ea19b@testuser.com") == set()
    patch(staff, f"Groups/{entra_group['id']}", {"op": "Replace", "path": "displayName", "value": "1879db59Name"})
    assert staff.ask(f"Groups/{entra_group['id']}")["displayName"] == "1879db59Name"


@pytest.fixture
def okta_user(staff: Directory) -> dict[str, Any]:
    body = {
        "schemas": [USER],
        "userName": "test.user@okta.local",
        "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": True, "value": "test.user@okta.local", "type": "work"}],
        "displayName": "Test User",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
    }
    made: dict[str, Any] = staff.ask("Users", 201, "POST", body)
    return made


def test_okta_looks_for_a_user_and_makes_one(staff: Directory, okta_user: dict[str, Any]) -> None:
    found = find(staff, "Users", filter='userName eq "test.user@okta.local"', startIndex=1, count=100)
    assert [user["id"] for user in found["Resources"]] == [okta_user["id"]]
    assert "password" not in okta_user and not Person.objects.get(email="test.user@okta.local").has_usable_password()
    listed = find(staff, "Users", startIndex=1, count=100)
    assert (listed["totalResults"], listed["startIndex"], listed["itemsPerPage"]) == (1, 1, 1)


def test_okta_replaces_a_user_and_switches_them_off(staff: Directory, okta_user: dict[str, Any]) -> None:
    changed = {**okta_user, "name": {"givenName": "Another", "middleName": "Excited", "familyName": "User"},
               "displayName": "Another User"}  # fmt: skip
    assert staff.ask(f"Users/{okta_user['id']}", 200, "PUT", changed)["name"]["middleName"] == "Excited"
    assert Person.objects.get(email="test.user@okta.local").name == "Another User"
    patch(staff, f"Users/{okta_user['id']}", {"op": "replace", "value": {"active": False}})
    assert not Person.objects.get(email="test.user@okta.local").is_active
    patch(staff, f"Users/{okta_user['id']}", {"op": "replace", "value": {"active": True}})
    assert Person.objects.get(email="test.user@okta.local").is_active


def test_okta_pushes_groups(staff: Directory, okta_user: dict[str, Any]) -> None:
    group = staff.group("office")
    who = {"value": okta_user["id"], "display": "test.user@okta.local"}
    patch(
        staff, f"Groups/{group['id']}", {"op": "replace", "value": {"id": group["id"], "displayName": "bakers"}}
    )  # fmt: skip
    patch(staff, f"Groups/{group['id']}", {"op": "add", "path": "members", "value": [who]})
    assert grants("test.user@okta.local") == {("contributor", "north", "directory:staff")}
    patch(staff, f"Groups/{group['id']}", {"op": "remove", "path": f'members[value eq "{okta_user["id"]}"]'})
    assert grants("test.user@okta.local") == set()
    patch(staff, f"Groups/{group['id']}", {"op": "replace", "path": "members", "value": [who]})
    assert [member["value"] for member in staff.ask(f"Groups/{group['id']}")["members"]] == [okta_user["id"]]
    full = {"schemas": [GROUP], "displayName": "bakers", "members": []}
    staff.ask(f"Groups/{group['id']}", 200, "PUT", full)
    assert grants("test.user@okta.local") == set()
    staff.ask(f"Groups/{group['id']}", 204, "DELETE")
    assert not Entry.objects.filter(kind=Entry.GROUP).exists()
