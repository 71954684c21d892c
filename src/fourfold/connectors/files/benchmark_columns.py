"""Which column of a table of benchmarks says what: proposed by its header and by what stands below, and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, Self

import polars as pl

from fourfold.connectors.files.dates import order_of
from fourfold.connectors.files.detect import Header, body_of, header_of, marks_of
from fourfold.connectors.files.grid import Grid
from fourfold.connectors.files.mapping import ASKED, MARKS, ORDERS, MappingError, shape_of, words_of
from fourfold.connectors.files.propose import Codes, known_share

#: What a column can say, and the words that people write over it.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "kpi": ("kpi", "kpi code", "kpi name", "code", "measure", "measure name", "metric", "indicator", "indicator name",
            "kennzahl", "indicateur"),
    "value": ("value", "benchmark", "benchmark value", "median", "peer median", "top quartile", "wert", "valeur",
              "valor"),
    "source": ("source", "publisher", "published by", "reference", "quelle"),
    "date": ("date", "source date", "published", "published on", "publication date", "as of", "datum", "stand"),
    "unit": ("unit", "unit code", "org unit", "organisation unit", "site", "branch", "department", "location",
             "einheit"),
    "low": ("low", "lower", "lower edge"), "high": ("high", "upper", "upper edge"),
    "since": ("since", "holds from", "valid from", "effective from", "period"),
    "note": ("note", "comment", "remark", "comparability", "comparability note", "bemerkung", "kommentar"),
}  # fmt: skip
NUMBERS: Final = ("value", "low", "high")
#: What can be said once for the whole set; a row that says it has its own.
FIXED: Final = ("source", "date", "unit", "since", "note")
_MOST: Final = 0.6  # of the texts of a column that must be known names


@dataclass(frozen=True)
class BenchmarkColumns:
    """The column of each field, what holds for the whole set, and how the table is written.

    `decimal` is the mark before decimals and `dates` the order of day and month, both "" where nothing had to be
    decided; `header` the line of the header, 0 to find it; `sheet` one of a workbook, "" the first.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    header: int = 0
    separator: str = ""
    encoding: str = ""
    decimal: str = ""
    dates: str = ""

    def __post_init__(self) -> None:
        """Refuse what no table can be read by."""
        for name in self.columns:
            if name not in WORDS:
                raise MappingError(f"There is no field {name!r}.", hint=f"The fields are {', '.join(WORDS)}.")
        for name in self.fixed:
            if name not in FIXED:
                message = f"{name!r} is not said for the whole set."
                raise MappingError(message, hint=f"What can be is {', '.join(FIXED)}.")
        if self.decimal and self.decimal not in MARKS:
            raise MappingError("The mark before decimals is a point or a comma.")
        if self.dates and self.dates not in ORDERS:
            raise MappingError("Dates are read as dmy (day first) or mdy (month first).")

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """What was kept as JSON; keys that are not known any more are left out."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})

    def kept(self) -> dict[str, Any]:
        """As JSON, of what holds for the next set too: not the source and date of this one."""
        return asdict(self.changed(fixed={}, header=0, dates="", encoding="", separator=""))

    def changed(self, **changes: Any) -> Self:
        """The same with some parts replaced."""
        return replace(self, **changes)


@dataclass(frozen=True)
class BenchmarkProposal:
    """A reading of the table, with its header; `open` are questions that only a person can answer, by their name."""

    columns: BenchmarkColumns
    header: Header
    open: Mapping[str, str]


def propose_benchmarks(
    grid: Grid, codes: Codes, given: BenchmarkColumns | None = None, *, finds_columns: bool = True
) -> BenchmarkProposal:
    """A reading of the grid: what is `given` stands, the rest is found; without `finds_columns` no column is.

    Raises `MappingError` where a column that is named is not there.
    """
    columns = given or BenchmarkColumns()
    header = header_of(grid, columns.header)
    body = body_of(grid, header)
    for name in columns.columns.values():
        if name not in header.names.values():
            hint = f"The columns are {', '.join(list(header.names.values())[:20])}."
            raise MappingError(f"There is no column {name!r} in the file.", hint=hint)
    columns = columns.changed(header=header.line, sheet=grid.sheet)
    if finds_columns:
        columns = columns.changed(columns=_found(columns.columns, body, header, codes))
    return _settled(grid, columns, header, body)


def fitting(kept: BenchmarkColumns, header: Header) -> BenchmarkColumns:
    """What was remembered of an earlier table, as far as it is about columns that are there."""
    there = set(header.names.values())
    return kept.changed(columns={field: name for field, name in kept.columns.items() if name in there})


def shape_of_benchmarks(header: Header) -> str:
    """What tables of benchmarks with the same header have in common; another shape than that of a file of figures."""
    return shape_of(["benchmarks", *header.names.values()])


def _found(
    given: Mapping[str, str], body: pl.DataFrame, header: Header, codes: Codes
) -> dict[str, str]:
    """By the words over the columns, and where none names the KPI by what stands below."""
    names = [name for name in header.names.values() if body[f"={name}"].null_count() < len(body)]
    bare = {words_of(name): name for name in reversed(names)}
    taken = dict(given)
    for each, words in WORDS.items():
        free = (bare[word] for word in words if word in bare and bare[word] not in taken.values())
        if each not in taken and (name := next(free, None)) is not None:
            taken[each] = name
    if "unit" in taken and "unit" not in given and not known_share(body[f"={taken['unit']}"], codes["unit"]):
        del taken["unit"]  # what KPIs are counted in, such as % or days
    if "kpi" not in given:
        others = {name for each, name in taken.items() if each != "kpi"}
        share = {name: known_share(body[f"={name}"], codes["kpi"]) for name in names if name not in others}
        best = max(share, key=lambda name: share[name], default="")
        if best and share[best] >= _MOST and share[best] > share.get(taken.get("kpi", ""), 0):
            taken["kpi"] = best
    return {each: taken[each] for each in WORDS if each in taken}


def _settled(grid: Grid, columns: BenchmarkColumns, header: Header, body: pl.DataFrame) -> BenchmarkProposal:
    """The mark before decimals and the order of dates where the cells show them, and questions where they do not."""
    named, questions = columns.columns, dict[str, str]()
    numbers = [f"={named[each]}" for each in NUMBERS if each in named]
    if not columns.decimal and numbers:
        marks = marks_of(body.select(numbers), is_typed=grid.is_typed)
        columns = columns.changed(decimal=marks.decimal)
        if marks.is_open:
            questions["decimal"] = f"{ASKED['decimal']} {marks.example}"
    if not columns.dates:
        texts = [t for each in ("date", "since") if each in named for t in body[f"={named[each]}"].drop_nulls()]
        texts += [columns.fixed[each] for each in ("date", "since") if each in columns.fixed]
        dates = order_of(dict.fromkeys(texts))
        columns = columns.changed(dates=dates.order)
        if dates.is_open:
            questions["dates"] = f"{ASKED['dates']} {dates.example}"
    if "kpi" not in named:
        questions["kpi"] = "Which column says the KPI?"
    if not numbers:
        questions["value"] = "Which column holds the benchmarks?"
    return BenchmarkProposal(columns, header, questions)
