"""A map that people can hold in mind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.words import call, choices

#: So many objectives in all, so many in a perspective, and so many KPIs in all are usual (§1.3, V02 and V04).
OBJECTIVES, PER_PERSPECTIVE, KPIS = (8, 25), (2, 7), 30


@rule("MAP-SIZE", "There are too many or too few objectives, or too many KPIs (V02, V04)")
def map_size(d: Definitions) -> Iterator[Said]:
    """A strategy chooses: 8 to 25 objectives in all (12 to 18 are common), 2 to 7 in each perspective, and not more
    than 30 KPIs under them. A KPI that two objectives use counts once. A draft may have too few: it is being written.
    """
    draft = d.strategy.state == "draft"
    count, own = len(d.objectives), Counter(o.perspective for o in d.objectives)
    sizes = [("strategy", count, OBJECTIVES)]
    sizes += [(f"perspective:{p.code}", own[p.code], PER_PERSPECTIVE) for p in d.perspectives if own[p.code]]
    few = [(thing, size, limits) for thing, size, limits in sizes if size < limits[0] and not draft]
    many = [(thing, size, limits) for thing, size, limits in sizes if size > limits[1]]
    for found, fix in (
        (few, "Say what else must be true for the strategy to work."),
        (many, "Join what belongs together, and keep what would change a decision."),
    ):
        if found:
            parts = [f"{call(thing)} has {size} ({least} to {most} are usual)" for thing, size, (least, most) in found]
            word = "few" if found is few else "many"
            message = f"There are too {word} objectives: {choices(parts, 'and')} (V02)."
            yield Said(found[0][0], message, fix, Level.WARNING)
    used = len({u.kpi for u in d.uses})
    if used > KPIS:
        message = f"The objectives use {used} KPIs; nobody steers by more than {KPIS} (V04)."
        yield Said("strategy", message, "Keep the few that would change a decision.", Level.WARNING)
