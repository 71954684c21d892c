"""What one run of the engine gives: arrays of results for KPIs and nodes, and the long table of both."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Bools, Codes, Floats, Indexes
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding
from fourfold.engine.periods import Period

if TYPE_CHECKING:
    import polars as pl

_A = TypeVar("_A", Floats, Codes)
Integers = npt.NDArray[np.int64] | npt.NDArray[np.uint32]
View = Literal["month", "quarter", "half", "year", "week", "day", "ytd"]

#: Columns of the long table, in order; one row per node, unit and period.
COLUMNS = (
    "node", "unit", "period", "ordinal", "value", "numerator", "denominator", "state", "marks", "reason",
    "target", "red_line", "low", "high", "score", "status", "coverage", "confidence", "data_period",
)  # fmt: skip
_ANCHORS = ("target", "red_line", "low", "high")
_FLOATS = ("value", "numerator", "denominator", "target", "red_line", "low", "high", "score", "coverage", "confidence")


@dataclass(frozen=True, slots=True)
class Anchors:
    """Anchors of some KPIs that stand together, by name: arrays that broadcast to `(kpi, unit, period)`.

    The unit axis has length 1 where all units share them, and a name is there only where a KPI has such an anchor:
    in full these arrays would be most of what results take up. Where `units` is given, the unit axis has these places
    of units alone, and no other unit has any anchor.
    """

    count: int
    arrays: Mapping[str, Floats]
    units: Indexes | None = None

    @classmethod
    def of(cls, count: int, arrays: Mapping[str, Floats]) -> Anchors:
        """These without the units that have none: where figures add up, often only the root is given a target."""
        wide = [array for array in arrays.values() if array.shape[1] > 1]
        # Mostly the last period alone tells that every unit has some.
        if not wide or not _without(array[..., -1:] for array in wide).any() or not (bare := _without(wide)).any():
            return cls(count, arrays)
        if any(array.shape[1] == 1 and not np.isnan(array).all() for array in arrays.values()):
            return cls(count, arrays)  # shared by all units
        there = np.flatnonzero(~bare)
        return cls(count, {n: a[:, there] if a.shape[1] > 1 else a for n, a in arrays.items()}, there)

    def full(self, name: str, units: int) -> Floats:
        """One of them for so many units, NaN where there is none; still to be broadcast."""
        array = self.arrays[name]
        if self.units is None:
            return array
        whole = np.full((array.shape[0], units, array.shape[2]), np.nan)
        whole[:, self.units] = array
        return whole

    def part(self, periods: slice[int, int, None], full: int) -> Anchors:
        """Those of some of so many periods, as views."""
        some = {n: a[..., periods] if a.shape[-1] == full else a for n, a in self.arrays.items()}
        return replace(self, arrays=some)


def _without(arrays: Iterable[Floats]) -> Bools:
    """The units (second axis) without any number in any of the arrays."""
    return reduce(np.logical_and, (np.asarray(np.isnan(array).all(axis=(0, 2))) for array in arrays))


@dataclass(slots=True)
class Results:
    """Results of nodes of one kind: every array is `(node, unit, period)`.

    `score` is 0..125 and NaN where there is none; `status`, `state`, `marks` and `reason` are codes. `coverage` and
    `confidence` are shares 0..1, and one array where they are the same: results are only read. `anchors` are those of
    all KPIs in order; `anchor` gives one of them in full. `data_period` is the period, in the KPI's own frequency, of
    the figure shown; `older` has that of units that show an older one because the next is late.
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
    anchors: tuple[Anchors, ...] = ()
    data_period: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # kpi → own period id per view period
    rule: Mapping[str, str] = field(default_factory=dict)  # kpi → how its latest red line came about
    older: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)  # (kpi, unit) → as `data_period`

    def anchor(self, name: str) -> Floats | None:
        """One of `target, red_line, floor, stretch, low, high, red_low, red_high` or `cut`, from which a score is on.

        A new array `(node, unit, period)`, NaN where there is none; None where no node has one.
        """
        if not any(name in a.arrays for a in self.anchors):
            return None
        whole, start = np.full(self.shape, np.nan), 0
        for part in self.anchors:
            if name in part.arrays:
                whole[start : start + part.count] = part.full(name, self.shape[1])
            start += part.count
        return whole

    def anchors_at(self, node: int, unit: int, period: int) -> dict[str, float]:
        """The anchors of one cell by name, those that are there."""
        for part in self.anchors:
            if node < part.count:
                full = (part.count, *self.shape[1:])
                row = {name: np.broadcast_to(part.full(name, self.shape[1]), full) for name in part.arrays}
                cell = {name: float(array[node, unit, period]) for name, array in row.items()}
                return {name: number for name, number in cell.items() if not math.isnan(number)}
            node -= part.count
        return {}

    def part(self, periods: slice[int, int, None]) -> Results:
        """The results of some of the periods, as views."""

        def maybe(array: _A | None) -> _A | None:
            return None if array is None else array[..., periods]

        return Results(
            self.nodes, self.units, self.periods[periods], self.score[..., periods], self.status[..., periods],
            self.coverage[..., periods], self.confidence[..., periods], self.marks[..., periods],
            maybe(self.value), maybe(self.numerator), maybe(self.denominator), maybe(self.state), maybe(self.reason),
            tuple(a.part(periods, self.shape[2]) for a in self.anchors),
            {node: own[periods] for node, own in self.data_period.items()}, self.rule,
            {cell: own[periods] for cell, own in self.older.items()},
        )  # fmt: skip

    def shown_from(self, node: str, unit: str, period: int) -> str:
        """The id of the period, in the KPI's own frequency, of the figure shown; empty where it is that period."""
        texts = self.older.get((node, unit)) or self.data_period.get(node)
        return texts[period] if texts else ""

    @property
    def target(self) -> Floats | None:
        """The targets in full; see `anchor`."""
        return self.anchor("target")

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
        texts = (*self.data_period.values(), *self.older.values())
        own = ("", *dict.fromkeys(text for some in texts for text in some))
        place = {text: i for i, text in enumerate(own)}
        shows = np.zeros((n, u if self.older else 1, p), dtype=np.uint32)
        for i, node in enumerate(self.nodes):
            if node in self.data_period:
                shows[i] = [place[text] for text in self.data_period[node]]
        for (node, unit), some in self.older.items():
            shows[self.index[node], self.units.index(unit)] = [place[text] for text in some]
        columns: dict[str, pl.Series] = {
            "node": self._texts(self.nodes, np.arange(n)[:, None, None]),
            "unit": self._texts(self.units, np.arange(u)[:, None]),
            "period": self._texts(tuple(q.id for q in self.periods), np.arange(p)),
            "ordinal": self._cells(np.array([q.ordinal for q in self.periods], dtype=np.int64)),
            "data_period": self._texts(own, shows),
        }
        for name in _FLOATS:
            array: Floats | None = self.anchor(name) if name in _ANCHORS else getattr(self, name)
            columns[name] = self._cells(np.array(np.nan) if array is None else array)
        for name in ("state", "marks", "reason", "status"):
            codes: Codes | None = getattr(self, name)
            columns[name] = self._cells(np.zeros((), np.uint8) if codes is None else codes)
        return pl.DataFrame(columns).select(COLUMNS)

    def _texts(self, texts: tuple[str, ...], index: Indexes | Integers) -> pl.Series:
        """Texts of all cells, by their places."""
        import polars as pl

        return pl.Series(texts, dtype=pl.String).gather(self._cells(index.astype(np.uint32)))

    def _cells(self, array: Floats | Codes | Integers) -> pl.Series:
        """An array as a column of all cells."""
        import polars as pl

        return pl.Series(np.broadcast_to(array, self.shape).reshape(-1), nan_to_null=True)


@dataclass(slots=True)
class Evaluation:
    """One run of the engine over one view: results of KPIs, of nodes above them, and what it has to say.

    `before` has the results of KPIs and nodes in the period before the first one, where scores of it may be carried.
    """

    definitions: Definitions
    view: View
    as_of: datetime
    kpis: Results
    nodes: Results
    findings: tuple[Finding, ...] = ()
    before: tuple[Results, Results] | None = None

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods evaluated, oldest first."""
        return self.kpis.periods

    def frame(self) -> pl.DataFrame:
        """Long table of KPIs and nodes together, columns `COLUMNS`."""
        import polars as pl

        return pl.concat([self.kpis.frame(), self.nodes.frame()])
