"""How the columns of a file are read, as a form: for each column what it is, and what is the same in all rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fourfold.connectors.files.dates import plain_period
from fourfold.connectors.files.detect import Header
from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.engine.measurements import FIGURES

#: What a column can be, and how the page says it.
MEANINGS: Final = (
    ("", "not read"), ("kpi", "the KPI"), ("unit", "the unit"), ("period", "the period"),
    ("at", "the moment of an event"), ("value", "the value"),
    ("numerator", "the numerator"), ("denominator", "the denominator"), ("note", "a note"), ("source", "the source"),
    ("state", "why there is no figure"), ("quality", "the quality"), ("recorded_at", "when it was recorded"),
)  # fmt: skip
WIDE: Final = (
    ("of:value", "values of the KPI named here"), ("of:numerator", "numerators of the KPI named here"),
    ("of:denominator", "denominators of the KPI named here"), ("of:unit", "values of the unit named here"),
)  # fmt: skip
_MONTH: Final = ("of:period", "values of this period")
_MOST: Final = 200  # columns that the page shows
_FIXED: Final = ("kpi", "unit", "period")


@dataclass(frozen=True, slots=True)
class ColumnField:
    """One column: its name, what stands in it, what it can be and is, and the KPI or unit it is about."""

    id: str
    name: str
    samples: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    chosen: str
    named: str


def column_fields(header: Header, samples: Mapping[str, tuple[str, ...]], reading: Reading) -> list[ColumnField]:
    """The columns as the form shows them."""
    means = {name: field for field, name in reading.columns.items()}
    found = []
    for key, name in list(header.names.items())[:_MOST]:
        said = reading.cells.get(name)
        chosen = means.get(name, "") if said is None else _chosen(said)
        is_month = plain_period(name, reading.dates)[:4].isdigit()
        choices = (*MEANINGS, *((_MONTH,) if is_month or chosen == _MONTH[0] else ()), *WIDE)
        named = "" if said is None else said.get("kpi", said.get("unit", ""))
        found.append(ColumnField(key, name, samples.get(name, ()), choices, chosen, named))
    return found


def _chosen(said: Mapping[str, str]) -> str:
    if "period" in said:
        return _MONTH[0]
    return "of:unit" if "unit" in said else f"of:{said.get('as', 'value')}"


def read_mapping(posted: Mapping[str, str], header: Header) -> Reading:
    """The reading that was sent; columns beyond the header are none."""
    columns: dict[str, str] = {}
    cells: dict[str, dict[str, str]] = {}
    dates = posted.get("dates", "")
    for key, name in header.names.items():
        meaning, named = posted.get(f"c{key}", ""), posted.get(f"n{key}", "").strip()
        if meaning in dict(MEANINGS) and meaning:
            columns.setdefault(meaning, name)
        elif meaning == _MONTH[0]:
            cells[name] = {"period": plain_period(name, dates)}
        elif meaning == "of:unit" and named:
            cells[name] = {"unit": named}
        elif meaning.removeprefix("of:") in FIGURES and named:
            cells[name] = {"kpi": named, "as": meaning.removeprefix("of:")}
    if cells:  # figures stand in those columns then
        columns = {field: name for field, name in columns.items() if field not in FIGURES}
    fixed = {field: text for field in _FIXED if (text := posted.get(f"fixed-{field}", "").strip()[:200])}
    return Reading(
        **how_written(posted), columns=columns, cells=cells, fixed=fixed, codes=_codes(posted),
        to_date=posted.get("to_date") == "yes", dates=dates if dates in ("dmy", "mdy") else "",
    )  # fmt: skip


def how_written(posted: Mapping[str, str]) -> dict[str, Any]:
    """Line of the header, sheet, separator, encoding and mark before decimals, as they were sent."""
    line, decimal = posted.get("header", ""), posted.get("decimal", "")
    return {
        "header": int(line) if line.isascii() and line.isdigit() and len(line) < 4 else 0,
        "sheet": posted.get("sheet", "")[:100],
        "separator": {"tab": "\t", ",": ",", ";": ";", "|": "|"}.get(posted.get("separator", ""), ""),
        "encoding": posted.get("encoding", "") if posted.get("encoding", "") in ("utf-8-sig", "cp1252") else "",
        "decimal": decimal if decimal in (".", ",") else "",
    }


def _codes(posted: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What names that are not known stand for, where somebody said so."""
    found: dict[str, dict[str, str]] = {"kpi": {}, "unit": {}}
    for name, code in posted.items():
        kind, _, text = name.partition("=")
        if kind in ("code-kpi", "code-unit") and code.strip():
            found[kind.removeprefix("code-")][text] = code.strip()
    return {field: codes for field, codes in found.items() if codes}
