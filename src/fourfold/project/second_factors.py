"""Second factors: how their secrets are kept, who needs one, and where somebody is sent who has none yet."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import wraps
from typing import Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from fourfold.access.roles import Action, Reach, reach
from fourfold.actions.note_second_factor import Change, note_second_factor
from fourfold.errors import ConfigurationError
from fourfold.records.models import Person
from fourfold.records.secrets.data_keys import master_key, master_keys

TYPES: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
#: Routes for somebody who has to set up a second factor first.
_OPEN: Final = frozenset({"account_logout", "account_reauthenticate", "preferences", "health", "ready", "metrics"})


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Encrypts the secrets of authenticator apps and recovery codes, and words what is wrong."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code or key is not right. Codes of an app change every half minute; try the next one.",
    }

    def encrypt(self, text: str) -> str:
        """With a key made from the master key, so that a copy of the database alone is of no use."""
        return _locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """With the present master key or an earlier one."""
        try:
            return _locks().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            hint = "Bring the earlier key back, or remove the factor: fourfold account EMAIL --remove-factors"
            raise ConfigurationError("A second factor was kept under another master key.", hint=hint) from error

    def generate_authenticator_name(self, user: Person, type: str) -> str:
        """What a new passkey is called where its owner gives it no name."""
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The host people open; it is part of every passkey."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": settings.MFA_TOTP_ISSUER}


def _locks() -> MultiFernet:
    keys = (master_key(), *master_keys()[1:])
    derived = (hmac.digest(key.secret, b"fourfold second factors", "sha256") for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in derived])


class AskForSecondFactor:
    """Middleware: whoever needs a second factor and has none gets to the page that sets it up and nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing before it is known which page is asked for."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponseBase | None:
        """Send somebody to the set-up page."""
        if settings.REQUIRE_MFA == "never" or not isinstance(request.user, Person):
            return None
        page = (request.resolver_match and request.resolver_match.url_name) or ""
        if page in _OPEN or page.startswith("mfa_") or came_by_provider(request):
            return None
        if not lacks_second_factor(request.user):
            return None
        return redirect(reverse("mfa_index") + "?required=yes")


def came_by_provider(request: HttpRequest) -> bool:
    """Whether the session began at a provider (OpenID Connect, SAML), which asks for factors itself."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "socialaccount" for record in records)


def lacks_second_factor(person: Person | AnonymousUser) -> bool:
    """Whether somebody needs a second factor by the setting and has none."""
    return needs_second_factor(person) and not Authenticator.objects.filter(user=person.pk, type__in=TYPES).exists()


def needs_second_factor(person: Person | AnonymousUser) -> bool:
    """By the setting: nobody, administrators, or everybody."""
    if settings.REQUIRE_MFA != "admins" or isinstance(person, AnonymousUser):
        return bool(settings.REQUIRE_MFA == "everybody" and person.is_authenticated)
    return any(reach(grant.role, Action.MANAGE) is not Reach.NO for grant in person.principal.effective)


def noted(page: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of allauth that changes second factors: what it changed is an event of the same transaction.

    Allauth's own signals come after the commit, where an event could be lost.
    """

    @wraps(page)
    @transaction.atomic
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        person = request.user
        if request.method != "POST" or not isinstance(person, Person):
            return page(request, *args, **kwargs)
        before = _factors(person)
        response = page(request, *args, **kwargs)
        after = _factors(person)
        for kind in sorted({kind for _, kind in before ^ after}):
            gone, new = (any(k == kind for _, k in part) for part in (before - after, after - before))
            change = Change.RENEW if gone and new else Change.ADD if new else Change.REMOVE
            note_second_factor(by=person, kind=kind, change=change, session=request.session.session_key)
        return response

    return answer


def _factors(person: Person) -> set[tuple[int, str]]:
    return set(Authenticator.objects.filter(user=person).values_list("pk", "type"))
