"""Targets and limits that figures can reach."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule, targets
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.words import call


@rule("KPI-RANGE", "The valid range of a KPI is empty, or leaves out its target")
def target_range(d: Definitions) -> Iterator[Said]:
    """Figures below `valid_min` or above `valid_max` are refused: the one must be less than the other, and a target
    outside them could never be reached (a warning).
    """
    for kpi in d.kpis:
        if kpi.valid_min is not None and kpi.valid_max is not None and kpi.valid_min >= kpi.valid_max:
            limits = f"{kpi.valid_min:f}, is not less than `valid_max`, {kpi.valid_max:f}"
            message = f"`valid_min` of KPI {kpi.code}, {limits}."
            yield Said(f"kpi:{kpi.code}.valid_min", message, "Swap them, or delete one.")
    for thing, target in targets(d):
        aimed = d.kpi.get(target.kpi)
        if aimed is None:
            continue
        for key in ("value", "low", "high"):
            value = getattr(target, key)
            below = value is not None and aimed.valid_min is not None and value < aimed.valid_min
            above = value is not None and aimed.valid_max is not None and value > aimed.valid_max
            if below or above:
                limit, is_ = ("valid_min", aimed.valid_min) if below else ("valid_max", aimed.valid_max)
                message = f"`{key}` of {call(thing)}, {value:f}, lies beyond `{limit}` of the KPI, {is_:f}."
                yield Said(f"{thing}.{key}", message, "No figure can reach it; correct one of them.", Level.WARNING)
