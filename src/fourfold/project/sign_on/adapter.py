"""What allauth asks of us when somebody comes back from a provider: who it is here, or why not."""

from __future__ import annotations

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from django.http import HttpRequest, HttpResponse
from requests import RequestException

from fourfold.access.directory import Directory, Visitor
from fourfold.actions.admit_person import admit_person
from fourfold.errors import FourfoldError
from fourfold.project.sign_on.configuration import OidcDirectory, SamlDirectory
from fourfold.project.sign_on.directories import directory_of
from fourfold.project.sign_on.refusal import UNREADABLE, DirectoryDown, refused

log = logging.getLogger("fourfold.sign_on")


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts are found, taken over and made by `admit_person`, never by allauth's own tables."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Say who of us the visitor is; a page that says why not ends the sign-in."""
        directory = directory_of(sociallogin.account.provider)
        try:
            who = _visitor(directory, sociallogin)
            sociallogin.user = admit_person(by=None, directory=directory, visitor=who).value
        except FourfoldError as error:
            raise ImmediateHttpResponse(refused(request, directory, error)) from error

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: str | None = None, exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """The provider's answer does not hold, or there is none: a page of ours, and the details in the log."""
        directory = directory_of(provider.sub_id)
        details = exception or (extra_context or {}).get("saml_last_error_reason") or request.GET.get("error") or error
        raise ImmediateHttpResponse(
            unreadable(request, directory, details, cancelled=error == AuthError.CANCELLED)
        )


def unreadable(request: HttpRequest, directory: Directory, details: object, *, cancelled: bool = False) -> HttpResponse:
    """The page for an answer that does not hold; what exactly is for whoever reads the log."""
    if isinstance(details, RequestException) or isinstance(getattr(details, "__cause__", None), RequestException):
        return refused(request, directory, DirectoryDown(str(details)[:500]))
    log.warning("Sign-in with %s failed: %s", directory.code, str(details)[:500])
    return refused(request, directory, UNREADABLE["cancelled" if cancelled else "broken"])


def _visitor(directory: Directory, login: Any) -> Visitor:
    if isinstance(directory, OidcDirectory):
        from fourfold.project.sign_on import oidc

        return oidc.visitor(directory, login)
    from fourfold.project.sign_on import saml

    assert isinstance(directory, SamlDirectory)
    return saml.visitor(directory, login)
