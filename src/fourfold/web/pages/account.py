"""One's own account: name, what one may do, and where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from fourfold.actions.end_sessions import end_sessions
from fourfold.actions.rename_person import rename_person
from fourfold.records.queries.people import roles_of, sessions_of
from fourfold.web.components.device import device_name
from fourfold.web.pages.errors import plain
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def account(request: Request) -> HttpResponse:
    """The name people read, which is changed here, and the roles, which are not."""
    if request.method != "POST":
        return _profile(request, request.user.name)
    typed = request.POST.get("name", "")
    outcome = rename_person(by=request.user, name=typed)
    if not outcome.ok:
        return _profile(request, typed, {"name": [f.message for f in outcome.findings]}, status=422)
    messages.success(request, "Your name is saved.")
    return redirect("account")


def _profile(
    request: Request, name: str, errors: dict[str, list[str]] | None = None, status: int = 200
) -> HttpResponse:
    return plain(
        request, "web/account.html", title="Your account", status=status,
        name=name, errors=errors or {}, roles=roles_of(request.user),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownSession:
    """A session as the list shows it; `name` is what its button sends."""

    name: str
    device: str
    address: str
    started_at: datetime | None
    seen_at: datetime | None
    is_this: bool


@never_cache
@signed_in_form
def sessions(request: Request) -> HttpResponse:
    """Where one is signed in; POST ends one session, or all others."""
    own = request.session.session_key
    if request.method == "POST":
        which = request.POST.get("session", "")
        outcome = end_sessions(
            by=request.user, email=request.user.email or "", keep=own, only=None if which == "others" else which
        )
        messages.success(request, f"{outcome.summary[:1].upper()}{outcome.summary[1:]}.")
        return redirect("sessions")
    shown = [
        ShownSession(s.name, device_name(s.browser), s.address, s.started_at, s.seen_at, s.session_key == own)
        for s in sessions_of(request.user)
    ]
    return plain(request, "web/sessions.html", title="Where you are signed in", sessions=shown)
