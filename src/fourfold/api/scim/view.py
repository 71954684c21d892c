"""One address for all of SCIM: whose key it is, how often it asks, and what the service answers."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from scim2_models import PayloadTooLargeException, SCIMException, UnauthorizedException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest

from fourfold.access.directory import ScimDirectory
from fourfold.actions.note_denial import note_denial
from fourfold.actions.note_key_use import note_key_use
from fourfold.actions.origin import coming_from, origin
from fourfold.api.scim.service import LARGEST_BODY, SERVICE
from fourfold.api.scim.storage import Storage
from fourfold.records.models import ProvisioningKey
from fourfold.records.queries.entries import key_named

log = logging.getLogger("fourfold.scim")
READS: Final = ("GET", "HEAD")
#: Entra ID wants 25 requests a second; who has no key is asked to stop much sooner.
RATES: Final = {"scim": "1800/m/key", "scim_refused": "60/m/key"}
NO_KEY: Final = "Send a provisioning key as bearer token. An administrator makes one: fourfold provisioning-key."


class TooManyRequests(SCIMException):
    """The key asks too often."""

    status = 429
    _default_detail = "Too many requests. Wait a minute."


# house: no cookie signs in here, so a form of another site has nothing to send
@csrf_exempt
@never_cache
def scim(request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer a request of a directory."""
    try:
        key, directory = _key(request)
        if len(request.headers.get("Content-Length", "")) > 9 or len(body := request.body) > LARGEST_BODY:
            raise PayloadTooLargeException
        asked = ScimRequest(
            request.method or "GET", f"{settings.PUBLIC_URL}/scim/v2", f"/{path.removesuffix('.scim')}",
            request.GET.dict(), dict(request.headers), body,
        )  # fmt: skip
        storage = Storage(key.organisation, directory, writes=request.method not in READS)
        with coming_from(replace(origin(), via="api", agent=f"key {key.start}")):
            answer = ScimHandler(SERVICE, storage).handle(asked)
    except RequestDataTooBig:
        answer = SERVICE.error_response(PayloadTooLargeException())
    except SCIMException as error:
        log.info("SCIM %s %s: %s", request.method, request.path, error)
        answer = SERVICE.error_response(error)
    content = json.dumps(answer.body) if answer.body is not None else ""
    response = HttpResponse(content, status=answer.status)
    for name, value in answer.headers.items():
        response[name] = value
    if answer.status == TooManyRequests.status:
        response["Retry-After"] = "60"
    return response


def _key(request: HttpRequest) -> tuple[ProvisioningKey, ScimDirectory]:
    """The key that the request shows, and the directory it speaks for."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    now = datetime.now(UTC)
    key = key_named(text.strip(), now) if scheme.lower() == "bearer" and text.strip() else None
    known = [d for d in settings.DIRECTORIES if isinstance(d, ScimDirectory)]
    directory = next(
        (d for d in known if key and (d.code, d.organisation) == (key.directory, key.organisation.code)), None
    )
    if key is None or directory is None:
        _count(request, "scim_refused", request.META.get("REMOTE_ADDR", ""))
        note_denial(by=None, action="key.fail", thing="provisioning key")
        raise UnauthorizedException(detail=NO_KEY)
    _count(request, "scim", key.start)
    if key.used_at is None or now - key.used_at > timedelta(minutes=1):
        note_key_use(by=None, key=key, at=now)
    return key, directory


def _count(request: HttpRequest, action: str, key: str) -> None:
    if not ratelimit.consume(request, app="fourfold.scim", action=action, config=RATES, key=key, limit_get=True):
        raise TooManyRequests
