"""A KPI in the units below one: all of a few; of many those that matter, with the lowest and the highest scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fourfold.engine.statuses import Status
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import UnitPlace
from fourfold.records.queries.then import result_rows
from fourfold.records.queries.window import COLUMNS, LENGTH, Cell, cell_of

WORST: Final = 8
BEST: Final = 4


class UnitRow(NamedTuple):
    """The KPI in a unit below, over the last periods."""

    unit: UnitPlace
    cells: list[Cell | None]


@dataclass(frozen=True)
class Below:
    """The units shown, of so many that have the KPI; `worst` and `best` count those chosen by their score."""

    rows: list[UnitRow] = field(default_factory=list)
    count: int = 0
    overdue: int = 0
    worst: int = 0
    best: int = 0

    @property
    def is_all(self) -> bool:
        """True when no unit is left out."""
        return len(self.rows) == self.count


def below_of(scope: Scope, node: str, units: Sequence[UnitPlace]) -> Below:
    """The units in their own order where they are few, one statement; of many the worst first, two statements."""
    if not units:
        return Below()
    key = ("below", node, scope.view, scope.period.ordinal, *(u.pk for u in units))
    return kept(scope.run, key, lambda: _read(scope, node, units), size=lambda below: len(below.rows) * LENGTH)


def _read(scope: Scope, node: str, units: Sequence[UnitPlace]) -> Below:
    if len(units) <= WORST + BEST:
        rows = _rows(scope, node, units)
        return Below(rows, len(rows))
    now = _cells(scope, node, units, 1)
    there = [u for u in units if now[u.pk][0] is not None]
    chosen, worst, best = _ranked(there, {pk: cell for pk, (cell,) in now.items() if cell is not None})
    overdue = sum(1 for (cell,) in now.values() if cell is not None and cell.status is Status.OVERDUE)
    return Below(_rows(scope, node, chosen), len(there), overdue, worst, best)


def _ranked(units: list[UnitPlace], now: dict[int, Cell]) -> tuple[list[UnitPlace], int, int]:
    """The worst scores first, then the best; of a KPI without scores the largest values; else the first units."""
    places = {u.pk: place for u in units if (place := _place(now[u.pk])) is not None}
    if places:
        ranked = sorted((u for u in units if u.pk in places), key=lambda u: places[u.pk])
        worst, rest = ranked[:WORST], ranked[WORST:]
        best = rest[-BEST:]
        return worst + best, len(worst), len(best)
    values = {u.pk: value for u in units if (value := now[u.pk].value) is not None}
    largest = sorted((u for u in units if u.pk in values), key=lambda u: -values[u.pk])
    return (largest or units)[: WORST + BEST], 0, 0


def _place(cell: Cell) -> tuple[float, float] | None:
    """By score; where scores are held at an end of their scale, by the distance from the target."""
    if cell.score is None:
        return None
    gap = abs(cell.value - cell.target) if cell.value is not None and cell.target is not None else 0.0
    return cell.score, gap if cell.score >= 100 else -gap


def _rows(scope: Scope, node: str, units: Sequence[UnitPlace]) -> list[UnitRow]:
    cells = _cells(scope, node, units, LENGTH)
    return [UnitRow(u, cells[u.pk]) for u in units if any(cells[u.pk])]


def _cells(scope: Scope, node: str, units: Sequence[UnitPlace], length: int) -> dict[int, list[Cell | None]]:
    """The last periods of each unit, oldest first."""
    last = scope.period.ordinal
    cells: dict[int, list[Cell | None]] = {u.pk: [None] * length for u in units}
    places, first = [u.pk for u in units], last - length + 1
    for unit, _, ordinal, *fields in result_rows(
        scope, places, COLUMNS, view=scope.view, first=first, last=last, node=node
    ):
        cells[unit][ordinal - last - 1] = cell_of(fields)
    return cells
