"""Weights can be shared out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions


@rule("WEIGHTS", "Weights of siblings are all zero, or do not add up to 100 (V21)")
def weights(d: Definitions) -> Iterator[Said]:
    """Only the proportion of weights among siblings counts, so one of them must be above zero.

    Where the strategy says `weights_sum_to_100`, the weights of all perspectives, of the objectives of a perspective,
    and of the scored KPIs of an objective must add up to 100. A negative weight is refused when the text is read.
    """
    groups = [("strategy", "perspectives of the strategy", [p.weight for p in d.perspectives])]
    for p in d.perspectives:
        own = [o.weight for o in d.objectives if o.perspective == p.code]
        groups.append((f"perspective:{p.code}", f"objectives of perspective {p.code}", own))
    for o in d.objectives:
        scored = [u.weight for u in d.uses if u.objective == o.code and not u.monitor_only]
        groups.append((f"objective:{o.code}", f"KPIs of objective {o.code}", scored))
    for thing, siblings, given in groups:
        total = sum(given, Decimal(0))
        if given and total == 0:
            fix = "Give at least one of them a weight above 0."
            yield Said(thing, f"The weights of the {siblings} are all zero (V21).", fix)
        elif given and d.strategy.weights_sum_to_100 and total != 100:
            message = f"The weights of the {siblings} add up to {total:f}, not 100 (V21)."
            fix = f"Change them by {100 - total:+f} in all, or delete `weights_sum_to_100` of the strategy."
            yield Said(thing, message, fix)
