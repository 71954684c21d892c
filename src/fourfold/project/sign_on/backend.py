"""Passwords and passkeys of our own, for those who have no other way in.

Otherwise what somebody keeps here would outlive their account in the directory, and go past its second factor.
"""

from __future__ import annotations

from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from fourfold.access.directory import Directory
from fourfold.errors import Forbidden
from fourfold.project.accounts import AccountAdapter, Backend
from fourfold.project.sign_on.refusal import refused
from fourfold.records.models import Person

#: How allauth calls a sign-in by OpenID Connect or SAML, and we one by LDAP.
DIRECTORY_METHODS: Final = frozenset({"socialaccount", "ldap"})


class LocalBackend(Backend):
    """E-mail and password, but not of somebody who signs in with a directory that is set up."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person, or None where the password is wrong or there may be none."""
        person: Person | None = super().authenticate(request, **credentials)
        return None if person is None or directory_for(person) else person


class LocalAccounts(AccountAdapter):
    """As everywhere, but a passkey is no way past a directory either."""

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        """Go on, unless somebody of a directory came another way."""
        directory = directory_for(user)
        methods = {record.get("method") for record in get_authentication_records(request, user)}
        if directory is not None and not methods & DIRECTORY_METHODS:
            message = f"Your account is one of {directory.name}."
            return refused(request, directory, Forbidden(message, hint=f"Sign in with {directory.name}."))
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer


def directory_for(person: Person) -> Directory | None:
    """The directory that is set up in which somebody has an identity; None for those who have none."""
    known = set(person.identities.values_list("directory", flat=True))
    return next((directory for directory in settings.DIRECTORIES if directory.code in known), None)
