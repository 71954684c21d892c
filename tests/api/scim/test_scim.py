"""SCIM: what a directory says is so at once, inside its own organisation and nowhere else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fourfold.actions.make_provisioning_key import make_provisioning_key
from fourfold.actions.revoke_provisioning_key import revoke_provisioning_key
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Entry, Event, Identity, Mail, Membership, Person, ProvisioningKey

from .conftest import GROUP, STAFF, USER, Directory, events, grants, key_of

DANA: dict[str, Any] = {
    "externalId": "dana-id",
    "name": {"givenName": "Dana", "familyName": "Doe"},
    "emails": [{"value": "dana@bakery.example", "type": "work", "primary": True}],
    "active": True,
}


def test_the_service_says_what_it_can(staff: Directory) -> None:
    config = staff.ask("ServiceProviderConfig")
    assert config["patch"]["supported"] and config["etag"]["supported"] and config["filter"]["maxResults"] == 200
    assert not config["bulk"]["supported"] and not config["changePassword"]["supported"]
    assert config["authenticationSchemes"][0]["type"] == "oauthbearertoken"
    assert {kind["id"] for kind in staff.ask("ResourceTypes")["Resources"]} == {"User", "Group"}
    assert {USER, GROUP} <= {schema["id"] for schema in staff.ask("Schemas")["Resources"]}


def test_a_new_user_is_a_member_without_a_password_or_a_role(staff: Directory) -> None:
    made = staff.add("dana@bakery.example", **DANA)
    person = Person.objects.get(email="dana@bakery.example")
    assert (person.name, person.is_active, person.has_usable_password()) == ("Dana Doe", True, False)
    assert Membership.objects.get(person=person).organisation.code == "bakery"
    assert grants("dana@bakery.example") == set()
    assert made["meta"]["location"].endswith(f"/scim/v2/Users/{made['id']}")
    assert events()[-1] == "person.provision"


def test_an_event_says_which_key_it_was(staff: Directory) -> None:
    staff.add("dana@bakery.example", **DANA)
    event = Event.objects.get(action="person.provision")
    assert (event.via, event.agent, event.person) == ("api", f"key {staff.key[:12]}", None)
    Directory("ffp_guess").ask("Users", 401)
    assert Event.objects.filter(action="key.fail", organisation=None).count() == 1


def test_what_was_sent_comes_back_but_for_a_password(staff: Directory) -> None:
    phones = [{"value": "+44 20 7946 0000", "type": "work"}]
    made = staff.add("dana", **DANA, password="let me in", phoneNumbers=phones)
    read = staff.ask(f"Users/{made['id']}")
    assert read == made and read["phoneNumbers"] == phones and read["name"]["givenName"] == "Dana"
    assert "let me in" not in json.dumps([read, *Entry.objects.values_list("spec", flat=True)])


def test_groups_give_roles_at_once_and_take_them_at_once(staff: Directory) -> None:
    dana = staff.add("dana", **DANA)
    bakers = staff.group("Bakers", dana)
    assert grants("dana@bakery.example") == {("contributor", "north", "directory:staff")}
    staff.group("Bosses", dana, externalId="boss-id")
    assert ("auditor", None, "directory:staff") in grants("dana@bakery.example")
    staff.patch(f"Groups/{bakers['id']}", {"op": "remove", "path": f'members[value eq "{dana["id"]}"]'})
    assert grants("dana@bakery.example") == {("auditor", None, "directory:staff")}
    read = staff.ask(f"Users/{dana['id']}")
    assert [group["display"] for group in read["groups"]] == ["Bosses"]


def test_a_group_that_is_renamed_or_deleted_takes_its_roles_along(staff: Directory) -> None:
    dana = staff.add("dana", **DANA)
    group = staff.group("others", dana)
    assert grants("dana@bakery.example") == set()
    staff.patch(f"Groups/{group['id']}", {"op": "replace", "value": {"displayName": "office"}})
    assert grants("dana@bakery.example") == {("viewer", None, "directory:staff")}
    staff.ask(f"Groups/{group['id']}", 204, "DELETE")
    assert grants("dana@bakery.example") == set()


def test_hand_made_roles_stay(staff: Directory) -> None:
    bob = staff.add("bob", emails=[{"value": "bob@bakery.example"}])
    before = grants("bob@bakery.example")
    assert before == {("contributor", "north", "folder")}
    group = staff.group("office", bob)
    staff.group("bakers", bob)
    assert grants("bob@bakery.example") == before | {("viewer", None, "directory:staff")}
    staff.ask(f"Groups/{group['id']}", 204, "DELETE")
    assert grants("bob@bakery.example") == before


def test_to_delete_is_to_switch_off_and_to_lose_no_history(staff: Directory) -> None:
    dana = staff.add("dana", **DANA)
    staff.group("office", dana)
    before = Event.objects.count()
    staff.ask(f"Users/{dana['id']}", 204, "DELETE")
    person = Person.objects.get(email="dana@bakery.example")
    assert not person.is_active and person.name == "Dana Doe"
    assert grants("dana@bakery.example") == set()
    assert Event.objects.count() > before and events()[-1] == "person.withdraw"
    staff.ask(f"Users/{dana['id']}", 404)
    staff.ask(f"Users/{dana['id']}", 404, "DELETE")


def test_who_comes_back_under_the_same_id_has_the_same_account(staff: Directory) -> None:
    person = Person.objects.get(pk=_person(staff.add("dana", **DANA)))
    staff.ask(f"Users/{Entry.objects.get(person=person).pk}", 204, "DELETE")
    again = staff.add("dana", **DANA)
    person.refresh_from_db()
    assert _person(again) == person.pk and person.is_active


def test_who_comes_with_the_address_of_somebody_gone_gets_an_account_of_their_own(staff: Directory) -> None:
    first = staff.add("dana", **DANA)
    old = _person(first)
    staff.ask(f"Users/{first['id']}", 204, "DELETE")
    second = staff.add("dana", **{**DANA, "externalId": "another-dana"})
    assert _person(second) != old
    assert Person.objects.get(pk=old).email is None and not Person.objects.get(pk=old).is_active
    assert Person.objects.get(email="dana@bakery.example").pk == _person(second)


def test_switched_off_by_the_directory_and_on_again(staff: Directory) -> None:
    dana = staff.add("dana", **DANA)
    client = Client()
    client.force_login(Person.objects.get(email="dana@bakery.example"))
    assert client.get("/").status_code == 200
    staff.patch(f"Users/{dana['id']}", {"op": "replace", "path": "active", "value": False})
    assert client.get("/").status_code == 302, "open sessions end"
    staff.patch(f"Users/{dana['id']}", {"op": "replace", "path": "active", "value": True})
    assert Person.objects.get(email="dana@bakery.example").is_active


def test_an_account_of_two_organisations_is_not_switched_off_by_one(staff: Directory, millers: Directory) -> None:
    dana = staff.add("dana", **DANA)
    staff.group("office", dana)
    person = Person.objects.get(email="dana@bakery.example")
    mill = Person.objects.get(email="charlie@mill.example").memberships.get().organisation
    Membership.objects.create(organisation=mill, person=person, code="DD")
    staff.patch(f"Users/{dana['id']}", {"op": "replace", "path": "active", "value": False})
    person.refresh_from_db()
    assert person.is_active and grants("dana@bakery.example") == set()
    staff.patch(f"Users/{dana['id']}", {"op": "replace", "path": "displayName", "value": "Somebody Else"})
    person.refresh_from_db()
    assert person.name == "Dana Doe", "the other organisation knows them by this name"


def test_an_account_of_another_organisation_cannot_be_taken_over(staff: Directory) -> None:
    body = {"schemas": [USER], "userName": "charlie", "emails": [{"value": "charlie@mill.example"}]}
    refused = staff.ask("Users", 409, "POST", body)
    assert refused["scimType"] == "uniqueness" and "may not take over" in refused["detail"]
    assert not Identity.objects.filter(person__email="charlie@mill.example").exists()


def test_an_address_cannot_be_changed_to_that_of_somebody_else(staff: Directory) -> None:
    dana = staff.add("dana", **DANA)
    operation = {"op": "replace", "path": 'emails[type eq "work"].value', "value": "alice@bakery.example"}
    staff.patch(f"Users/{dana['id']}", operation, expected=409)
    assert Person.objects.get(email="dana@bakery.example").name == "Dana Doe"
    assert staff.ask(f"Users/{dana['id']}")["emails"][0]["value"] == "dana@bakery.example"


def test_a_user_name_is_taken_whatever_its_capitals(staff: Directory) -> None:
    staff.add("dana")
    body = {"schemas": [USER], "userName": "DANA"}
    assert staff.ask("Users", 409, "POST", body)["scimType"] == "uniqueness"


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ('userName eq "DANA"', {"dana"}),
        ('userName eq "nobody"', set()),
        ('externalId eq "id-erin"', {"erin"}),
        ('externalId eq "ID-ERIN"', set()),
        ('userName sw "d"', {"dana", "dora"}),
        ('userName co "r"', {"dora", "erin"}),
        ('userName sw "d" and active eq true', {"dana"}),
        ('userName eq "dana" or userName eq "erin"', {"dana", "erin"}),
        ('emails[type eq "work" and value co "erin"]', {"erin"}),
        ('emails.value eq "erin@bakery.example"', {"erin"}),
        ("not (userName eq \"dana\")", {"dora", "erin"}),
        ('name.familyName pr', {"erin"}),
        ('displayName eq "Dora Display"', {"dora"}),
    ],
)  # fmt: skip
def test_filters_find_who_they_describe(staff: Directory, wanted: str, names: set[str]) -> None:
    staff.add("dana")
    staff.add("dora", active=False, displayName="Dora Display")
    staff.add(
        "erin", externalId="id-erin", name={"familyName": "Evans"},
        emails=[{"value": "erin@bakery.example", "type": "work"}],
    )  # fmt: skip
    found = _found(staff, wanted)
    assert {user["userName"] for user in found["Resources"]} == names
    assert found["totalResults"] == len(names)


@pytest.mark.parametrize("wanted", ["userName eq", "userName is \"a\"", "(((", "nothing eq \"a\"", "active gt true"])
def test_a_filter_that_cannot_be_read_is_said(staff: Directory, wanted: str) -> None:
    answer = staff.send("GET", f"Users?filter={wanted}")
    assert answer.status_code == 400
    assert json.loads(answer.content)["scimType"] == "invalidFilter"


def test_pages_are_counted_from_one(staff: Directory) -> None:
    for i in range(5):
        staff.add(f"user{i}", externalId=f"u{i}")
    page = staff.ask("Users?startIndex=2&count=2&sortBy=userName")
    assert [user["userName"] for user in page["Resources"]] == ["user1", "user2"]
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (5, 2, 2)
    assert staff.ask("Users?count=0")["totalResults"] == 5
    last = staff.ask("Users?sortBy=userName&sortOrder=descending&count=1")
    assert last["Resources"][0]["userName"] == "user4"


def test_only_the_attributes_that_are_asked_for_come(staff: Directory) -> None:
    dana = staff.add("dana", **DANA)
    staff.group("office", dana)
    assert set(staff.ask(f"Users/{dana['id']}?attributes=userName")) == {"schemas", "id", "userName"}
    listed = staff.ask("Groups?excludedAttributes=members")["Resources"][0]
    assert "members" not in listed and listed["displayName"] == "office"


def test_the_address_before_is_told_when_the_directory_changes_it(staff: Directory, settings: Any) -> None:
    settings.SENDS_EMAIL = True
    dana = staff.add("dana", **DANA)
    for value in ("Dana@bakery.example", "d.doe@bakery.example"):  # the first is the same one
        staff.patch(f"Users/{dana['id']}", {"op": "replace", "path": 'emails[type eq "work"].value', "value": value})
    assert list(Mail.objects.values_list("kind", "address")) == [("moved", "dana@bakery.example")]


def test_entity_tags_keep_two_writers_apart(staff: Directory) -> None:
    dana = staff.add("dana", **DANA)
    tag = dana["meta"]["version"]
    operation = {"op": "replace", "path": "displayName", "value": "D."}
    staff.patch(f"Users/{dana['id']}", operation, If_Match=tag)
    staff.patch(f"Users/{dana['id']}", operation | {"value": "E."}, expected=412, If_Match=tag)
    assert staff.send("GET", f"Users/{dana['id']}", If_None_Match='W/"2"').status_code == 304
    assert Person.objects.get(email="dana@bakery.example").name == "D."


def test_a_member_that_is_not_there_is_refused_and_nothing_is_half_done(staff: Directory, millers: Directory) -> None:
    stranger = millers.add("mina")
    for value in (stranger["id"], "00000000-0000-0000-0000-000000000000", "nonsense"):
        body = {"schemas": [GROUP], "displayName": "office", "members": [{"value": value}]}
        assert staff.ask("Groups", 400, "POST", body)["scimType"] == "invalidValue"
    assert not Entry.objects.filter(kind=Entry.GROUP).exists()


def test_an_outsider_learns_nothing(staff: Directory, millers: Directory) -> None:
    dana = staff.add("dana", **DANA)
    group = staff.group("office", dana)
    for path in (f"Users/{dana['id']}", f"Groups/{group['id']}"):
        millers.ask(path, 404)
        millers.ask(path, 404, "DELETE")
        millers.patch(path, {"op": "replace", "path": "displayName", "value": "x"}, expected=404)
    for path in ("Users", "Groups", 'Users?filter=userName eq "dana"', f'Users?filter=id eq "{dana["id"]}"'):
        assert millers.ask(path)["totalResults"] == 0
    assert millers.add("dana")["id"] != dana["id"], "their names are their own"
    assert events("bakery").count("person.provision") == 2  # made, and given a role


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "Token {key}"])
def test_without_a_key_there_is_nothing(staff: Directory, header: str) -> None:
    given = {"Authorization": header.format(key=staff.key)} if header else {}
    for path in ("Users", "Groups", "ServiceProviderConfig", "Schemas", "none"):
        answer = Client().get(f"/scim/v2/{path}", headers=given)
        assert answer.status_code == 401, path
        assert "Bearer" in answer["WWW-Authenticate"] and "provisioning key" in json.loads(answer.content)["detail"]


def test_a_session_in_the_browser_is_no_key(staff: Directory) -> None:
    client = Client()
    client.force_login(Person.objects.get(email="alice@bakery.example"))
    assert client.get("/scim/v2/Users").status_code == 401


def test_a_key_ends_when_it_is_revoked_or_its_time_is_over(staff: Directory) -> None:
    staff.ask("Users")
    start = ProvisioningKey.objects.get().start
    assert start == staff.key[:12] and ProvisioningKey.objects.get().used_at is not None
    revoke_provisioning_key(by=None, directory=STAFF, start=start)
    staff.ask("Users", 401)
    other = Directory(key_of(STAFF))
    other.ask("Users")
    ProvisioningKey.objects.update(ends_at=datetime.now(UTC) - timedelta(seconds=1))
    other.ask("Users", 401)
    assert events().count("key.make") == 2 and events().count("key.revoke") == 1


def test_of_a_key_only_the_hash_is_kept(staff: Directory) -> None:
    row = ProvisioningKey.objects.values().get()
    assert staff.key not in str(row) and staff.key[12:] not in str(row)
    assert staff.key not in str(list(Event.objects.values()))


def test_keys_are_for_administrators(staff: Directory) -> None:
    alice, bob = (Person.objects.get(email=f"{name}@bakery.example") for name in ("alice", "bob"))
    charlie = Person.objects.get(email="charlie@mill.example")
    assert make_provisioning_key(by=alice, directory=STAFF).ok
    with pytest.raises(Forbidden):
        make_provisioning_key(by=bob, directory=STAFF)
    with pytest.raises(NotFound):
        make_provisioning_key(by=charlie, directory=STAFF)
    with pytest.raises(NotFound):
        revoke_provisioning_key(by=charlie, directory=STAFF, start=staff.key[:12])
    assert not make_provisioning_key(by=alice, directory=STAFF, days=1000).ok


def test_a_key_of_a_directory_that_is_no_longer_set_up_is_refused(staff: Directory, settings: Any) -> None:
    settings.DIRECTORIES = ()
    staff.ask("Users", 401)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "Users", {"schemas": [USER]}, 400),
        ("POST", "Users", [], 400),
        ("POST", "Users", {"schemas": ["urn:nothing"], "userName": "x"}, 400),
        ("POST", "Users", {"schemas": [USER], "userName": 7}, 400),
        ("POST", "Groups", {"schemas": [GROUP]}, 400),
        ("GET", "Nothing", None, 404),
        ("GET", "Users/nonsense", None, 404),
        ("PATCH", "Users/nonsense", {"schemas": [USER]}, 400),
        ("POST", "Bulk", {}, 501),
        ("GET", "Me", None, 501),
        ("DELETE", "Users", None, 405),
    ],
)
def test_errors_have_the_shape_of_the_standard(
    staff: Directory, method: str, path: str, body: Any, status: int
) -> None:
    answer = staff.send(method, path, body)
    told = json.loads(answer.content)
    assert answer.status_code == status, told
    assert told["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"] and told["status"] == str(status)
    assert answer["Content-Type"] == "application/scim+json"


def test_what_is_no_json_or_too_large_is_refused(staff: Directory) -> None:
    for content, status in ((b"{", 400), (b"\xff\xfe", 400), (b" " * (2 * 1024 * 1024 + 1), 413)):
        answer = staff.client.post(
            "/scim/v2/Users", content, content_type="application/scim+json",
            headers={"Authorization": f"Bearer {staff.key}"},
        )  # fmt: skip
        assert answer.status_code == status


def test_a_directory_that_asks_without_end_is_told_to_wait(staff: Directory, monkeypatch: Any) -> None:
    from fourfold.api.scim import view

    monkeypatch.setitem(view.RATES, "scim", "3/m/key")
    answers = [staff.send("GET", "Users") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1]["Retry-After"] == "60"


def test_guessing_keys_is_slowed_down() -> None:
    answers = [Client().get("/scim/v2/Users", headers={"Authorization": f"Bearer {i}"}) for i in range(62)]
    assert answers[0].status_code == 401 and answers[-1].status_code == 429


def _person(user: dict[str, Any]) -> int:
    person = Entry.objects.get(pk=user["id"]).person
    assert person is not None
    return person.pk


def _found(staff: Directory, wanted: str) -> Any:
    answer = staff.client.get(
        "/scim/v2/Users", {"filter": wanted}, headers={"Authorization": f"Bearer {staff.key}"}
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)
