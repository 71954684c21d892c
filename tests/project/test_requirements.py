"""Requirements of the sheet docs/asvs.csv that no test of a part states: how the code is written, and what it sets."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.test import Client

from fourfold.actions.make_guest_link import MOST_DAYS, make_guest_link
from fourfold.actions.make_token import make_token
from fourfold.records.models import Person
from fourfold.records.sessions import SessionStore
from tests.house.source import Module, bites, calls, dotted, modules

#: The folders that meet texts of people.
MEETING = ("web", "api", "mcp", "actions", "records", "project", "jobs", "access")
#: Where a pattern of markup is filled and escaped, and where names of databases are quoted by their driver.
FILLING = {"web/components/markup.py", "records/backups/postgres.py"}


def test_no_program_is_run_by_a_shell() -> None:
    found = []
    for module in modules():
        for call in calls(module.tree):
            by_shell = any(k.arg == "shell" for k in call.keywords)
            if by_shell or dotted(call.func) in {"os.system", "os.popen", "subprocess.getoutput"}:
                found.append(module.at(call, "a shell"))
    assert not found


def is_constant(node: ast.expr) -> bool:
    """A text of the code, or a name in capitals, which is one."""
    if isinstance(node, ast.Subscript):
        return is_constant(node.value)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def strange_patterns(module: Module) -> Iterator[str]:
    for call in calls(module.tree):
        if dotted(call.func).startswith("re.") and call.args and isinstance(call.args[0], ast.JoinedStr):
            for part in call.args[0].values:
                value = part.value if isinstance(part, ast.FormattedValue) else part
                escaped = isinstance(value, ast.Call) and dotted(value.func) == "re.escape"
                if not escaped and not is_constant(value):
                    yield module.at(call, "a text that is not escaped stands in a pattern")


def test_what_stands_in_a_pattern_is_a_constant_or_escaped() -> None:
    assert bites(strange_patterns, 'import re\nre.search(f"^{text}$", line)')
    assert not [found for module in modules(*MEETING) for found in strange_patterns(module)]


def test_formats_are_constants_of_the_code() -> None:
    found = []
    for module in modules(*MEETING):
        for call in calls(module.tree):
            filled = isinstance(call.func, ast.Attribute) and call.func.attr in ("format", "format_map")
            if filled and not is_constant(call.func.value) and module.path not in FILLING:  # type: ignore[attr-defined]
                found.append(module.at(call, "a format that is no constant"))
    assert not found


SETTINGS = """
import json
from fourfold.project import settings as s
names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
         "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "MFA_TOTP_TOLERANCE")
print(json.dumps({name: getattr(s, name) for name in names}))
"""


@pytest.mark.parametrize(("url", "below"), [("https://example.org", False), ("https://scores.example.org", True)])
def test_with_https_cookies_are_of_this_host_alone_and_browsers_stay_with_it(
    url: str, below: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("FOURFOLD_", "DJANGO_"))}
    env |= {"FOURFOLD_URL": url, "FOURFOLD_DATA": str(tmp_path_factory.mktemp("data"))}
    done = subprocess.run([sys.executable, "-c", SETTINGS], env=env, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-") and found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert found["SESSION_COOKIE_SECURE"] and found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is below


@pytest.mark.django_db
def test_keys_of_sessions_are_long_and_random() -> None:
    keys = {SessionStore()._get_new_session_key() for _ in range(50)}
    assert len(keys) == 50 and {len(key) for key in keys} == {32}
    assert len(set("".join(keys))) > 30


@pytest.mark.django_db
def test_limits_hold_in_the_action_whatever_the_door() -> None:
    for days in (0, MOST_DAYS + 1):
        link = make_guest_link(by=None, unit="x", name="y", days=days)
        token = make_token(by=None, name="y", scopes=set(), days=days, service_of="x")
        assert "days" in {f.place.thing for f in link.findings} and not link.ok
        assert "days" in {f.place.thing for f in token.findings} and not token.ok


@pytest.mark.django_db
def test_a_form_takes_what_it_names_from_where_it_names_it() -> None:
    person = Person.objects.create_person(name="Bob", email="bob@bakery.example")
    client = Client()
    client.force_login(person)
    form = "application/x-www-form-urlencoded"
    client.post("/preferences/?theme=light", "theme=dark&is_staff=1&is_superuser=1&pk=1", form)
    assert 'data-theme="dark"' in client.get("/account/").content.decode(), "not the one of the address"
    client.post("/preferences/", "theme=dark&theme=light", form)
    assert 'data-theme="light"' in client.get("/account/").content.decode(), "the last one counts"
    assert client.get("/preferences/?theme=dark").status_code == 405
