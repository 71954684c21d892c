"""Which benchmark of a KPI holds for a unit: the versions in the order in which they begin (methodology §4.1, §4.2)."""

from __future__ import annotations

from fourfold.engine.aggregation import AggUnits
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.target_versions import became_known


def benchmarks_of(definitions: Definitions, kpi: Kpi, unit: str | None) -> tuple[Target, ...]:
    """The versions that hold for a unit, its own or else those that name none, as they begin and became known.

    Where units add up, those that name none are about the whole organisation. Without a unit, those that name none, or
    else all. Versions whose period cannot be read are left out.
    """
    every = [t for t in definitions.targets_of(kpi.code) if t.kind == "benchmark"]
    own = [t for t in every if t.unit == unit and unit is not None]
    shared = [t for t in every if t.unit is None]
    if unit is None:
        shared = shared or every
    elif kpi.aggregate_units is AggUnits.SUM and unit != definitions.root.code:
        shared = []
    placed = [(begin, t) for t in own or shared if (begin := begin_of(definitions, kpi, t)) is not None]
    return tuple(t for _, t in sorted(placed, key=lambda each: (each[0].ordinal, became_known(each[1]))))


def benchmark_at(definitions: Definitions, kpi: Kpi, unit: str | None, now: Period) -> Target | None:
    """The version in force in a period of the KPI, or the first where none has begun; None where there is none."""
    found = benchmarks_of(definitions, kpi, unit)
    begun = [t for t in found if (b := begin_of(definitions, kpi, t)) is not None and b.ordinal <= now.ordinal]
    return begun[-1] if begun else found[0] if found else None


def begin_of(definitions: Definitions, kpi: Kpi, target: Target) -> Period | None:
    """The first period of a version, in the frequency of the KPI; None where it cannot be read."""
    try:
        return definitions.calendar.parse(target.since, kpi.frequency)
    except PeriodError:
        return None
