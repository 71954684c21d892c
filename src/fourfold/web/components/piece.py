"""A large part of a page, compressed when it is made, because compressing takes as long as all the rest."""

from __future__ import annotations

import zlib
from typing import Self

from django.utils.safestring import SafeString


class Piece(SafeString):
    """Finished markup that is kept ready-made, and the same deflated."""

    deflated: bytes

    def __new__(cls, markup: str) -> Self:
        """The piece of markup that is safe already."""
        piece = super().__new__(cls, markup)
        piece.deflated = deflated(markup.encode())
        return piece


def deflated(content: bytes, *, last: bool = False) -> bytes:
    """Raw deflate (RFC 1951) that ends at a byte; others may follow unless it is the last."""
    compress = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compress.compress(content) + compress.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)
