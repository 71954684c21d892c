"""Every objective below the top row drives something."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.link_graph import LinkGraph


@rule("LINK-DEAD-END", "An objective below the top drives nothing (V06)")
def driver_dead_end(d: Definitions) -> Iterator[Said]:
    """An objective below the top row needs a link to one in its own row or above; without it the map does not say
    what it is good for. Nothing is said while there are no links at all.
    """
    graph = LinkGraph.of(d)
    for o in d.objectives if d.links else ():
        rank = graph.rank[o.code]
        if rank > graph.top and not any(graph.rank[effect] <= rank for effect in graph.effects[o.code]):
            message = f"Objective {o.code} drives no objective of its own row or above (V06)."
            fix = f"Add a link with `source: {o.code}`, or ask whether the objective is needed."
            yield Said(f"objective:{o.code}", message, fix, Level.WARNING)
