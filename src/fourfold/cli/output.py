"""What commands print: findings, tables, frames."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from fourfold.connectors.files.safe_cell import safe_table
from fourfold.engine.findings import Finding, Level
from fourfold.errors import FourfoldError, Kind

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console, RenderableType

    from fourfold.scorecard import WorkingExplanation
    from fourfold.scorecard.sheet import Sheet, Shown
    from fourfold.table import Table


#: What the option --view takes.
VIEW = "month, quarter, half, year, week, day or ytd (year to date); without it, that of the period, or month."


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


def sure(question: str) -> bool:
    """Whether somebody says yes; no is told. Raises `Misused` where nobody is there to answer."""
    import typer

    try:
        said = typer.confirm(question)
    except typer.Abort:
        raise Misused("Nobody answered, so nothing was changed.", hint="Add --yes where nobody can be asked.") from None
    if not said:
        typer.echo("Nothing was changed.")
    return said


def console(*, stderr: bool = False) -> Console:
    """A console that is as wide as it needs to be when its output goes into a file."""
    from rich.console import Console

    found = Console(stderr=stderr, highlight=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=200)


def folder(path: Path) -> Path:
    """The folder, or an error that says what to write."""
    if not path.is_dir():
        raise NoFolder(f"{path} is not a folder.", hint="Name a scorecard folder, or make one: fourfold init FOLDER")
    return path


_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.INFO: "dim"}


def print_findings(findings: Iterable[Finding], *, stderr: bool = False) -> None:
    """Each finding with its place, what is wrong and how to mend it."""
    from rich.text import Text

    out = console(stderr=stderr)
    for f in findings:
        level = (f.level.name.lower(), _COLOURS[f.level])
        place = f" {f.place} " if str(f.place) else " "
        line = Text.assemble(level, place, (f.code, "dim"), f" {f.message}")
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
#: Space between columns, indentation of a level, periods in the trend: the first with room for the names is taken.
_LAYOUTS = ((2, 2, 13), (2, 2, 9), (1, 1, 9), (1, 1, 6), (1, 1, 0))
_NAME = 24


def print_table(table: Table) -> None:
    """The scorecard in the terminal: shape, colour and words carry the status.

    Numbers are never cut: where it gets narrow the trend is shortened, and long names go on in the next line.
    """
    from rich.padding import Padding
    from rich.table import Table as RichTable
    from rich.text import Text

    from fourfold.table import NUMBERS

    out = console()
    space, indent, trend = _layout(table, out.width)
    shown = _columns(table, out.width, space, indent, trend)
    grid = RichTable(title=Text(table.title), title_justify="left", title_style="bold", box=None, pad_edge=False,
                     padding=(0, space, 0, 0), header_style="dim")  # fmt: skip
    heads, *lines = table.lines
    for i in shown:
        grid.add_column(heads[i], justify="right" if i in NUMBERS else "left", no_wrap=i != 1)
    for row, line in zip(table.rows, lines, strict=True):
        colour = _STATUS_COLOURS[row.status.mark]
        cells: list[RenderableType] = [Text(cell) for cell in line]
        cells[0], cells[5] = Text(row.mark, colour), Text(row.words, colour)
        cells[1] = Padding(Text(row.name), (0, 0, 0, indent * row.depth))
        cells[8] = Text(row.spark[-trend:])
        grid.add_row(*(cells[i] for i in shown), style="" if row.depth == 3 else "bold")
    out.print(grid)
    for note in table.notes:
        if note != table.legend or 9 in shown:
            out.print(Text(note, "dim"))


def _columns(table: Table, width: int, space: int, indent: int, trend: int) -> list[int]:
    """The columns shown: no trend where there is no room for one, signals and forecasts only where there is."""
    lines = table.lines
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    widths[1] = max(indent * r.depth + len(r.name) for r in table.rows)
    widths[8] = max(trend, len(lines[0][8]))
    shown = list(range(9 if trend else 8))
    for extra in range(9, len(widths)):
        if trend and sum(widths[i] + space for i in (*shown, extra)) <= width:
            shown.append(extra)
    return shown


def _layout(table: Table, width: int) -> tuple[int, int, int]:
    from fourfold.table import HEAD

    lines = [HEAD, *(r.cells for r in table.rows)]
    fixed = sum(max(len(line[i]) for line in lines) for i in (0, *range(2, 8)))
    for space, indent, trend in _LAYOUTS:
        longest = max(indent * r.depth + len(r.name) for r in table.rows)
        if width - fixed - trend - 8 * space >= min(longest, _NAME if space == 1 else 40):
            return space, indent, trend
    return _LAYOUTS[-1]


def print_sheets(sheets: Iterable[Sheet]) -> None:
    """Tables of results in the terminal; where it is narrow, long texts go on in the next line."""
    from rich.table import Table as RichTable
    from rich.text import Text

    out = console()
    for i, sheet in enumerate(sheets):
        grid = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for n, head in enumerate(sheet.heads):
            right, wide = head in sheet.numbers, n in sheet.wide
            longest = max((len(word) for row in sheet.rows for word in row[n].split()), default=0)  # words stay whole
            grid.add_column(head, justify="right" if right else "left", no_wrap=not wide, overflow="fold",
                            min_width=max(longest, len(head)) if wide else None)  # fmt: skip
        for row in sheet.rows:
            grid.add_row(*map(Text, row))
        if i:
            out.print()
        out.print(Text(sheet.title, "bold"))
        if sheet.rows:
            out.print(grid)
        for note in sheet.notes:
            out.print(Text(note, "dim"))


def show(result: Shown, form: Format, out: Path | None) -> None:
    """A result as its sheets, or as one JSON array, CSV or Parquet; to a file or to standard output."""
    if form is not Format.TABLE:
        write_frame(result.frame, form, out)
    elif out is None:
        print_sheets(result.sheets)
    else:
        write(f"{result}\n".encode(), out)


def print_explanation(explanation: WorkingExplanation, as_json: bool) -> None:
    """The sentences of a working, or its inputs and answer as JSON."""
    print(json.dumps(explanation.to_json(), indent=2, ensure_ascii=False) if as_json else explanation)


def write_frame(frame: pl.DataFrame, form: Format, out: Path | None) -> None:
    """Results as one JSON array, CSV or Parquet, to a file or to standard output."""
    if form is Format.PARQUET:
        if out is None and sys.stdout.isatty():
            raise Misused("Parquet is not for reading on a screen.", hint="Add --out results.parquet.")
        buffer = BytesIO()
        frame.write_parquet(buffer)
        write(buffer.getvalue(), out)
        return
    text = frame.write_json() if form is Format.JSON else safe_table(frame).write_csv()
    write((text if text.endswith("\n") else text + "\n").encode(), out)


def write(content: bytes, out: Path | None) -> None:
    """Put content into a file, whole or not at all, or onto standard output."""
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    if not out.name:
        raise Misused("--out names no file.", hint="Write --out results.csv.")
    half = out.with_name(f".{out.name}.part")
    try:
        half.write_bytes(content)
        half.replace(out)
    except OSError as error:
        half.unlink(missing_ok=True)
        why = (error.strerror or type(error).__name__).lower()
        raise Misused(
            f"{out} cannot be written: {why}.", hint="Name a file in a folder that you may write to."
        ) from None
