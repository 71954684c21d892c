"""LDAP: find the person, ask the server whether the password is theirs, read their groups.

The password goes to the server over a connection whose certificate was checked, and nowhere else. What people type
reaches a filter only as an escaped value (RFC 4515), and an empty password never reaches the server, for which it
would be a request for no authentication at all (RFC 4513, 5.1.2).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from ldap3 import BASE, NONE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import (
    LDAPException,
    LDAPInvalidCredentialsResult,
    LDAPInvalidDnError,
    LDAPNoSuchObjectResult,
)
from ldap3.core.results import RESULT_SIZE_LIMIT_EXCEEDED, RESULT_SUCCESS
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import parse_dn

from fourfold.access.directory import Visitor
from fourfold.errors import ConfigurationError, Forbidden
from fourfold.project.sign_on.configuration import LdapDirectory
from fourfold.project.sign_on.refusal import DirectoryDown

CONNECT: Final = 5  # seconds to be reached in
ANSWER: Final = 10  # seconds to answer a question in
LONGEST_LOGIN: Final = 200
LONGEST_PASSWORD: Final = 1000
MOST_GROUPS: Final = 2000


class WrongPassword(Forbidden):
    """This name and password do not belong together. Check both and try again."""


def visitor(directory: LdapDirectory, login: str, password: str) -> Visitor:
    """Whom the server knows by this name and password.

    Raises `WrongPassword`, `Forbidden` for an entry that is switched off, `DirectoryDown` where the server cannot be
    reached or does not prove who it is, and `ConfigurationError` where it does not do what the set-up says it does.
    """
    login = login.strip()
    if not login or not password or "\0" in password or len(login) > LONGEST_LOGIN or len(password) > LONGEST_PASSWORD:
        raise WrongPassword
    mistaken = ConfigurationError(f"{directory.server} does not take the password of {directory.bind_dn}.")
    with _connection(directory, directory.bind_dn, _own_password(directory), wrong=mistaken) as reader:
        entry = _find(directory, reader, login)
        with _connection(directory, entry["dn"], password, wrong=WrongPassword()):
            pass
        if directory.disabled_filter and _search(reader, entry["dn"], directory.disabled_filter, scope=BASE):
            raise Forbidden(f"Your account in {directory.name} is switched off.")
        groups = _groups(directory, reader, entry, login)
    subject = _text(entry, directory.subject_attribute)
    if not subject:
        raise ConfigurationError(f"The entry {entry['dn']} has no {directory.subject_attribute}.")
    name, email = _text(entry, directory.name_attribute), _text(entry, directory.email_attribute)
    return Visitor(f"ldap:{directory.base.lower()}", subject, name or login, email, groups=groups)


@contextmanager
def _connection(
    directory: LdapDirectory, dn: str, password: str | None, *, wrong: Exception
) -> Iterator[Connection]:
    """A connection bound as `dn`, as nobody without one; raises `wrong` where the password is."""
    parts = urlsplit(directory.server)
    tls = Tls(
        validate=ssl.CERT_REQUIRED,
        ca_certs_file=str(directory.ca_file) if directory.ca_file else None,
        sni=parts.hostname,
    )
    secure = parts.scheme == "ldaps"
    server = Server(parts.hostname, parts.port, secure, tls=tls, get_info=NONE, connect_timeout=CONNECT)
    link = Connection(
        server, user=dn or None, password=password, receive_timeout=ANSWER, auto_referrals=False, read_only=True,
        raise_exceptions=True,
    )  # fmt: skip
    try:
        link.open()
        if not secure and directory.start_tls:
            link.start_tls()
        link.bind()
        yield link
    except LDAPInvalidCredentialsResult as error:
        raise wrong from error
    except (LDAPException, OSError) as error:
        raise DirectoryDown(f"{directory.server}: {error}") from error
    finally:
        _close(link)


def _close(link: Connection) -> None:
    try:
        link.unbind()
    except (LDAPException, OSError):
        return  # it is gone already


def _find(directory: LdapDirectory, reader: Connection, login: str) -> dict[str, Any]:
    names = [directory.subject_attribute, directory.name_attribute, directory.email_attribute]
    names += [directory.groups_attribute] if directory.groups_attribute else []
    wanted = directory.filter.replace("{login}", escape_filter_chars(login))
    found = _search(reader, directory.base, wanted, attributes=names)
    if not found:
        raise WrongPassword
    return found[0]


def _groups(directory: LdapDirectory, reader: Connection, entry: dict[str, Any], login: str) -> frozenset[str]:
    """The groups by their whole name and by its first part, so that either can be written in the set-up."""
    names = set(_texts(entry, directory.groups_attribute)) if directory.groups_attribute else set()
    if directory.groups_base:
        dn, login = escape_filter_chars(entry["dn"]), escape_filter_chars(login)
        wanted = directory.groups_filter.replace("{dn}", dn).replace("{login}", login)
        found = _search(reader, directory.groups_base, wanted, attributes=["1.1"], limit=MOST_GROUPS)
        names |= {group["dn"] for group in found}
    return frozenset(names | {short for name in names if (short := _short(name))})


def _short(name: str) -> str:
    try:
        return str(parse_dn(name)[0][1])
    except (LDAPInvalidDnError, IndexError):
        return ""


def _search(
    reader: Connection, base: str, wanted: str, *, scope: str = SUBTREE, attributes: list[str] | None = None,
    limit: int = 1,
) -> list[dict[str, Any]]:  # fmt: skip
    """The entries that a filter finds; referrals to other servers are not followed."""
    try:
        reader.search(base, wanted, scope, attributes=attributes or ["1.1"], size_limit=limit, time_limit=ANSWER)
    except LDAPNoSuchObjectResult:
        return []
    # Half an answer is no error to the library; taken for a whole one, the first of two people would be let in.
    if reader.result["result"] == RESULT_SIZE_LIMIT_EXCEEDED:
        raise ConfigurationError(f"{wanted} finds more than {limit} below {base}.")
    if reader.result["result"] != RESULT_SUCCESS:
        raise DirectoryDown(f"{base}: {reader.result['description']}")
    return [entry for entry in reader.response or [] if entry["type"] == "searchResEntry"]


def _texts(entry: dict[str, Any], attribute: str) -> list[str]:
    """The values of an attribute, whatever the capitals of its name; bytes that are no text as hexadecimal digits."""
    held = {name.lower(): values for name, values in entry.get("raw_attributes", {}).items()}
    return [_decoded(value) for value in held.get(attribute.lower(), [])]


def _decoded(value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()
    return text if text.isprintable() else value.hex()


def _text(entry: dict[str, Any], attribute: str) -> str:
    return next(iter(_texts(entry, attribute)), "")


def _own_password(directory: LdapDirectory) -> str | None:
    file = directory.bind_password_file
    return file.read_text("utf-8").strip() if file else None
