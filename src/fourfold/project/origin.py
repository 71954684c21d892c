"""Every request has an id and a place it comes from, which the events written in it say."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from fourfold.actions.origin import Origin, coming_from
from fourfold.records.chain import truncated

HEADER: Final = "X-Request-ID"
_GIVEN: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id(request: HttpRequest) -> str:
    """That of a proxy we trust, else a new one."""
    given = request.headers.get(HEADER, "") if getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0) else ""
    return given if _GIVEN.fullmatch(given) else uuid.uuid4().hex


def client_address(request: HttpRequest) -> str:
    """The address of the client, behind as many proxies as the settings say; empty where it cannot be known."""
    try:
        return str(get_adapter().get_client_ip(request) or "")
    except PermissionDenied:
        return ""


def origin_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Say for all that is done in a request where it comes from, and in the answer which request it was."""

    def answer(request: HttpRequest) -> HttpResponse:
        via = "api" if request.path_info.startswith(("/api/", "/hooks/")) else "ui"
        place = Origin(via, "nobody", truncated(client_address(request)), request_id(request))
        with coming_from(place):
            response = get_response(request)
        response[HEADER] = place.request_id
        return response

    return answer
