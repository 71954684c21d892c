"""Which figures need somebody else's approval."""

from __future__ import annotations

from fourfold.engine.definitions import Definitions
from fourfold.engine.once import once


@once
def _rules(definitions: Definitions) -> tuple[frozenset[str], frozenset[str]]:
    """The KPIs whose figures need it everywhere, and the units in which all figures need it."""
    kpis = frozenset(k.code for k in definitions.kpis if k.needs_approval)
    units = {u.code for u in definitions.units if u.needs_approval}
    while more := {u.code for u in definitions.units if u.parent in units and u.code not in units}:
        units |= more
    return kpis, frozenset(units)


def needs_approval(definitions: Definitions, kpi: str, unit: str) -> bool:
    """True where a figure is not approved until somebody else than its author says so: the KPI asks for it, the unit,
    or one above.

    >>> from fourfold.testing.bakery import BAKERY, bakery
    >>> strict = bakery(units=[BAKERY["units"][0], BAKERY["units"][1] | {"needs_approval": True}])
    >>> needs_approval(strict, "sales", "north"), needs_approval(strict, "sales", "bakery")
    (True, False)
    """
    kpis, units = _rules(definitions)
    return kpi in kpis or unit in units
