"""An objective uses words that can be measured."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine import wording
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.words import choices, show


@rule("OBJECTIVE-VAGUE", "An objective has words that say nothing (V17)")
def objective_vague(d: Definitions) -> Iterator[Said]:
    """Words such as effective, robust, optimal, world-class or strategic fit any objective, so nobody can tell whether
    it is reached; "improve", "quality", "timely" and "sustainable" are fine beside an amount. English words only.
    """
    for o in d.objectives if d.organisation.locale.startswith("en") else ():
        if found := wording.weasels(o.name):
            said = choices([show(word) for word in found], "and")
            message = f"The name of objective {o.code} has the vague word{'s' if len(found) > 1 else ''} {said} (V17)."
            fix = "Say what people would see: faster by how much, fewer of what."
            yield Said(f"objective:{o.code}.name", message, fix, Level.WARNING)
