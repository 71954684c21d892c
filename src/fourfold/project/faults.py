"""Reading goes on while nobody may write, and what the database cannot do becomes an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import connection
from django.http import HttpRequest, HttpResponse

from fourfold.records.read_only import ReadOnly, is_read_only, refuse_writes
from fourfold.web.pages.faults import READING, fault, read_only

#: Signing in and out changes no data of the organisation, and without it nobody could read.
SIGNING_IN: Final = "/accounts/"


class FaultsMiddleware:
    """503 for what writes while everything is read-only; 507 for a full disk; 503 for a database that is gone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse early what would write; hold back what writes all the same."""
        if request.path.startswith(SIGNING_IN) or not is_read_only():
            return self.get_response(request)
        if request.method not in READING:
            return read_only(request, ReadOnly())
        with connection.execute_wrapper(refuse_writes):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """An answer for what is not a mistake of ours."""
        return fault(request, exception)
