"""Parquet → the columns that tables of figures have, with types as they are stored."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from fourfold.connectors.files.problems import not_readable, refuse
from fourfold.engine.findings import Finding

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
    try:
        scan = pl.scan_parquet(path, glob=False)
        rows = int(scan.select(pl.len()).collect().item())
        if rows > MOST_ROWS:
            message = f"The table has {rows:,} rows; at most {MOST_ROWS:,} are read."
            return None, (refuse("SIZE", file, message, "Split it into several files.").finding,)
        return scan.collect(), ()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        return None, (refuse("PARQUET", file, "The file is damaged and cannot be read.", _AGAIN).finding,)


_AGAIN: Final = "Copy it again from where it comes from, or write it anew."
