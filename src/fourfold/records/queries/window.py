"""Results of one unit over the periods a page shows, read in one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from fourfold.engine.statuses import Status
from fourfold.records import models
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import STATUSES, Scope

LENGTH: Final = 13  # a year and the same period a year before
LONGEST: Final = 240  # periods of the longest trend


class Cell(NamedTuple):
    """One result of a node; numbers are None where there is none."""

    value: float | None
    target: float | None
    red_line: float | None
    low: float | None
    high: float | None
    score: float | None
    status: Status
    coverage: float | None
    state: int
    marks: int
    numerator: float | None
    denominator: float | None
    reason: int = 0
    data_period: str = ""


_STATUS: Final = Cell._fields.index("status")


@dataclass(frozen=True)
class Window:
    """Results of nodes from ordinal `first` to `last`, both included."""

    first: int
    last: int
    cells: Mapping[str, list[Cell | None]]

    @property
    def size(self) -> int:
        """How many results there is room for."""
        return len(self.cells) * (self.last - self.first + 1)

    def now(self, node: str) -> Cell | None:
        """The result of the last period."""
        row = self.cells.get(node)
        return row[-1] if row else None

    def before(self, node: str) -> Cell | None:
        """The result of the period before the last."""
        row = self.cells.get(node)
        return row[-2] if row and len(row) > 1 else None

    def row(self, node: str) -> list[Cell | None]:
        """All results, oldest first; None where nothing was evaluated."""
        return self.cells.get(node) or [None] * (self.last - self.first + 1)


def window_of(scope: Scope, *, length: int = LENGTH, view: str | None = None, node: str | None = None) -> Window:
    """The last `length` periods up to the one shown: every node, a node, or those below a name that ends in a colon."""
    last = scope.period.ordinal
    wanted = (scope.unit.pk, view or scope.view, last - length + 1, last, node)
    return kept(scope.run, ("window", *wanted), lambda: _read(scope, *wanted), size=lambda window: window.size)


def _read(scope: Scope, unit: int, view: str, first: int, last: int, node: str | None) -> Window:
    rows = models.Result.objects.visible_to(scope.person).filter(
        unit=unit, view=view, ordinal__gte=first, ordinal__lte=last
    )
    if node is not None:
        rows = rows.filter(node__startswith=node) if node.endswith(":") else rows.filter(node=node)
    cells: dict[str, list[Cell | None]] = {}
    for record in rows.values_list("node", "ordinal", *Cell._fields):
        row = cells.get(record[0])
        if row is None:
            row = cells[record[0]] = [None] * (last - first + 1)
        row[record[1] - first] = cell_of(record[2:])
    return Window(first, last, cells)


def cell_of(fields: Sequence[Any]) -> Cell:
    """The result in the fields of a row, which are those of a cell."""
    return Cell._make((*fields[:_STATUS], STATUSES[fields[_STATUS]], *fields[_STATUS + 1 :]))


def scores(cells: list[Cell | None]) -> list[float | None]:
    """The scores of a row."""
    return [cell.score if cell else None for cell in cells]


def values(cells: list[Cell | None]) -> list[float | None]:
    """The values of a row."""
    return [cell.value if cell else None for cell in cells]


def statuses(cells: list[Cell | None]) -> list[Status]:
    """The statuses of a row; a period that was not evaluated has no data."""
    return [cell.status if cell else Status.NO_DATA for cell in cells]


def change(now: float | None, before: float | None) -> float | None:
    """The difference, None when either is missing."""
    return None if now is None or before is None else now - before
