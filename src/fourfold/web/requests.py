"""Who asks and how: every page is for somebody who is signed in; errors of the product become answers of HTTP."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, TypeAlias

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render

from fourfold.actions.note_denial import note_denial
from fourfold.errors import FourfoldError, Kind
from fourfold.records.limits import COSTLY, seconds_to_wait
from fourfold.records.queries.results_then import NoMoment

if TYPE_CHECKING:
    from fourfold.records.models import Person

    class Request(HttpRequest):
        """A request of a person who is signed in."""

        user: Person
else:
    Request: TypeAlias = HttpRequest

P = ParamSpec("P")
Page: TypeAlias = Callable[Concatenate[Request, P], HttpResponseBase]
Guarded: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

READ: Final = ("GET", "HEAD")
#: The events of what was asked for and is not there or not theirs, and of what they see and may not do.
_DENIED: Final = {Kind.NOT_FOUND: "access.deny", Kind.FORBIDDEN: "access.forbid"}
_NOT_KEPT: Final = "private, no-store"  # a page holds what its reader may see: no browser and no proxy keeps it


def signed_in(page: Page[P]) -> Guarded[P]:
    """A page to read: anybody else is sent to sign in; 404 for what may not be seen or is not there, else 403."""
    return _guarded(page, READ)


def signed_in_form(page: Page[P]) -> Guarded[P]:
    """As `signed_in`, for a page whose form is sent to its own address."""
    return _guarded(page, (*READ, "POST"))


def counted(page: Page[P]) -> Page[P]:
    """A page that takes much computing, such as a search or an export: 429 for a person who asks too often.

    It stands below `signed_in`, as it is the person who is counted.
    """

    @wraps(page)
    def at_a_rate(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        wait = math.ceil(seconds_to_wait("costly", str(request.user.pk), COSTLY))
        if not wait:
            return page(request, *args, **kwargs)
        shown = {
            "title": "You ask too often",
            "text": "Pages that take much computing have a limit for each person. Nothing was changed by this request.",
            "hint": f"Wait {wait} s, then load the page again.",
        }
        response = render(request, "web/error.html", shown, status=429)
        response["Retry-After"] = str(wait)
        return response

    return at_a_rate


def is_looked_at(request: HttpRequest) -> bool:
    """True for a page that somebody opens: not one that is open and fetches what changed, nor one that a browser
    fetches before anybody asks for it."""
    told = request.headers
    fetched = told.get("Sec-Purpose", told.get("Purpose", ""))
    return request.method == "GET" and "prefetch" not in fetched and "Fourfold-Live" not in told


def _guarded(page: Page[P], methods: tuple[str, ...]) -> Guarded[P]:
    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            response = page(request, *args, **kwargs)  # type: ignore[arg-type]
        except FourfoldError as error:
            if error.kind in _DENIED:
                note_denial(by=request.user, action=_DENIED[error.kind], thing=f"{request.method} {request.path}")
            if isinstance(error, NoMoment):
                shown = {"title": "Nothing to show of that day", "text": error.message, "hint": error.hint}
                return render(request, "web/error.html", shown, status=422)
            if error.kind is Kind.NOT_FOUND:
                raise Http404(error.message) from error
            if error.kind is Kind.FORBIDDEN:
                raise PermissionDenied(error.message) from error
            raise
        response.headers.setdefault("Cache-Control", _NOT_KEPT)
        return response

    return guarded
