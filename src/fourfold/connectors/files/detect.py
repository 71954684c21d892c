"""What a grid shows about itself: the line of its header, the mark before decimals, the order of days and months.

What it does not show is not guessed: it is asked, and `Detected` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from fourfold.connectors.files.dates import DateOrder, order_of
from fourfold.connectors.files.grid import Grid
from fourfold.engine.measurements.numbers import PATTERN

_TOP: Final = 60  # lines among which the header is looked for
_SAMPLE: Final = 5
_NUMBER: Final = re.compile(r"[+\-−(]?[£$€]?\s*[\d.,'’\u00a0\u202f ]*\d\)?\s*%?")
#: Texts that show a convention: what stands before decimals cannot separate thousands.
_SHOWS: Final = (
    r"^[+-]?(?:\d{{1,3}}(?:[{other}'’\u00a0\u202f ]\d{{3}})+{mark}\d+|\d+{mark}(?:\d{{1,2}}|\d{{4,}})|0{mark}\d+"
    r"|\d{{4,}}{mark}\d+|\d{{1,3}}(?:{other}\d{{3}}){{2,}})$"
)
_POINT: Final = _SHOWS.format(mark=r"\.", other=",")
_COMMA: Final = _SHOWS.format(mark=",", other=r"\.")
#: What a figure is counted in stands beside it, and shows nothing.
_BESIDE: Final = "%‰£$€¥₹ \u00a0\u202f"
_EITHER: Final = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"


@dataclass(frozen=True, slots=True)
class Header:
    """The line of the header, the names in it by column, where the rows below begin, and how many cells it has."""

    line: int
    names: dict[str, str]
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class Marks:
    """The mark before decimals that the figures show, "" where none does; `is_open` where it is to be asked."""

    decimal: str
    is_open: bool
    example: str = ""


def header_of(grid: Grid, line: int = 0) -> Header:
    """The header on this line, or the first that looks like one: most cells filled, with different words."""
    top = grid.cells.head(_TOP).rows(named=True)
    if line:
        place = next((i for i, row in enumerate(top) if row["row"] == line), 0)
    else:
        place = _best([[row[name] for name in grid.names] for row in top])
    cells = top[place]
    names: dict[str, str] = {}
    for name in grid.names:
        said = " ".join((cells[name] or "").split())
        if said or (grid.cells[name].null_count() < len(grid.cells)):
            names[name] = _unique(said or f"column {int(name) + 1}", names)
    return Header(int(cells["row"]), names, place + 1, int(cells["width"]))


def body_of(grid: Grid, header: Header) -> pl.DataFrame:
    """The rows below the header, under their names; `row` is the line, `width` how many cells the row has."""
    below = grid.cells.slice(header.start)
    return below.select(*(pl.col(key).alias(f"={name}") for key, name in header.names.items()), "row", "width")


def marks_of(texts: pl.DataFrame, *, is_typed: bool) -> Marks:
    """Look at all figures in these columns; where numbers are numbers already there is nothing to decide."""
    point, comma, either = ("", "", "")
    for column in texts:
        distinct = column.str.strip_chars(_BESIDE).drop_nulls().unique(maintain_order=True)
        for pattern in (_POINT, _COMMA, _EITHER):
            found = distinct.filter(distinct.str.contains(pattern)).head(1)
            if len(found):
                point = point or (found[0] if pattern == _POINT else "")
                comma = comma or (found[0] if pattern == _COMMA else "")
                either = either or (found[0] if pattern == _EITHER else "")
    if is_typed and not comma:
        return Marks(".", is_open=False, example=point)
    if point and comma:
        return Marks("", is_open=True, example=f"{point} and {comma}")
    if point or comma:
        return Marks("." if point else ",", is_open=False, example=point or comma)
    return Marks("", is_open=bool(either), example=either)


def dates_of(texts: pl.Series) -> DateOrder:
    """The order of day and month in a column of periods."""
    return order_of(texts.drop_nulls().unique(maintain_order=True).to_list())


def looks_like_number(text: str) -> bool:
    """True for what somebody may have meant as a figure."""
    return bool(re.fullmatch(PATTERN, text) or _NUMBER.fullmatch(text))


def _best(rows: list[list[str | None]]) -> int:
    """The place of the header among the first rows: the first that is as full as those below it, and of words."""
    counts = [sum(cell is not None for cell in row) for row in rows]
    for i, row in enumerate(rows):
        said = [cell for cell in row if cell is not None]
        below = counts[i + 1 : i + 1 + _SAMPLE]
        usual = sorted(below)[len(below) // 2] if below else 0
        words = sum(not re.fullmatch(PATTERN, cell) for cell in said)
        is_full = len(said) >= max(2, 0.6 * usual, 0.4 * max(counts))
        if is_full and len(set(said)) >= 0.8 * len(said) and words >= 0.5 * len(said):
            return i
    return 0


def _unique(name: str, names: dict[str, str]) -> str:
    """The name, or with a number where another column has it already."""
    taken, found, number = set(names.values()), name, 2
    while found in taken:
        found, number = f"{name} ({number})", number + 1
    return found
