"""What a program sends → a table of figures as texts, whole or not at all; how a body is read follows its Content-Type.

Nothing is judged here but the form: which rows can be recorded is said by the checks that every import has. Each row
has its number: the line of a text, else 1 for the first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import polars as pl

from fourfold.connectors.files.problems import Refused
from fourfold.connectors.push.arrow import read_arrow
from fourfold.connectors.push.json import read_json, read_json_lines
from fourfold.connectors.push.limits import LARGEST, MOST_ROWS, TooLarge, UnknownForm
from fourfold.connectors.push.table import read_csv
from fourfold.engine.findings import Finding

__all__ = ["FORMS", "LARGEST", "MOST_ROWS", "TooLarge", "UnknownForm", "read_body"]
_Read: TypeAlias = Callable[[bytes], pl.DataFrame]
#: How each kind of body is read.
FORMS: Final[dict[str, _Read]] = {
    "application/json": read_json,
    "application/x-ndjson": read_json_lines,
    "text/csv": read_csv,
    "application/vnd.apache.arrow.stream": read_arrow,
}
_ALSO: Final = {"application/jsonl": "application/x-ndjson", "application/ndjson": "application/x-ndjson"}


def read_body(content: bytes, content_type: str) -> tuple[pl.DataFrame | None, tuple[Finding, ...]]:
    """Columns of texts and `row`; None with the findings that say why it cannot be read.

    A column `wrong` says of a row that it is none. Raises `UnknownForm` for another Content-Type, `TooLarge` beyond
    `LARGEST` bytes or `MOST_ROWS` rows.
    """
    form = content_type.partition(";")[0].strip().lower()
    read = FORMS.get(_ALSO.get(form, form))
    if read is None:
        raise UnknownForm(form, list(FORMS))
    if len(content) > LARGEST:
        raise TooLarge
    try:
        rows = read(content)
    except Refused as refused:
        return None, (refused.finding,)
    if len(rows) > MOST_ROWS:
        raise TooLarge
    return rows, ()
