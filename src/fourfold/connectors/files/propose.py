"""Which column is what: proposed by the words of the header and by what stands in the columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import polars as pl

from fourfold.connectors.files.dates import plain_period
from fourfold.connectors.files.detect import Header, Marks, body_of, dates_of, header_of, looks_like_number, marks_of
from fourfold.connectors.files.grid import Grid
from fourfold.connectors.files.mapping import ASKED, words_of
from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.measurements import COLUMNS, FIGURES
from fourfold.engine.measurements.events import AT
from fourfold.engine.periods import PeriodError

#: Codes by name, for `kpi` and `unit`.
Codes: TypeAlias = dict[str, dict[str, str]]
_SAMPLE: Final = 2_000
_MOST: Final = 0.6
#: Words that people write over the columns.
_WORDS: Final = {
    "kpi": ("kpi", "kpi code", "measure", "metric", "indicator", "measure name", "kpi name", "kennzahl",
            "indicateur"),
    "unit": ("unit", "unit code", "org code", "organisation", "department", "site", "branch", "einheit",
             "provider code", "provider", "local authority", "council", "location", "store", "region"),
    "period": ("period", "month", "date", "day", "week", "quarter", "year", "monat", "datum", "periode", "mois"),
    "value": ("value", "actual", "figure", "result", "amount", "wert", "ist", "valeur", "valor"),
    "numerator": ("numerator", "zähler", "numérateur", "num"), "denominator": ("denominator", "nenner", "den"),
    "note": ("note", "comment", "remark", "kommentar", "bemerkung"), "source": ("source", "quelle"),
    AT: ("at", "moment", "timestamp", "occurred at"),
    "state": ("state",), "quality": ("quality",), "recorded_at": ("recorded at",),
}  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A reading of the grid, with its header; `open` are questions that only a person can answer, by the name of what
    is to be decided.
    """

    reading: Reading
    header: Header
    open: Mapping[str, str]


class Named(Protocol):
    """A unit, as far as it is named here."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def name(self) -> str:
        """Its name."""


def codes_of(kpis: Iterable[Kpi], units: Iterable[Named]) -> Codes:
    """The codes of KPIs and units by whatever they are called, in lower case; names that two have are left out.

    Of those that whoever hands over the file may see: a name must not tell of anything else.
    """
    some, places = list(kpis), list(units)
    return {
        "kpi": _by_name((k.code, name) for k in some for name in (k.name, *k.synonyms))
        | {k.code.casefold(): k.code for k in some},
        "unit": _by_name((u.code, u.name) for u in places) | {u.code.casefold(): u.code for u in places},
    }


def _by_name(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for code, name in names:
        found.setdefault(name.casefold(), set()).add(code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


def propose(
    grid: Grid, definitions: Definitions, codes: Codes, given: Reading | None = None, *, finds_columns: bool = True
) -> Proposal:
    """A reading of the grid: what is `given` (said by a person, or remembered) stands, the rest is found.

    Without `finds_columns` no column is read that is not given.
    """
    reading = given or Reading()
    header = header_of(grid, reading.header)
    body = body_of(grid, header)
    reading = reading.changed(header=header.line, sheet=grid.sheet)
    if finds_columns and not reading.cells:
        reading = _columns(reading, body, header, codes, definitions)
    return _settled(grid, reading, header, body)


def fitted(kept: Reading, grid: Grid) -> Reading:
    """What was remembered of an earlier file, as far as it is about columns that are there; months are found anew."""
    there = set(header_of(grid).names.values())
    by_month = any("period" in said for said in kept.cells.values())
    cells = {} if by_month else {name: said for name, said in kept.cells.items() if name in there}
    columns = {field: name for field, name in kept.columns.items() if name in there}
    where = {name: text for name, text in kept.where.items() if name in there}
    return kept.changed(header=0, columns=columns, cells=cells, where=where, encoding="", separator="", dates="")


def _columns(
    reading: Reading, body: pl.DataFrame, header: Header, codes: Codes, definitions: Definitions
) -> Reading:
    names = [name for name in header.names.values() if name in _there(body, header)]
    taken = {**{field: name for field, name in reading.columns.items() if name in names}}
    own = {name: _field(name) for name in names}
    for name in names:
        field = own[name]
        if field and field not in taken and field not in reading.fixed and name not in taken.values():
            taken[field] = name
    for field in ("kpi", "unit"):
        if field not in reading.fixed and field not in reading.columns:
            others = {name for other, name in taken.items() if other != field}
            share = {n: known_share(body[f"={n}"], codes[field]) for n in names if n not in others}
            best = max(share, key=lambda n: share[n], default="")
            if best and share[best] >= _MOST and share[best] > share.get(taken.get(field, ""), 0):
                taken[field] = best
    rest = [name for name in names if name not in taken.values()]
    cells: dict[str, dict[str, str]] = {}
    if AT in taken:
        taken.pop("period", None)
    elif "value" not in taken and "numerator" not in taken:
        cells = _wide(rest, taken, reading, codes, definitions)
        if not cells:
            figures = [name for name in rest if _numeric(body[f"={name}"])]
            taken |= {"value": figures[0]} if len(figures) == 1 else {}
    return reading.changed(columns=taken, cells=cells)


def _there(body: pl.DataFrame, header: Header) -> set[str]:
    return {name for name in header.names.values() if body[f"={name}"].null_count() < len(body)}


def _wide(
    rest: list[str], taken: Mapping[str, str], reading: Reading, codes: Codes,
    definitions: Definitions,
) -> dict[str, dict[str, str]]:  # fmt: skip
    """Columns that are periods, KPIs or units by their names."""
    said = {*taken, *reading.fixed}
    if "period" not in said:
        months = {name: plain_period(name, reading.dates) for name in rest}
        found = {name: {"period": text} for name, text in months.items() if _is_period(text, definitions)}
        if found:
            return found
    for field in ("kpi", "unit"):
        if field not in said:
            found = {name: {field: codes[field][name.casefold()]} for name in rest if name.casefold() in codes[field]}
            if found:
                return found
    return {}


def _is_period(text: str, definitions: Definitions) -> bool:
    if not re.search(r"\d{4}", text):
        return False
    try:
        definitions.calendar.parse(text)
    except PeriodError:
        return False
    return True


def _field(name: str) -> str:
    bare = words_of(name)
    if bare.replace(" ", "_") in COLUMNS:
        return bare.replace(" ", "_")
    return next((field for field, words in _WORDS.items() if bare in words), "")


def known_share(column: pl.Series, codes: Mapping[str, str]) -> float:
    """How many of the different texts of a column are known names."""
    texts = column.drop_nulls().head(_SAMPLE).unique().to_list()
    return sum(text.casefold() in codes for text in texts) / len(texts) if texts else 0.0


def _numeric(column: pl.Series) -> bool:
    texts = column.drop_nulls().head(_SAMPLE).to_list()
    return bool(texts) and sum(map(looks_like_number, texts)) >= _MOST * len(texts)


def _settled(grid: Grid, reading: Reading, header: Header, body: pl.DataFrame) -> Proposal:
    """The mark before decimals and the order of dates where the cells show them, and questions where they do not."""
    there = set(header.names.values())
    shown = [f"={n}" for n in (*reading.cells, *(reading.columns.get(f, "") for f in FIGURES)) if n in there]
    questions: dict[str, str] = {}
    if not reading.decimal and shown:
        own = {_field(n) for n in there} <= {*COLUMNS, ""} and {"kpi", "unit", "period"} <= set(there)
        marks = Marks(".", is_open=False) if own else marks_of(body.select(shown), is_typed=grid.is_typed)
        reading = reading.changed(decimal=marks.decimal)
        if marks.is_open:
            questions["decimal"] = f"{ASKED['decimal']} {marks.example}"
    period = reading.columns.get("period", reading.columns.get(AT, ""))
    if not reading.dates and period in there:
        dates = dates_of(body[f"={period}"])
        reading = reading.changed(dates=dates.order)
        if dates.is_open:
            questions["dates"] = f"{ASKED['dates']} {dates.example}"
    for field in ("kpi", "unit", *(() if AT in reading.columns else ("period",))):
        if field not in reading.columns and field not in reading.fixed and not _all_say(reading, field):
            noun = "KPI" if field == "kpi" else field
            questions[field] = f"Which column says the {noun}, or is it the same in all rows?"
    if not shown and not {"state", AT} & {*reading.columns}:
        questions["value"] = "Which column holds the figures?"
    return Proposal(reading, header, questions)


def _all_say(reading: Reading, field: str) -> bool:
    return bool(reading.cells) and all(field in said for said in reading.cells.values())
