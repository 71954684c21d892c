"""A request with a NUL in its address or its form is refused at the door: no database keeps that sign.

PostgreSQL would refuse it in the midst of the work, and SQLite keep it, for a later move to PostgreSQL to stumble over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from fourfold.api.errors import KINDS, problem
from fourfold.engine.words import show
from fourfold.errors import Kind
from fourfold.project.transport import PROGRAMS
from fourfold.web.pages.errors import plain

_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_FIX: Final = "Leave the sign out, and send it again. Nothing was saved by this request."


class LegibleMiddleware:
    """400 for the sign NUL in the path, in the query, or in a field of a form; the answer says which."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the address, which is there before anything is read."""
        if "\0" in request.path:
            return _refused(request, "The address")
        if "%00" in request.META.get("QUERY_STRING", ""):
            names = [name for name, each in request.GET.lists() if "\0" in "".join((name, *each))]
            return _refused(request, f"The part {show(names[0])} of the address" if names else "The address")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Look at the fields of a form; programs send other things, which are looked at where they are read."""
        if request.content_type not in _FORMS or request.path.startswith(PROGRAMS):
            return None
        for name, values in request.POST.lists():
            if "\0" in "".join((name, *values)):
                return _refused(request, f"The field {show(name)}")
        return None


def _refused(request: HttpRequest, where: str) -> HttpResponse:
    said = f"{where} has a sign that cannot be printed or kept: NUL."
    if request.path.startswith(PROGRAMS):
        status, title = KINDS[Kind.INVALID]
        return problem(status, Kind.INVALID, title, said, hint=_FIX)
    title = "This request cannot be read"
    return plain(request, "web/error.html", status=400, title=title, text=said, hint=_FIX)
