"""Where the boxes of a strategy map stand: perspectives are rows by rank, objectives stand in slots of a row.

The rows are given by the method, so only the order inside a row is ours to choose. It is chosen by barycentres
(Sugiyama, Tagawa and Toda, 1981): an objective moves towards the mean place of those it is linked with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fourfold.graphics.glyph import Mark

_SWEEPS: Final = 4
_MOST_SLOTS: Final = 24


@dataclass(frozen=True, slots=True)
class Perspective:
    """A row of the map; rank 0 is on top, equal ranks stand side by side in the order given."""

    id: str
    name: str
    rank: int
    score: float | None = None
    status: Mark = None


@dataclass(frozen=True, slots=True)
class Objective:
    """A box of the map: its score and status, and the statuses of its KPIs.

    `slot` fixes its place from the left. `instead` is written where the score would be, such as its change. `theme` is
    its main theme, by which a map with bands places it.
    """

    id: str
    name: str
    perspective: str
    score: float | None = None
    status: Mark = None
    kpis: Sequence[Mark] = ()
    slot: int | None = None
    instead: str = ""
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """`cause` drives `effect`; `title` is what a pointer resting on the arrow reads."""

    cause: str
    effect: str
    title: str = ""


@dataclass(slots=True)
class Block:
    """The objectives of one perspective in its row, by slot; None is an empty slot."""

    perspective: Perspective
    slots: list[Objective | None] = field(default_factory=list)


def arrange(
    perspectives: Sequence[Perspective],
    objectives: Iterable[Objective],
    links: Sequence[tuple[str, str]],
    spare: int = 0,
) -> list[list[Block]]:
    """Rows from the top, each with the blocks of its perspectives and every objective in a slot.

    Given slots are kept (the first to ask gets it); the others are placed near what they are linked with. Objectives
    of an unknown perspective, and second ones with the same id, are left out. Each block has so many `spare` slots more
    than it needs, at its right.
    """
    members, grid = members_of(perspectives, objectives), rows_of(perspectives)
    columns = max((sum(_needed(members[p.id]) for p in row) for row in grid), default=0) + spare
    rows = []
    for row in grid:
        sizes = [columns] if len(row) == 1 else [_needed(members[p.id]) + spare for p in row]
        rows.append([Block(p, _first_places(members[p.id], size)) for p, size in zip(row, sizes, strict=True)])
    return settled(rows, links)


def rows_of(perspectives: Sequence[Perspective]) -> list[list[Perspective]]:
    """The perspectives of each row, from the top."""
    ranks = sorted({p.rank for p in perspectives})
    return [[p for p in perspectives if p.rank == rank] for rank in ranks]


def members_of(
    perspectives: Sequence[Perspective], objectives: Iterable[Objective]
) -> dict[str, list[Objective]]:
    """The objectives of each perspective, each once."""
    members: dict[str, list[Objective]] = {p.id: [] for p in perspectives}
    seen: set[str] = set()
    for objective in objectives:
        if objective.perspective in members and objective.id not in seen:
            seen.add(objective.id)
            members[objective.perspective].append(objective)
    return members


def settled(rows: list[list[Block]], links: Sequence[tuple[str, str]]) -> list[list[Block]]:
    """The same blocks with the objectives that have no slot near what they are linked with."""
    near: dict[str, list[str]] = {}
    for cause, effect in links:
        near.setdefault(cause, []).append(effect)
        near.setdefault(effect, []).append(cause)
    return _improved(rows, near, links)


def _fixed(objective: Objective) -> int | None:
    return objective.slot if objective.slot is not None and 0 <= objective.slot < _MOST_SLOTS else None


def _needed(objectives: Sequence[Objective]) -> int:
    """How many slots the objectives need: one each, and as far right as the last given one."""
    return max([len(objectives), *(slot + 1 for o in objectives if (slot := _fixed(o)) is not None)])


def _first_places(objectives: Sequence[Objective], size: int) -> list[Objective | None]:
    """Given slots first, the others from the left into what is free."""
    slots: list[Objective | None] = [None] * size
    rest = []
    for objective in objectives:
        slot = _fixed(objective)
        if slot is not None and slots[slot] is None:
            slots[slot] = objective
        else:
            rest.append(objective)
    for objective in rest:
        slots[slots.index(None)] = objective
    return slots


def _improved(
    rows: list[list[Block]], near: Mapping[str, Sequence[str]], links: Sequence[tuple[str, str]]
) -> list[list[Block]]:
    """Sweeps down and up the rows; the best arrangement seen wins."""
    place = _places(rows)
    best, least = _copy(rows), _tangle(place, links)
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            start = 0
            for block in row:
                _settle(block, start, place, near)
                start += len(block.slots)
        tangle = _tangle(place, links)
        if tangle < least:
            best, least = _copy(rows), tangle
    return best


def _places(rows: Sequence[Sequence[Block]]) -> dict[str, tuple[int, int]]:
    """Objective to (row, column)."""
    out = {}
    for r, row in enumerate(rows):
        slots = [objective for block in row for objective in block.slots]
        out.update({objective.id: (r, c) for c, objective in enumerate(slots) if objective is not None})
    return out


def _copy(rows: Sequence[Sequence[Block]]) -> list[list[Block]]:
    return [[Block(b.perspective, list(b.slots)) for b in row] for row in rows]


def _tangle(place: Mapping[str, tuple[int, int]], links: Sequence[tuple[str, str]]) -> float:
    """How far links reach sideways, and how often two between the same rows cross."""
    reach = 0
    spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for cause, effect in links:
        (r0, c0), (r1, c1) = sorted((place[cause], place[effect]))
        reach += abs(c0 - c1)
        spans.setdefault((r0, r1), []).append((c0, c1))
    crossings = 0
    for ends in spans.values():
        ends.sort()
        crossings += sum(1 for i, (a, b) in enumerate(ends) for c, d in ends[i + 1 :] if a < c and b > d)
    return reach + 2 * crossings


def _settle(block: Block, start: int, place: dict[str, tuple[int, int]], near: Mapping[str, Sequence[str]]) -> None:
    """Move the objectives of a block that have no given slot to where their neighbours are, in their order."""
    free = [i for i, o in enumerate(block.slots) if o is None or _fixed(o) is None]
    wishes = []
    for i in free:
        objective = block.slots[i]
        if objective is not None:
            columns = [place[other][1] for other in near.get(objective.id, ())]
            wish = sum(columns) / len(columns) - start if columns else float(i)
            wishes.append((wish, i, objective))
    wishes.sort(key=lambda w: w[:2])
    chosen = _nearest([w[0] for w in wishes], free)
    for i in free:
        block.slots[i] = None
    for (_, _, objective), slot in zip(wishes, chosen, strict=True):
        block.slots[slot] = objective
        place[objective.id] = (place[objective.id][0], start + slot)


def _nearest(wishes: Sequence[float], slots: Sequence[int]) -> list[int]:
    """The slots, in order, whose distances to the wishes sum up to the least (dynamic programming)."""
    n, m = len(wishes), len(slots)
    if n == m:
        return list(slots)
    cost = [[0.0] * (m + 1)] + [[float("inf")] * (m + 1) for _ in range(n)]
    for i in range(1, n + 1):
        for j in range(i, m - n + i + 1):
            cost[i][j] = min(cost[i][j - 1], cost[i - 1][j - 1] + abs(wishes[i - 1] - slots[j - 1]))
    chosen = []
    j = m
    for i in range(n, 0, -1):
        while cost[i][j] == cost[i][j - 1]:
            j -= 1
        j -= 1
        chosen.append(slots[j])
    return chosen[::-1]
