"""The cells of one sheet of a workbook as CSV, in a process of its own with little memory and time.

`python -m fourfold.connectors.files.workbook_cells FILE SHEET OUT`. Formulas are never computed: a cell has what was
saved last. The first line of OUT is JSON: the names of the sheets, and which one follows.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from python_calamine import CalamineWorkbook, SheetVisibleEnum

MEMORY: Final = 1 << 30
PROCESSOR: Final = 60  # seconds
#: The most cells of a sheet.
CELLS: Final = 20_000_000
MOST_SHEETS: Final = 200


def text_of(cell: object) -> str:
    """A cell as text: a number with the digits that a spreadsheet shows at most, a day as ISO.

    >>> text_of(0.1 + 0.2), text_of(12.0), text_of(datetime(2026, 5, 1)), text_of(True)
    ('0.3', '12', '2026-05-01', 'true')
    """
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if not isinstance(cell, timedelta) else format(cell.total_seconds(), "g")


def main(path: str, wanted: str, out: str) -> int:
    """Write the cells; 0 when all went well, 2 with a sentence on the error output when not."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    book = CalamineWorkbook.from_path(path)
    seen = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible] or book.sheet_names
    if len(book.sheet_names) > MOST_SHEETS:
        print(f"There are {len(book.sheet_names):,} sheets; at most {MOST_SHEETS} are read.", file=sys.stderr)
        return 2
    if wanted and wanted not in book.sheet_names:
        print(f"There is no sheet {wanted!r}; there are {', '.join(seen[:10])}.", file=sys.stderr)
        return 2
    for name in [wanted] if wanted else seen:  # the first that holds anything
        sheet = book.get_sheet_by_name(name)
        if sheet.height * sheet.width > CELLS:
            print(f"The sheet {name!r} has more than {CELLS:,} cells.", file=sys.stderr)
            return 2
        if sheet.height:
            break
    with Path(out).open("w", encoding="utf-8", newline="") as target:
        target.write(json.dumps({"sheets": seen, "sheet": name}) + "\n")
        csv.writer(target).writerows([text_of(cell) for cell in row] for row in sheet.iter_rows())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
