"""The file of directories that FOURFOLD_DIRECTORIES names: one table per directory, and no secret in it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError, model_validator

from fourfold.access.directory import Directory, ScimDirectory
from fourfold.errors import ConfigurationError

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def _address(text: str) -> str:
    """An address over TLS, or of this machine."""
    parts = urlsplit(text)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)):
        raise ValueError("write an address that begins with https://")
    return text


def _server(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("write ldaps://host or ldap://host, with a port where it is not the usual one")
    return text.rstrip("/")


def _readable(path: Path) -> Path:
    try:
        if path.read_text("utf-8").strip():
            return path
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise ValueError(f"{path} cannot be read: {why}") from error
    raise ValueError(f"{path} is empty")


Address = Annotated[str, AfterValidator(_address)]
Text = Annotated[str, Field(min_length=1)]
File = Annotated[Path, AfterValidator(_readable)]


class OidcDirectory(Directory):
    """An OpenID Connect provider, such as Keycloak, Entra ID, Google or Okta."""

    issuer: Address = Field(description="Its address as it stands in its tokens; its discovery page is below it.")
    client_id: Text = Field(description="The name under which Fourfold is registered there.")
    client_secret_file: File = Field(description="A file that holds the client secret.")
    scopes: tuple[Text, ...] = Field(("openid", "profile", "email"), description="What is asked for.")
    subject_claim: Text = Field("sub", description="The claim that names a person for ever; `oid` for Entra ID.")
    groups_claim: Text = Field("groups", description="The claim that lists the groups of a person.")


class SamlDirectory(Directory):
    """A SAML 2.0 identity provider."""

    entity_id: Text = Field(description="The entity id of the identity provider.")
    sign_in_url: Address = Field(description="Where it takes requests to sign in, by redirect.")
    certificate_file: File = Field(description="A file that holds its signing certificate, in PEM.")
    subject_attribute: str = Field("", description="The attribute that names a person for ever; the NameID without.")
    email_attribute: Text = Field("email", description="The attribute that holds the e-mail address.")
    name_attribute: Text = Field("name", description="The attribute that holds the name people read.")
    groups_attribute: Text = Field("groups", description="The attribute that lists the groups.")


class LdapDirectory(Directory):
    """An LDAP server, such as OpenLDAP or Active Directory."""

    server: Annotated[str, AfterValidator(_server)] = Field(description="ldaps://host, or ldap://host with start_tls.")
    start_tls: bool = Field(True, description="Turn an ldap:// connection into a TLS one before anything is said.")
    ca_file: File | None = Field(None, description="Certificates that may sign for the server; else the system's.")
    bind_dn: str = Field("", description="Who looks people up; nobody in particular without it.")
    bind_password_file: File | None = Field(None, description="A file that holds the password of bind_dn.")
    base: Text = Field(description="The branch in which people are, such as ou=people,dc=bakery,dc=example.")
    filter: Text = Field("(|(uid={login})(mail={login}))", description="Finds one person; {login} is what was typed.")
    subject_attribute: Text = Field("entryUUID", description="Names a person for ever; objectGUID in AD.")
    email_attribute: Text = Field("mail", description="The attribute that holds the e-mail address.")
    name_attribute: Text = Field("cn", description="The attribute that holds the name people read.")
    groups_attribute: str = Field("", description="The attribute of a person that lists the groups, such as memberOf.")
    groups_base: str = Field("", description="The branch in which groups are, where people do not list them.")
    groups_filter: Text = Field("(member={dn})", description="Finds the groups of a person; {dn} is their entry.")
    disabled_filter: str = Field("", description="Matches entries that are switched off, so that they are refused.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        parts = urlsplit(self.server)
        if parts.scheme == "ldap" and not self.start_tls and parts.hostname not in LOCAL:
            raise ValueError("passwords would travel in the clear: write ldaps://, or leave start_tls on")
        if bool(self.bind_dn) != bool(self.bind_password_file):
            raise ValueError("bind_dn and bind_password_file go together")
        if "{login}" not in self.filter or (self.groups_base and "{" not in self.groups_filter):
            raise ValueError("filter needs {login}, and groups_filter needs {dn} or {login}")
        return self


KINDS: Final[dict[str, type[Directory]]] = {
    "oidc": OidcDirectory,
    "saml": SamlDirectory,
    "ldap": LdapDirectory,
    "scim": ScimDirectory,
}


def read_directories(path: Path) -> tuple[Directory, ...]:
    """The directories of a TOML file; ConfigurationError with every mistake in it and where it is."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        hint = "Let FOURFOLD_DIRECTORIES name a TOML file that this user may read; leave it out to have no directory."
        raise ConfigurationError(f"The directories in {path} cannot be read: {why}.", hint=hint) from error
    found: list[Directory] = []
    wrong: list[str] = []
    for kind, directories in tables.items():
        if kind not in KINDS or not isinstance(directories, dict):
            wrong.append(f"[{kind}]: write [KIND.CODE], where KIND is {', '.join(KINDS)} and CODE a short name.")
            continue
        for code, table in directories.items():
            _read(kind, code, table, found, wrong)
    codes = [directory.code for directory in found]
    wrong += [f"“{code}” is the code of two directories: give each its own." for code in _twice(codes)]
    if wrong or not found:
        said = [f"{path} is not complete:", *(wrong or ["it has no directory"])]
        raise ConfigurationError("\n".join(said), hint="docs/reference/directories.md lists every key.")
    return tuple(found)


def _read(kind: str, code: str, table: Any, found: list[Directory], wrong: list[str]) -> None:
    try:
        found.append(KINDS[kind].model_validate({**table, "code": code} if isinstance(table, dict) else table))
    except ValidationError as error:
        for each in error.errors():
            place = ".".join((kind, code, *(str(part) for part in each["loc"])))
            wrong.append(f"[{place}]: {_WORDS.get(each['type'], each['msg'].removeprefix('Value error, '))}")


_WORDS: Final = {"missing": "is missing", "extra_forbidden": "there is no such key"}


def _twice(codes: list[str]) -> list[str]:
    return sorted({code for code in codes if codes.count(code) > 1})
