"""Workbooks (XLSX, XLS, ODS) → rows of texts, looked at before they are opened and opened where they can do no harm.

A workbook can be small and unpack to anything, and a parser can have faults: so a packed one is measured first, and the
cells are read by another process that may take a gigabyte and a minute, and whose end is nobody else's.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fourfold.connectors.files.problems import not_readable, refuse

#: Bytes of a workbook, and of what it unpacks to; how many times larger that may be; parts it may have.
PACKED: Final = 20_000_000
UNPACKED: Final = 200_000_000
RATIO: Final = 100
PARTS: Final = 2_000
SUFFIXES: Final = (".xlsx", ".xlsm", ".xls", ".ods")
_TIME: Final = 90  # seconds until the other process is ended
_PROLOGUE: Final = 65_536
_SAVE: Final = "Save it anew from the program that made it, or save the sheet as CSV UTF-8."


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one sheet, row by row from line 1 on, and the sheets there are."""

    sheets: tuple[str, ...]
    sheet: str
    rows: list[list[str]]


def read_workbook(path: Path, file: str, sheet: str = "") -> Cells:
    """One sheet, the first that holds anything where none is named. Raises `Refused`."""
    try:
        if path.stat().st_size > PACKED:
            message = f"The workbook is larger than {PACKED / 1e6:,.0f} MB, which is the most that is read."
            raise refuse("SIZE", file, message, "Save the sheet as CSV UTF-8 or Parquet; those may be larger.")
        if zipfile.is_zipfile(path):
            _require_harmless(path, file)
        with tempfile.TemporaryDirectory(prefix="fourfold-") as folder:
            return _cells(path, file, sheet, Path(folder) / "cells.csv")
    except OSError as error:
        raise not_readable(file, error) from None


def _require_harmless(path: Path, file: str) -> None:
    """Refuse what unpacks to too much, and parts that define a type of their own, by which entities come in."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > PARTS:
                raise refuse("SIZE", file, f"The workbook has {len(parts):,} parts; at most {PARTS:,} are read.", _SAVE)
            if size > UNPACKED or size > RATIO * max(1, path.stat().st_size):
                message = f"The workbook unpacks to {size / 1e6:,.0f} MB, which is more than is read."
                raise refuse("SIZE", file, message, _SAVE)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with packed.open(part) as source:
                        if b"<!DOCTYPE" in source.read(_PROLOGUE).upper():
                            message = "A part of the workbook defines a document type, which no spreadsheet writes."
                            raise refuse("WORKBOOK", file, message, _SAVE)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise refuse("WORKBOOK", file, "The workbook is damaged, or locked by a password.", _SAVE) from None


def _cells(path: Path, file: str, sheet: str, out: Path) -> Cells:
    command = [sys.executable, "-m", "fourfold.connectors.files.workbook_cells", str(path), sheet, str(out)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIME, check=False)
    except subprocess.TimeoutExpired:
        raise refuse("WORKBOOK", file, f"Reading the workbook took longer than {_TIME} seconds.", _SAVE) from None
    if done.returncode == 2:
        raise refuse("SHEET", file, done.stderr.strip(), "Name a sheet that is there, or save it as CSV UTF-8.")
    if done.returncode:
        raise refuse("WORKBOOK", file, "The workbook cannot be read: it is damaged, locked or too large.", _SAVE)
    with out.open(encoding="utf-8", newline="") as source:
        about = json.loads(source.readline())
        return Cells(tuple(about["sheets"]), about["sheet"], list(_rows(source)))


def _rows(source: Iterator[str]) -> Iterator[list[str]]:
    yield from csv.reader(source)
