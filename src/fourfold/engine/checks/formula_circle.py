"""No KPI is computed from itself."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks import formulas
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.formulas import FormulaCycle, calculation_order, references
from fourfold.engine.groups import weight_of


@rule("FORMULA-CIRCLE", "Formulas use one another in a circle")
def formula_circle(d: Definitions) -> Iterator[Said]:
    """A KPI may be computed from computed KPIs, but not from itself, directly or through others.

    The message holds the path; a KPI also uses the one that weights it. This goes for `previous(x)` as well: every
    KPI is computed for all periods at once.
    """
    uses: dict[str, set[str]] = {}
    for kpi, _, _, tree in formulas.readable(d):
        uses.setdefault(kpi.code, set()).update(references(tree))
    for kpi in d.kpis:
        if (weight := weight_of(kpi)) is not None:
            uses.setdefault(kpi.code, set()).add(weight)
    while True:
        try:
            calculation_order(uses)
            return
        except FormulaCycle as circle:
            first, second = circle.path[:2]
            key = next((k for k, text in formulas.texts(d.kpi[first]) if second in text), None)
            key = key or ("weighted_by" if d.kpi[first].weighted_by == second else "formula")
            yield Said(f"kpi:{first}.{key}", circle.message, circle.hint or "Break the circle.")
            uses[first].discard(second)
