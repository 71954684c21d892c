"""One target at a time."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.period_text import period
from fourfold.engine.checks.rule import Said, rule, targets
from fourfold.engine.definitions import Definitions
from fourfold.engine.words import call, start


@rule("TARGET-TWICE", "Two targets begin in the same period")
def target_twice(d: Definitions) -> Iterator[Said]:
    """Of two targets of one kind for the same KPI and unit the later one replaces the earlier one; which of two that
    begin together should count, nobody can tell. Versions that became known at different times may.
    """
    first: dict[tuple[object, ...], str] = {}
    for thing, target in targets(d):
        kpi = d.kpi.get(target.kpi)
        begins = period(d, kpi, target.since) if kpi is not None else None
        if begins is None:
            continue
        key = (target.kpi, target.unit, target.kind, begins.ordinal, target.recorded_at)
        if key in first:
            where = f" for unit {target.unit}" if target.unit else ""
            called = start(thing)
            message = f"{called} begins in {target.since}{where}, and so does {call(first[key])}."
            yield Said(f"{thing}.since", message, "Delete one of them, or let one begin later.")
        first.setdefault(key, thing)
