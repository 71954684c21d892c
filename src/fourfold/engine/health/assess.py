"""The six dimensions together."""

from __future__ import annotations

from fourfold.engine.assessment import Assessment, Part, mean_score
from fourfold.engine.health.conduct import safety, use
from fourfold.engine.health.figures import data, signal
from fourfold.engine.health.meaning import definition, result
from fourfold.engine.health.record import Record

#: Data or Safety below BROKEN, and the whole is at most CAP: such a KPI is not for decisions.
BROKEN, CAP = 40.0, 49.0
GATES = ("data", "safety")
UNFIT = "do not use for decisions"


def assess(record: Record) -> Assessment:
    """The health of a KPI of a unit: six dimensions 0..100, and their mean.

    A question nobody can answer is left out of its dimension, and a dimension without any answer out of the mean.
    With Data or Safety below 40 the whole is at most 49, and its grade says not to use the KPI for decisions.
    """
    parts = (result(record), definition(record), data(record), signal(record), use(record), safety(record))
    return graded(f"kpi:{record.known.kpi.code}", parts)


def graded(thing: str, parts: tuple[Part, ...]) -> Assessment:
    """The mean of the dimensions, capped where Data or Safety is broken."""
    score = mean_score(parts)
    broken = [p for p in parts if p.code in GATES and p.score < BROKEN]
    cap = f"{broken[0].name} is {broken[0].score:.0f}, below {BROKEN:g}" if broken else ""
    grade = UNFIT if broken else ""
    return Assessment("HEALTH", thing, parts, min(score, CAP) if broken else score, grade, cap)
