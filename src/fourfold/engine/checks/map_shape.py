"""Perspectives hold objectives, objectives hold KPIs."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, blocking, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level

FEWEST, MOST = 2, 8


@rule("MAP-SHAPE", "The map has an empty place, or too many or too few perspectives (V01, V03)", gate=True)
def map_shape(d: Definitions) -> Iterator[Said]:
    """A strategy looks from two to eight perspectives, each with at least one objective (V01: an error once the
    strategy is active), and each objective has at least one KPI that tells whether it is reached (V03).
    """
    if not FEWEST <= len(d.perspectives) <= MOST:
        count = f"{len(d.perspectives) or 'no'} perspective{'s' if len(d.perspectives) != 1 else ''}"
        message = f"The strategy has {count}; {FEWEST} to {MOST} are usual."
        fix = "Financial, customer, internal process, and learning and growth are the classic four."
        yield Said("strategy", message, fix, Level.WARNING)
    filled = {o.perspective for o in d.objectives}
    for p in d.perspectives:
        if p.code not in filled:
            message = f"Perspective {p.code} has no objective (V01)."
            level = blocking(d)
            fix = f"Add an objective with `perspective: {p.code}`, or delete the perspective."
            if level is Level.ERROR:
                fix += " While you build, the strategy may be a draft: write `state: draft`."
            yield Said(f"perspective:{p.code}", message, fix, level)
    measured = {u.objective for u in d.uses}
    for o in d.objectives:
        if o.code not in measured:
            message = f"Objective {o.code} has no KPI, so nobody can tell whether it is reached (V03)."
            yield Said(f"objective:{o.code}", message, "Add `kpis:` to it.", Level.WARNING)
