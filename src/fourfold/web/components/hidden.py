"""What is not shown: units below one, and confidential KPIs, that are part of its figures and not for the reader."""

from __future__ import annotations

from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import UnitPlace
from fourfold.web.components.numbers import plural


def hidden_words(scope: Scope, unit: UnitPlace | None = None) -> str:
    """How many of the units directly below one (the scope's own without one) are not shown: "2 of 5 units not shown to
    you". Empty where all are, and where there are none."""
    return _words(*scope.hidden_below(unit), "unit")


def hidden_then_words(scope: Scope) -> str:
    """The same of the units that were directly below in the period shown."""
    count = len(scope.children_then)
    return _words(count - len(scope.below_then), count, "unit")


def closed_words(scope: Scope) -> str:
    """How many of the unit's KPIs are not shown: "1 of 5 KPIs not shown to you". Empty where all are."""
    closed, shown = scope.closed_here, scope.structure.kpis
    return _words(closed, closed + sum(scope.structure.applies(k, scope.unit.code) for k in shown), "KPI")


def _words(hidden: int, count: int, noun: str) -> str:
    return f"{hidden} of {plural(count, noun)} not shown to you" if hidden else ""
