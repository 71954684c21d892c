"""A table as an Excel workbook: numbers stay numbers, and what stands in the place of one is a text.

No text becomes a formula, whatever it begins with.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_NAME: Final = 31  # characters that Excel allows a sheet's name
_NOT_IN_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LONGEST: Final = 32_767  # characters that Excel allows in a cell
_WIDTHS: Final = (8, 48)
_TITLE: Final = {"bold": True, "font_size": 14}
_HEAD: Final = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number and how it is shown, such as `#,##0.0"%"`."""

    value: float
    pattern: str = "General"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table; None is an empty cell. A strong one is about all rows below it."""

    cells: Sequence[Number | str | None]
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet: its title, what there is to know about it, and a table with heads."""

    title: str
    about: Sequence[str]
    heads: Sequence[str]
    lines: Sequence[Line]


def workbook_of(page: Page, *, name: str) -> bytes:
    """The workbook, with one sheet of this name: the heads stay in sight, and each has a filter.

    A number that is not finite is an empty cell: Excel has none.
    """
    import xlsxwriter

    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    try:
        sheet = book.add_worksheet(name.translate(_NOT_IN_NAMES).strip()[:_NAME] or "Table")
        _write(book, sheet, page)
    finally:
        book.close()
    return made.getvalue()


def _write(book: Workbook, sheet: Worksheet, page: Page) -> None:
    sheet.write_string(0, 0, page.title[:_LONGEST], book.add_format(_TITLE))
    for i, text in enumerate(page.about, 1):
        sheet.write_string(i, 0, text[:_LONGEST])
    top = len(page.about) + 2
    head = book.add_format(_HEAD)
    for column, text in enumerate(page.heads):
        sheet.write_string(top, column, text, head)
        known = (len(cell) for line in page.lines if isinstance(cell := line.cells[column], str))
        sheet.set_column(column, column, min(max(_WIDTHS[0], len(text), *known, 0), _WIDTHS[1]) + 2)
    formats: dict[tuple[str, bool], Format] = {}
    for row, line in enumerate(page.lines, top + 1):
        for column, cell in enumerate(line.cells):
            pattern = cell.pattern if isinstance(cell, Number) else "General"
            key = (pattern, line.is_strong)
            if key not in formats:
                formats[key] = book.add_format({"num_format": pattern, "bold": line.is_strong})
            if isinstance(cell, str):
                sheet.write_string(row, column, cell[:_LONGEST], formats[key])
            elif cell is not None and math.isfinite(cell.value):
                sheet.write_number(row, column, cell.value, formats[key])
    sheet.freeze_panes(top + 1, 0)
    if page.lines:
        sheet.autofilter(top, 0, top + len(page.lines), len(page.heads) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
