"""Which column of a spreadsheet says what about a scorecard: proposed by the words of its header, and remembered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.connectors.files.mapping import MappingError

#: What may be said of a KPI, and the words that people write over the column.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "perspective": ("perspective", "perspektive", "pillar", "area", "domain", "iscategory", "category"),
    "objective": ("objective", "strategic objective", "goal", "ziel", "objectif", "activity name", "program name"),
    "code": ("code", "id", "kpi code", "kpi id", "measure id", "indicator code", "no", "nr", "ref"),
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


def propose_columns(names: Iterable[str], given: ScorecardColumns) -> ScorecardColumns:
    """The columns with what is given, and the first column that is named like each other field.

    >>> propose_columns(["Perspective", "Measure", "Target"], ScorecardColumns()).columns
    {'perspective': 'Perspective', 'kpi': 'Measure', 'target': 'Target'}
    """
    there = list(names)
    for name in given.columns.values():
        if name not in there:
            raise MappingError(f"There is no column {name!r}.", hint=f"The columns are {', '.join(there[:20])}.")
    bare = {re.sub(r"[\s_\-]+", " ", name.casefold()).strip(): name for name in reversed(there)}
    taken = {*given.columns.values(), *given.figures.columns.values(), *given.figures.cells}
    found = dict(given.columns)
    for each, words in WORDS.items():
        if each in found or each in given.fixed:
            continue
        fitting = [bare[word] for word in words if word in bare and bare[word] not in taken]
        if fitting:
            found[each] = fitting[0]
            taken.add(fitting[0])
    ordered = {each: found[each] for each in WORDS if each in found}
    return ScorecardColumns(ordered, given.fixed, given.figures)
