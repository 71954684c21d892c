"""A name for every request: in its answer, in each line of the log, and on the page that says something went wrong."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse

HEADER: Final = "X-Request-ID"
_GIVEN: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_log: Final = logging.getLogger("fourfold.request")


class RequestIdMiddleware:
    """Take the id that a proxy gave, or make one; log each request once it is answered, without its query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id."""
        given = request.headers.get(HEADER, "")
        request_id = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            seen = getattr(request, "_cached_user", None)  # who it was, if anybody asked; not a query of our own
            _log.log(
                logging.ERROR if response.status_code >= 500 else logging.INFO,
                "%s %s %d", request.method, request.path, response.status_code,
                extra={"ms": round(1000 * (time.perf_counter() - begun), 1), "person": getattr(seen, "pk", None)},
            )  # fmt: skip
        response[HEADER] = request_id
        return response
