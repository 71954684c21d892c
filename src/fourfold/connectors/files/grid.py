"""Any file of figures → a grid of texts, as it stands there: nothing is taken for a header or a number yet."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

import polars as pl

from fourfold.connectors.files.parquet import read_parquet
from fourfold.connectors.files.problems import Refused, not_readable, refuse
from fourfold.connectors.files.safe_cell import plain_table
from fourfold.connectors.files.text import LONGEST_LINE, as_plain, survey
from fourfold.connectors.files.workbook import SUFFIXES, read_workbook
from fourfold.engine.findings import Finding
from fourfold.engine.words import choices

SEPARATED: Final = (".csv", ".tsv", ".txt")
PARQUET: Final = (".parquet", ".pq")
READ: Final = (*SEPARATED, *SUFFIXES, *PARQUET)
SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
#: The largest text, in bytes, and the most columns.
LARGEST: Final = 1_000_000_000
COLUMNS: Final = 2_000
_SAMPLE: Final = 50
_CHUNK: Final = 50_000


@dataclass(frozen=True)
class Grid:
    """The cells of a file or sheet: columns `0`, `1`, … of text (null where empty), `row` its line, `width` its cells.

    `encoding` and `separator` of a text, `sheets` of a workbook; `is_typed` where numbers are numbers and not texts.
    """

    file: str
    cells: pl.DataFrame
    findings: tuple[Finding, ...] = ()
    encoding: str = ""
    separator: str = ""
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    is_typed: bool = False

    @property
    def names(self) -> list[str]:
        """The columns of cells."""
        return [name for name in self.cells.columns if name not in ("row", "width")]


def read_grid(
    path: Path, file: str, *, sheet: str = "", separator: str = "", encoding: str = ""
) -> tuple[Grid | None, tuple[Finding, ...]]:
    """The grid, or None and the finding that says why not; `separator` and `encoding` overrule what is found."""
    suffix = Path(file).suffix.casefold()
    try:
        if suffix in SUFFIXES:
            return _from_workbook(path, file, sheet), ()
        if suffix in PARQUET:
            return _from_parquet(path, file)
        if suffix in SEPARATED:
            return _from_text(path, file, separator, encoding), ()
        message = f"A file that ends in {suffix or 'nothing'} is not read."
        raise refuse("FORM", file, message, f"Save it as one of {choices(READ)}.")
    except Refused as refused:
        return None, (refused.finding,)
    except OSError as error:
        return None, (not_readable(file, error).finding,)
    except UnicodeDecodeError:
        return None, (refuse("ENCODING", file, "The text is not in this encoding.", "Choose another one.").finding,)


def _from_workbook(path: Path, file: str, sheet: str) -> Grid:
    read = read_workbook(path, file, sheet)
    cells = _table(_frames(enumerate(read.rows, start=1), file), file)
    return Grid(file, cells, sheets=read.sheets, sheet=read.sheet, is_typed=True)


def _from_parquet(path: Path, file: str) -> tuple[Grid | None, tuple[Finding, ...]]:
    frame, findings = read_parquet(path, file)
    if frame is None:
        return None, findings
    plain = [name for name, kind in frame.schema.items() if not kind.is_nested() and kind not in (pl.Binary, pl.Object)]
    names = [str(i) for i in range(len(plain))]
    head = pl.DataFrame([pl.Series(n, [name], pl.String) for n, name in zip(names, plain, strict=True)])
    body = frame.select(pl.col(name).cast(pl.String).alias(n) for n, name in zip(names, plain, strict=True))
    cells = pl.concat([head, body]).with_row_index("row").cast({"row": pl.Int64})
    return Grid(file, cells.with_columns(pl.lit(len(plain)).alias("width")), findings, is_typed=True), findings


def _from_text(path: Path, file: str, separator: str, encoding: str) -> Grid:
    with as_plain(path, file, LARGEST) as (plain, written):
        found = survey(plain, file, LARGEST, LONGEST_LINE)
        name = found.name if written else encoding or found.name
        with plain.open(encoding=name, newline="") as source:
            used = separator or separator_of_lines(list(islice(source, _SAMPLE)))
        with plain.open(encoding=name, newline="") as source:
            cells = _table(_from_lines(source, used, file), file)
    return Grid(file, plain_table(cells), () if encoding or written else found.findings, written or name, used)


def separator_of_lines(lines: list[str]) -> str:
    """The separator that cuts most lines into the same number of cells, more than one; the comma where none does.

    >>> separator_of_lines(["Figures, and more;", "Site;May", "A;1,5", "B;2,5"])
    ';'
    """
    best, most = ",", 0.0
    for mark in SEPARATORS:
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=mark) if row]
        except csv.Error:
            continue
        usual = statistics.mode(counts) if counts else 1
        score = counts.count(usual) / len(counts) * min(usual, 20) if usual > 1 else 0.0
        if score > most:
            best, most = mark, score
    return best


def _from_lines(lines: Iterator[str], separator: str, file: str) -> Iterator[pl.DataFrame]:
    """Lines as columns of text; as long as there is no quote in them, each is a record, which is cut much faster."""
    before = 0
    while chunk := list(islice(lines, _CHUNK)):
        if any('"' in line for line in chunk):
            yield from _frames(_records(chain(chunk, lines), separator, file, before), file)
            return
        texts = pl.DataFrame({"text": chunk}).with_row_index("row", before + 1).with_columns(
            pl.col("row").cast(pl.Int64), pl.col("text").str.strip_chars_end("\r\n")
        )
        texts = texts.filter(pl.col("text").str.strip_chars(separator) != "")
        cut = texts.select("row", cells=pl.col("text").str.split(separator))
        cut = cut.with_columns(width=pl.col("cells").list.len().cast(pl.Int32))
        if len(cut):
            width = _allowed(int(cut["width"].max()), file)  # type: ignore[arg-type]
            each = (pl.col("cells").list.get(i, null_on_oob=True).alias(str(i)) for i in range(width))
            yield cut.select(*(_stripped(cell) for cell in each), "row", "width")
        before += len(chunk)


def _records(lines: Iterator[str], separator: str, file: str, before: int) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on. Raises `Refused` at a quote out of place."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    begin = before + 1
    try:
        for cells in reader:
            yield begin, cells
            begin = before + reader.line_num + 1
    except csv.Error:
        fix = 'Close the quote ("), delete it, or write "" for a quote inside a quoted text.'
        message = f"A quote on line {begin} is not closed, or not where it may be."
        raise refuse("QUOTE", file, message, fix, begin) from None


def _frames(rows: Iterator[tuple[int, list[str]]], file: str) -> Iterator[pl.DataFrame]:
    """Rows of any length as columns of text, with lines and lengths; rows without anything in them are left out."""
    while chunk := [(number, cells) for number, cells in islice(rows, _CHUNK)]:
        filled = [(number, cells) for number, cells in chunk if any(cells)]
        width = _allowed(max((len(cells) for _, cells in filled), default=0), file)
        if not filled:
            continue
        padded = [cells + [""] * (width - len(cells)) if len(cells) < width else cells for _, cells in filled]
        frame = pl.DataFrame(
            [pl.Series(str(i), column, pl.String) for i, column in enumerate(zip(*padded, strict=True))]
        )
        yield frame.select(_stripped(pl.all())).with_columns(
            pl.Series("row", [number for number, _ in filled], pl.Int64),
            pl.Series("width", [len(cells) for _, cells in filled], pl.Int32),
        )


def _stripped(cells: pl.Expr) -> pl.Expr:
    """Cells without blanks around them, null where nothing is left."""
    return cells.str.strip_chars().replace("", None)


def _allowed(width: int, file: str) -> int:
    """So many columns. Raises `Refused` where they are too many."""
    if width > COLUMNS:
        fix = "Is it a table of figures? Leave out what is not needed."
        raise refuse("COLUMNS", file, f"There are {width:,} columns; at most {COLUMNS:,} are read.", fix)
    return width


def _table(parts: Iterator[pl.DataFrame], file: str) -> pl.DataFrame:
    """The parts of a table below one another."""
    frames = list(parts)
    if not frames:
        fix = "Write a header such as kpi,unit,period,value and a row for each figure."
        raise refuse("EMPTY", file, "There is nothing in it.", fix)
    table = pl.concat(frames, how="diagonal")
    return table.select(*[n for n in sorted(table.columns, key=_order) if n not in ("row", "width")], "row", "width")


def _order(name: str) -> int:
    return int(name) if name.isdigit() else COLUMNS + 1
