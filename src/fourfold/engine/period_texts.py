"""Columns of texts that name periods, as ordinals: each spelling is read once for the same definitions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Indexes, side_by_side, slabs
from fourfold.engine.definitions import Definitions
from fourfold.engine.once import once
from fourfold.engine.periods import Frequency, Period, PeriodError

if TYPE_CHECKING:
    import polars as pl

Ordinals = npt.NDArray[np.int32]
Places = npt.NDArray[np.int8]

#: So many spellings are remembered for the same definitions.
REMEMBERED: Final = 1 << 12
#: The ordinal of a text that is no period of the frequency.
UNREADABLE: Final = int(np.iinfo(np.int32).min)


@once
def frequency_places(definitions: Definitions) -> tuple[Places, tuple[Frequency, ...]]:
    """The place of each KPI's frequency among those of all KPIs, and these."""
    own = [k.frequency for k in definitions.kpi.values()]
    frequencies = tuple(dict.fromkeys(own))
    return np.array([frequencies.index(f) for f in own], dtype=np.int8), frequencies


def first_periods(definitions: Definitions, frequency: Places, ordinal: Ordinals) -> dict[Frequency, Period]:
    """The earliest period of each frequency, by place, that is among these."""
    found = {}
    for place, own in enumerate(frequency_places(definitions)[1]):
        if (some := ordinal[frequency == place]).size:
            found[own] = Period(own, int(some.min()), definitions.calendar)
    return found


class _Spellings(NamedTuple):
    """Texts as a type of a column, and the ordinal of each in each frequency."""

    texts: pl.Enum
    ordinals: npt.NDArray[np.int32]  # (frequency, text)


@once
def _known(definitions: Definitions) -> list[_Spellings]:
    """The spellings met so far, in one item that gives way to a longer one."""
    return [_read((), definitions)]


def _read(texts: Sequence[str], definitions: Definitions) -> _Spellings:
    """Read texts in each frequency that a KPI has."""
    import polars as pl

    frequencies = frequency_places(definitions)[1]
    table = np.full((len(frequencies), len(texts)), UNREADABLE, dtype=np.int32)
    for i, frequency in enumerate(frequencies):
        for j, text in enumerate(texts):
            with suppress(PeriodError):
                table[i, j] = definitions.calendar.parse(text, frequency).ordinal
    return _Spellings(pl.Enum(texts), table)


def ordinals_of(texts: pl.Series, definitions: Definitions, frequency: Places) -> Ordinals:
    """The ordinal of each period, in the frequency (by its place) of its KPI.

    Raises `PeriodError` for a text that is no period of that frequency.
    """
    kept, ordinal = _known(definitions), np.empty(len(texts), dtype=np.int32)
    if not _write(texts, kept[0], frequency, ordinal):
        new = dict.fromkeys(texts.unique(maintain_order=True).to_list())
        old = dict.fromkeys(kept[0].texts.categories.to_list())
        kept[0] = spellings = _read(tuple(new if len(old | new) > REMEMBERED else old | new), definitions)
        _write(texts, spellings, frequency, ordinal)
    if ordinal.size and ordinal[row := int(ordinal.argmin())] == UNREADABLE:
        definitions.calendar.parse(texts[row], frequency_places(definitions)[1][frequency[row]])
    return ordinal


def _write(texts: pl.Series, known: _Spellings, frequency: Places, ordinal: Ordinals) -> bool:
    """Write the ordinals of known spellings; False where one is not known."""
    one = len(known.ordinals) == 1

    def write(some: slice[int, int, None]) -> bool:
        code = texts[some].cast(known.texts, strict=False).to_physical()
        if code.null_count():
            return False
        places: Indexes = code.to_numpy()
        ordinal[some] = known.ordinals[0].take(places) if one else known.ordinals[frequency[some], places]
        return True

    return all(side_by_side(write, slabs((len(texts),))))
