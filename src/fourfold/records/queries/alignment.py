"""Alignment: every KPI across units in one period, and the statuses of one unit month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from fourfold.engine.definitions import Kpi, Perspective
from fourfold.engine.statuses import Status
from fourfold.records import models
from fourfold.records.queries.scope import STATUSES, Scope
from fourfold.records.queries.structure import UnitPlace
from fourfold.records.queries.window import Window, window_of

PER_PAGE: Final = 12  # units side by side
SPREAD_LIMIT: Final = 4_000  # results read for the spread of units that are not on the page


class Compared(NamedTuple):
    """A KPI of a unit: the figure now, its target, the figure before, and the judgement."""

    value: float | None
    target: float | None
    before: float | None
    score: float | None
    status: Status


@dataclass(frozen=True)
class Alignment:
    """A page of units beside the unit above them."""

    scope: Scope
    head: UnitPlace
    peers: tuple[UnitPlace, ...]  # those on this page
    found: int  # how many there are on all pages
    page: int
    pages: int
    rows: list[tuple[Perspective | None, list[Kpi]]]
    cells: dict[tuple[int, str], Compared]
    spread: dict[str, list[float]]  # scores of all peers by KPI; of this page where there are too many
    whole_spread: bool
    months: Window


def alignment_of(scope: Scope, *, words: str = "", page: int = 1) -> Alignment:
    """Three statements: the units of the page, the spread of all of them, and the months of the scope's unit.

    The units compared are those below the scope's unit; for a unit with none below it, its neighbours. `words`
    keeps those whose name holds them.
    """
    head, peers = _peers(scope)
    wanted = [u for u in peers if words.lower() in u.name.lower()]
    pages = max(1, -(-len(wanted) // PER_PAGE))
    page = min(max(1, page), pages)
    shown = tuple(wanted[(page - 1) * PER_PAGE : page * PER_PAGE])
    cells = _cells(scope, (head, *shown))
    rows = _kpis(scope, {code for _, code in cells})
    count = sum(len(kpis) for _, kpis in rows)
    whole = len(peers) * count <= SPREAD_LIMIT and len(peers) > len(shown)
    spread = _spread(scope, peers) if whole else _spread_of(cells, head)
    return Alignment(
        scope, head, shown, len(wanted), page, pages, rows, cells, spread,
        whole or len(peers) == len(shown), window_of(scope, node="kpi:"),
    )  # fmt: skip


def _peers(scope: Scope) -> tuple[UnitPlace, list[UnitPlace]]:
    visible = {u.pk for u in scope.units}
    structure = scope.structure
    below = [u for u in structure.children.get(scope.unit.pk, []) if u.pk in visible]
    if below or scope.unit.parent not in visible:
        return scope.unit, below
    above = structure.unit_of[scope.unit.parent]
    return above, [u for u in structure.children[above.pk] if u.pk in visible]


def _kpis(scope: Scope, evaluated: set[str]) -> list[tuple[Perspective | None, list[Kpi]]]:
    structure = scope.structure
    placed: set[str] = set()
    groups: list[tuple[Perspective | None, list[Kpi]]] = []
    for perspective in structure.perspectives:
        codes: dict[str, None] = {}
        for objective in structure.objectives_of.get(perspective.code, []):
            codes.update((use.kpi, None) for use in structure.uses_of.get(objective.code, []) if use.kpi in evaluated)
        placed |= codes.keys()
        groups.append((perspective, [structure.kpi[code] for code in codes]))
    loose = [k for k in structure.kpis if k.code in evaluated - placed]
    return [*groups, (None, loose)] if loose else groups


def _cells(scope: Scope, units: Sequence[UnitPlace]) -> dict[tuple[int, str], Compared]:
    now, rows = scope.period.ordinal, models.Result.objects.visible_to(scope.person)
    rows = rows.filter(
        unit__in=[u.pk for u in units], view=scope.view, ordinal__in=(now - 1, now), node__startswith="kpi:"
    ).order_by("ordinal")
    cells: dict[tuple[int, str], Compared] = {}
    before: dict[tuple[int, str], float | None] = {}
    for unit, node, ordinal, value, target, score, status in rows.values_list(
        "unit", "node", "ordinal", "value", "target", "score", "status"
    ):
        key = (unit, node[4:])
        if ordinal < now:
            before[key] = value
        else:
            cells[key] = Compared(value, target, before.get(key), score, STATUSES[status])
    return cells


def _spread(scope: Scope, peers: Sequence[UnitPlace]) -> dict[str, list[float]]:
    rows = models.Result.objects.visible_to(scope.person).filter(
        unit__in=[u.pk for u in peers], view=scope.view, ordinal=scope.period.ordinal, node__startswith="kpi:"
    )
    spread: dict[str, list[float]] = {}
    for node, score in rows.filter(score__isnull=False).values_list("node", "score"):
        assert score is not None
        spread.setdefault(node[4:], []).append(score)
    return spread


def _spread_of(cells: dict[tuple[int, str], Compared], head: UnitPlace) -> dict[str, list[float]]:
    spread: dict[str, list[float]] = {}
    for (unit, code), cell in cells.items():
        if unit != head.pk and cell.score is not None:
            spread.setdefault(code, []).append(cell.score)
    return spread
