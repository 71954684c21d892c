"""LDAP against a real slapd: who gets in, who does not, and what a name can do to a filter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ldap3")

from fourfold.errors import ConfigurationError, Forbidden
from fourfold.project.sign_on.configuration import LdapDirectory
from fourfold.project.sign_on.ldap import WrongPassword, visitor
from fourfold.project.sign_on.refusal import DirectoryDown
from tests.project.sign_on import slapd
from tests.project.sign_on.slapd import BASE, Slapd

PASSWORD, READER = "flour water salt", "reads and no more"
ODD = "o'b*(r)\\ien"


def person(uid: str, name: str, mail: str, more: str = "") -> str:
    return (
        f"dn: cn={name},ou=people,{BASE}\nobjectClass: inetOrgPerson\ncn: {name}\nsn: {name.split()[-1]}\n"
        f"uid: {uid}\nmail: {mail}\nuserPassword: {PASSWORD}\n{more}\n"
    )


LDIF = (
    f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Bakery\ndc: bakery\n\n"
    f"dn: ou=people,{BASE}\nobjectClass: organizationalUnit\nou: people\n\n"
    f"dn: ou=groups,{BASE}\nobjectClass: organizationalUnit\nou: groups\n\n"
    f"dn: cn=reader,{BASE}\nobjectClass: inetOrgPerson\ncn: reader\nsn: reader\nuserPassword: {READER}\n\n"
    + person("alice", "Alice Archer", "alice@bakery.example")
    + person("dana", "Dana Doe", "dana@bakery.example")
    + person("gone", "Gus Gone", "gus@bakery.example", "employeeType: disabled\n")
    + person(ODD, "Odd One", "odd@bakery.example")
    + person("twin", "Twin One", "twin1@bakery.example")
    + person("twin", "Twin Two", "twin2@bakery.example")
    + person("bare", "Bare Name", "bare@bakery.example").replace(f"userPassword: {PASSWORD}\n", "")
)
GROUPS = {"bakers": ["Dana Doe", "Gus Gone"], "office": ["Alice Archer", "Dana Doe"]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    slapd.find("slapd")
    running = slapd.start(tmp_path_factory.mktemp("slapd"), LDIF)
    for name, members in GROUPS.items():
        people = [f"cn={member},ou=people,{BASE}" for member in members]
        running.add(f"cn={name},ou=groups,{BASE}", {"objectClass": "groupOfNames", "cn": name, "member": people})
    yield running
    running.stop()


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    file = tmp_path / "reader"
    file.write_text(READER + "\n")
    return file


def directory(slapd: Slapd, reader: Path, **more: Any) -> LdapDirectory:
    given = {
        "code": "office", "name": "Office", "organisation": "bakery", "server": f"ldaps://localhost:{slapd.secure}",
        "ca_file": slapd.authority, "bind_dn": f"cn=reader,{BASE}", "bind_password_file": reader,
        "base": f"ou=people,{BASE}", "groups_base": f"ou=groups,{BASE}",
        "disabled_filter": "(employeeType=disabled)",
    }  # fmt: skip
    return LdapDirectory.model_validate(given | more)


@pytest.mark.parametrize("login", ["dana", "DANA", "dana@bakery.example", "  dana "])
def test_name_or_address_and_password_let_one_in(server: Slapd, reader: Path, login: str) -> None:
    who = visitor(directory(server, reader), login, PASSWORD)
    assert (who.name, who.email, who.email_verified) == ("Dana Doe", "dana@bakery.example", False)
    assert who.issuer == f"ldap:ou=people,{BASE}" and len(who.subject) == 36, "the entryUUID"
    assert {"bakers", "office", f"cn=bakers,ou=groups,{BASE}"} <= who.groups


def test_groups_can_be_read_from_the_person_too(server: Slapd, reader: Path) -> None:
    given = directory(server, reader, groups_base="", groups_attribute="memberOf")
    who = visitor(given, "alice", PASSWORD)
    assert who.groups == {f"cn=office,ou=groups,{BASE}", "office"}


def test_start_tls_does_as_well(server: Slapd, reader: Path) -> None:
    given = directory(server, reader, server=f"ldap://localhost:{server.plain}")
    assert visitor(given, "dana", PASSWORD).name == "Dana Doe"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("dana", "guess"), ("dana", ""), ("", PASSWORD), ("  ", PASSWORD), ("nobody", PASSWORD), ("bare", PASSWORD),
        ("bare", ""), ("dana", "x" * 5000), ("d" * 5000, PASSWORD), ("dana", "\x00"),
    ],
)  # fmt: skip
def test_anything_else_does_not(server: Slapd, reader: Path, login: str, password: str) -> None:
    with pytest.raises(WrongPassword):
        visitor(directory(server, reader), login, password)


@pytest.mark.parametrize(
    "login",
    ["*", "dan*", "dana)(uid=*", "*)(|(uid=*", "dana)(|(cn=*))", "\\2a", "da\x00na", "dana\\", ")(", "(uid=dana)",
     f"cn=Dana Doe,ou=people,{BASE}", "dana)(!(employeeType=disabled)"],
)  # fmt: skip
def test_a_name_cannot_change_the_filter(server: Slapd, reader: Path, login: str) -> None:
    with pytest.raises(WrongPassword):
        visitor(directory(server, reader), login, PASSWORD)


def test_a_name_full_of_signs_of_filters_is_still_a_name(server: Slapd, reader: Path) -> None:
    assert visitor(directory(server, reader), ODD, PASSWORD).email == "odd@bakery.example"


def test_an_entry_that_is_switched_off_is_refused_once_the_password_is_right(server: Slapd, reader: Path) -> None:
    with pytest.raises(Forbidden, match="switched off"):
        visitor(directory(server, reader), "gone", PASSWORD)
    with pytest.raises(WrongPassword):
        visitor(directory(server, reader), "gone", "guess")


def test_a_name_that_two_have_is_a_mistake_of_the_set_up(server: Slapd, reader: Path) -> None:
    with pytest.raises(ConfigurationError, match="finds more than 1"):
        visitor(directory(server, reader), "twin", PASSWORD)


def test_a_wrong_password_of_our_own_is_a_mistake_of_the_set_up(server: Slapd, reader: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("guess")
    with pytest.raises(ConfigurationError, match="does not take the password"):
        visitor(directory(server, reader, bind_password_file=other), "dana", PASSWORD)


def test_a_subject_that_entries_lack_is_a_mistake_of_the_set_up(server: Slapd, reader: Path) -> None:
    with pytest.raises(ConfigurationError, match="has no employeeNumber"):
        visitor(directory(server, reader, subject_attribute="employeeNumber"), "dana", PASSWORD)


def test_a_server_with_another_name_or_signed_by_a_stranger_is_told_no_password(
    server: Slapd, reader: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(DirectoryDown):  # its certificate is for localhost
        visitor(directory(server, reader, server=f"ldaps://127.0.0.1:{server.secure}"), "dana", PASSWORD)
    with pytest.raises(DirectoryDown):
        visitor(directory(server, reader, ca_file=None), "dana", PASSWORD)
    with pytest.raises(DirectoryDown):
        given = directory(server, reader, server=f"ldap://localhost:{server.plain}", ca_file=None)
        visitor(given, "dana", PASSWORD)


def test_a_server_that_wants_tls_is_not_asked_without(server: Slapd, reader: Path) -> None:
    given = directory(server, reader, server=f"ldap://localhost:{server.plain}", start_tls=False)
    with pytest.raises(DirectoryDown):
        visitor(given, "dana", PASSWORD)


def test_a_server_that_is_down_is_said_to_be(server: Slapd, reader: Path) -> None:
    with pytest.raises(DirectoryDown):
        visitor(directory(server, reader, server="ldaps://localhost:9"), "dana", PASSWORD)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"server": "ldap://ldap.bakery.example", "start_tls": False}, "in the clear"),
        ({"server": "https://ldap.bakery.example"}, "ldaps://host"),
        ({"filter": "(uid=dana)"}, "needs {login}"),
        ({"bind_password_file": None}, "go together"),
    ],
)
def test_half_a_set_up_is_refused(server: Slapd, reader: Path, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        directory(server, reader, **wrong)
