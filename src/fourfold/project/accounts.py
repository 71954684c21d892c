"""How people get in: those who were invited, by e-mail and password; nobody signs up by themselves."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The rules of signing in."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Never: an administrator invites people."""
        return False
