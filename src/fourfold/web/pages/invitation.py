"""Pages for people who are not signed in yet: taking up an invitation, and a forgotten password.

The secret of a link goes from the query, which no log has, into the session and out of the address at once, so that it
stands in no history, no list of addresses and no picture of the screen.
"""

from __future__ import annotations

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fourfold.actions.accept_invitation import accept_invitation
from fourfold.actions.request_password import request_password
from fourfold.actions.reset_password import reset_password
from fourfold.errors import NotFound
from fourfold.records.models import Invitation
from fourfold.records.queries.invitation import hash_of, open_invitation
from fourfold.web.pages.errors import plain

_BACKEND = settings.AUTHENTICATION_BACKENDS[0]
_FORM = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@sensitive_post_parameters()
@_FORM
def invitation(request: HttpRequest) -> HttpResponse:
    """Name and password; then the person is signed in and at their scorecard."""
    if request.method == "GET" and "link" in request.GET:
        request.session["invitation"] = hash_of(request.GET["link"])
        return redirect("invitation")
    link_hash = request.session.get("invitation", "")
    found = open_invitation(link_hash, at=now()) if link_hash else None
    if found is None:
        return _over(request, "This invitation no longer works", "Ask whoever invited you for a new one.")
    if request.method != "POST":
        return _invited(request, found, found.person.name, {})
    if not ratelimit.consume(request, action="accept_invitation"):
        return _slowly(request)
    name, password = request.POST.get("name", ""), request.POST.get("new", "")
    try:
        outcome = accept_invitation(link_hash=link_hash, name=name, password=password)
    except NotFound as error:
        return _over(request, error.message, error.hint or "")
    if outcome.value is None:
        errors: dict[str, list[str]] = {}
        for finding in outcome.findings:
            errors.setdefault("name" if finding.place.thing == "name" else "new", []).append(finding.message)
        return _invited(request, found, name, errors, status=422)
    request.session.flush()
    login(request, outcome.value, backend=_BACKEND)
    return redirect("home")


def _invited(
    request: HttpRequest, found: Invitation, name: str, errors: dict[str, list[str]], status: int = 200
) -> HttpResponse:
    return plain(
        request, "web/invitation.html", title="Welcome", status=status, name=name, errors=errors,
        email=found.person.email, organisation_name=found.organisation.name,
    )  # fmt: skip


@never_cache
@_FORM
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by e-mail. The answer is the same whether the address has an account or not."""
    typed = request.POST.get("email", "").strip()
    errors = {}
    if request.method == "POST":
        if "@" not in typed.strip("@"):
            errors = {"email": ["Enter the e-mail address you sign in with."]}
        elif not ratelimit.consume(request, action="reset_password", key=typed.lower()):
            return _slowly(request)
        else:
            request_password(email=typed)
    return plain(
        request, "web/forgotten.html", title="Forgot your password?", status=422 if errors else 200,
        email=typed, errors=errors, asked=request.method == "POST" and not errors, sends_email=settings.SENDS_EMAIL,
    )  # fmt: skip


@never_cache
@sensitive_post_parameters()
@_FORM
def reset(request: HttpRequest) -> HttpResponse:
    """Set a new password; then the person signs in with it, and with their second factor where they have one."""
    if request.method == "GET" and "link" in request.GET:
        request.session["reset"] = request.GET["link"]
        return redirect("reset")
    person, token = _parts(request.session.get("reset", ""))
    errors: list[str] = []
    if request.method == "POST":
        if not ratelimit.consume(request, action="reset_password_from_key"):
            return _slowly(request)
        try:
            outcome = reset_password(person=person, token=token, password=request.POST.get("new", ""))
        except NotFound as error:
            return _over(request, error.message, error.hint or "")
        if outcome.ok:
            request.session.flush()
            messages.success(request, "Your password is set. Sign in with it.")
            return redirect("account_login")
        errors = [finding.message for finding in outcome.findings]
    if not person:
        return _over(request, "This link no longer works.", "Ask for a new one.")
    return plain(
        request, "web/reset.html", title="Set a new password", status=422 if errors else 200, errors={"new": errors}
    )


def _parts(link: str) -> tuple[int, str]:
    """The person and the token of a link for a new password; nobody where it is none."""
    person, _, token = link.partition(".")
    return (int(person), token) if person.isascii() and person.isdigit() and len(person) < 19 else (0, "")


def _slowly(request: HttpRequest) -> HttpResponse:
    return plain(request, "429.html", title="Too many attempts", status=429)


def _over(request: HttpRequest, text: str, hint: str) -> HttpResponse:
    return plain(
        request, "web/link_over.html", status=404, title="This link no longer works",
        text="It was used already, replaced by a newer one, or is too old.", hint=hint,
    )  # fmt: skip
