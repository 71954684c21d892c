"""An objective is a result, not a piece of work."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine import wording
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.english import ACTIVITIES
from fourfold.engine.findings import Level
from fourfold.engine.words import show


@rule("OBJECTIVE-ACTIVITY", "An objective says what is done, not what comes of it (V16)")
def objective_activity(d: Definitions) -> Iterator[Said]:
    """What somebody implements, rolls out, conducts, holds, launches, documents or trains is an initiative. The
    objective is what is different afterwards. English words only.
    """
    for o in d.objectives if d.organisation.locale.startswith("en") else ():
        opening = wording.opening(o.name)
        word = wording.activity(o.name) or (opening if opening in ACTIVITIES else None)
        if word is not None:
            message = f"Objective {o.code}, {show(o.name)}, is an activity: {show(word)} (V16)."
            fix = "Ask what will be different once it is done, and make the activity an initiative."
            yield Said(f"objective:{o.code}.name", message, fix, Level.WARNING)
