"""The five letters together."""

from __future__ import annotations

import math

from fourfold.engine.assessment import Assessment, Part, mean_score
from fourfold.engine.smart.achievable import achievable
from fourfold.engine.smart.known import Known
from fourfold.engine.smart.measurable import measurable
from fourfold.engine.smart.relevant import relevant
from fourfold.engine.smart.specific import specific
from fourfold.engine.smart.timely import timely

#: One letter below BROKEN and the whole is at most CAP.
BROKEN, CAP = 40.0, 59.0
GRADES = ((85.0, "A"), (70.0, "B"), (50.0, "C"), (-math.inf, "D"))


def assess(known: Known) -> Assessment:
    """The SMART assessment of a KPI of a unit: letters 0..100, their mean, and a grade from A to D.

    What cannot be told is left out of its letter and listed (`untold`); a letter of which nothing can be told is left
    out of the mean. One broken letter breaks the goal: with any below 40 the whole is at most 59.
    """
    parts = (specific(known), measurable(known), achievable(known), relevant(known), timely(known))
    return graded(f"kpi:{known.kpi.code}", parts)


def graded(thing: str, parts: tuple[Part, ...]) -> Assessment:
    """The mean of the letters, capped where one is broken, and its grade."""
    score = mean_score(parts)
    broken = [p for p in parts if p.score < BROKEN]
    cap = f"{broken[0].name} is {broken[0].score:.0f}, below {BROKEN:g}" if broken and score > CAP else ""
    score = CAP if cap else score
    return Assessment("SMART", thing, parts, score, grade_of(score), cap)


def grade_of(score: float) -> str:
    """The letter for a score; empty without one.

    >>> [grade_of(s) for s in (85.0, 84.9, 50.0, 49.0, math.nan)]
    ['A', 'B', 'C', 'D', '']
    """
    return "" if math.isnan(score) else next(letter for cut, letter in GRADES if score >= cut)
