"""What commands print: findings, tables, frames."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from fourfold.engine.findings import Finding, Level
from fourfold.errors import FourfoldError, Kind
from fourfold.table import Row, Table

if TYPE_CHECKING:
    import polars as pl


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


class Misused(FourfoldError):
    """The command was called wrongly."""


class NoFolder(FourfoldError):
    """There is no such folder."""

    kind = Kind.NOT_FOUND


def console(*, stderr: bool = False) -> Console:
    """A console that is as wide as it needs to be when its output goes into a file."""
    found = Console(stderr=stderr, highlight=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=200)


def folder(path: Path) -> Path:
    """The folder, or an error that says what to write."""
    if not path.is_dir():
        raise NoFolder(f"{path} is not a folder.", hint="Name a scorecard folder, or make one: fourfold init FOLDER")
    return path


def moment(text: str | None) -> datetime | None:
    """An `--as-of` date (its last moment) or time; UTC where it names no zone."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Misused(f"{text!r} is not a date.", hint="Write --as-of 2026-03-31.") from None
    if len(text) <= 10:
        at = at.replace(hour=23, minute=59, second=59)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.INFO: "dim"}


def print_findings(findings: Iterable[Finding], *, stderr: bool = False) -> None:
    """Each finding with its place, what is wrong and how to mend it."""
    out = console(stderr=stderr)
    for f in findings:
        level = (f.level.name.lower(), _COLOURS[f.level])
        line = Text.assemble(level, f" {f.place} ", (f.code, "dim"), f" {f.message}")
        out.print(line, soft_wrap=True)
        if f.fix:
            out.print(Text(f"    → {f.fix}"), soft_wrap=True)


def summary(findings: Sequence[Finding]) -> str:
    """`2 errors, 1 warning`, or `no findings`."""
    parts = []
    for level, word in ((Level.ERROR, "error"), (Level.WARNING, "warning"), (Level.INFO, "note")):
        count = sum(f.level is level for f in findings)
        if count:
            parts.append(f"{count} {word}{'s' if count > 1 else ''}")
    return ", ".join(parts) or "no findings"


_STATUS_COLOURS = {"on": "green", "near": "yellow", "off": "red", "due": "cyan", "none": "dim"}


def print_table(table: Table) -> None:
    """The scorecard in the terminal: shape, colour and words carry the status."""
    grid = RichTable(title=table.title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name, right in (("", 0), ("", 0), ("Actual", 1), ("Target", 1), ("Gap", 1), ("Status", 0), ("Score", 1),
                        ("Coverage", 1), ("Trend", 0)):  # fmt: skip
        grid.add_column(name, justify="right" if right else "left", no_wrap=True)
    for row in table.rows:
        grid.add_row(*_cells(row), style="" if row.depth == 3 else "bold")
    console().print(grid)


def _cells(row: Row) -> list[Text | str]:
    colour = _STATUS_COLOURS[row.status.mark]
    cover = "" if row.depth == 3 else f"{row.coverage:.0%}"
    words = Text(row.status.word + (" ≈" if row.borderline else ""), colour)
    name = Text("  " * row.depth + row.name)
    return [Text(row.mark, colour), name, row.actual, row.target, row.gap, words, row.score_text, cover, row.spark]


def write_frame(frame: pl.DataFrame, form: Format, out: Path | None) -> None:
    """Results as JSON lines of one array, CSV or Parquet, to a file or to standard output."""
    if form is Format.PARQUET:
        if out is None and sys.stdout.isatty():
            raise Misused("Parquet is not for reading on a screen.", hint="Add --out results.parquet.")
        frame.write_parquet(out or sys.stdout.buffer)
        return
    text = frame.write_json() if form is Format.JSON else frame.write_csv()
    if out is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
    else:
        out.write_text(text, encoding="utf-8")
