"""Alignment: KPIs or objectives across units in one period, and the statuses of one unit period by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from fourfold.engine.definitions import Perspective
from fourfold.records.models.result import Veiled
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import UnitPlace
from fourfold.records.queries.then import result_rows
from fourfold.records.queries.window import COLUMNS, Cell, Window, cell_of, window_of

NOUNS: Final = ("kpi", "objective")
PER_PAGE: Final = 12  # units side by side
SPREAD_LIMIT: Final = 4_000  # results read for the spread of units that are not on the page


class Compared(NamedTuple):
    """The result of a KPI or objective in a unit, now and in the period before."""

    now: Cell
    before: Cell | None


Cells = dict[tuple[int, str], Compared]  # by unit and code


@dataclass(frozen=True)
class Alignment:
    """A page of units beside the unit above them."""

    scope: Scope
    noun: str
    head: UnitPlace
    peers: tuple[UnitPlace, ...]  # those on this page
    found: int  # how many there are on all pages
    page: int
    pages: int
    rows: list[tuple[Perspective | None, list[str]]]  # codes; the KPIs of no objective come last, without perspective
    cells: Cells
    spread: dict[str, list[float]]  # scores of all peers by code; of this page where there are too many
    whole_spread: bool
    months: Window


def alignment_of(scope: Scope, *, noun: str = "kpi", words: str = "", page: int = 1) -> Alignment:
    """Three statements: the units of the page, the spread of all of them, and the periods of the scope's unit.

    The units compared are those below the scope's unit; for a unit with none below it, its neighbours. `words`
    keeps those whose name holds them.
    """
    head, peers = _peers(scope)
    wanted = [u for u in peers if words.lower() in u.name.lower()]
    pages = max(1, -(-len(wanted) // PER_PAGE))
    page = min(max(1, page), pages)
    shown = tuple(wanted[(page - 1) * PER_PAGE : page * PER_PAGE])
    cells = compared_cells(scope, noun, (head, *shown))
    rows = _rows(scope, noun, {code for _, code in cells})
    count = sum(len(codes) for _, codes in rows)
    is_whole = len(peers) == len(shown)
    may_read_all = len(peers) * count <= SPREAD_LIMIT
    return Alignment(
        scope=scope,
        noun=noun,
        head=head,
        peers=shown,
        found=len(wanted),
        page=page,
        pages=pages,
        rows=rows,
        cells=cells,
        spread=_spread(scope, noun, peers) if may_read_all and not is_whole else _spread_of(cells, head),
        whole_spread=may_read_all or is_whole,
        months=window_of(scope, node=f"{noun}:"),
    )


def _peers(scope: Scope) -> tuple[UnitPlace, list[UnitPlace]]:
    below, above = scope.below(), scope.structure.unit_of.get(scope.unit.parent or 0)
    if below or above is None or above not in scope.units:
        return scope.unit, below
    return above, scope.below(above)


def _rows(scope: Scope, noun: str, evaluated: set[str]) -> list[tuple[Perspective | None, list[str]]]:
    """Codes that have a result anywhere on the page, by perspective; each KPI once."""
    structure = scope.structure
    placed: set[str] = set()
    groups: list[tuple[Perspective | None, list[str]]] = []
    for perspective in structure.perspectives:
        codes: dict[str, None] = {}
        for objective in structure.objectives_of.get(perspective.code, []):
            uses = [objective.code] if noun == "objective" else _kpis_of(scope, objective.code)
            codes.update((code, None) for code in uses if code in evaluated - placed)
        placed |= codes.keys()
        groups.append((perspective, list(codes)))
    loose = [k.code for k in structure.kpis if k.code in evaluated - placed] if noun == "kpi" else []
    return [*groups, (None, loose)] if loose else groups


def _kpis_of(scope: Scope, objective: str) -> list[str]:
    return [use.kpi for use in scope.structure.uses_of.get(objective, [])]


def compared_cells(scope: Scope, noun: str, units: Sequence[UnitPlace]) -> Cells:
    """Results of all KPIs or objectives in these units, kept until something changes; at most one statement."""
    key = _key("cells", scope, noun, units)
    return kept(scope.run, key, lambda: _read_cells(scope, noun, units), size=len)


def _key(what: str, scope: Scope, noun: str, units: Sequence[UnitPlace]) -> tuple[object, ...]:
    return what, noun, scope.view, scope.period.ordinal, *(u.pk for u in units)


def _read_cells(scope: Scope, noun: str, units: Sequence[UnitPlace]) -> Cells:
    now, prefix = scope.period.ordinal, f"{noun}:"
    rows = result_rows(
        scope, [u.pk for u in units], COLUMNS, view=scope.view, first=now - 1, last=now, node=prefix
    )
    cells: Cells = {}
    before: dict[tuple[int, str], Cell] = {}
    for unit, node, ordinal, *fields in rows:
        key, cell = (unit, node.removeprefix(prefix)), cell_of(fields)
        if ordinal < now:
            before[key] = cell
        else:
            cells[key] = Compared(cell, before.get(key))
    return cells


def _spread(scope: Scope, noun: str, peers: Sequence[UnitPlace]) -> dict[str, list[float]]:
    key, read = _key("spread", scope, noun, peers), lambda: _read_spread(scope, noun, peers)
    return kept(scope.run, key, read, size=lambda spread: sum(map(len, spread.values())))


def _read_spread(scope: Scope, noun: str, peers: Sequence[UnitPlace]) -> dict[str, list[float]]:
    now = scope.period.ordinal
    rows = result_rows(
        scope, [u.pk for u in peers], ("score", "veil"), view=scope.view, first=now, last=now, node=f"{noun}:"
    )
    spread: dict[str, list[float]] = {}
    for _, node, _, score, veil in rows:
        if score is not None and veil == Veiled.NOT:
            spread.setdefault(node.partition(":")[2], []).append(score)
    return spread


def _spread_of(cells: Cells, head: UnitPlace) -> dict[str, list[float]]:
    spread: dict[str, list[float]] = {}
    for (unit, code), cell in cells.items():
        if unit != head.pk and cell.now.score is not None:
            spread.setdefault(code, []).append(cell.now.score)
    return spread
