"""Rows of figures as places in the cube: whole numbers instead of texts, each distinct text read once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Codes, Floats, Indexes, side_by_side, slabs
from fourfold.engine.definitions import Definitions
from fourfold.engine.once import once
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.tree import UnitTree

if TYPE_CHECKING:
    import polars as pl

Places = npt.NDArray[np.uint8] | npt.NDArray[np.uint16] | npt.NDArray[np.uint32]
Ordinals = npt.NDArray[np.int32]
KEYS = ("kpi", "unit")
#: Up to so many numbers Polars takes longer to begin filling gaps than NumPy to have done it.
FEW = 1 << 14


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

    def has(self, column: str) -> bool:
        """True where a row has something in this column."""
        return column in self.frame.columns and self.frame[column].null_count() < len(self.frame)

    def floats(self, column: str, some: slice[int, int, None]) -> Floats | None:
        """A column of numbers in some of the rows, NaN where there is none; None where none has one."""
        import polars as pl

        own = self.frame[column][some]
        if (lacking := own.null_count()) == len(own):
            return None
        numbers = own.cast(pl.Float64)
        return (numbers.fill_null(math.nan) if lacking and len(own) > FEW else numbers).to_numpy()

    def codes(self, column: str, some: slice[int, int, None]) -> Codes:
        """A column of codes in some of the rows, 0 where there is none."""
        import polars as pl

        return self.frame[column][some].cast(pl.UInt8).fill_null(0).to_numpy()


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

    known = _texts(definitions)
    there = not any(rows[column].null_count() for column in (*KEYS, "period"))
    size = len(rows) if there else 0
    kpi, unit = (np.empty(size, np.min_scalar_type(len(texts.categories))) for texts in known)
    period, own = np.empty(size, np.uint32), pl.Categorical(pl.Categories.random())
    kept = rows["period"].head(1).cast(own)  # codes are forgotten with the last column that has them

    def read(some: slice[int, int, None]) -> Indexes | None:
        """Write the codes of some rows; which row has each period's code, counted from 1. None for unknown texts."""
        if not (_read(rows["kpi"][some], known[0], kpi[some]) and _read(rows["unit"][some], known[1], unit[some])):
            return None
        codes = period[some] = rows["period"][some].cast(own).to_physical().to_numpy()
        row = np.zeros(int(codes.max()) + 1, dtype=np.intp)
        row[codes] = np.arange(some.start + 1, some.stop + 1)
        return row

    chunks = list(slabs((size,)))
    found = [row for row in side_by_side(read, chunks) if row is not None]
    if not there or len(found) < len(chunks):
        kpis, units = (pl.col(name).cast(codes, strict=False) for name, codes in zip(KEYS, known, strict=True))
        return locate(rows.filter(kpis.is_not_null(), units.is_not_null(), pl.col("period").is_not_null()), definitions)
    del kept
    # One row of each distinct period is enough to read it.
    one = {code: row - 1 for rows_of in found for code, row in enumerate(rows_of.tolist()) if row}
    texts = dict(zip(one, rows["period"][list(one.values())].to_list(), strict=True))
    ordinal, first = _ordinals(definitions, kpi, period, texts)
    return Rows(rows, kpi, unit, ordinal, first)


@once
def _texts(definitions: Definitions) -> tuple[pl.Enum, pl.Enum]:
    """The codes of all KPIs and of all units as types of columns."""
    import polars as pl

    return pl.Enum(list(definitions.kpi)), pl.Enum(list(unit_tree(definitions).codes))


def _read(texts: pl.Series, known: pl.Enum, places: Places) -> bool:
    """Write the places of texts among the known ones, each run of equal ones read once; False where one is not."""
    begin = np.append(0, np.flatnonzero((texts[1:] != texts[:-1]).to_numpy()) + 1)
    found = texts[begin].cast(known, strict=False).to_physical()
    if found.null_count():
        return False
    places[:] = np.repeat(found.to_numpy(), np.diff(begin, append=len(texts)))
    return True


def _ordinals(
    definitions: Definitions, kpi: Places, period: Places, texts: Mapping[int, str]
) -> tuple[Ordinals, dict[Frequency, Period]]:
    """The ordinal of each row's period, `texts` by code, and the first period of each frequency."""
    kind, frequencies = _frequencies(definitions)
    count = max(texts, default=0) + 1
    seen = np.ones((len(frequencies), count), dtype=np.bool_)
    if len(frequencies) > 1:
        seen[:] = False
        seen[kind[kpi], period] = True
    table, first = np.zeros((len(frequencies), count), dtype=np.int32), dict[Frequency, Period]()
    for i, frequency in enumerate(frequencies):
        codes = [code for code in texts if seen[i, code]]
        found = [definitions.calendar.parse(texts[code], frequency) for code in codes]
        table[i, codes] = [p.ordinal for p in found]
        if found:
            first[frequency] = min(found, key=attrgetter("ordinal"))
    ordinal = np.empty(len(kpi), dtype=np.int32)

    def number(some: slice[int, int, None]) -> None:
        ordinal[some] = table[kind[kpi[some]] if len(frequencies) > 1 else 0, period[some]]

    side_by_side(number, slabs((len(kpi),)))
    return ordinal, first


@once
def _frequencies(definitions: Definitions) -> tuple[npt.NDArray[np.int8], tuple[Frequency, ...]]:
    """The place of each KPI's frequency among those of all KPIs, and these."""
    own = [k.frequency for k in definitions.kpi.values()]
    frequencies = tuple(dict.fromkeys(own))
    return np.array([frequencies.index(f) for f in own], dtype=np.int8), frequencies
