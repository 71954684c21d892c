"""What people may leave out, filled in: aggregation from the kind, ranks and slots from the order, per cent factors.

Source: methodology §2.2 (aggregation) and §1.2 (ranks).
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from fourfold.engine.aggregation import AggTime, AggUnits, legal
from fourfold.engine.definitions.kpi import Kpi
from fourfold.engine.definitions.objective import Objective
from fourfold.engine.definitions.perspective import Perspective
from fourfold.engine.definitions.scorecard import Definitions


def complete(definitions: Definitions) -> Definitions:
    """The same definitions with nothing left open that follows from the rest; completing twice changes nothing.

    Never overrides what was written, and never makes illegal what was legal: whether it *is* legal is for the checks.
    """
    return definitions.model_copy(
        update={
            "kpis": tuple(_kpi(k) for k in definitions.kpis),
            "perspectives": _ranked(definitions.perspectives),
            "objectives": _placed(definitions.objectives),
        }
    )


def _kpi(kpi: Kpi) -> Kpi:
    """Aggregation by the natural choice of the kind; `weighted_by` makes a mean weighted; the factor of a share."""
    allowed = legal(kpi.kind)
    over_time, over_units = allowed.agg_time[0], allowed.agg_units[0]
    if kpi.weighted_by is not None:
        over_time = AggTime.WEIGHTED_MEAN if AggTime.WEIGHTED_MEAN in allowed.agg_time else over_time
        over_units = AggUnits.WEIGHTED_MEAN if AggUnits.WEIGHTED_MEAN in allowed.agg_units else over_units
    known: dict[str, AggTime | AggUnits | Decimal] = {}
    if kpi.aggregate_time is None:
        known["aggregate_time"] = over_time
    if kpi.aggregate_units is None:
        known["aggregate_units"] = over_units
    if kpi.leaves_out_factor:
        known["factor"] = Decimal(100)
    return kpi.model_copy(update=known) if known else kpi


def _ranked(perspectives: tuple[Perspective, ...]) -> tuple[Perspective, ...]:
    """Ranks by order where none are given; one without a rank stands a row below the one before it."""
    ranked: list[Perspective] = []
    below = 0
    for perspective in perspectives:
        if perspective.rank is None:
            perspective = perspective.model_copy(update={"rank": below})
        ranked.append(perspective)
        below = min((perspective.rank or 0) + 1, 20)
    return tuple(ranked)


def _placed(objectives: tuple[Objective, ...]) -> tuple[Objective, ...]:
    """Slots by order inside a perspective: the first from the left that nobody has asked for."""
    taken = {(o.perspective, o.slot) for o in objectives if o.slot is not None}
    following: Counter[str] = Counter()
    placed: list[Objective] = []
    for objective in objectives:
        if objective.slot is None:
            slot = following[objective.perspective]
            while (objective.perspective, slot) in taken:
                slot += 1
            following[objective.perspective] = slot + 1
            objective = objective.model_copy(update={"slot": min(slot, 50)})
        placed.append(objective)
    return tuple(placed)
