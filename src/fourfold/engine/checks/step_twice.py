"""One confirmed step at a time."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.period_text import period
from fourfold.engine.checks.rule import Said, rule, steps
from fourfold.engine.definitions import Definitions
from fourfold.engine.words import call, start


@rule("STEP-TWICE", "Two confirmed steps begin in the same period")
def step_twice(d: Definitions) -> Iterator[Said]:
    """Limits of a KPI and unit begin anew once in a period; a second step there says nothing, or something else."""
    first: dict[tuple[object, ...], str] = {}
    for thing, step in steps(d):
        kpi = d.kpi.get(step.kpi)
        begins = period(d, kpi, step.since) if kpi is not None else None
        if begins is None:
            continue
        key = (step.kpi, step.unit, begins.ordinal)
        if key in first:
            where = f" for unit {step.unit}" if step.unit else ""
            message = f"{start(thing)} begins in {step.since}{where}, and so does {call(first[key])}."
            yield Said(f"{thing}.since", message, "Delete one of them, or correct its period.")
        first.setdefault(key, thing)
