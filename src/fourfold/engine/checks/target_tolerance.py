"""The tolerance leaves room between target and red line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from fourfold.engine.checks.rule import Said, rule, targets
from fourfold.engine.definitions import Definitions, Target
from fourfold.engine.findings import Level
from fourfold.engine.words import call


@rule("TARGET-TOLERANCE", "The tolerance reaches the red line")
def target_tolerance(d: Definitions) -> Iterator[Said]:
    """A figure is on target to the KPI's `tolerance`, so the tolerance must be less than the way from the target to
    the red line; otherwise no figure could ever be "near target", or one off target would be on target too. A warning
    where it is the target of a single unit, since the tolerance is the same for all of them.
    """
    for thing, target in targets(d):
        kpi = d.kpi.get(target.kpi)
        if kpi is None or kpi.tolerance == 0 or target.kind != "commit":
            continue
        for edge, line, gap in _gaps(target):
            if kpi.tolerance >= gap > 0:
                message = (
                    f"`tolerance` of KPI {kpi.code} is {kpi.tolerance:f}, and from `{edge}` to `{line}` of "
                    f"{call(thing)} it is only {gap:f}."
                )
                fix = f"Make the tolerance less than {gap:f}, or move the red line."
                level = Level.ERROR if target.unit is None else Level.WARNING
                yield Said(f"kpi:{kpi.code}.tolerance", message, fix, level)


def _gaps(target: Target) -> Iterator[tuple[str, str, Decimal]]:
    for edge, line in (("value", "red_line"), ("low", "red_low"), ("high", "red_high")):
        one, other = getattr(target, edge), getattr(target, line)
        if one is not None and other is not None:
            yield edge, line, abs(one - other)
