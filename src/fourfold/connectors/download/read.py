"""A file is fetched as a whole, then read; nothing of it is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Final

from fourfold.connectors.files.separated import separator_of
from fourfold.connectors.port import (
    Access,
    Connector,
    Limits,
    Option,
    Rows,
    SourceAway,
    SourceError,
    Window,
    filled,
    rows_of,
)
from fourfold.connectors.service import SIGN_IN, Service, reach_service

_PLACE: Final = (
    Option("url", "Address", "Of the file or of the folder it is in, such as https://files.example.org/exports", True),
)
_ASK: Final = (
    Option("path", "File", "Below the address, where that is not the file itself; it may name {since} and {until}."),
    Option("form", "Form", choices=(("csv", "CSV or TSV, UTF-8"), ("parquet", "Parquet"))),
)


def read(access: Access, ask: Mapping[str, str], window: Window, limits: Limits) -> Rows:
    """The rows of the file. Raises `SourceError`; of a file that is cut off nothing is read."""
    service = Service(access, limits)
    answer = service.ask(service.address(filled(ask.get("path", ""), window)))
    return _parquet(answer.content, limits) if ask.get("form") == "parquet" else _separated(answer.content, limits)


DOWNLOAD: Final = Connector("download", "File at an address", _PLACE + SIGN_IN, _ASK, read, reach_service)


def _separated(content: bytes, limits: Limits) -> Rows:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The file is not in UTF-8: byte {error.start:,} cannot be read."
        raise SourceError(message, hint="Have it written as CSV UTF-8.") from None
    lines = text.splitlines()
    if not lines:
        raise SourceAway("The file is empty.", hint="Was it written to the end?")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(lines[0]), strict=True)
    found: list[tuple[object, ...]] = []
    try:
        header = tuple(next(rows))
        for cells in rows:
            if cells and len(cells) != len(header):
                message = f"Line {rows.line_num} has {len(cells)} cells and the first line {len(header)}."
                raise SourceAway(message, hint="Was the file written to the end?")
            if cells:
                found.append(tuple(cell or None for cell in cells))
            if len(found) > limits.rows:
                break
    except csv.Error as error:
        raise SourceAway(f"Line {rows.line_num} of the file cannot be read: {error}.") from None
    return rows_of(header, found, limits)


def _parquet(content: bytes, limits: Limits) -> Rows:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(io.BytesIO(content)) as source:
            if source.metadata.num_rows > limits.rows:
                raise SourceError(f"The file has more than {limits.rows:,} rows.", hint="Sum up before it is written.")
            table = source.read()
        table.validate(full=True)
        columns = [column.to_pylist() for column in table.columns]
    except (pa.ArrowException, OSError, ValueError) as error:
        hint = "Was the file written to the end, as Parquet?"
        raise SourceAway("The file is no Parquet, or damaged.", hint=hint) from error
    return rows_of(tuple(table.column_names), list(zip(*columns, strict=True)), limits)
