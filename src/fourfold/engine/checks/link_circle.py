"""Cause comes before effect."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions


@rule("LINK-CIRCLE", "Objectives drive one another in a circle (V09)")
def link_circle(d: Definitions) -> Iterator[Said]:
    """A circle of links explains nothing, unless it is meant: then every link of it says `feedback: true`.

    The message holds the shortest circle through the link. An objective cannot drive itself.
    """
    onward: dict[str, list[str]] = {}
    for link in d.links:
        onward.setdefault(link.source, []).append(link.target)
    told: set[str] = set()
    for link in d.links:
        name = f"link:{link.source}>{link.target}"
        if link.source == link.target:
            yield Said(name, f"Objective {link.source} is linked to itself.", "Delete the link, or correct one end.")
            continue
        back = None if link.feedback else _path(onward, link.target, link.source)
        if back is None or told.intersection(back):
            continue
        told.update(back)
        message = f"These objectives drive one another: {' → '.join([link.source, *back])} (V09)."
        yield Said(name, message, "Delete one of the links, or write `feedback: true` at every link of the circle.")


def _path(onward: Mapping[str, Sequence[str]], start: str, end: str) -> list[str] | None:
    """The shortest way from `start` to `end`, both included."""
    came: dict[str, str] = {start: ""}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if here == end:
            path = [here]
            while came[path[-1]]:
                path.append(came[path[-1]])
            return path[::-1]
        for there in onward.get(here, ()):
            if there not in came and there != here:
                came[there] = here
                waiting.append(there)
    return None
