"""What the database cannot do becomes an answer that says what is saved, and when to try again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse

from fourfold.records.read_only import ReadOnly, is_read_only, refuse_writes
from fourfold.web.pages.errors import unavailable

READING: Final = ("GET", "HEAD", "OPTIONS")
#: Signing in and out changes no data of the organisation, and without it nobody could read.
ALLOWED: Final = ("/accounts/login/", "/accounts/logout/", "/accounts/2fa/authenticate/")


class FaultsMiddleware:
    """503 for what writes while everything is read-only; 507 for a full disk; 503 for a database that is gone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse early what would write; hold back what writes all the same."""
        if request.path in ALLOWED or not is_read_only():
            return self.get_response(request)
        if request.method not in READING:
            return _read_only(request, ReadOnly())
        with connection.execute_wrapper(refuse_writes):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """An answer for what is not a mistake of ours."""
        if isinstance(exception, ReadOnly):
            return _read_only(request, exception)
        if not isinstance(exception, DatabaseError | InterfaceError):
            return None
        text = str(exception).lower()
        if "disk is full" in text or "no space left" in text:
            return unavailable(
                request, 507, "The disk of the server is full",
                "Nothing was saved by this request, and nothing that was saved before is lost.",
                "Tell the person who runs this server. Reading works.",
            )  # fmt: skip
        if "readonly database" in text or "read-only" in text:
            return _read_only(request, ReadOnly())
        if isinstance(exception, OperationalError | InterfaceError):
            return _gone(request, text)
        return None


def _read_only(request: HttpRequest, error: ReadOnly) -> HttpResponse:
    return unavailable(request, 503, "Nobody can write at the moment", error.message, error.hint or "")


def _gone(request: HttpRequest, text: str) -> HttpResponse:
    """The database went away or is busy. Whether a write was committed is not known then, and the page says so."""
    if "locked" in text or request.method in READING:
        said = "Nothing was saved by this request."
    else:
        said = "Whether your change was saved is not known: the connection broke while it was being written."
    return unavailable(
        request, 503, "The database does not answer", said, "Wait a few seconds and load the page again; it shows "
        "what is saved. What is there already is not saved twice.",
    )  # fmt: skip
