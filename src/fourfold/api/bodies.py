"""Bodies that are larger than those of forms: read whole, or not at all."""

from __future__ import annotations

from django.http import HttpRequest, UnreadablePostError

from fourfold.connectors.push import LARGEST, TooLarge
from fourfold.errors import FourfoldError


class Cut(FourfoldError):
    """The body is not whole."""


def received(request: HttpRequest) -> bytes:
    """All of the body, which says how long it is; raises `TooLarge` before any of a larger one is read, and `Cut`."""
    told = request.META.get("CONTENT_LENGTH", "")
    length = int(told) if told.isascii() and told.isdigit() and len(told) < 20 else 0
    if length > LARGEST:
        raise TooLarge
    try:
        content = request.read(length) if length else b""
    except UnreadablePostError as error:
        raise Cut(str(error), hint="Send it again, whole, with the same key.") from None
    if len(content) < length:
        raise Cut(f"Of {length:,} bytes {len(content):,} came.", hint="Send it again, whole, with the same key.")
    if not content:
        raise Cut("There is no body.", hint="Send one with its Content-Length; chunks are not taken.")
    return content
