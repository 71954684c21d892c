"""The REST API: its routes, who may come in, how errors look, and the tag by which an answer is known again."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from fourfold.actions.origin import origin
from fourfold.api.auth import TokenAuth, TooMany
from fourfold.api.errors import KINDS, problem, problem_of, problem_of_fault, problem_of_shape
from fourfold.api.v1 import (
    approval,
    attachment,
    benchmark_set,
    data_quality,
    definition,
    event,
    guest_link,
    imports,
    kpi,
    measurement,
    period_state,
    person,
    portfolio,
    result,
    source,
    unit,
)
from fourfold.errors import FourfoldError, Kind
from fourfold.records.faults import fault_of

_log = logging.getLogger(__name__)
_ABOUT = (
    "Read scorecards and record figures. Every request has a token: `Authorization: Bearer fourfold_…`. "
    "Lists come in pages: `next` is the `cursor` of the next one. Errors are problem details (RFC 9457)."
)


class Api(NinjaAPI):
    """Ninja's, with a tag for every answer that is read."""

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        """An answer; one that the caller has already is 304 without a body. Nothing on the way may keep any."""
        response = super().create_response(request, data, **kwargs)
        response["Cache-Control"] = "private, no-store"
        if request.method == "GET" and response.status_code == 200:
            tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            if tag in [each.strip() for each in request.headers.get("If-None-Match", "").split(",")]:
                response = HttpResponse(status=304)
            response["ETag"] = tag
        return response


api = Api(
    title="Fourfold", version="1", description=_ABOUT, urls_namespace="api", docs_url=None, openapi_url=None,
    auth=TokenAuth(),
)  # fmt: skip
_ROUTERS = (
    person, unit, kpi, definition, benchmark_set, measurement, source, imports, result, data_quality, portfolio,
    period_state, approval, attachment, event, guest_link,
)  # fmt: skip
for module in _ROUTERS:
    api.add_router("", module.router)


@api.exception_handler(FourfoldError)
def known(request: HttpRequest, error: FourfoldError) -> HttpResponse:
    """An error that has a kind."""
    if isinstance(error, TooMany):
        response = problem(429, "too_many", "You ask too often", hint=error.hint)
        response["Retry-After"] = str(error.seconds)
        return response
    return problem_of(request, error)


@api.exception_handler(ValidationError)
def misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that is not what the description says."""
    return problem_of_shape(request, error)


@api.exception_handler(AuthenticationError)
def outside(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """No token, or none that holds; which of both is not told."""
    hint = "Send a token that holds: Authorization: Bearer fourfold_… People make one at /tokens/."
    response = problem(401, "unknown", "Who asks is not known", hint=hint)
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(RequestDataTooBig)
def too_large(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    """A body that is larger than anything that is taken here."""
    return problem(413, "too_large", "What was sent is too large")


@api.exception_handler(HttpError)
def unreadable(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """What Ninja itself refuses: a body that is no JSON."""
    return problem(error.status_code, Kind.INVALID, KINDS[Kind.INVALID][1], str(error))


@api.exception_handler(Exception)
def ours(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our mistake, of which only the id of the request is told; the rest is in the server's log.

    A database that cannot do its work is none: the same request with the same key may be sent again.
    """
    if found := fault_of(error):
        return problem_of_fault(request, found)
    _log.error("Request %s failed: %s %s", origin().request_id, request.method, request.path, exc_info=error)
    return problem(500, "internal", "Something went wrong on our side")
