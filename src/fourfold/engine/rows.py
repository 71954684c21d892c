"""Rows of figures as places in the cube: whole numbers instead of texts, each distinct text read once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from fourfold.engine.cells import Codes, Floats, Indexes, side_by_side, slabs
from fourfold.engine.definitions import Definitions
from fourfold.engine.once import once
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.text_places import (
    UNREADABLE,
    Dictionary,
    Ordinals,
    Spellings,
    first_periods,
    frequency_places,
    meet,
    spellings,
)
from fourfold.engine.tree import UnitTree

if TYPE_CHECKING:
    import polars as pl

KEYS: Final = ("kpi", "unit", "period")


class Lanes(NamedTuple):
    """Rows in runs of one KPI and unit, as a table sorted by both has them; in any other order a run is a row or two.

    For each the row it begins at, the places of its KPI and unit, and the first and the last of its periods.
    """

    begin: Indexes
    kpi: Indexes
    unit: Indexes
    low: Ordinals
    high: Ordinals

    def lengths(self, some: slice[int, int, None]) -> tuple[slice[int, int, None], Indexes]:
        """The lanes of some rows, and how many of these rows each has."""
        start, stop = np.searchsorted(self.begin, some.start, "right") - 1, np.searchsorted(self.begin, some.stop)
        begin = np.append(self.begin[start:stop], some.stop)
        begin[0] = some.start
        return slice(int(start), int(stop)), begin[1:] - begin[:-1]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of known KPIs and units: for each the place of its KPI and unit, and the ordinal of its period.

    KPIs and units are numbered in the order of the definitions; ordinals count in the KPI's own frequency. `first`
    is the earliest period of each frequency that has a row.
    """

    frame: pl.DataFrame
    lanes: Lanes
    ordinal: Ordinals
    first: Mapping[Frequency, Period]

    @property
    def kpi(self) -> Indexes:
        """The place of the KPI of each row."""
        return np.repeat(self.lanes.kpi, self.lanes.lengths(slice(0, len(self.ordinal)))[1])

    @property
    def unit(self) -> Indexes:
        """The place of the unit of each row."""
        return np.repeat(self.lanes.unit, self.lanes.lengths(slice(0, len(self.ordinal)))[1])

    def has(self, column: str) -> bool:
        """True where a row has something in this column."""
        return column in self.frame.columns and self.frame[column].null_count() < len(self.frame)

    def columns(
        self, floats: Sequence[str], codes: Sequence[str], some: slice[int, int, None]
    ) -> dict[str, Floats | Codes]:
        """Columns of numbers, NaN where there is none, and of codes, 0 where there is none, in some of the rows.

        A column of numbers is left out where no row has one.
        """
        part = self.frame.slice(some.start, some.stop - some.start)
        given = tuple(name for name in floats if part[name].null_count() < len(part))
        found = part.select_seq(_without_gaps(given, tuple(codes)))
        return {name: found[name].to_numpy() for name in (*given, *codes)}


@lru_cache(maxsize=64)
def _without_gaps(floats: tuple[str, ...], codes: tuple[str, ...]) -> list[pl.Expr]:
    """Columns of numbers with NaN for null, and of codes with 0 for null."""
    import polars as pl

    numbers = pl.col(floats).cast(pl.Float64).fill_null(math.nan)
    return [numbers, *(pl.col(name).cast(pl.UInt8).fill_null(0) for name in codes)]


@once
def unit_tree(definitions: Definitions) -> UnitTree:
    """The tree of the units."""
    return UnitTree.of(definitions.units)


@once
def kpi_places(definitions: Definitions) -> dict[str, int]:
    """The number of each KPI."""
    return {code: i for i, code in enumerate(definitions.kpi)}


@once
def _codes(definitions: Definitions) -> tuple[Dictionary, Dictionary]:
    """The codes of all KPIs and of all units."""
    return Dictionary.of(tuple(definitions.kpi)), Dictionary.of(unit_tree(definitions).codes)


def locate(rows: pl.DataFrame | Rows, definitions: Definitions) -> Rows:
    """Find the places of rows `kpi, unit, period, …`; rows of other KPIs or units are left out.

    Raises `PeriodError` for a period that cannot be read in the frequency of its KPI.
    """
    if isinstance(rows, Rows):
        return rows
    if any(rows[column].null_count() for column in KEYS):
        return locate(_known_only(rows, definitions), definitions)
    parts, ordinal = _read(rows, definitions, spellings(definitions))
    if any(part.kpi is None or part.unit is None for part in parts):
        return locate(_known_only(rows, definitions), definitions)
    if any(part.low is None for part in parts):
        parts, ordinal = _read(rows, definitions, meet(definitions, rows["period"]))
    begin, kpi, unit, low, high = (np.concatenate(column) for column in zip(NONE, *parts, strict=True))
    places, frequencies = frequency_places(definitions)
    if low.min(initial=0) == UNREADABLE:
        row = int(ordinal.argmin())
        lane = np.searchsorted(begin, row, "right") - 1
        definitions.calendar.parse(rows["period"][row], frequencies[places[kpi[lane]]])
    return Rows(rows, Lanes(begin, kpi, unit, low, high), ordinal, first_periods(definitions, places[kpi], low))


class _Part(NamedTuple):
    """The lanes of some rows; None where a text is not known."""

    begin: Indexes
    kpi: Indexes | None
    unit: Indexes | None
    low: Ordinals | None
    high: Ordinals | None


_NOWHERE: Final[Indexes] = np.zeros(0, dtype=np.intp)
_NEVER: Final[Ordinals] = np.zeros(0, dtype=np.int32)
#: What no rows are read as.
NONE: Final = _Part(_NOWHERE, _NOWHERE, _NOWHERE, _NEVER, _NEVER)


def _read(rows: pl.DataFrame, definitions: Definitions, known: Spellings) -> tuple[list[_Part], Ordinals]:
    """Read rows, some at a time; the ordinal of each row, where all its texts are known."""
    kpis, units = _codes(definitions)
    frequency, ordinals, hashed = frequency_places(definitions)[0], np.empty(len(rows), dtype=np.int32), _hashes()

    def read(some: slice[int, int, None]) -> _Part:
        # In this thread, as in `columns`: several slabs at once would wait for each other in the threads of Polars.
        columns = rows.slice(some.start, some.stop - some.start).select_seq(hashed)
        kpi, unit, period = (columns[name].to_numpy() for name in KEYS)
        new = kpi[1:] != kpi[:-1]
        new |= unit[1:] != unit[:-1]
        begin = np.append(0, np.flatnonzero(new) + 1)
        found = kpis.places(kpi[begin])
        if found is None:
            return _Part(begin, None, None, None, None)
        each = np.repeat(frequency[found], np.diff(begin, append=len(kpi)))
        if (ordinal := known.read(period, each)) is None:
            return _Part(begin, found, units.places(unit[begin]), None, None)
        ordinals[some] = ordinal
        low, high = np.minimum.reduceat(ordinal, begin), np.maximum.reduceat(ordinal, begin)
        return _Part(begin + some.start, found, units.places(unit[begin]), low, high)

    return side_by_side(read, slabs((len(rows),))), ordinals


@lru_cache(maxsize=1)
def _hashes() -> pl.Expr:
    import polars as pl

    return pl.col(KEYS).cast(pl.String).hash()


def _known_only(rows: pl.DataFrame, definitions: Definitions) -> pl.DataFrame:
    """The rows of known KPIs and units that have a period."""
    import polars as pl

    kinds = (pl.Enum(list(kpi_places(definitions))), pl.Enum(list(unit_tree(definitions).codes)))
    known = [pl.col(name).cast(kind, strict=False).is_not_null() for name, kind in zip(KEYS[:2], kinds, strict=True)]
    return rows.filter(*known, pl.col("period").is_not_null())
