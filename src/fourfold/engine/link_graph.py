"""The strategy map as a graph: what drives what, over how many links, and whether it leads to the top.

Links from or to unknown objectives, and those of an objective to itself, are left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from fourfold.engine.definitions import Definitions


@dataclass(frozen=True, slots=True)
class LinkGraph:
    """Objectives with the rank of their perspective (0 on top), what they drive, and what drives them."""

    rank: Mapping[str, int]
    effects: Mapping[str, tuple[str, ...]]
    drivers: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, definitions: Definitions) -> LinkGraph:
        """The graph of a strategy; a perspective without a rank stands below all others, as does an unknown one."""
        order = {p.code: p.rank if p.rank is not None else i for i, p in enumerate(definitions.perspectives)}
        lowest = max(order.values(), default=0)
        rank = {o.code: order.get(o.perspective, lowest) for o in definitions.objectives}
        effects: dict[str, list[str]] = {code: [] for code in rank}
        drivers: dict[str, list[str]] = {code: [] for code in rank}
        for link in definitions.links:
            if link.source in rank and link.target in rank and link.source != link.target:
                effects[link.source].append(link.target)
                drivers[link.target].append(link.source)
        return cls(rank, {o: tuple(e) for o, e in effects.items()}, {o: tuple(d) for o, d in drivers.items()})

    @property
    def top(self) -> int:
        """The rank that stands highest."""
        return min(self.rank.values(), default=0)

    @property
    def bottom(self) -> int:
        """The rank that stands lowest."""
        return max(self.rank.values(), default=0)

    def path_to_top(self, objective: str) -> tuple[str, ...] | None:
        """The shortest way of links from an objective to one of the top rank, both included; None where there is none.

        >>> graph = LinkGraph({"a": 0, "b": 1, "c": 2}, {"c": ("b",), "b": ("a",), "a": ()}, {})
        >>> graph.path_to_top("c"), graph.path_to_top("a")
        (('c', 'b', 'a'), ('a',))
        """
        came: dict[str, str | None] = {objective: None}
        waiting = deque([objective])
        while waiting:
            here = waiting.popleft()
            if self.rank.get(here) == self.top:
                path, step = [here], came[here]
                while step is not None:
                    path.append(step)
                    step = came[step]
                return tuple(reversed(path))
            for there in self.effects.get(here, ()):
                if there not in came:
                    came[there] = here
                    waiting.append(there)
        return None

    def drivers_within(self, objective: str, links: int) -> frozenset[str]:
        """All that drives an objective over at most so many links, without itself."""
        found, edge = {objective}, {objective}
        for _ in range(links):
            edge = {driver for at in edge for driver in self.drivers.get(at, ())} - found
            found |= edge
        return frozenset(found - {objective})
