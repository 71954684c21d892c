"""How an objective of a unit carries one of the unit above."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions, Objective
from fourfold.engine.findings import Level
from fourfold.engine.rows import unit_tree


@rule("CASCADE", "An objective does not say how it carries one of the unit above")
def cascade(d: Definitions) -> Iterator[Said]:
    """`identical` uses a KPI of the objective above. `contributory` says in `contribution` how it contributes, in
    `cascade_sign` which way, and the owner above has accepted it (`accepted_by`). `new` has a theme of the strategy,
    or says `local: true`. The objective above belongs to a unit above, and nothing carries itself. Source: §1.4.
    """
    for o in d.objectives:
        thing = f"objective:{o.code}"
        above = d.objective.get(o.cascaded_from) if o.cascaded_from is not None else None
        if above is not None and not _is_above(d, above, o):
            message = f"Objective {o.code} is cascaded from {above.code}, which belongs to no unit above its own."
            yield Said(f"{thing}.cascaded_from", message, "Name an objective of the unit above, and `unit` here.")
        if o.cascade_type in ("identical", "contributory") and o.cascaded_from is None:
            message = f"Objective {o.code} is {o.cascade_type}, and does not say to which objective above."
            yield Said(f"{thing}.cascade_type", message, "Add `cascaded_from:`, or write `cascade_type: new`.")
        elif o.cascaded_from is not None and o.cascade_type in (None, "new"):
            message = f"Objective {o.code} is cascaded from {o.cascaded_from}, and does not say how."
            fix = "Write `cascade_type: identical` or `contributory`."
            yield Said(f"{thing}.cascaded_from", message, fix, Level.WARNING)
        elif above is not None:
            yield from _carried(d, o, above)
        elif o.cascade_type == "new" and not o.themes and not o.local:
            message = f"Objective {o.code} is new, and neither serves a theme nor is local."
            fix = "Add `themes:` of the strategy, or `local: true`."
            yield Said(f"{thing}.cascade_type", message, fix, Level.WARNING)


def _carried(d: Definitions, o: Objective, above: Objective) -> Iterator[Said]:
    thing = f"objective:{o.code}"
    if o.cascade_type == "identical":
        ours, theirs = ({u.kpi for u in d.uses if u.objective == code} for code in (o.code, above.code))
        if theirs and not ours & theirs:
            message = f"Objective {o.code} is identical to {above.code}, and shares no KPI with it."
            fix = "Use a KPI of the objective above, or write `cascade_type: contributory`."
            yield Said(f"{thing}.cascade_type", message, fix, Level.WARNING)
        return
    needs = {
        "contribution": (bool(o.contribution), "Write how it moves the objective above, in a sentence."),
        "cascade_sign": (o.cascade_sign is not None, 'Write "+" or "-".'),
        "accepted_by": (o.accepted_by is not None, "Ask the owner of the objective above, then write who it was."),
    }
    for key, (there, fix) in needs.items():
        if not there:
            message = f"Objective {o.code} contributes to {above.code}, and has no `{key}`."
            yield Said(thing, message, fix, Level.WARNING)


def _is_above(d: Definitions, above: Objective, o: Objective) -> bool:
    """True where the unit of the one is an ancestor of the unit of the other; without a unit it is the strategy's."""
    tree = unit_tree(d)
    own, upper = (x.unit or d.strategy.unit for x in (o, above))
    if o.code == above.code or own is None or own not in tree.index:
        return False
    ancestors = {tree.codes[i] for i in tree.ancestors(tree.index[own])}
    return upper in ancestors if upper is not None else bool(ancestors)
