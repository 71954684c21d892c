"""What is not shown: units below one that are part of its figures, and that the reader may not see."""

from __future__ import annotations

from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import UnitPlace
from fourfold.web.components.numbers import plural


def hidden_words(scope: Scope, unit: UnitPlace | None = None) -> str:
    """How many of the units directly below one (the scope's own without one) are not shown: "2 of 5 units not shown to
    you". Empty where all are, and where there are none."""
    hidden, count = scope.hidden_below(unit)
    return f"{hidden} of {plural(count, 'unit')} not shown to you" if hidden else ""
