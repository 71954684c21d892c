"""Pages compressed on their way out; what is kept ready-made of them was compressed when it was made."""

from __future__ import annotations

import secrets
import struct
import zlib
from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

from fourfold.web.components.piece import Piece, deflated

#: The kind of answer that has no end.
STREAM: Final = "text/event-stream"
_HEAD: Final = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"  # gzip, deflated, with a file name, of no time and no system


class CompressionMiddleware(GZipMiddleware):
    """As Django's; of a page with ready-made pieces only what is between them is left to compress."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Compress where the browser takes it."""
        pieces = getattr(response, "pieces", ())
        if response.get("Content-Type", "").startswith(STREAM):
            return response  # what goes on cannot be a part of it
        accepts = re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        if not pieces or not accepts or response.has_header("Content-Encoding"):
            return super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Encoding",))
        response.content = gzipped(response.content, pieces, padding=secrets.randbelow(self.max_random_bytes))
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Encoding"] = "gzip"
        return response


def gzipped(content: bytes, pieces: Iterable[Piece], *, padding: int = 0) -> bytes:
    """The content as one gzip member (RFC 1952); `pieces` in the order in which they stand in it.

    Deflated parts that end at a byte and look back at nothing may follow one another (RFC 1951 §3.2.4). The padding is
    a file name of so many letters, so that the length says nothing of secrets in a page, as in Django.
    """
    parts, start = [_HEAD, b"a" * padding, b"\0"], 0
    for piece in pieces:
        whole = piece.encode()
        at = content.find(whole, start)
        if at >= 0:
            parts += [deflated(content[start:at]), piece.deflated]
            start = at + len(whole)
    parts += [deflated(content[start:], last=True), struct.pack("<LL", zlib.crc32(content), len(content) & 0xFFFFFFFF)]
    return b"".join(parts)
