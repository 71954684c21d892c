"""How people get in: those who were invited, by e-mail and password or passkey; nobody signs up by themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.internal import ratelimit
from django.http import HttpRequest

from fourfold.project.sessions import known_device
from fourfold.records.models import Person


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """E-mail and password, and whoever a session says is there."""

    def get_user(self, user_id: int) -> Person | None:
        """The person with their grants; None where they are gone or were switched off."""
        person = Person.objects.with_principal(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The rules of signing in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This address and password do not belong together. Check both and try again.",
        "incorrect_password": "This is not your password. Enter the one you signed in with.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, then try again.",
        "rate_limited": "Too many attempts. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Never: an administrator invites people."""
        return False

    def add_message(self, *_args: object, **_kwargs: object) -> None:
        """Say nothing: that somebody is signed in or out, the page they come to shows."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Slow down guessing without locking anybody out.

        Attempts count for the device they come from: one that is known by its cookie, else the client's address. So
        whoever guesses slows themselves down and not the owner of the account. Guesses from many addresses are also
        counted for the account, which does not touch the devices it is known on, nor passkeys.
        """
        email = str(credentials.get("email") or "").strip().lower()
        device = known_device(request, email)
        key = f"{email} {device or self.get_client_ip(request)}"
        # Under this name the adapter takes it back when the password was right.
        self._login_failed_rl_usage = self._count(request, "login_failed", key)
        if not self._login_failed_rl_usage or not (device or self._count(request, "login_failed_account", email)):
            raise self.validation_error("too_many_login_attempts")

    def _count(self, request: HttpRequest, action: str, key: str) -> ratelimit.RateLimitUsage | None:
        return ratelimit.consume(request, app="allauth.account", action=action, key=key)
