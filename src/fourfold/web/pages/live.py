"""The stream of changes that open pages listen to: who may, what they missed, and the state things are in."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.http import HttpResponse

from fourfold.access.sight import sights_of
from fourfold.errors import NotFound
from fourfold.records.models import Organisation
from fourfold.records.queries.live import listen_to, state_now
from fourfold.records.scope import principal_of
from fourfold.web.requests import Request, signed_in

#: Where the server's shell finds the listener, see `fourfold.project.live`.
LISTENER: Final = "fourfold.listener"
KIND: Final = "text/event-stream"
#: Milliseconds after which a browser comes back: at different times, since after a restart all do.
_BACK: Final = (1_000, 4_000)


@signed_in
def live(request: Request, organisation: str) -> HttpResponse:
    """Where the organisation stands; the server that can goes on with each change, any other is asked again.

    A browser that comes back says which change it knows: it hears of those since. Where that cannot be told any more
    it is to `reset`: to load what it shows anew.
    """
    person = request.user
    found = Organisation.objects.visible_to(person).filter(code=organisation).first()
    if found is None or found.pk not in sights_of(principal_of(person)):
        raise NotFound("There is no such organisation, or you may not see it.")
    known = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    session = request.session.session_key or ""
    listener, is_told = listen_to(person, found, session, known, now=datetime.now(UTC))
    request.META.get("asgi.scope", {})[LISTENER] = listener
    begin = message("hello" if is_told else "reset", {"state": state_now(person, found)}, number=listener.after)
    answer = HttpResponse(f"retry: {random.randint(*_BACK)}\n{begin}", content_type=KIND)
    answer["Cache-Control"] = "private, no-store, no-transform"
    answer["X-Accel-Buffering"] = "no"  # what nginx heeds
    return answer


def message(kind: str, told: Mapping[str, Any], *, number: int) -> str:
    """One event as browsers read it."""
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(told, separators=(',', ':'))}\n\n"
