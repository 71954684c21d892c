"""How people get in: those who were invited, by e-mail and password; nobody signs up by themselves."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The rules of signing in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This address and password do not belong together. Check both and try again.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Never: an administrator invites people."""
        return False

    def add_message(self, *_args: object, **_kwargs: object) -> None:
        """Say nothing: that somebody is signed in or out, the page they come to shows."""
