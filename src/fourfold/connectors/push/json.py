"""JSON and lines of JSON from a program → columns of texts; numbers keep the digits that were sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from fourfold.connectors.files.problems import refuse
from fourfold.connectors.push.limits import BODY, FIELDS, MOST_ROWS, TooLarge
from fourfold.engine.words import choices, show

_LIST: Final = "measurements"
_AS_LIST: Final = f'Send a list of objects, or {{"{_LIST}": [...]}}.'


class _Twice(ValueError):
    """An object says a name twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


#: Numbers stay the texts they are written as: a float would lose digits, and NaN is for the checks to refuse.
_DECODER: Final = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object)


def read_json(content: bytes) -> pl.DataFrame:
    """A list of objects, or an object with one. Raises `Refused`."""
    found = _decoded(_text(content))
    if isinstance(found, dict):
        if found.keys() != {_LIST}:
            raise refuse("SHAPE", BODY, f"The object has not the one name {show(_LIST)}.", _AS_LIST)
        found = found[_LIST]
    if not isinstance(found, list):
        raise refuse("SHAPE", BODY, "The rows are no list.", _AS_LIST)
    return _table(found, range(1, len(found) + 1))


def read_json_lines(content: bytes) -> pl.DataFrame:
    """An object on each line that is not blank. Raises `Refused` at the first line that is none."""
    items, numbers = [], []
    for number, line in enumerate(_text(content).split("\n"), start=1):
        if line and not line.isspace():
            items.append(_decoded(line, number))
            numbers.append(number)
    return _table(items, numbers)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refuse("ENCODING", BODY, "The text is not UTF-8.", "Send it as UTF-8.", line) from None


def _decoded(text: str, line: int = 0) -> Any:
    """What is written; `line` is its number where it is one of several."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        message = f"This is no JSON at character {error.colno} of line {line or error.lineno}: {error.msg.lower()}."
        fix = "Look there; where it is the end, the body may have been cut off."
        raise refuse("JSON", BODY, message, fix, line or error.lineno) from None
    except _Twice as error:
        message = f"An object says {show(str(error))} twice."
        raise refuse("JSON", BODY, message, "Say it once.", line or None) from None
    except RecursionError:
        raise refuse("JSON", BODY, "The JSON is nested too deeply.", _AS_LIST, line or None) from None


def _table(items: Sequence[Any], numbers: Sequence[int]) -> pl.DataFrame:
    if len(items) > MOST_ROWS:
        raise TooLarge
    if not items:
        raise refuse("EMPTY", BODY, "There are no rows.", _AS_LIST)
    rows: list[dict[str, Any]] = [item if type(item) is dict else {} for item in items]
    names = set[str]().union(*rows)
    if strange := sorted(names.difference(FIELDS)):
        message = f"There is no field {show(strange[0])}."
        raise refuse("FIELD", BODY, message, f"The fields are {choices(FIELDS, 'and')}.")
    wrong = {i: "The row is no object." for i, item in enumerate(items) if type(item) is not dict}
    columns = [_column(name, [row.get(name) for row in rows], wrong) for name in FIELDS if name in names]
    table = pl.DataFrame([*columns, pl.Series("row", numbers, pl.Int64)])
    if wrong:
        said = pl.Series("wrong", [wrong.get(i) for i in range(len(rows))], pl.String)
        table = table.with_columns(said)
    return table


def _column(name: str, cells: list[Any], wrong: dict[int, str]) -> pl.Series:
    """The cells as texts; a row with a cell that is none is `wrong`, and the cell is left out."""
    try:
        column = pl.Series(name, cells, pl.String, strict=True)
        if not column.str.contains("\0", literal=True).any():
            return column
    except (TypeError, UnicodeError, pl.exceptions.PolarsError):
        pass
    texts: list[str | None] = []
    for i, cell in enumerate(cells):
        is_text = isinstance(cell, str) and _can_be_kept(cell)
        if cell is not None and not is_text:
            kind = {bool: "true or false", list: "a list", dict: "an object"}.get(type(cell), "no text that is kept")
            wrong.setdefault(i, f"The field {name} holds {kind}.")
        texts.append(cell if is_text else None)
    return pl.Series(name, texts, pl.String)


def _can_be_kept(cell: str) -> bool:
    """Not so a NUL, which no database takes, and half of a surrogate pair, which is no letter."""
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in cell
