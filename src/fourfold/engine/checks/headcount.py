"""What counts the people of a KPI that hides small groups is there, and its inputs hide them too."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks import formulas
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.formulas import references
from fourfold.engine.small_groups import DENOMINATOR


@rule("HEADCOUNT", "A KPI that hides small groups has nothing that counts them, or can be computed from what is shown")
def headcount(d: Definitions) -> Iterator[Said]:
    """`headcount` names the KPI that counts the people a figure is about, or for a ratio `denominator`; where nothing
    counts them, every group is hidden. Who sees what such a KPI is computed from can compute it, so its inputs say
    `headcount` too, but for the one that counts the people.
    """
    for kpi in d.kpis:
        if kpi.headcount in (None, *d.kpi) or (kpi.headcount == DENOMINATOR and kpi.kind == "ratio"):
            continue
        message = f"KPI {kpi.code} says that {kpi.headcount} counts its people, and there is no such KPI."
        yield Said(f"kpi:{kpi.code}.headcount", message, "Name a KPI, or for a ratio `denominator`.", Level.ERROR)
    for kpi, key, _, tree in formulas.readable(d):
        named = {code for code in references(tree) if code in d.kpi and code != kpi.headcount}
        shown = sorted(code for code in named if d.kpi[code].headcount is None)
        if kpi.headcount is not None and shown:
            message = f"KPI {kpi.code} hides small groups, and {', '.join(shown)}, from which it is computed, does not."
            yield Said(f"kpi:{kpi.code}.{key}", message, "Give it the same `headcount`.", Level.WARNING)
