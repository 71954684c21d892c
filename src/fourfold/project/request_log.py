"""One line in the log for every request, with the id that its answer, its events and its error page have."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse

from fourfold.actions.origin import origin

_log: Final = logging.getLogger("fourfold.request")


class RequestLogMiddleware:
    """Bind the id of the request to all that is logged in it, and log the request once it is answered.

    The path is logged and the query is not: links that sign somebody in would be in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then log."""
        request.request_id = request_id = origin().request_id  # type: ignore[attr-defined]
        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            seen = getattr(request, "_cached_user", None)  # who it was, if anybody asked; not a query of our own
            _log.log(
                logging.ERROR if response.status_code >= 500 else logging.INFO,
                "%s %s %d", request.method, request.path, response.status_code,
                extra={"ms": round(1000 * (time.perf_counter() - begun), 1), "person": getattr(seen, "pk", None)},
            )  # fmt: skip
        return response
