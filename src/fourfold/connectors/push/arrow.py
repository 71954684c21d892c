"""An Arrow IPC stream from a program → columns with the types they have there, checked before they are trusted."""

from __future__ import annotations

import struct
from typing import Any, Final

import polars as pl

from fourfold.connectors.files.problems import refuse
from fourfold.connectors.push.limits import BODY, FIELDS, LARGEST, MOST_ROWS, TooLarge
from fourfold.engine.words import choices, show

#: A length of nothing, by which a stream says that it is whole.
_END: Final = b"\0\0\0\0"
_AGAIN: Final = "Write it anew as an Arrow IPC stream, whole and uncompressed."


def read_arrow(content: bytes) -> pl.DataFrame:
    """All batches as one table. Raises `Refused`, or `TooLarge` where its texts unfold to more than a body may have."""
    import pyarrow as pa

    if not content.endswith(_END):
        raise refuse("ARROW", BODY, "The stream is cut off: its end is missing.", _AGAIN)
    try:
        _refuse_packed(content)
        with pa.ipc.open_stream(content) as source:
            names = source.schema.names
            _check_names(names)
            read = source.read_all()
        if read.num_rows > MOST_ROWS:
            raise TooLarge
        read.validate(full=True)  # Polars trusts what it is given
        rows = pl.DataFrame(pa.table(dict(zip(names, read.columns, strict=True))))
        rows = rows.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    except (pa.ArrowException, pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError,
            struct.error, MemoryError):  # fmt: skip
        raise refuse("ARROW", BODY, "This is no Arrow stream, or it is damaged.", _AGAIN) from None
    if not len(rows):
        raise refuse("EMPTY", BODY, "There are no rows.", "Send a batch of rows.")
    texts = rows.select(pl.col(pl.String).str.len_bytes().sum().cast(pl.Int64))
    if sum(texts.row(0)) > LARGEST:  # many rows may show one long text
        raise TooLarge
    return rows.drop("row", strict=False).with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))


def _check_names(names: list[str]) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise refuse("HEADER", BODY, f"There are two columns {show(twice[0])}.", "Keep one of them.")
    if strange := sorted(set(names).difference((*FIELDS, "row"))):
        fix = f"The columns are {choices(FIELDS, 'and')}."
        raise refuse("FIELD", BODY, f"There is no column {show(strange[0])}.", fix)


def _refuse_packed(content: bytes) -> None:
    """A small body could unfold into all memory there is; what is packed says so in the head of each batch."""
    import pyarrow as pa

    for message in pa.ipc.MessageReader.open_stream(content):
        if message.type in ("record batch", "dictionary") and _is_packed(message):
            raise refuse("ARROW", BODY, "The stream is compressed inside.", "Write it without compression.")


def _is_packed(message: Any) -> bool:
    """Whether a batch has the field `compression`: the fourth of its table, behind the head of the message."""
    head = message.metadata.to_pybytes()
    batch = _field(head, _root(head), 2)
    if message.type == "dictionary" and batch is not None:
        batch = _field(head, batch, 1)
    return batch is not None and _field(head, batch, 3) is not None


def _root(head: bytes) -> int:
    return int(struct.unpack_from("<I", head, 0)[0])


def _field(head: bytes, table: int, number: int) -> int | None:
    """Where the table in a field of a table begins (FlatBuffers); None where there is none."""
    shape = table - struct.unpack_from("<i", head, table)[0]
    size, slot = struct.unpack_from("<H", head, shape)[0], 4 + 2 * number
    offset = struct.unpack_from("<H", head, shape + slot)[0] if slot < size else 0
    place = table + offset
    return place + struct.unpack_from("<I", head, place)[0] if offset else None
