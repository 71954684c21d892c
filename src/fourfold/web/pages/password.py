"""Changing one's own password: the present one is asked for, and other sessions of the account end."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from fourfold.actions.set_password import set_password
from fourfold.web.pages.errors import plain
from fourfold.web.requests import Request, signed_in_form


@never_cache
@sensitive_post_parameters()
@signed_in_form
def password(request: Request) -> HttpResponse:
    """The form, and what becomes of it."""
    if request.method != "POST":
        return _form(request, {})
    errors = _wrong(request)
    if not errors:
        outcome = set_password(
            by=request.user, email=request.user.email or "", password=request.POST["new"],
            session=request.session.session_key,
        )  # fmt: skip
        errors = {"new": [finding.message for finding in outcome.findings]} if not outcome.ok else {}
    if errors:
        return _form(request, errors, status=422)
    request.user.refresh_from_db(fields=["password"])
    update_session_auth_hash(request, request.user)
    messages.success(request, "Your password is changed. Other devices are signed out.")
    return redirect("account")


def _wrong(request: Request) -> dict[str, list[str]]:
    """What is wrong before the new password itself is looked at."""
    if not ratelimit.consume(request, action="change_password", user=request.user):
        return {"present": ["Too many attempts. Wait a few minutes, then try again."]}
    if not request.user.check_password(request.POST.get("present", "")):
        return {"present": ["This is not your present password. Enter the one you signed in with."]}
    if not request.POST.get("new"):
        return {"new": ["Enter a new password."]}
    return {}


def _form(request: Request, errors: dict[str, list[str]], status: int = 200) -> HttpResponse:
    return plain(request, "web/password.html", title="Change your password", status=status, errors=errors)
