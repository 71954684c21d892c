"""A table of results for people: the same for the terminal, `repr` and notebooks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from fourfold.engine.scoring import floor_one_decimal

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Sheet:
    """Rows of text under their heads.

    Heads in `numbers` stand to the right. The columns `wide` may go on in the next line where the terminal is narrow.
    Notes stand below.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[str] = frozenset()
    wide: tuple[int, ...] = (0,)
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Aligned plain text."""
        lines = [self.heads, *self.rows] if self.rows else []
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.heads))] if lines else []
        text = ("  ".join(self._aligned(i, cell, widths[i]) for i, cell in enumerate(line)) for line in lines)
        return "\n".join([self.title, *(line.rstrip() for line in text), *self.notes])

    def html(self) -> str:
        """The table as HTML for notebooks, without styles or scripts of its own."""
        head = "".join(f'<th scope="col">{escape(h)}</th>' for h in self.heads)
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows)
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        caption = f"<caption>{escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"

    def _aligned(self, column: int, cell: str, width: int) -> str:
        return cell.rjust(width) if self.heads[column] in self.numbers else cell.ljust(width)


class Shown(ABC):
    """A result that people read as sheets and programs as a frame."""

    @property
    @abstractmethod
    def sheets(self) -> tuple[Sheet, ...]:
        """The tables for people."""

    @property
    @abstractmethod
    def frame(self) -> pl.DataFrame:
        """The long table for programs; null where there is nothing."""

    def __str__(self) -> str:
        """The sheets as plain text."""
        return "\n\n".join(str(sheet) for sheet in self.sheets)

    def __repr__(self) -> str:
        """The same, for people at a prompt."""
        return str(self)

    def _repr_html_(self) -> str:
        return "".join(sheet.html() for sheet in self.sheets)


def floored(score: float | None) -> str:
    """A score for a table, floored to one decimal as everywhere; an en dash for none."""
    return "–" if score is None else floor_one_decimal(score)


def rounded(value: float | None, decimals: int = 0, *, sign: bool = False, after: str = "") -> str:
    """A number for a table: a true minus, an en dash for none.

    >>> rounded(-0.256, 2), rounded(None), rounded(3.0, 1, sign=True), rounded(40.0, after=" %")
    ('−0.26', '–', '+3.0', '40 %')
    """
    if value is None or value != value:
        return "–"
    text = f"{value:{'+' if sign else ''},.{decimals}f}"
    if not text.strip("+-0.,"):
        text = text.lstrip("+-")
    return text.replace("-", "−") + after
