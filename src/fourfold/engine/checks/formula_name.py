"""Formulas use KPIs that exist."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks import formulas
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.formulas import unknown_names


@rule("FORMULA-NAME", "A formula uses a KPI that does not exist")
def formula_name(d: Definitions) -> Iterator[Said]:
    """A word in a formula that is no function is the code of a KPI; a code with a hyphen stands in backticks."""
    for kpi, key, text, tree in formulas.readable(d):
        for problem in unknown_names(tree, d.kpi):
            yield formulas.said(kpi, key, text, problem)
