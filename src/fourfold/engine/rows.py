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
from fourfold.engine.period_texts import Ordinals, first_periods, frequency_places, ordinals_of
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.tree import UnitTree

if TYPE_CHECKING:
    import polars as pl

KEYS = ("kpi", "unit")
#: Up to so many texts a dictionary is faster than Polars.
FEW: Final = 1 << 10


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
        found = part.select(_without_gaps(given, tuple(codes)))
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


def locate(rows: pl.DataFrame | Rows, definitions: Definitions) -> Rows:
    """Find the places of rows `kpi, unit, period, …`; rows of other KPIs or units are left out.

    Raises `PeriodError` for a period that cannot be read in the frequency of its KPI.
    """
    if isinstance(rows, Rows):
        return rows
    import polars as pl

    known = _texts(definitions)
    there = not any(rows[column].null_count() for column in (*KEYS, "period"))
    chunks = list(slabs((len(rows),)))

    def read(some: slice[int, int, None]) -> tuple[Indexes, Indexes, Indexes] | None:
        """Where the lanes of some rows begin, and whose they are; None where a text is not known."""
        kpi, unit = (rows[name][some] for name in KEYS)
        begin = np.append(0, np.flatnonzero(((kpi[1:] != kpi[:-1]) | (unit[1:] != unit[:-1])).to_numpy()) + 1)
        places = [_places(texts[begin], codes) for texts, codes in zip((kpi, unit), known, strict=True)]
        return None if places[0] is None or places[1] is None else (begin + some.start, places[0], places[1])

    found = [lanes for lanes in side_by_side(read, chunks) if lanes is not None] if there else []
    if not there or len(found) < len(chunks):
        kpis, units = (pl.col(name).cast(k.codes, strict=False) for name, k in zip(KEYS, known, strict=True))
        return locate(rows.filter(kpis.is_not_null(), units.is_not_null(), pl.col("period").is_not_null()), definitions)
    nothing = np.zeros(0, dtype=np.intp)
    begin, kpi, unit = (np.concatenate(column) for column in zip(*(found or [(nothing,) * 3]), strict=True))
    frequency = frequency_places(definitions)[0][kpi]  # of each lane
    ordinal = ordinals_of(rows["period"], definitions, np.repeat(frequency, np.diff(begin, append=len(rows))))
    low, high = (ufunc.reduceat(ordinal, begin) if len(begin) else ordinal for ufunc in (np.minimum, np.maximum))
    return Rows(rows, Lanes(begin, kpi, unit, low, high), ordinal, first_periods(definitions, frequency, low))


class _Known(NamedTuple):
    """The codes of all KPIs, or of all units: their places, and as a type of a column."""

    place: Mapping[str, int]
    codes: pl.Enum


@once
def _texts(definitions: Definitions) -> tuple[_Known, _Known]:
    import polars as pl

    places = kpi_places(definitions), unit_tree(definitions).index
    return _Known(places[0], pl.Enum(list(places[0]))), _Known(places[1], pl.Enum(list(places[1])))


def _places(texts: pl.Series, known: _Known) -> Indexes | None:
    """The places of texts among the known ones; None where one is not."""
    if len(texts) <= FEW:
        few = [known.place.get(text, -1) for text in texts.to_list()]
        return None if min(few) < 0 else np.array(few, dtype=np.intp)
    found = texts.cast(known.codes, strict=False).to_physical()
    return None if found.null_count() else found.to_numpy().astype(np.intp)
