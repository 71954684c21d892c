"""Results of one unit over the periods a page shows, read in one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from fourfold.engine.cells import State
from fourfold.engine.statuses import Status
from fourfold.records.models.result import Veiled
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import STATUSES, Scope
from fourfold.records.queries.then import result_rows

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
    confidence: float | None = None
    veil: int = Veiled.NOT
    trend: int = 0  # of what is not shown: whether it went up or down

    @property
    def is_small(self) -> bool:
        """True where the group is too small to show anything of it."""
        return self.veil == Veiled.ALL


_STATUS: Final = Cell._fields.index("status")
_VEIL: Final = Cell._fields.index("veil")
#: What is read of a row of `shown_to`.
COLUMNS: Final = Cell._fields[: _VEIL + 1]
#: What is left where nothing is shown, and of a status alone.
_HIDDEN: Final = Cell(
    None, None, None, None, None, None, Status.UNSCORED, None, State.NOT_APPLICABLE, 0, None, None, veil=Veiled.ALL
)


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


def window_of(
    scope: Scope, *, length: int = LENGTH, view: str | None = None, node: str | tuple[str, ...] | None = None
) -> Window:
    """The last `length` periods up to the one shown.

    Of every node, one, some, or those whose names begin with a name that ends in a colon.
    """
    last = scope.period.ordinal
    wanted = (scope.unit.pk, view or scope.view, last - length + 1, last, node)
    return kept(scope.run, ("window", *wanted), lambda: _read(scope, *wanted), size=lambda window: window.size)


def _read(
    scope: Scope, unit: int, view: str, first: int, last: int, node: str | tuple[str, ...] | None
) -> Window:
    cells: dict[str, list[Cell | None]] = {}
    before: dict[str, float | None] = {}  # values, of which a trend is all that is told where they are not shown
    for _, *record in result_rows(scope, [unit], COLUMNS, view=view, first=first, last=last, node=node):
        row = cells.get(record[0])
        if row is None:
            row = cells[record[0]] = [None] * (last - first + 1)
        row[record[1] - first] = cell_of(record[2:], before.get(record[0]))
        before[record[0]] = record[2]
    return Window(first, last, cells)


def cell_of(fields: Sequence[Any], before: float | None = None) -> Cell:
    """The result in the fields of a row, which are `COLUMNS`, without what is not shown of it.

    `before` is the value of the period before, of which only the direction is told.
    """
    if (veil := fields[_VEIL]) == Veiled.NOT:
        return Cell._make((*fields[:_STATUS], STATUSES[fields[_STATUS]], *fields[_STATUS + 1 :], 0))
    if veil == Veiled.ALL:
        return _HIDDEN
    value, status, state = fields[0], STATUSES[fields[_STATUS]], fields[_STATUS + 2]
    trend = 0 if value is None or before is None else (value > before) - (value < before)
    return _HIDDEN._replace(status=status, state=state, veil=veil, trend=trend)


def veiled(cell: Cell, veil: int) -> Cell:
    """The result without what is not shown of it."""
    kept = _HIDDEN._replace(status=cell.status, state=cell.state, veil=veil, trend=cell.trend)
    return _HIDDEN if Veiled.ALL in (veil, cell.veil) else kept


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
