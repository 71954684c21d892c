"""What is computed from a confidential KPI is confidential too, or open on purpose."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks import formulas
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.formulas import references


@rule("CLASSIFICATION", "A KPI is computed from a confidential one and does not say whether it is open")
def classification(d: Definitions) -> Iterator[Said]:
    """Whoever sees a computed KPI can often work out what it is made of. So a KPI whose formula names a confidential
    one says `classification: confidential` or, where its figures tell nothing about the other, `open`.
    """
    for kpi, key, _, tree in formulas.readable(d):
        named = sorted(code for code in references(tree) if code in d.kpi and d.kpi[code].is_confidential)
        if named and not kpi.classification:
            message = f"KPI {kpi.code} is computed from {', '.join(named)}, which is confidential."
            fix = "Say `classification: confidential`, or `open` where its figures tell nothing about the other."
            yield Said(f"kpi:{kpi.code}.{key}", message, fix, Level.ERROR)
