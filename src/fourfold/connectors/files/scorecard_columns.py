"""Which column of a spreadsheet says what about a scorecard: proposed by the words of its header, and remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal, Self, TypeAlias

from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.connectors.files.mapping import MappingError, shape_of, words_of
from fourfold.connectors.files.scorecard_periods import is_short, period_over

#: Which columns are found by their names, beside those that are given.
Finds: TypeAlias = Literal["all", "figures", "nothing"]
#: What may be said of a KPI, and the words that people write over the column.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "perspective": ("perspective", "perspektive", "pillar", "area", "domain", "iscategory", "category"),
    "objective": ("objective", "strategic objective", "goal", "ziel", "objectif", "activity name",
                  "program name", "department"),
    "code": ("code", "id", "kpi code", "kpi id", "measure id", "indicator code", "indicator id", "measure code", "no",
             "nr", "ref"),
    "kpi": ("kpi", "kpi name", "measure", "measure name", "indicator", "title", "metric", "name", "kennzahl"),
    "definition": ("definition", "description", "measure description", "beschreibung"),
    "measured_in": ("unit of measure", "unit of measurement", "uom", "measured in", "einheit", "format"),
    "better": ("better", "direction", "polarity", "good is", "ranking type", "richtung"),
    "target": ("target", "goal value", "cfy approved", "ziel wert", "zielwert", "soll", "objectif cible"),
    "red_line": ("red line", "red", "threshold", "minimum"),
    "owner": ("owner", "responsible", "accountable", "verantwortlich"),
    "frequency": ("frequency", "frequency name", "reporting period", "reportingperiod", "rhythm"),
    "source": ("source", "data source", "quelle"),
}
#: What may be said beside it: the column or the text of the fiscal year, and whether a zero is `missing`.
OF_ROWS: Final = ("year", "zeros")
#: What the reading of figures may say, beside the columns of figures themselves.
OF_FIGURES: Final = ("unit", "period", "value", "numerator", "denominator")
#: Words over a column of places; "unit" is not among them, since it may be what a KPI is counted in.
_PLACES: Final = ("local authority", "council", "site", "branch", "store", "region", "location", "provider",
                  "provider code", "business unit", "organisational unit")  # fmt: skip
#: Words over the column of a value, beside a numerator and a denominator.
_VALUES: Final = ("value", "rate", "ratio", "result", "indicator", "measure")


@dataclass(frozen=True)
class ScorecardColumns:
    """The column of each field, what a field says in all rows, and how the figures beside it are read.

    `targets` has, for columns of targets beside that of the field, the period they are for. Periods here and of the
    cells of `figures` may be short, without their year (`scorecard_periods`).
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    figures: Reading = field(default_factory=Reading)
    targets: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """What was kept as JSON."""
        figures = Reading.of(kept.get("figures", {}))
        return cls(kept.get("columns", {}), kept.get("fixed", {}), figures, kept.get("targets", {}))

    def kept(self) -> dict[str, Any]:
        """As JSON, of what holds for the next file too: not the year of this one, nor columns that name theirs."""
        fixed = {field: text for field, text in self.fixed.items() if field != "year"}
        said = {name: cell.get("period", "") for name, cell in self.figures.cells.items()}
        dated = {name for name, text in said.items() if text and text == period_over(name) and not is_short(text)}
        cells = {name: cell for name, cell in self.figures.cells.items() if name not in dated}
        figures = asdict(self.figures.changed(cells=cells))
        return {"columns": dict(self.columns), "fixed": fixed, "figures": figures, "targets": dict(self.targets)}

    def changed(self, **changes: Any) -> Self:
        """The same with some parts replaced."""
        return replace(self, **changes)

    def fitting(self, names: Collection[str]) -> Self:
        """The same for a file with these columns: those that it does not have are left out."""
        reading = self.figures.changed(
            columns={field: name for field, name in self.figures.columns.items() if name in names},
            cells={name: said for name, said in self.figures.cells.items() if name in names}, where={},
        )  # fmt: skip
        targets = {name: period for name, period in self.targets.items() if name in names}
        columns = {f: name for f, name in self.columns.items() if name in names}
        return self.changed(columns=columns, figures=reading, targets=targets)

    def said(self, columns: Mapping[str, str], fixed: Mapping[str, str]) -> Self:
        """The same with what a person says about fields of KPIs and of figures."""
        known, own = (*WORDS, *OF_ROWS, *OF_FIGURES), (*WORDS, *OF_ROWS)
        for name in (*columns, *fixed):
            if name not in known:
                raise MappingError(f"There is no field {name!r}.", hint=f"The fields are {', '.join(known)}.")
        reading = self.figures.changed(
            columns={**self.figures.columns, **{k: v for k, v in columns.items() if k in OF_FIGURES}},
            fixed={**self.figures.fixed, **{k: v for k, v in fixed.items() if k in OF_FIGURES}},
        )
        of_rows = {**self.columns, **{k: v for k, v in columns.items() if k in own}}
        in_all = {**self.fixed, **{k: v for k, v in fixed.items() if k in own}}
        return self.changed(columns=of_rows, fixed=in_all, figures=reading)


def propose_columns(names: Iterable[str], given: ScorecardColumns, *, finds: bool = True) -> ScorecardColumns:
    """The columns with what is given and, where it `finds` others, the first that is named like each other field.

    >>> propose_columns(["Perspective", "Measure", "Target"], ScorecardColumns()).columns
    {'perspective': 'Perspective', 'kpi': 'Measure', 'target': 'Target'}
    """
    there = list(names)
    for name in given.columns.values():
        if name not in there:
            raise MappingError(f"There is no column {name!r}.", hint=f"The columns are {', '.join(there[:20])}.")
    bare = {words_of(name): name for name in reversed(there)}
    taken = {*given.columns.values(), *given.figures.columns.values(), *given.figures.cells, *given.targets}
    found, figures = dict(given.columns), given.figures
    if not finds:
        return given
    for each, words in WORDS.items():
        if each in found or each in given.fixed:
            continue
        fitting = [bare[word] for word in words if word in bare and bare[word] not in taken]
        if fitting:
            found[each] = fitting[0]
            taken.add(fitting[0])
    ordered = {each: found[each] for each in (*WORDS, *OF_ROWS) if each in found}
    places = [bare[word] for word in _PLACES if word in bare and bare[word] not in taken]
    own = {**({"unit": places[0]} if places else {}), **_parts(name for name in there if name not in taken)}
    said = {*figures.columns, *figures.fixed}
    figures = figures.changed(columns={**figures.columns, **{f: name for f, name in own.items() if f not in said}})
    return given.changed(columns=ordered, figures=figures)


def _parts(names: Iterable[str]) -> dict[str, str]:
    """The first numerator and denominator that are called alike, `NumeratorCash_LA`, and the value beside them."""
    words = {words_of(name): name for name in names}
    for word, name in words.items():
        first, _, rest = word.partition(" ")
        if first == "numerator" and (below := words.get(f"denominator {rest}".strip())):
            called = [words[said] for each in _VALUES if (said := f"{each} {rest}".strip()) in words]
            return {"numerator": name, "denominator": below} | ({"value": called[0]} if called else {})
    return {}


def shape_of_scorecard(header: Sequence[str]) -> str:
    """What spreadsheets of KPIs with the same header have in common; another shape than that of a file of figures."""
    return shape_of(["scorecard", *header])
