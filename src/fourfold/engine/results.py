"""What one run of the engine gives: arrays of results for KPIs and nodes, and the long table of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import numpy as np

from fourfold.engine.cells import Codes, Floats
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding
from fourfold.engine.periods import Period

if TYPE_CHECKING:
    import polars as pl

View = Literal["month", "quarter", "half", "year", "week", "day", "ytd"]

#: Columns of the long table, in order; one row per node, unit and period.
COLUMNS = (
    "node", "unit", "period", "ordinal", "value", "numerator", "denominator", "state", "marks", "reason",
    "target", "red_line", "low", "high", "score", "status", "coverage", "confidence", "data_period",
)  # fmt: skip
_FLOATS = ("value", "numerator", "denominator", "target", "red_line", "low", "high", "score", "coverage", "confidence")


@dataclass(slots=True)
class Results:
    """Results of nodes of one kind: every array is `(node, unit, period)`.

    `score` is 0..125 and NaN where there is none; `status`, `state`, `marks` and `reason` are codes. `coverage` and
    `confidence` are shares 0..1. `low`/`high` are the target band of `in_range` KPIs, else `None`.
    `data_period` is the ordinal, in the KPI's own frequency, of the figure shown.
    """

    nodes: tuple[str, ...]
    units: tuple[str, ...]
    periods: tuple[Period, ...]
    score: Floats
    status: Codes
    coverage: Floats
    confidence: Floats
    marks: Codes
    value: Floats | None = None
    numerator: Floats | None = None
    denominator: Floats | None = None
    state: Codes | None = None
    reason: Codes | None = None
    target: Floats | None = None
    red_line: Floats | None = None
    low: Floats | None = None
    high: Floats | None = None
    data_period: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # kpi → own period id per view period
    # kept for explanations, not in the long table: the other anchors, the cut of "on target", the red line's rule
    floor: Floats | None = None
    stretch: Floats | None = None
    red_low: Floats | None = None
    red_high: Floats | None = None
    cut: Floats | None = None
    rule: Mapping[str, str] = field(default_factory=dict)

    @property
    def index(self) -> dict[str, int]:
        """Row of each node."""
        return {node: i for i, node in enumerate(self.nodes)}

    @property
    def shape(self) -> tuple[int, int, int]:
        """(nodes, units, periods)."""
        return len(self.nodes), len(self.units), len(self.periods)

    def frame(self) -> pl.DataFrame:
        """The long table, one row per cell, columns `COLUMNS`; NaN becomes null."""
        import polars as pl

        n, u, p = self.shape
        columns: dict[str, pl.Series] = {
            "node": _repeat(self.nodes, u * p, 1),
            "unit": _repeat(self.units, p, n),
            "period": _repeat(tuple(q.id for q in self.periods), 1, n * u),
            "ordinal": pl.Series(np.tile(np.array([q.ordinal for q in self.periods], dtype=np.int64), n * u)),
        }
        for name in COLUMNS[4:-1]:
            columns[name] = self._column(name)
        own = [text for node in self.nodes for text in self.data_period.get(node, ("",) * p) * u]
        columns["data_period"] = pl.Series(own, dtype=pl.String)
        return pl.DataFrame(columns).select(COLUMNS)

    def _column(self, name: str) -> pl.Series:
        import polars as pl

        array = getattr(self, name)
        size = int(np.prod(self.shape))
        if name in _FLOATS:
            if array is None:
                return pl.Series(np.full(size, np.nan), nan_to_null=True)
            return pl.Series(np.ascontiguousarray(np.broadcast_to(array, self.shape)).reshape(-1), nan_to_null=True)
        flat = np.zeros(size, np.uint8) if array is None else np.ascontiguousarray(array).reshape(-1)
        return pl.Series(flat)


def _repeat(texts: tuple[str, ...], each: int, times: int) -> pl.Series:
    import polars as pl

    index = np.tile(np.repeat(np.arange(len(texts)), each), times)
    return pl.Series(texts, dtype=pl.String).gather(index)


@dataclass(slots=True)
class Evaluation:
    """One run of the engine over one view: results of KPIs, of nodes above them, and what it has to say."""

    definitions: Definitions
    view: View
    as_of: datetime
    kpis: Results
    nodes: Results
    findings: tuple[Finding, ...] = ()

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods evaluated, oldest first."""
        return self.kpis.periods

    def frame(self) -> pl.DataFrame:
        """Long table of KPIs and nodes together, columns `COLUMNS`."""
        import polars as pl

        return pl.concat([self.kpis.frame(), self.nodes.frame()])
