"""What is learnt at the bottom reaches the top."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.link_graph import LinkGraph


@rule("MAP-PATH", "No way of links leads from the lowest row to the top (V10)")
def map_path(d: Definitions) -> Iterator[Said]:
    """At least one objective of the lowest row reaches, over links, one of the top row; else the map is no story.

    Nothing is said about a map of a single row.
    """
    graph = LinkGraph.of(d)
    lowest = [code for code, rank in graph.rank.items() if rank == graph.bottom]
    if graph.bottom > graph.top and not any(graph.path_to_top(code) for code in lowest):
        message = "No objective of the lowest row leads over links to one of the top row (V10)."
        fix = "Add the links that say how people and systems bring the result."
        yield Said("strategy", message, fix, Level.WARNING)
