"""How far units pull in one direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fourfold.engine.alignment import Alignment, alignment
from fourfold.engine.definitions import Definitions
from fourfold.engine.words import did_you_mean, show
from fourfold.engine.workings import AlignmentWorking
from fourfold.engine.workings.working import plain
from fourfold.errors import NotFound
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import cells
from fourfold.scorecard.sheet import Sheet, Shown, rounded

if TYPE_CHECKING:
    import polars as pl

#: The four shares; they are never blended into one.
SHARES: Final = ("up", "down", "side", "people")
#: What the shares count.
LEGEND: Final = (
    "Of a unit's objectives, up: carry one of the unit above; down: a unit below carries them; side: in themes shared "
    "with neighbours, one KPI for all; people: work for an objective. – there are none"
)


@dataclass(frozen=True, repr=False)
class Alignments(Shown):
    """The four shares of units, 0 to 100."""

    definitions: Definitions
    items: tuple[Alignment, ...]

    def at(self, unit: str) -> Alignment:
        """The alignment of a unit; raises `NotFound`."""
        found = {a.unit: a for a in self.items}
        if unit not in found:
            raise NotFound(f"There is no {show(unit)} here.", hint=did_you_mean(unit, list(found), "unit"))
        return found[unit]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each unit; of one unit also what does not count."""
        heads = ("Unit", "Up", "Down", "Side", "People")
        rows = tuple(
            (self.definitions.unit[a.unit].name, *(rounded(plain(getattr(a, s).value)) for s in SHARES))
            for a in self.items
        )
        notes = tuple(AlignmentWorking.of(self.items[0]).words()) if len(self.items) == 1 else (LEGEND,)
        title = f"Alignment: {self.definitions.organisation.name}"
        return (Sheet(title, heads, rows, frozenset(heads[1:]), (0,), notes),)

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each unit and share: `unit, share, value, counted, of, lacking` (codes joined by commas)."""
        names = ("unit", "share", "value", "counted", "of", "lacking")
        rows = (
            (a.unit, name, plain(s.value), s.counted, s.of, ",".join(s.lacking))
            for a in self.items
            for name in SHARES
            for s in (getattr(a, name),)
        )
        return cells(names, rows, frozenset({"unit", "share", "lacking"}))

    def explain(self, unit: str) -> WorkingExplanation:
        """The four shares of a unit in sentences, with everything they count."""
        return WorkingExplanation(AlignmentWorking.of(self.at(unit)))


def alignments(definitions: Definitions, unit: str | None) -> Alignments:
    """The alignment of a unit, or of all of them; raises `NotFound`."""
    if unit is not None and unit not in definitions.unit:
        raise NotFound(f"There is no unit {show(unit)}.", hint=did_you_mean(unit, list(definitions.unit), "unit"))
    units = [u.code for u in definitions.units] if unit is None else [unit]
    return Alignments(definitions, tuple(alignment(definitions, code) for code in units))
