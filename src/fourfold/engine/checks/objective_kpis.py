"""A few KPIs tell more about an objective than many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level

MOST = 3


@rule("OBJECTIVE-KPIS", "An objective has more than three KPIs (V03)")
def objective_kpis(d: Definitions) -> Iterator[Said]:
    """One to three KPIs show whether an objective is reached; with more, a bad one drowns in the mean of the others.

    That an objective has none is said by `MAP-SHAPE`. What is only watched counts too: it takes attention.
    """
    count = Counter(u.objective for u in d.uses)
    for o in d.objectives:
        if count[o.code] > MOST:
            message = f"Objective {o.code} has {count[o.code]} KPIs; one to {MOST} are enough (V03)."
            fix = "Keep those that show the result; the others belong to a report or to an objective of their own."
            yield Said(f"objective:{o.code}", message, fix, Level.WARNING)
