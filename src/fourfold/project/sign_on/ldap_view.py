"""The page on which somebody signs in with name and password of an LDAP directory."""

from __future__ import annotations

import logging
from typing import Final

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fourfold.actions.admit_person import admit_person
from fourfold.errors import FourfoldError
from fourfold.project.sign_on.configuration import LdapDirectory
from fourfold.project.sign_on.directories import directory_of
from fourfold.project.sign_on.ldap import WrongPassword, visitor
from fourfold.project.sign_on.refusal import note_failure, refused

log = logging.getLogger("fourfold.sign_on")
TOO_MANY: Final = "Too many attempts. Wait a few minutes, then try again."


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def ldap_login(request: HttpRequest, code: str) -> HttpResponse:
    """The form, and what becomes of it."""
    directory = directory_of(code)
    if not isinstance(directory, LdapDirectory):
        raise Http404
    if request.method != "POST":
        return _form(request, directory)
    login = request.POST.get("login", "")
    key = f"{code} {login.strip().lower()} {get_adapter(request).get_client_ip(request)}"
    used = ratelimit.consume(request, app="allauth.account", action="login_failed", key=key)
    if not used:
        return _form(request, directory, TOO_MANY, status=429)
    try:
        who = visitor(directory, login, request.POST.get("password", ""))
        person = admit_person(by=None, directory=directory, visitor=who).value
    except WrongPassword as error:
        log.warning("Sign-in with %s refused: wrong name or password", code)
        note_failure(directory)
        return _form(request, directory, error.message, status=422)
    except FourfoldError as error:
        used.rollback()
        return refused(request, directory, error)
    used.rollback()
    record_authentication(request, person, "ldap", provider=code)
    answer: HttpResponse = perform_login(
        request, person, email_verification="none", redirect_url=get_next_redirect_url(request)
    )
    return answer


def _form(request: HttpRequest, directory: LdapDirectory, error: str = "", status: int = 200) -> HttpResponse:
    shown = {"directory": directory, "error": error, "login": request.POST.get("login", ""),
             "next": get_next_redirect_url(request)}  # fmt: skip
    return render(request, "account/ldap.html", shown, status=status)
