"""Steps: when the program suggests new limits, and when to lock limits again (methodology §5.7, §5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fourfold.engine.cells import Bools, Floats, Indexes
from fourfold.engine.signals.charts import Charted, Phase
from fourfold.engine.signals.limits import xmr_limits
from fourfold.engine.signals.moments import count, mean, where
from fourfold.engine.signals.patterns import Patterns, at_place, last_point
from fourfold.engine.signals.rules import Rule, RuleSet, streak
from fourfold.engine.signals.segments import ENOUGH

#: How far a run must lie from the centre, in sigma, for a step to be suggested.
FAR: Final = 1.0
#: The baseline suggested once a segment has this many figures.
RELOCK: Final = 24


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Limits might begin anew at a place: their trial limits there, and how far the new centre is off, in sigma."""

    start: int
    shift: float
    centre: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Steps:
    """Suggestions for rows: `start` (−1: none), `shift` in sigma, trial limits in the unit of the KPI."""

    start: Indexes
    shift: Floats
    centre: Floats
    lower: Floats
    upper: Floats

    def of(self, row: int) -> Suggestion | None:
        """The suggestion for one row."""
        if self.start[row] < 0:
            return None
        numbers = (float(a[row]) for a in (self.shift, self.centre, self.lower, self.upper))
        return Suggestion(int(self.start[row]), *numbers)


def suggest_steps(charted: Charted, rules: RuleSet, slope: Floats) -> Steps:
    """Suggest new limits where a run of 8 or more still goes on and its mean lies 1 sigma or more from the centre.

    By the rules of the NHS any such run will do. Not where figures follow a straight line (`slope` has a number): a
    trend is no step. Not where values depend on the ones before.
    """
    judged = (charted.phase == Phase.LOCKED) & ~charted.is_chunky & ~charted.dependence.is_dependent
    last = last_point(np.isfinite(charted.y))
    length = np.max([streak(side > 0) for z in charted.parts() for side in (z, -z)], axis=0)
    length = at_place(length, last)
    begin = last - length + 1
    place = np.arange(charted.y.shape[1])
    run = (place >= begin[:, None]) & (place <= last[:, None])
    shift = mean(where(charted.z, run)) * charted.chart.constants.limit * charted.chart.constants.d2 / 3.0
    far = (np.abs(shift) >= FAR) | (Rule.RUN_7 in rules.rules)
    with np.errstate(invalid="ignore"):
        there = judged & (length >= ENOUGH) & far & np.isnan(slope)
    new = xmr_limits(charted.y, run & np.isfinite(charted.y))
    lines = [
        np.clip(at_place(charted.in_unit(np.broadcast_to(a[:, None], charted.y.shape)), last), *charted.chart.valid)
        for a in (new.centre, new.lower, new.upper)
    ]
    return Steps(np.where(there, begin, -1), *(np.where(there, a, np.nan) for a in (shift, *lines)))


def suggest_relock(charted: Charted, patterns: Patterns, period: int) -> Indexes:
    """The baseline that limits might be locked on instead, 0 where there is no reason to: no signal since they were.

    From 24 figures on those; where a season was fitted, on one year more whenever there is one.
    """
    n, seasonal = count(charted.y), charted.season.years > 0
    wanted = np.where(seasonal, n // period * period, RELOCK)
    fired = np.zeros(charted.y.shape, np.bool_)
    for pattern in patterns.found.values():
        fired |= (pattern.complete != 0) & ~charted.baseline
    quiet: Bools = (charted.phase == Phase.LOCKED) & ~charted.is_chunky & ~fired.any(axis=1)
    return np.asarray(np.where(quiet & (n >= wanted) & (wanted > charted.size), wanted, 0), dtype=np.intp)
