"""The tree of units as index arrays, so that values roll up level by level without looking at codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fourfold.engine.definitions.unit import Unit

Indexes = npt.NDArray[np.intp]
#: Inner units by height, lowest first, with the children of each.
Levels = tuple[tuple[Indexes, tuple[Indexes, ...]], ...]


@dataclass(frozen=True)
class UnitTree:
    """Units in the order given; `parent[i]` is the index of unit i's parent, −1 for the root."""

    codes: tuple[str, ...]
    parent: tuple[int, ...]

    @classmethod
    def of(cls, units: Sequence[Unit]) -> UnitTree:
        """The tree of these units; a parent outside the list is treated as none."""
        at = {u.code: i for i, u in enumerate(units)}
        return cls(tuple(at), tuple(at.get(u.parent, -1) if u.parent else -1 for u in units))

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each code."""
        return {code: i for i, code in enumerate(self.codes)}

    @cached_property
    def children(self) -> tuple[Indexes, ...]:
        """Children of each unit, in order."""
        below: list[list[int]] = [[] for _ in self.codes]
        for i, p in enumerate(self.parent):
            if p >= 0:
                below[p].append(i)
        return tuple(np.array(b, dtype=np.intp) for b in below)

    @cached_property
    def bottom_up(self) -> tuple[tuple[int, Indexes], ...]:
        """(parent, its children) pairs, deepest parents first: rolling up in this order needs one pass."""
        depth = [len(self.ancestors(i)) for i in range(len(self.codes))]
        inner = sorted((i for i, c in enumerate(self.children) if len(c)), key=lambda i: -depth[i])
        return tuple((i, self.children[i]) for i in inner)

    @cached_property
    def levels(self) -> Levels:
        """The inner units by height, lowest first, as (units, children of each): one fold for each level."""
        height = [0] * len(self.codes)
        for i, below in self.bottom_up:
            height[i] = 1 + max(height[int(c)] for c in below)
        rows: dict[int, list[int]] = {}
        for i, _ in self.bottom_up:
            rows.setdefault(height[i], []).append(i)
        return tuple(
            (np.array(rows[h], dtype=np.intp), tuple(self.children[i] for i in rows[h])) for h in sorted(rows)
        )

    def levels_of(self, units: Collection[int]) -> Levels:
        """The `levels` with these inner units alone; a level without any of them is left empty."""
        return tuple(
            (parents[kept], tuple(below[i] for i in kept))
            for parents, below in self.levels
            for kept in [[i for i, parent in enumerate(parents.tolist()) if parent in units]]
        )

    def ancestors(self, i: int) -> tuple[int, ...]:
        """Indexes from the parent of unit `i` up to the root."""
        above: list[int] = []
        while (i := self.parent[i]) >= 0 and i not in above:
            above.append(i)
        return tuple(above)

    def subtree(self, i: int) -> tuple[int, ...]:
        """Index `i` and all below it."""
        below = [i]
        for j in below:
            below.extend(int(c) for c in self.children[j])
        return tuple(below)
