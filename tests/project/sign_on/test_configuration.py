"""The file of directories: half a configuration is refused with what to do, and without one nothing is loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fourfold.access.directory import Directory
from fourfold.access.roles import Role
from fourfold.errors import ConfigurationError
from fourfold.project.sign_on.configuration import read_directories
from tests.project.commands import fourfold

ROOT = Path(__file__).parents[3]
#: What only directories need: our own part, and the libraries of the protocols.
HEAVY = (
    "fourfold.project.sign_on", "fourfold.api.scim", "allauth.socialaccount", "requests", "oauthlib", "jwt", "ldap3",
    "scim2_server", "scim2_models", "onelogin", "lxml", "xmlsec", "email_validator",
)  # fmt: skip
GOOD = """[oidc.keycloak]
name = "Bakery account"
organisation = "bakery"
issuer = "https://id.bakery.example"
client_id = "fourfold"
client_secret_file = "{secret}"
"""


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text("between the two of them\n")
    return file


def refusal(tmp_path: Path, text: str) -> str:
    file = tmp_path / "directories.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as refused:
        read_directories(file)
    return str(refused.value)


def test_a_whole_configuration_is_read(tmp_path: Path, secret: Path) -> None:
    file = tmp_path / "directories.toml"
    file.write_text(GOOD.replace("{secret}", str(secret)) + '[scim.staff]\nname = "Staff"\norganisation = "bakery"\n')
    assert [directory.code for directory in read_directories(file)] == ["keycloak", "staff"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("client_id = ", "client = "), "[oidc.keycloak.client_id]: is missing"),
        (("client_id = ", "client = "), "[oidc.keycloak.client]: there is no such key"),
        (("https://", "http://"), "[oidc.keycloak.issuer]: write an address that begins with https://"),
        (("[oidc.keycloak]", "[oauth.keycloak]"), "[oauth]: write [KIND.CODE], where KIND is oidc, saml, ldap, scim"),
        (("[oidc.keycloak]", "[oidc.Key_Cloak]"), "[oidc.Key_Cloak.code]"),
        (("{secret}", "/nowhere/secret"), "/nowhere/secret cannot be read: No such file"),
        (("[oidc.keycloak]", "[oidc.keycloak"), "cannot be read"),
        (('name = "Bakery account"', 'name = ""'), "[oidc.keycloak.name]"),
        (('name = "Bakery', 'groups = [{ group = "a", role = "boss" }]\nname = "Bakery'), "there is no role “boss”"),
        (('name = "Bakery', 'groups = [{ group = "a" }]\nname = "Bakery'), "[oidc.keycloak.groups.0.role]: is missing"),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path: Path, secret: Path, change: tuple[str, str], said: str) -> None:
    assert said in refusal(tmp_path, GOOD.replace(*change).replace("{secret}", str(secret)))


def test_an_empty_file_and_a_code_given_twice_are_mistakes(tmp_path: Path, secret: Path) -> None:
    assert "it has no directory" in refusal(tmp_path, "")
    twice = GOOD + GOOD.replace("[oidc.keycloak]", "[scim.keycloak]").partition("issuer")[0]
    assert "“keycloak” is the code of two directories" in refusal(tmp_path, twice.replace("{secret}", str(secret)))


def test_an_empty_secret_is_none(tmp_path: Path, secret: Path) -> None:
    secret.write_text(" \n")
    assert "is empty" in refusal(tmp_path, GOOD.replace("{secret}", str(secret)))


def test_a_server_with_half_a_configuration_does_not_start(tmp_path: Path) -> None:
    file = tmp_path / "directories.toml"
    file.write_text('[oidc.keycloak]\nname = "Bakery account"\n')
    ended = fourfold("serve", "--port", "1", data=tmp_path, FOURFOLD_DIRECTORIES=str(file))
    assert ended.returncode == 3, ended.stderr
    assert "[oidc.keycloak.issuer]: is missing" in ended.stderr and "docs/reference/directories.md" in ended.stderr
    assert "Traceback" not in ended.stderr and not list(tmp_path.glob("*.sqlite3"))
    missing = fourfold("serve", "--port", "1", data=tmp_path, FOURFOLD_DIRECTORIES=str(tmp_path / "none.toml"))
    assert missing.returncode == 3 and "FOURFOLD_DIRECTORIES" in missing.stderr


def test_without_directories_nothing_of_them_is_loaded_or_routed(tmp_path: Path) -> None:
    code = (
        "import django, json, sys; django.setup()\n"
        "from django.core.handlers.wsgi import WSGIHandler\nWSGIHandler()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "from django.apps import apps\n"
        f"heavy = {HEAVY!r}\n"
        "loaded = [m for m in sys.modules if m.startswith(tuple(h + '.' for h in heavy)) or m in heavy]\n"
        "routes = [str(p.pattern) for p in get_resolver().url_patterns]\n"
        "print(json.dumps([loaded, routes, [a.name for a in apps.get_app_configs()]]))"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FOURFOLD_")}
    environment |= {"FOURFOLD_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "fourfold.project.settings"}
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded, routes, applications = json.loads(ended.stdout)
    assert loaded == []
    assert not [route for route in routes if "scim" in route or "oidc" in route or "saml" in route or "ldap" in route]
    assert "allauth.socialaccount" not in applications


def test_groups_give_what_their_words_stand_for() -> None:
    groups = [
        {"group": "Bosses", "role": "admin"},
        {"group": "cn=bakers,dc=x", "role": "viewer", "unit": "north"},
    ]
    directory = Directory.model_validate({"code": "d", "name": "D", "organisation": "bakery", "groups": groups})
    assert directory.roles(["CN=Bakers,DC=X"]) == {(Role.VIEWER, "north")}
    assert {role for role, _ in directory.roles(["bosses"])} == {
        Role.ORGANISATION_ADMIN, Role.SCORECARD_ADMIN, Role.CONTRIBUTOR,
    }  # fmt: skip
    assert directory.roles([]) == frozenset()
