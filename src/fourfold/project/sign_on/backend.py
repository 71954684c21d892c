"""Passwords of our own, for those who have no other way in."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from fourfold.records.models import Person


class LocalBackend(AuthenticationBackend):  # type: ignore[misc]
    """E-mail and password, but not of somebody who signs in with a directory that is set up.

    Otherwise a password set here would outlive the account there, and go past its second factor.
    """

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person, or None where the password is wrong or there may be none."""
        person: Person | None = super().authenticate(request, **credentials)
        if person is None:
            return None
        codes = [directory.code for directory in settings.DIRECTORIES]
        return None if person.identities.filter(directory__in=codes).exists() else person
