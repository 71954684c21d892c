"""The directories that are set up, and where one signs in with each."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse

from fourfold.access.directory import Directory
from fourfold.project.sign_on.configuration import LdapDirectory, OidcDirectory, SamlDirectory


@dataclass(frozen=True, slots=True)
class Door:
    """A way to sign in: what the button says, and where it leads; a `form` asks there for name and password."""

    name: str
    url: str
    form: bool


def directory_of(code: str) -> Directory:
    """The directory with this code, else 404."""
    found = next((directory for directory in settings.DIRECTORIES if directory.code == code), None)
    if found is None:
        raise Http404("no such directory")
    assert isinstance(found, Directory)
    return found


def doors() -> list[Door]:
    """Every way to sign in but the password, in the order of the file."""
    return [door for directory in settings.DIRECTORIES if (door := _door(directory))]


def context(_request: HttpRequest) -> dict[str, object]:
    """For templates: `doors`."""
    return {"doors": doors}


def _door(directory: Directory) -> Door | None:
    if isinstance(directory, OidcDirectory):
        return Door(directory.name, reverse("openid_connect_login", args=[directory.code]), form=False)
    if isinstance(directory, SamlDirectory):
        return Door(directory.name, reverse("saml_login", args=[directory.code]), form=False)
    if isinstance(directory, LdapDirectory):
        return Door(directory.name, reverse("ldap_login", args=[directory.code]), form=True)
    return None
