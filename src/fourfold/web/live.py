"""What an open page asks by itself; apart from pages, so that commands which start Django do not load those."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

#: What an open page sends that asks for what has changed, without anybody doing something.
LIVE_HEADER: Final = "Fourfold-Live"


def is_by_itself(request: HttpRequest) -> bool:
    """True where an open page asks without anybody doing something: a session that nobody uses ends all the same."""
    return LIVE_HEADER in request.headers or (request.path.startswith("/live/") and request.method == "GET")
