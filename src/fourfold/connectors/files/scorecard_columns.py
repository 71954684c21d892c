"""Which column of a spreadsheet says what about a scorecard: proposed by the words of its header, and remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, Self, TypeAlias

from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.connectors.files.mapping import MappingError, shape_of, words_of

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
#: What the reading of figures may say, beside the columns of figures themselves.
OF_FIGURES: Final = ("unit", "period", "value", "numerator", "denominator")
#: Words over a column of places; "unit" is not among them, since it may be what a KPI is counted in.
_PLACES: Final = ("local authority", "council", "site", "branch", "store", "region", "location", "provider",
                  "provider code", "business unit", "organisational unit")  # fmt: skip


@dataclass(frozen=True)
class ScorecardColumns:
    """The column of each field, what a field says in all rows, and how the figures beside it are read."""

    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    figures: Reading = field(default_factory=Reading)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """What was kept as JSON."""
        return cls(kept.get("columns", {}), kept.get("fixed", {}), Reading.of(kept.get("figures", {})))

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {"columns": dict(self.columns), "fixed": dict(self.fixed), "figures": asdict(self.figures)}

    def fitting(self, names: Collection[str]) -> Self:
        """The same for a file with these columns: those that it does not have are left out."""
        reading = self.figures.changed(
            columns={field: name for field, name in self.figures.columns.items() if name in names},
            cells={name: said for name, said in self.figures.cells.items() if name in names}, where={},
        )  # fmt: skip
        return type(self)({f: name for f, name in self.columns.items() if name in names}, self.fixed, reading)

    def said(self, columns: Mapping[str, str], fixed: Mapping[str, str]) -> Self:
        """The same with what a person says about fields of KPIs and of figures."""
        known = (*WORDS, *OF_FIGURES)
        for name in (*columns, *fixed):
            if name not in known:
                raise MappingError(f"There is no field {name!r}.", hint=f"The fields are {', '.join(known)}.")
        reading = self.figures.changed(
            columns={**self.figures.columns, **{k: v for k, v in columns.items() if k in OF_FIGURES}},
            fixed={**self.figures.fixed, **{k: v for k, v in fixed.items() if k in OF_FIGURES}},
        )
        own = {**self.columns, **{k: v for k, v in columns.items() if k in WORDS}}
        return type(self)(own, {**self.fixed, **{k: v for k, v in fixed.items() if k in WORDS}}, reading)


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
    taken = {*given.columns.values(), *given.figures.columns.values(), *given.figures.cells}
    found, figures = dict(given.columns), given.figures
    if not finds:
        return ScorecardColumns(found, given.fixed, figures)
    for each, words in WORDS.items():
        if each in found or each in given.fixed:
            continue
        fitting = [bare[word] for word in words if word in bare and bare[word] not in taken]
        if fitting:
            found[each] = fitting[0]
            taken.add(fitting[0])
    ordered = {each: found[each] for each in WORDS if each in found}
    places = [bare[word] for word in _PLACES if word in bare and bare[word] not in taken]
    if places and "unit" not in {*figures.columns, *figures.fixed}:
        figures = figures.changed(columns={**figures.columns, "unit": places[0]})
    return ScorecardColumns(ordered, given.fixed, figures)


def shape_of_scorecard(header: Sequence[str]) -> str:
    """What spreadsheets of KPIs with the same header have in common; another shape than that of a file of figures."""
    return shape_of(["scorecard", *header])
