"""Parquet → the columns that tables of figures have, with types as they are stored."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from fourfold.connectors.files.problems import not_readable, refuse
from fourfold.engine.findings import Finding
from fourfold.engine.words import show

#: The most rows that are read; a small file can unfold into very many.
MOST_ROWS: Final = 50_000_000
_MAGIC: Final = b"PAR1"


def read_parquet(path: Path, file: str) -> tuple[pl.DataFrame | None, tuple[Finding, ...]]:
    """The table, or None and the finding that says why not."""
    try:
        with path.open("rb") as source:
            size = source.seek(0, 2)
            source.seek(0)
            head = source.read(4)
            source.seek(max(0, size - 4))
            tail = source.read(4)
    except OSError as error:
        return None, (not_readable(file, error).finding,)
    if head != _MAGIC:
        fix = "Write it again as Parquet, or give a CSV file the ending .csv."
        return None, (refuse("PARQUET", file, "This is not a Parquet file.", fix).finding,)
    if tail != _MAGIC or size < 12:
        return None, (refuse("PARQUET", file, "The file is cut off: its end is missing.", _AGAIN).finding,)
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as source:
            rows = int(source.metadata.num_rows)
            if rows > MOST_ROWS:
                message = f"The table has {rows:,} rows; at most {MOST_ROWS:,} are read."
                return None, (refuse("SIZE", file, message, "Split it into several files.").finding,)
            read = source.read()
        # Polars trusts what it is given, so that damage must be found before: in the cells, the names, the metadata.
        read.validate(full=True)
        twice = next((name for name in read.column_names if read.column_names.count(name) > 1), None)
        if twice is not None:
            message = f"There are two columns {show(twice)}."
            return None, (refuse("HEADER", file, message, "Keep one of them.").finding,)
        table = pa.table(dict(zip(read.column_names, read.columns, strict=True)))
        return pl.DataFrame(table), ()
    except (
        pa.ArrowException,
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
        OSError,
        ValueError,
        MemoryError,
    ):
        return None, (refuse("PARQUET", file, "The file is damaged and cannot be read.", _AGAIN).finding,)


_AGAIN: Final = "Copy it again from where it comes from, or write it anew."
