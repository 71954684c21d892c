"""A strategy says why, where to, and until when."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.goal_text import read_goal


@rule("VISION", "There is no mission, or a vision without a year (V22)")
def vision(d: Definitions) -> Iterator[Said]:
    """The mission says why the unit exists, the vision where it wants to be, and `horizon` by which year. Only
    information.
    """
    s = d.strategy
    if not s.mission:
        message = "The strategy has no mission (V22)."
        yield Said("strategy", message, "Add `mission:`, one sentence on why the unit exists.", Level.INFO)
    if s.vision and s.horizon is None:
        said = read_goal(s.vision).deadline
        message = "The vision has no horizon (V22)."
        fix = f"Add `horizon: {said[:4]}`." if said else "Add `horizon:` with the year in which it should be true."
        yield Said("strategy.vision", message, fix, Level.INFO)
