"""What whoever has a guest link sees, without an account: one table, read-only, with no way to anything else.

The secret of a link goes from the query, which no log has, into a cookie of this link alone, and out of the address at
once. A link that is wrong, over, revoked, used up or asked for without its cookie is answered in one and the same way.
"""

from __future__ import annotations

import math
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from fourfold.actions.admit_guest import admit_guest
from fourfold.actions.origin import origin
from fourfold.errors import NotFound
from fourfold.records.guests import find_link
from fourfold.records.limits import GUEST, seconds_to_wait
from fourfold.records.models import GuestLink
from fourfold.records.queries.guest import Shown, shown_to
from fourfold.records.tokens import digest_of
from fourfold.web.address import path
from fourfold.web.components.dates import day_of_moment
from fourfold.web.components.guest import guest_table
from fourfold.web.pages.errors import plain

_SALT: Final = "fourfold.guest"
_SECONDS: Final = 3600  # that a browser may look again without the link
_LONGEST: Final = 200
_HEADERS: Final = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


@never_cache
@require_safe
def guest_link(request: HttpRequest) -> HttpResponse:
    """The door: `link` of the query becomes a cookie, and the address of the page has no secret."""
    text = request.GET.get("link", "")[:_LONGEST]
    if wait := _seconds():
        return _slowly(request, wait)
    digest = digest_of(text)
    found = find_link(digest, now())
    if found is None or not found.password:
        found = admit_guest(digest=digest).value
    if found is None:
        return _over(request)
    response = redirect(path("guest", found.prefix))
    _let_in(response, found, is_open=not found.password)
    return _strict(response, found)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def guest(request: HttpRequest, prefix: str) -> HttpResponse:
    """The page itself, or before it the question for the password; a POST answers that."""
    kept = _kept(request, prefix)
    link = find_link(kept["digest"], now()) if kept else None
    if kept is None or link is None or link.prefix != prefix:
        return _over(request)
    if kept["open"]:
        return _strict(HttpResponse(status=405)) if request.method == "POST" else _shown(request, link)
    if request.method != "POST":
        return _asked(request, link)
    if wait := _seconds(prefix):
        return _slowly(request, wait)
    if admit_guest(digest=link.digest, password=request.POST.get("password", "")[:_LONGEST]).value is None:
        return _asked(request, link, error="This is not the password.", status=422)
    response = redirect(path("guest", prefix))
    _let_in(response, link, is_open=True)
    return _strict(response)


def _shown(request: HttpRequest, link: GuestLink) -> HttpResponse:
    try:
        shown = shown_to(link)
    except NotFound:
        return _over(request)
    scope = shown.scope
    title = link.kpi.name if link.kpi else f"{scope.unit.name} scorecard"
    return _strict(plain(
        request, "web/guest.html", title=title, organisation_name=link.organisation.name, link=link, scope=scope,
        state=_state(shown), until=day_of_moment(link.expires_at),
        **guest_table(shown, link.kpi.code if link.kpi else None),
    ), link)  # fmt: skip


def _state(shown: Shown) -> str:
    """Of when the figures are."""
    if shown.taken_at is None:
        return "Figures of the day"
    at, what = localtime(shown.taken_at), "Closed figures" if shown.is_closed else "Figures"
    return f"{what} as they were on {day_of_moment(at)} at {at:%H:%M}"


def _asked(request: HttpRequest, link: GuestLink, *, error: str = "", status: int = 200) -> HttpResponse:
    response = _strict(plain(
        request, "web/guest_password.html", title="Password", status=status, error=error,
        organisation_name=link.organisation.name,
    ))  # fmt: skip
    response["Referrer-Policy"] = "same-origin"  # without any a browser does not say that the form is from here
    return response


def _over(request: HttpRequest) -> HttpResponse:
    return _strict(plain(request, "web/guest_over.html", title="This link shows nothing", status=404))


def _slowly(request: HttpRequest, wait: int) -> HttpResponse:
    response = plain(request, "429.html", title="Too many attempts", status=429)
    response["Retry-After"] = str(wait)
    return _strict(response)


def _seconds(prefix: str = "") -> int:
    """How long whoever asks has to wait: attempts are counted for a network, those at a password for the link too."""
    waits = [seconds_to_wait("guest", origin().address, GUEST)]
    if prefix:
        waits.append(seconds_to_wait("guest password", prefix, GUEST))
    return math.ceil(max(waits))


def _let_in(response: HttpResponse, link: GuestLink, *, is_open: bool) -> None:
    """Give the browser what it needs to ask again: it holds an hour, and no longer than the link.

    Where another site shows the page, the cookie goes along from there, and is kept for that site apart from others.
    """
    name = _cookie(link.prefix)
    response.set_cookie(
        name, signing.dumps({"digest": link.digest, "open": is_open}, salt=_SALT), max_age=_SECONDS,
        path=path("guest", link.prefix), secure=settings.HTTPS, httponly=True, samesite="Lax",
    )  # fmt: skip
    if link.hosts and settings.HTTPS:  # browsers want both; Python knows the second word from 3.14 on
        response.cookies[name]["samesite"] = "None; Partitioned"


def _kept(request: HttpRequest, prefix: str) -> dict[str, Any] | None:
    """What the cookie of the link says, where it is ours and young enough."""
    try:
        kept = signing.loads(request.COOKIES.get(_cookie(prefix), ""), salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return None
    return kept if isinstance(kept, dict) else None


def _cookie(prefix: str) -> str:
    return f"{'__Secure-' if settings.HTTPS else ''}fourfold_guest_{prefix}"


def _strict(response: HttpResponse, link: GuestLink | None = None) -> HttpResponse:
    """No index, no referrer, no copy, and no frame but on the sites of the link."""
    for name, value in _HEADERS.items():
        response[name] = value
    if link is not None and link.hosts:
        response.xframe_options_exempt = True
        response._csp_replace = {"frame-ancestors": link.hosts.split()}  # type: ignore[attr-defined]  # as csp_replace does
    return response
