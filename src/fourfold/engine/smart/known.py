"""What is known of a KPI beyond its definition, and what the five letters ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from fourfold.engine.anchors import Polarity
from fourfold.engine.benchmarks import benchmark_at
from fourfold.engine.cells import Codes, Floats, State
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.link_graph import LinkGraph
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.target_versions import became_known


@dataclass(frozen=True)
class Known:
    """A KPI of a unit with its figures, in the KPI's own frequency, the last one of period `now`.

    `values` and `states` are `(period,)`, oldest first; without states a NaN is missing. What is None is not known and
    not assessed: `probability` to hit the commitment (0..1); whether the last load succeeded (`loaded`); the rank of
    the KPI's likeness to its objective among all KPIs (`fit`, 0..1); whether a review of the last twelve months
    commented or decided on it (`reviewed`); how redundant it is with the other KPIs of its objectives (`twins`, 0..1).
    """

    definitions: Definitions
    kpi: Kpi
    now: Period
    values: Floats = field(default_factory=lambda: np.empty(0))
    states: Codes | None = None
    unit: str | None = None
    probability: float | None = None
    loaded: bool | None = None
    fit: float | None = None
    reviewed: bool | None = None
    twins: Mapping[str, float] | None = None

    @cached_property
    def count(self) -> int:
        """How many figures there are."""
        return int(np.isfinite(self.values).sum())

    @cached_property
    def objectives(self) -> tuple[str, ...]:
        """The objectives that use the KPI, in order."""
        return tuple(u.objective for u in self.definitions.uses if u.kpi == self.kpi.code)

    @cached_property
    def target(self) -> Target | None:
        """The commitment in force: the unit's own where it has one, the latest that has begun, else the first."""
        versions = [t for t in self.definitions.targets_of(self.kpi.code) if t.kind == "commit"]
        own = [t for t in versions if t.unit == self.unit and self.unit is not None]
        some = own or [t for t in versions if t.unit is None] or versions
        begun = [
            (p.ordinal, became_known(t), i, t) for i, t in enumerate(some) if (p := self.period(t.since)) is not None
        ]
        past = [found for found in begun if found[0] <= self.now.ordinal]
        return max(past)[-1] if past else min(begun)[-1] if begun else None

    @cached_property
    def benchmark(self) -> Target | None:
        """The benchmark in force for the unit, else its first."""
        return benchmark_at(self.definitions, self.kpi, self.unit, self.now)

    @cached_property
    def due(self) -> Period | None:
        """The period in which the commitment should be reached."""
        return self.period(self.target.due) if self.target is not None else None

    @cached_property
    def current(self) -> float:
        """The newest figure; NaN without any."""
        known = self.values[np.isfinite(self.values)]
        return float(known[-1]) if len(known) else float("nan")

    @cached_property
    def graph(self) -> LinkGraph:
        """The links of the strategy."""
        return LinkGraph.of(self.definitions)

    @cached_property
    def natural_half_width(self) -> float:
        """2.66 times the mean moving range; NaN with fewer than six figures."""
        ranges = np.abs(np.diff(self.values))
        known = ranges[np.isfinite(ranges)]
        return 2.66 * float(known.mean()) if self.count >= 6 and len(known) else float("nan")

    def period(self, text: str | None) -> Period | None:
        """A period in the KPI's frequency, or None."""
        try:
            return None if text is None else self.definitions.calendar.parse(text, self.kpi.frequency)
        except PeriodError:
            return None

    def short_of(self, values: Floats, target: Target) -> Floats:
        """By how much figures fall short of a target, in its unit: at or below 0 they reach it. NaN if unclear."""
        if self.kpi.polarity is Polarity.IN_RANGE:
            if target.low is None or target.high is None:
                return np.full(np.shape(values), np.nan)
            return np.maximum(float(target.low) - values, values - float(target.high))
        if target.value is None or self.kpi.polarity is Polarity.NEUTRAL:
            return np.full(np.shape(values), np.nan)
        goal = float(target.value)
        return np.asarray(goal - values if self.kpi.polarity is Polarity.HIGHER_BETTER else values - goal)

    def due_states(self) -> Codes:
        """The states of the last twelve periods that were due."""
        if self.states is not None:
            due = self.states[np.isin(self.states, (State.NUMBER, State.MISSING, State.ERROR))]
        else:
            due = np.where(np.isfinite(self.values), np.uint8(State.NUMBER), np.uint8(State.MISSING))
        return np.asarray(due[-12:], dtype=np.uint8)
