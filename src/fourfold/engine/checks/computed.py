"""A KPI is measured, or computed in one way."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.aggregation import AggUnits, MeasureKind
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level


@rule("KPI-COMPUTED", "It is not clear how a KPI is computed")
def computed(d: Definitions) -> Iterator[Said]:
    """A ratio has formulas for numerator and denominator, or for neither; other KPIs have one `formula`, or none.

    With both parts given a ratio rolls up as ΣN/ΣD, which one formula for the quotient cannot do.
    """
    for k in d.kpis:
        given = [key for key in ("numerator", "denominator") if getattr(k, key) is not None]
        if len(given) == 1:
            other = "denominator" if given == ["numerator"] else "numerator"
            message = f"KPI {k.code} has a `{given[0]}` and no `{other}`."
            yield Said(f"kpi:{k.code}.{given[0]}", message, f"Add `{other}: …`, or delete the `{given[0]}`.")
        if given and k.formula is not None:
            message = f"KPI {k.code} has a `formula` and a `{given[0]}` as well."
            fix = "Keep numerator and denominator for a ratio, else the formula."
            yield Said(f"kpi:{k.code}.formula", message, fix)
        if given and k.kind is not MeasureKind.RATIO:
            message = f"KPI {k.code} has a `{given[0]}`, and it is a {k.kind.replace('_', ' ')}, not a ratio."
            yield Said(f"kpi:{k.code}.{given[0]}", message, "Write `kind: ratio`, or one `formula`.")
        quotient = k.kind is MeasureKind.RATIO and k.formula is not None and not given
        if quotient and k.aggregate_units is not AggUnits.NONE:
            message = f"KPI {k.code} is a ratio with one formula, so its units and periods cannot be added up."
            fix = "Split the formula into `numerator` and `denominator`, or write `aggregate_units: none`."
            yield Said(f"kpi:{k.code}.formula", message, fix, Level.WARNING)
