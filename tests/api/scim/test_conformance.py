"""The checks of scim2-tester, which knows nothing of us, and PATCH against a slow and obvious oracle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Directory

pytest.importorskip("scim2_tester")

from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import ScimProvider
from scim2_tester import Status, check_server

FIELDS = ("displayName", "title", "nickName", "locale")
PARTS = ("givenName", "familyName")
KINDS = ("work", "home")
#: What it does not know: an account is on unless it is said to be off, and how a member is shown is its own name.
OURS = re.compile("^Attribute '(active' was not removed|members' was not (added|replaced) or has unexpected value)")
WORDS = st.text("abcXYZ é'\"\\", min_size=1, max_size=6).filter(lambda word: word.strip() == word)


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """The server's own handler closes connections after a request, and this one is the test's."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("kept_connection")
def test_scim2_tester_has_nothing_else_to_complain_about(staff: Directory) -> None:
    client = WSGISCIMClient(
        get_wsgi_application(), base_url="http://localhost/scim/v2", provider=ScimProvider(),
        headers={"Authorization": f"Bearer {staff.key}"},
    )  # fmt: skip
    results = check_server(client)
    wrong = {r.title: r.reason for r in results if r.status in (Status.ERROR, Status.CRITICAL)}
    unexpected = {title: reason for title, reason in wrong.items() if not reason or not OURS.search(reason)}
    assert not unexpected
    assert sum(r.status is Status.SUCCESS for r in results) > 50


def operations() -> st.SearchStrategy[dict[str, Any]]:
    """Operations as directories send them."""
    verb = st.sampled_from(["add", "replace", "Add", "Replace"])
    return st.one_of(
        st.builds(
            lambda op, path, value: {"op": op, "path": path, "value": value}, verb, st.sampled_from(FIELDS), WORDS
        ),
        st.builds(lambda path: {"op": "remove", "path": path}, st.sampled_from(FIELDS)),
        st.builds(
            lambda op, part, value: {"op": op, "path": f"name.{part}", "value": value},
            verb, st.sampled_from(PARTS), WORDS,
        ),
        st.builds(lambda part: {"op": "remove", "path": f"name.{part}"}, st.sampled_from(PARTS)),
        st.builds(
            lambda op, kind, value: {"op": op, "path": f'phoneNumbers[type eq "{kind}"].value', "value": value},
            verb, st.sampled_from(KINDS), WORDS,
        ),
        st.builds(lambda kind: {"op": "Remove", "path": f'phoneNumbers[type eq "{kind}"]'}, st.sampled_from(KINDS)),
        st.builds(lambda op, found: {"op": op, "value": found}, verb, st.dictionaries(st.sampled_from(FIELDS), WORDS)),
        st.builds(lambda op, on: {"op": op, "path": "active", "value": on}, verb, st.booleans()),
    )  # fmt: skip


def apply(state: dict[str, Any], operation: dict[str, Any]) -> None:
    """What an operation means, on a dictionary with one level per kind of attribute."""
    path, value, remove = operation.get("path"), operation.get("value"), operation["op"].lower() == "remove"
    if path is None:
        for key, each in value.items():
            state[key] = each
        return
    if remove:
        state.pop(path.removesuffix(".value"), None)
    else:
        state[path.removesuffix(".value")] = value


def seen(user: dict[str, Any]) -> dict[str, Any]:
    """The same of what the service answers."""
    state = {name: user[name] for name in (*FIELDS, "active") if name in user}
    state |= {f"name.{part}": value for part, value in user.get("name", {}).items()}
    return state | {f'phoneNumbers[type eq "{n["type"]}"]': n["value"] for n in user.get("phoneNumbers", [])}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(operations(), min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_sequence_of_patches_is_what_a_dictionary_says(staff: Directory, patches: list[list[dict[str, Any]]]) -> None:
    cache.clear()
    user = staff.add("dana")
    state: dict[str, Any] = {"active": True}
    for patch in patches:
        for operation in patch:
            apply(state, operation)
        answer = staff.send(
            "PATCH", f"Users/{user['id']}",
            {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": patch},
        )  # fmt: skip
        assert answer.status_code in (200, 204), answer.content
    assert seen(staff.ask(f"Users/{user['id']}")) == state
    staff.ask(f"Users/{user['id']}", 204, "DELETE")
