"""Texts as whole numbers: the codes of KPIs and units as places, the periods as ordinals, each spelling read once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Indexes
from fourfold.engine.definitions import Definitions
from fourfold.engine.once import once
from fourfold.engine.periods import Frequency, Period, PeriodError

if TYPE_CHECKING:
    import polars as pl

Hashes = npt.NDArray[np.uint64]
Ordinals = npt.NDArray[np.int32]
Places = npt.NDArray[np.int8]

#: So many bits of a hash tell up to so many texts apart.
BITS, FEW = 18, 1 << 10
#: So many spellings of periods are remembered for the same definitions.
REMEMBERED: Final = 1 << 12
#: The ordinal of a text that is no period of the frequency.
UNREADABLE: Final = int(np.iinfo(np.int32).min)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Different texts and their places, found by hashes: a tenth of the work of comparing texts.

    An unknown text would pass for a known one where all 64 bits of their hashes are the same: a chance of one in 10¹⁹
    for two texts. Few texts have some bits in which they all differ, and are found in a table by these.
    """

    texts: tuple[str, ...]
    hashes: Hashes  # ascending, or in the table
    place: Indexes  # of each hash
    shift: int | None  # where the bits of the table begin

    @classmethod
    def of(cls, texts: Sequence[str]) -> Dictionary:
        """The dictionary of these texts, in order."""
        import polars as pl

        hashes = pl.Series(texts, dtype=pl.String).hash().to_numpy()
        for shift in range(64 - BITS) if len(texts) <= FEW else ():
            if len(np.unique(bits := _bits(hashes, shift))) == len(texts):
                table, place = np.zeros(1 << BITS, dtype=np.uint64), np.zeros(1 << BITS, dtype=np.intp)
                table[bits], place[bits] = hashes, np.arange(len(texts))
                return cls(tuple(texts), table, place, shift)
        order = np.argsort(hashes)
        return cls(tuple(texts), hashes[order], order, None)

    def places(self, hashes: Hashes) -> Indexes | None:
        """The places of texts, by their hashes; None where one is not known."""
        if self.shift is None:
            at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        else:
            at = _bits(hashes, self.shift)
        return self.place.take(at) if np.array_equal(self.hashes.take(at), hashes) else None


def _bits(hashes: Hashes, shift: int) -> Indexes:
    return (hashes.view(np.int64) >> shift) & ((1 << BITS) - 1)


@once
def frequency_places(definitions: Definitions) -> tuple[Places, tuple[Frequency, ...]]:
    """The place of each KPI's frequency among those of all KPIs, and these."""
    own = [k.frequency for k in definitions.kpi.values()]
    frequencies = tuple(dict.fromkeys(own))
    return np.array([frequencies.index(f) for f in own], dtype=np.int8), frequencies


class Spellings(NamedTuple):
    """Texts that name periods, and their ordinals in each frequency, `(frequency, text)`."""

    known: Dictionary
    ordinals: Ordinals

    def read(self, hashes: Hashes, frequency: Places) -> Ordinals | None:
        """The ordinals of texts, by their hashes, each in a frequency by its place; None where one is not known."""
        if (texts := self.known.places(hashes)) is None:
            return None
        return self.ordinals[0].take(texts) if len(self.ordinals) == 1 else self.ordinals[frequency, texts]

    @classmethod
    def of(cls, texts: Sequence[str], definitions: Definitions) -> Spellings:
        """Read texts in each frequency that a KPI has."""
        frequencies = frequency_places(definitions)[1]
        table = [[_ordinal(text, frequency, definitions) for text in texts] for frequency in frequencies]
        return cls(Dictionary.of(texts), np.array(table, dtype=np.int32).reshape(len(frequencies), len(texts)))


def _ordinal(text: str, frequency: Frequency, definitions: Definitions) -> int:
    with suppress(PeriodError):
        return definitions.calendar.parse(text, frequency).ordinal
    return UNREADABLE


@once
def _met(definitions: Definitions) -> list[Spellings]:
    """The spellings met so far, in one item that gives way to a longer one."""
    return [Spellings.of((), definitions)]


def spellings(definitions: Definitions) -> Spellings:
    """The spellings of periods met so far."""
    return _met(definitions)[0]


def meet(definitions: Definitions, texts: pl.Series) -> Spellings:
    """Read the new spellings among these texts too."""
    new = dict.fromkeys(texts.unique(maintain_order=True).to_list())
    every = dict.fromkeys(spellings(definitions).known.texts) | new
    found = Spellings.of(tuple(new if len(every) > REMEMBERED else every), definitions)
    _met(definitions)[0] = found
    return found


def first_periods(definitions: Definitions, frequency: Places, ordinal: Ordinals) -> dict[Frequency, Period]:
    """The earliest period of each frequency, by place, that is among these."""
    found = {}
    for place, own in enumerate(frequency_places(definitions)[1]):
        if (some := ordinal[frequency == place]).size:
            found[own] = Period(own, int(some.min()), definitions.calendar)
    return found
