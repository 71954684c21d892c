"""Formulas add up what can be added up."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks import formulas
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.formulas import Unit, check, mismatch, parse_unit
from fourfold.engine.formulas.dimensions import WRITTEN, times
from fourfold.engine.words import show


@rule("FORMULA-UNIT", "A formula mixes units")
def formula_unit(d: Definitions) -> Iterator[Said]:
    """Pounds and per cent cannot be added, nor pounds and euros, nor hours and days without a factor.

    What a formula gives must also be what its KPI is said to be counted in. A KPI without a unit fits anything.
    """
    units = {k.code: parse_unit(k.unit, k.scale) for k in d.kpis}
    found: dict[str, dict[str, Unit]] = {}
    for kpi, key, text, tree in formulas.readable(d):
        unit, problems = check(tree, units)
        if not problems:
            found.setdefault(kpi.code, {})[key] = unit
        for problem in problems:
            yield formulas.said(kpi, key, text, problem)
    for kpi in d.kpis:
        yield from _result(kpi, found.get(kpi.code, {}))


def _result(kpi: Kpi, found: dict[str, Unit]) -> Iterator[Said]:
    """The unit that comes out against the one declared; `factor` is a written number, so only dimensions count."""
    declared = parse_unit(kpi.unit, kpi.scale)
    if "formula" in found:
        key, unit = "formula", found["formula"]
    elif "numerator" in found and "denominator" in found:
        key, unit = "numerator", times(times(found["numerator"], found["denominator"], -1), WRITTEN)
    else:
        return
    if (wrong := mismatch(unit, declared)) is not None:
        start, _, fix = wrong.rpartition(": ")
        message = f"`{key}` of KPI {kpi.code} does not give {show(kpi.unit)}. {start}."
        yield Said(f"kpi:{kpi.code}.{key}", message, f"{fix[0].upper()}{fix[1:]}")
