"""Pages are compressed in pieces, and a browser gets the page it would get uncompressed."""

from __future__ import annotations

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from fourfold.project.compression import gzipped
from fourfold.web.components.piece import Piece

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@given(st.lists(TEXTS, max_size=4), TEXTS, st.integers(0, 99))
def test_any_parser_of_gzip_reads_what_was_put_together(pieces: list[str], between: str, padding: int) -> None:
    content = between.join(["", *pieces, ""]).encode()
    packed = gzipped(content, [Piece(piece) for piece in pieces], padding=padding)
    assert gzip.decompress(packed) == content
    one = zlib.decompressobj(31)
    assert one.decompress(packed) == content
    assert (one.eof, one.unused_data) == (True, b"")  # one member: browsers read no second one


@given(TEXTS, TEXTS)
def test_a_piece_that_is_not_in_the_page_changes_nothing(content: str, other: str) -> None:
    assert gzip.decompress(gzipped(content.encode(), [Piece(other)])) == content.encode()


def test_the_padding_is_all_that_tells_two_packings_apart() -> None:
    piece = Piece("<p>Sales</p>" * 50)
    lengths = [len(gzipped(b"a" + piece.encode() + b"b", [piece], padding=n)) for n in (0, 7)]
    assert lengths[1] - lengths[0] == 7
