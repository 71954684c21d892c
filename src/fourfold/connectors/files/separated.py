"""CSV and TSV → columns of text, each row with the line it begins on; nothing is guessed beyond the separator."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

import polars as pl

from fourfold.connectors.files.problems import Refused, not_readable, problem, refuse
from fourfold.connectors.files.safe_cell import plain_table
from fourfold.connectors.files.text import LONGEST_LINE, as_plain, survey
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.measurements import COLUMNS
from fourfold.engine.words import choices, show

#: The largest table that is read as text, in bytes; Parquet holds more.
LARGEST: Final = 1_000_000_000
#: So many rows of the wrong length are named one by one.
NAMED: Final = 20
_CHUNK: Final = 50_000
_NAMES: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def read_separated(path: Path, file: str) -> tuple[pl.DataFrame | None, tuple[Finding, ...]]:
    """The table as text columns (null where empty) and `row`, the line number; None when it cannot be used."""
    try:
        with as_plain(path, file, LARGEST) as (plain, _):
            encoding = survey(plain, file, LARGEST, LONGEST_LINE)
            with plain.open(encoding=encoding.name, newline="") as source:
                frame, findings = _read(source, file)
    except Refused as refused:
        return None, (refused.finding,)
    except OSError as error:
        return None, (not_readable(file, error).finding,)
    except UnicodeDecodeError:
        return None, (refuse("CHANGED", file, "The file changed while it was read.", "Try again.").finding,)
    return frame, (*encoding.findings, *findings)


def _read(source: Iterator[str], file: str) -> tuple[pl.DataFrame | None, list[Finding]]:
    begin, first = next(((n, line) for n, line in enumerate(source, start=1) if line.strip()), (1, None))
    if first is None:
        fix = "Write a header such as kpi,unit,period,value and a row for each figure, or delete the file."
        return None, [problem("EMPTY", Place(file), "The file is empty.", fix, Level.WARNING)]
    separator = separator_of(first)
    rows = _records(chain((first,), source), separator, file, begin)
    _, header = next(rows)
    names = _header(header, file, begin)
    found: list[Finding] = []
    if separator not in (",", "\t"):
        message = f"The cells are separated by {_NAMES[separator]}."
        fix = "Nothing needs to be done; numbers need a decimal point all the same."
        found.append(problem("SEPARATOR", Place(file, begin), message, fix, Level.INFO))
    wrong: list[tuple[int, list[str]]] = []
    frames: list[pl.DataFrame] = []
    chunk: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in rows:
        if len(cells) != len(names):
            wrong.append((number, cells))
            continue
        chunk.append(cells)
        numbers.append(number)
        if len(chunk) == _CHUNK:
            frames.append(_frame(names, chunk, numbers))
            chunk, numbers = [], []
    if wrong:
        return None, found + list(_wrong_lengths(wrong, len(names), separator, file))
    frames.append(_frame(names, chunk, numbers))
    return pl.concat(frames), found


def separator_of(header: str) -> str:
    """The separator that cuts the first line into the most cells; the comma where none does.

    >>> separator_of("kpi;unit;period;value")
    ';'
    """
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_NAMES, key=bare.count)


def _records(lines: Iterator[str], separator: str, file: str, begin: int) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the line it begins on. Raises `Refused` at a quote out of place."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    before = begin
    try:
        for cells in reader:
            if cells:
                yield begin, cells
            begin = before + reader.line_num
    except csv.Error as error:
        raise _bad_quote(file, begin, error) from None


def _bad_quote(file: str, line: int, error: csv.Error) -> Refused:
    if "unexpected end of data" in str(error) or "field limit" in str(error):
        message = f'A quote (") is opened on line {line} and not closed.'
    else:
        message = f'A quote (") on line {line} is neither at the beginning nor at the end of its cell.'
    return refuse("QUOTE", file, message, 'Close it, delete it, or write "" for a quote inside a quoted text.', line)


def _header(cells: list[str], file: str, line: int) -> list[str]:
    """Unique names of the columns. Raises `Refused` where the first line names none that is known."""
    names = [cell.strip() for cell in cells]
    known = [re.sub(r"[\s\-]+", "_", name.casefold()) for name in names]
    if not set(known) & set(COLUMNS):
        message = f"The first line names no column; it reads {show(', '.join(names))}."
        fix = f"Begin the file with a line such as kpi,unit,period,value; the columns are {choices(COLUMNS, 'and')}."
        raise refuse("HEADER", file, message, fix, line)
    for i, name in enumerate(names):
        if name and known[i] in known[:i]:
            raise refuse("HEADER", file, f"There are two columns {show(name)}.", "Keep one of them.", line)
        if not name:
            names[i] = f"column {i + 1}"
    return names


def _frame(names: list[str], rows: list[list[str]], numbers: list[int]) -> pl.DataFrame:
    """Columns of text and `row`; a column of that name in the file gives way, because findings name lines."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    frame = pl.DataFrame(
        [
            pl.Series(name, column, pl.String)
            for name, column in zip(names, columns, strict=True)
            if name.casefold() != "row"
        ]
    )
    frame = plain_table(frame.with_columns(pl.when(pl.all() != "").then(pl.all())))
    return frame.with_columns(pl.Series("row", numbers, pl.Int64))


def _wrong_lengths(wrong: list[tuple[int, list[str]]], wanted: int, separator: str, file: str) -> Iterator[Finding]:
    for line, cells in wrong[:NAMED]:
        count = f"{len(cells)} cell{'s' if len(cells) != 1 else ''}"
        message = f"The row has {count}, and the header has {wanted}: {show(separator.join(cells))}."
        yield problem("CELLS", Place(file, line), message, _cure(cells, wanted, separator))
    if len(wrong) > NAMED:
        message = f"{len(wrong) - NAMED:,} more rows do not have the {wanted} cells of the header."
        yield problem("CELLS", Place(file, wrong[NAMED][0]), message, "Mend the ones above and check again.")


def _cure(cells: list[str], wanted: int, separator: str) -> str:
    if len(cells) == 1 and any(mark in cells[0] for mark in _NAMES if mark != separator):
        return f"Separate the cells of every row by {_NAMES[separator]}, as in the first line."
    if len(cells) < wanted:
        return "Fill in the missing cells, empty ones too; if it is the last row, the file may be cut off."
    if separator == ",":
        return "Write decimals with a point, and put a text that holds a comma into quotes."
    return "Put a text that holds the separator into quotes."
