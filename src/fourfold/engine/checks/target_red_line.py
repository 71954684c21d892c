"""A target has a red line, or something that it follows from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.anchors import Polarity
from fourfold.engine.checks.rule import Said, rule, targets
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.findings import Level
from fourfold.engine.words import start

_EDGES = {
    Polarity.HIGHER_BETTER: (("value", "red_line", 1),),
    Polarity.LOWER_BETTER: (("value", "red_line", -1),),
    Polarity.IN_RANGE: (("low", "red_low", 1), ("high", "red_high", -1)),
    Polarity.NEUTRAL: (),
}


@rule("TARGET-RED-LINE", "A target has no red line, and none follows from the rest")
def target_red_line(d: Definitions) -> Iterator[Said]:
    """A red line left out lies half-way to a worse `baseline`, else one natural half-width from the target (after 12
    figures), else ten per cent from it (methodology §3.2).

    Ten per cent of zero is nothing, and on a scale without a true zero (`ratio_scale: false`) it means nothing: without
    a baseline such a target is scored only after 12 figures. A warning; what is never scored, such as a benchmark,
    needs none.
    """
    for thing, target in targets(d):
        kpi = d.kpi.get(target.kpi)
        if kpi is None or target.kind != "commit" or kpi.levels or kpi.kind is MeasureKind.BOOLEAN:
            continue
        for edge, line, better in _EDGES[kpi.polarity]:
            goal = getattr(target, edge)
            if goal is not None and getattr(target, line) is None and not _follows(kpi, target, goal, better):
                message = f"{start(thing)} has no `{line}`, so it is not scored before there are 12 figures."
                yield Said(thing, message, f"Add `{line}: …`, the value from which it is off target.", Level.WARNING)


def _follows(kpi: Kpi, target: Target, goal: Decimal, better: int) -> bool:
    has_worse_baseline = target.baseline is not None and (goal - target.baseline) * better > 0
    return has_worse_baseline or (kpi.ratio_scale and goal != 0)
