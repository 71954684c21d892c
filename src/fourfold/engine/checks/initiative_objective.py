"""Work serves an objective."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level


@rule("INITIATIVE-LOOSE", "An initiative moves no objective (V19)")
def initiative_objective(d: Definitions) -> Iterator[Said]:
    """An initiative that is planned or under way names the `objectives` it should move; without one it costs money
    for no stated end.
    """
    for i in d.initiatives:
        if not i.objectives and i.state in ("planned", "active"):
            message = f"Initiative {i.code} names no objective that it should move (V19)."
            yield Said(f"initiative:{i.code}", message, "Add `objectives:`, or ask why it is done.", Level.WARNING)
