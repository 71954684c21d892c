"""Causes stand below their effects."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.link_graph import LinkGraph


@rule("LINK-DOWN", "A link points down the map (V08)")
def link_down(d: Definitions) -> Iterator[Said]:
    """Drivers stand below what they drive. A link from a higher row to a lower one may be right (money pays for
    training), and then its `hypothesis` says why; this is said even so, and can be waived. A link that is marked
    `feedback` is meant to lead back and is left out.
    """
    rank = LinkGraph.of(d).rank
    for link in d.links:
        if link.source in rank and link.target in rank and rank[link.target] > rank[link.source] and not link.feedback:
            message = f"The link from {link.source} to {link.target} points down the map (V08)."
            fix = "Turn it round, or explain it in `hypothesis` and waive this."
            yield Said(f"link:{link.source}>{link.target}", message, fix, Level.WARNING)
