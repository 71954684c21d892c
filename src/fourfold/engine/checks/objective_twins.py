"""No two objectives say the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.wording import likeness

ALIKE = 0.85


@rule("OBJECTIVE-TWINS", "Two objectives say nearly the same (V20)")
def objective_twins(d: Definitions) -> Iterator[Said]:
    """Two objectives of one unit whose names share 85 % or more of their three-letter pieces are one objective told
    twice. The order of the words and a plural do not count.
    """
    alike = np.triu(likeness([o.name for o in d.objectives]) >= ALIKE, 1)
    for first, second in np.argwhere(alike).tolist():
        one, other = d.objectives[first], d.objectives[second]
        if one.unit == other.unit:
            message = f"Objectives {one.code} and {other.code} say nearly the same (V20)."
            yield Said(f"objective:{other.code}.name", message, "Join them, or say how they differ.", Level.WARNING)
