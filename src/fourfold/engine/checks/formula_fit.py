"""Formulas name units, periods and spans of time that there are."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks import formulas
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.formulas import misfits


@rule("FORMULA-FIT", "A formula does not fit its KPI")
def formula_fit(d: Definitions) -> Iterator[Said]:
    """The unit, the period or the span of time that a formula names is one that its KPI has.

    A quarterly KPI has no month to date and cannot be shifted by months; the base period of an `index` is written as
    the KPI's own periods are.
    """
    for kpi, key, text, tree in formulas.readable(d):
        for problem in misfits(tree, kpi.frequency, d.calendar, d.unit):
            yield formulas.said(kpi, key, text, problem)
