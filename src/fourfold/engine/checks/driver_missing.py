"""Every objective above the lowest row has something that drives it."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.link_graph import LinkGraph


@rule("LINK-NO-DRIVER", "An objective has nothing that drives it (V07)")
def driver_missing(d: Definitions) -> Iterator[Said]:
    """An objective above the lowest row without a link to it is a wish: the map does not say how it comes true.

    Nothing is said while there are no links at all.
    """
    graph = LinkGraph.of(d)
    for o in d.objectives if d.links else ():
        if graph.rank[o.code] < graph.bottom and not graph.drivers[o.code]:
            message = f"Nothing on the map drives objective {o.code} (V07)."
            fix = f"Add a link with `target: {o.code}` from what must happen first."
            yield Said(f"objective:{o.code}", message, fix, Level.WARNING)
