"""Units that have a KPI, and those that have not."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule, targets
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.words import choices, start


@rule("KPI-UNITS", "A KPI applies to no unit, or has a target where it does not apply")
def applicability(d: Definitions) -> Iterator[Said]:
    """`only_in` names the units that have a KPI, `not_applicable_in` those that have not; a unit in both, or a KPI
    that no unit has, is a mistake. A target for a unit that has not the KPI is never used (a warning).
    """
    for k in d.kpis:
        both = sorted(set(k.only_in) & set(k.not_applicable_in))
        if both:
            message = f"KPI {k.code} has {choices(both, 'and')} both under `only_in` and under `not_applicable_in`."
            yield Said(f"kpi:{k.code}.not_applicable_in", message, "Delete it from one of them.")
        elif d.units and not any(d.applies(k, u.code) for u in d.units):
            fix = "Take a unit out of `not_applicable_in`, or set the state of the KPI to retired."
            yield Said(f"kpi:{k.code}", f"KPI {k.code} applies to none of the units.", fix)
    for thing, target in targets(d):
        kpi = d.kpi.get(target.kpi)
        if kpi is not None and target.unit in d.unit and not d.applies(kpi, str(target.unit)):
            message = f"{start(thing)} is for unit {target.unit}, which does not have the KPI."
            yield Said(f"{thing}.unit", message, "Delete the target, or let the KPI apply there.", Level.WARNING)
