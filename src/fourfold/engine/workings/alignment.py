"""How the four shares of a unit's alignment came about (methodology §1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from fourfold.engine.alignment import Alignment, Share
from fourfold.engine.workings.working import Plain, Working

#: What each share counts, in the order in which they are shown.
COUNTS: Final[Mapping[str, str]] = {
    "up": "objectives that carry one of the unit above",
    "down": "objectives that a unit directly below carries",
    "side": "objectives in a theme shared with neighbours that have one KPI with all of them",
    "people": "people whose KPIs or work belong to an objective",
}


@dataclass(frozen=True)
class Things:
    """All things of a share by code with their weights, and those of them that do not count."""

    weights: Mapping[str, float]
    lacking: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """What counts, 0 to 100; None where there is nothing."""
        total = sum(self.weights.values())
        counted = sum(w for code, w in self.weights.items() if code not in self.lacking)
        return 100.0 * counted / total if total else None


@dataclass(frozen=True)
class AlignmentWorking(Working):
    """The things of each share of a unit."""

    kind: ClassVar[str] = "alignment"
    unit: str
    things: Mapping[str, Things]

    @classmethod
    def of(cls, found: Alignment) -> AlignmentWorking:
        """The working of an alignment."""
        shares: dict[str, Share] = {name: getattr(found, name) for name in COUNTS}
        return cls(found.unit, {name: Things(s.weights, s.lacking) for name, s in shares.items()})

    def answer(self) -> dict[str, Plain]:
        """The four shares; they are never blended into one."""
        return {name: things.share for name, things in self.things.items()}

    def words(self) -> list[str]:
        """Each share with what counts, by weight, and what does not."""
        said = []
        for name, things in self.things.items():
            if things.share is None:
                said.append(f"{name}: there are no {COUNTS[name].split(' that ')[0].split(' whose ')[0]} to count.")
                continue
            count, out = len(things.weights), len(things.lacking)
            lacking = f"; not {', '.join(things.lacking)}" if things.lacking else ""
            said.append(f"{name}: {things.share:.0f} of 100, {count - out} of {count} {COUNTS[name]}{lacking}.")
        return said
