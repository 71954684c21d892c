"""KPIs of the library and suggestions as tables for people and frames for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourfold.library import LibraryKpi, Suggestion
from fourfold.scorecard.sheet import Sheet, Shown

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, repr=False)
class ListedKpis(Shown):
    """KPIs under a title."""

    title: str
    kpis: tuple[LibraryKpi, ...]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each KPI."""
        rows = tuple((k.id, k.name, k.perspective, k.function, k.industry, k.unit) for k in self.kpis)
        note = "Read one: fourfold library show K001" if rows else "Nothing found. Try fewer or other words."
        heads = ("Id", "Name", "Perspective", "Function", "Industry", "Unit")
        return (Sheet(self.title, heads, rows, wide=(1,), notes=(note,)),)

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each KPI, every text of it; lists are joined by line ends."""
        import polars as pl

        return pl.DataFrame([row(kpi) for kpi in self.kpis])


@dataclass(frozen=True, repr=False)
class ListedSuggestions(Shown):
    """Suggestions for an objective, or that there is no good match."""

    objective: str
    items: tuple[Suggestion, ...]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each suggestion."""
        rows = tuple((s.kpi.id, s.kpi.name, s.kpi.role, "; ".join(s.reasons), s.guard.name) for s in self.items)
        note = "" if rows else "No good match in the library: define a KPI of your own, or say the objective otherwise."
        heads = ("Id", "Name", "Role", "Because", "Guard")
        notes = (note,) if note else ("The guard would show if the KPI were bought at the price of something else.",)
        return (Sheet(f"Suggested for “{self.objective}”", heads, rows, wide=(3,), notes=notes),)

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each suggestion."""
        import polars as pl

        schema = {"id": pl.String, "name": pl.String, "role": pl.String, "relevance": pl.Float64, "reasons": pl.String,
                  "guard": pl.String}  # fmt: skip
        rows = [(s.kpi.id, s.kpi.name, s.kpi.role, s.relevance, "; ".join(s.reasons), s.guard.id) for s in self.items]
        return pl.DataFrame(rows, schema=schema, orient="row")


def row(kpi: LibraryKpi) -> dict[str, str]:
    """A KPI as texts by the names of its fields."""
    texts = {name: getattr(kpi, name) for name in ("id", "code", "name", "perspective", "function", "industry",
             "definition", "purpose", "kind", "unit", "polarity", "frequency", "role", "aggregate_time",
             "aggregate_units", "scope", "gaming", "pair")}  # fmt: skip
    lists = {name: "\n".join(getattr(kpi, name)) for name in ("synonyms", "pitfalls", "goals")}
    inputs = "\n".join(f"{name}: {given.what} ({given.source})" for name, given in kpi.inputs.items())
    return {name: str(value) for name, value in texts.items()} | lists | {"formula": kpi.expression, "inputs": inputs}
