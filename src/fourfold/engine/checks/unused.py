"""KPIs that nobody looks at."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks import formulas
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.formulas import references


@rule("KPI-UNUSED", "A KPI is evidence for no objective")
def unused(d: Definitions) -> Iterator[Said]:
    """A KPI that no objective uses, that no other KPI is computed from or weighted by, and that is not retired: it
    costs work and changes nothing. Only information.
    """
    used = {u.kpi for u in d.uses} | {k.weighted_by for k in d.kpis} | {c for k in d.kpis for c in k.paired_with}
    for _, _, _, tree in formulas.readable(d):
        used |= references(tree)
    for k in d.kpis:
        if k.code not in used and k.state != "retired":
            fix = "Put it under the `kpis` of an objective, or set its state to retired."
            yield Said(f"kpi:{k.code}", f"KPI {k.code} is used by no objective and no formula.", fix, Level.INFO)
