"""Confirmed steps: where the limits of a series begin anew, and what speaks against a new step (methodology §5.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from fourfold.engine.definitions import Definitions, Kpi, Step
from fourfold.engine.due import latest_day
from fourfold.engine.kpis import Figures
from fourfold.engine.once import once
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.signals import Cause, Refusal, Segment, figures_to_read, refusals

#: The ordinal of a period before all others.
NEVER: Final = -(2**40)


def segments_of(definitions: Definitions, kpi: Kpi, unit: str, periods: Sequence[Period]) -> tuple[Segment, ...]:
    """The segments that confirmed steps make of a series over these periods; none without a step in them."""
    steps = {}
    for step in steps_of(definitions, kpi.code, unit):
        place = _place(definitions, kpi, step) - periods[0].ordinal
        if 0 < place < len(periods):
            steps[place] = step
    if not steps:
        return ()
    return (Segment(), *(Segment(at, Cause(steps[at].cause), lasts=True) for at in sorted(steps)))


def _place(definitions: Definitions, kpi: Kpi, step: Step) -> int:
    """The ordinal of the period a step begins in; before all periods where the KPI has no such period any more."""
    try:
        return definitions.calendar.parse(step.since, kpi.frequency).ordinal
    except PeriodError:
        return NEVER


def steps_of(definitions: Definitions, kpi: str, unit: str) -> list[Step]:
    """The confirmed steps of a KPI that hold in a unit, those of every unit first, in the order given."""
    own = _steps_by_kpi(definitions).get(kpi, [])
    return [s for s in own if s.unit is None] + [s for s in own if s.unit == unit]


@once
def _steps_by_kpi(definitions: Definitions) -> Mapping[str, list[Step]]:
    by_kpi: dict[str, list[Step]] = {}
    for step in definitions.steps:
        by_kpi.setdefault(step.kpi, []).append(step)
    return by_kpi


def step_refusals(
    definitions: Definitions, found: Figures, step: Step, *, lasts: bool, approved: bool, as_of: datetime
) -> tuple[Refusal, ...]:
    """What speaks against a step of a unit that is not confirmed yet (§5.7), from figures of its KPI at its frequency.

    `lasts`: whoever confirms it expects the change to last. `approved`: they are not the owner of the KPI.
    """
    kpi, unit = definitions.kpi[step.kpi], step.unit or definitions.root.code
    block = next(block for _, block in found.blocks if kpi.code in block.kpis)
    begun = sum(p.start <= latest_day(definitions, as_of) for p in block.periods)
    place = _place(definitions, kpi, step) - block.periods[0].ordinal
    if place <= 0:
        return (Refusal.OVERLAP,)
    at = block.kpis.index(kpi.code), block.units.index(unit), slice(0, begun)
    values = figures_to_read(block.value[at], block.state[at], block.marks[at])
    known = segments_of(definitions, kpi, unit, block.periods[:begun])
    segment = Segment(place, Cause(step.cause), lasts=lasts, approved=approved)
    return refusals(values, segment, after=known[-1].start if known else 0, polarity=kpi.polarity)
