"""Rows of figures as places in the cube: whole numbers instead of texts, each distinct text read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Floats
from fourfold.engine.definitions import Definitions
from fourfold.engine.once import once
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.tree import UnitTree

if TYPE_CHECKING:
    import polars as pl

Places = npt.NDArray[np.uint8] | npt.NDArray[np.uint16] | npt.NDArray[np.uint32]
Ordinals = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of known KPIs and units: for each the place of its KPI and unit, and the ordinal of its period.

    KPIs and units are numbered in the order of the definitions; ordinals count in the KPI's own frequency. `first`
    is the earliest period of each frequency that has a row.
    """

    frame: pl.DataFrame
    kpi: Places
    unit: Places
    ordinal: Ordinals
    first: Mapping[Frequency, Period]

    def floats(self, *columns: str) -> dict[str, Floats]:
        """Those of these columns in which a row has a number, NaN where there is none."""
        import polars as pl

        there = [c for c in columns if c in self.frame.columns and self.frame[c].null_count() < len(self.frame)]
        filled = self.frame.select(pl.col(there).cast(pl.Float64).fill_null(float("nan")))
        return {c: filled[c].to_numpy() for c in there}

    def codes(self, column: str) -> npt.NDArray[np.uint8] | None:
        """A column of codes, 0 where there is none; None without the column."""
        import polars as pl

        own = self.frame.get_column(column, default=None)
        return None if own is None else own.cast(pl.UInt8).fill_null(0).to_numpy()


@once
def unit_tree(definitions: Definitions) -> UnitTree:
    """The tree of the units."""
    return UnitTree.of(definitions.units)


@once
def kpi_places(definitions: Definitions) -> dict[str, int]:
    """The number of each KPI."""
    return {code: i for i, code in enumerate(definitions.kpi)}


def locate(rows: pl.DataFrame | Rows, definitions: Definitions) -> Rows:
    """Find the places of rows `kpi, unit, period, …`; rows of other KPIs or units are left out.

    Raises `PeriodError` for a period that cannot be read in the frequency of its KPI.
    """
    if isinstance(rows, Rows):
        return rows
    import polars as pl

    known = {"kpi": pl.Enum(list(definitions.kpi)), "unit": pl.Enum(list(unit_tree(definitions).codes))}
    places = rows.select(
        *(pl.col(column).cast(codes, strict=False).to_physical() for column, codes in known.items()),
        pl.col("period").cast(pl.Categorical).to_physical(),
    )
    if any(column.null_count() for column in places):
        return locate(rows.filter(places.select(pl.all_horizontal(pl.all().is_not_null())).to_series()), definitions)
    kpi, unit, period = (column.to_numpy() for column in places)
    # One row of each distinct period is enough to read it.
    where = np.zeros(int(period.max(initial=0)) + 1, dtype=np.int64)
    where[period] = np.arange(1, len(period) + 1)
    period = (np.cumsum(where > 0, dtype=np.uint32) - np.uint32(1))[period]
    texts = [rows["period"][int(i) - 1] for i in where[where > 0]]
    ordinal, first = _ordinals(definitions, kpi, period, texts)
    return Rows(rows, kpi, unit, ordinal, first)


def _ordinals(
    definitions: Definitions, kpi: Places, period: Places, texts: list[str]
) -> tuple[Ordinals, dict[Frequency, Period]]:
    """The ordinal of each row's period and the first period of each frequency."""
    own = [k.frequency for k in definitions.kpi.values()]
    frequencies = list(dict.fromkeys(own))
    text: Places | Ordinals = period
    if len(frequencies) > 1:
        kind = np.array([frequencies.index(f) for f in own], dtype=np.int32)
        text = kind[kpi] * np.int32(len(texts)) + period
    table = np.zeros(len(frequencies) * len(texts), dtype=np.int32)
    seen = np.zeros(table.shape, dtype=bool)
    seen[text] = True
    first: dict[Frequency, Period] = {}
    for i in np.flatnonzero(seen):
        frequency = frequencies[i // len(texts)]
        found = definitions.calendar.parse(texts[i % len(texts)], frequency)
        table[i] = found.ordinal
        first[frequency] = min(first.get(frequency, found), found)
    return table[text], first
