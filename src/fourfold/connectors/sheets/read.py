"""The cells of one range as a table, names in its first line.

See “Reading & writing cell values” of the Google Sheets API (v4, `spreadsheets.values.get`): lines come without their
empty end, numbers as numbers, days as the sheet shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from fourfold.connectors.download.forms import table_of_cells
from fourfold.connectors.port import Access, Connector, Limits, Option, Rows, SourceError, Window
from fourfold.connectors.service import Service

_HOME: Final = "https://sheets.googleapis.com"
_SCOPE: Final = "https://www.googleapis.com/auth/spreadsheets.readonly"
_AS: Final = "valueRenderOption=UNFORMATTED_VALUE&dateTimeRenderOption=FORMATTED_STRING"

_PLACE: Final = (
    Option("secret", "Key of the service account", "The JSON file that Google gave, as it is. Kept encrypted and never "
           "shown again. Share the sheet with the address in it, as somebody who may read.", form="secret"),
    Option("url", "Address", f"{_HOME} where nothing is said."),
)  # fmt: skip
_ASK: Final = (
    Option("spreadsheet", "Spreadsheet", "What stands in its address between /d/ and /edit.", True),
    Option("range", "Range", "A sheet such as Sales, or a part of it such as Sales!A1:F; names stand in its first "
           "line.", True),
)  # fmt: skip


def read(access: Access, ask: Mapping[str, str], window: Window, limits: Limits) -> Rows:
    """The rows of the range. Raises `SourceError`."""
    service = _service(access, limits)
    place = f"v4/spreadsheets/{quote(ask['spreadsheet'], safe='')}/values/{quote(ask['range'], safe='')}?{_AS}"
    said = service.json(service.ask(service.address(place), headers={"Accept": "application/json"}))
    lines = said.get("values", []) if isinstance(said, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, list) for line in lines):
        raise SourceError("The answer is none of Google Sheets.", hint="Is it the right address?")
    return table_of_cells([[_text(cell) for cell in line] for line in lines], limits)


def reach(access: Access, limits: Limits) -> str:
    """See `port.Reach`: whether a token is given; which sheets it opens shows when one is asked for."""
    _service(access, limits).sign_in()
    return "Google knows the service account"


SHEETS: Final = Connector("sheets", "Google Sheets", _PLACE, _ASK, read, reach)


def _service(access: Access, limits: Limits) -> Service:
    options = {"url": access.options.get("url") or _HOME, "auth": "google", "scope": _SCOPE}
    return Service(replace(access, options=options), limits)


def _text(cell: Any) -> str:
    """A cell of JSON as a text; a number that is whole has no point."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15 else str(cell)
