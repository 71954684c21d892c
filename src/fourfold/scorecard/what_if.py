"""The scorecard under a scenario, side by side with the scorecard as it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourfold.engine.explain import explain
from fourfold.engine.results import Evaluation
from fourfold.engine.scenarios import Comparison, Difference, Part
from fourfold.engine.words import did_you_mean, show
from fourfold.engine.workings import DifferenceWorking
from fourfold.errors import NotFound
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.sheet import Sheet, Shown, floored, rounded
from fourfold.table import node_names

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, repr=False)
class WhatIf(Shown):
    """Both sides of a scenario; sheets show what differs at one unit and period."""

    comparison: Comparison
    unit: str
    period: str

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Everything that differs at the unit and period, the scorecard first, then down to the KPIs."""
        return self.comparison.differences(unit=self.unit, period=self.period)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each node that differs, with the points of each part where there are several."""
        c, d = self.comparison, self.comparison.base.definitions
        parts = tuple(p for p in Part if p in c.points) if len(c.points) > 1 else ()
        heads = ("", "Now", "Then", "Change", *(p.value.capitalize() for p in parts), "Status")
        names = node_names(d) | node_names(c.scenario.definitions)
        rows = tuple(self._row(x, names, parts) for x in self.differences)
        label = d.calendar.parse(self.period).label
        units = {u.code: u.name for e in (c.base, c.scenario) for u in e.definitions.units}
        title = f"What if {c.name}: {d.organisation.name}, {units[self.unit]}, {label}"
        notes = () if rows else ("Nothing differs at this unit and period.",)
        return (Sheet(title, heads, rows, frozenset(heads[1:-1]), (0, len(heads) - 1), notes),)

    def _row(self, x: Difference, names: dict[str, str], parts: tuple[Part, ...]) -> tuple[str, ...]:
        statuses = list(dict.fromkeys(s.status.word if s else "not there" for s in (x.base, x.scenario)))
        scores = (floored(s.score if s else None) for s in (x.base, x.scenario))
        points = (rounded(x.parts.get(p), 1, sign=True) for p in parts)
        return names[x.node], *scores, rounded(x.change, 1, sign=True), *points, " → ".join(statuses)

    @property
    def frame(self) -> pl.DataFrame:
        """Every node, unit and period of either side; see `Comparison.frame`."""
        return self.comparison.frame()

    def explain(self, node: str = "scorecard") -> WorkingExplanation:
        """Why the score of a KPI or node is another one under the scenario; `NotFound` where a side lacks it."""
        c = self.comparison
        x = c.at(node, unit=self.unit, period=self.period)
        if x.base is None or x.scenario is None:
            side = "under the scenario" if x.base is None else "without it"
            raise NotFound(f"{show(x.node)} is there only {side}.", hint=did_you_mean(node, list(c.nodes), "node"))
        parts = tuple(p for p in Part if p in c.points)
        runs = {"+".join(p.value for p in parts if p in some): self._score(run, x.node) for some, run in c.runs.items()}
        base, changed = (explain(e, x.node, self.unit, self.period) for e in (c.base, c.scenario))
        return WorkingExplanation(DifferenceWorking(c.name, tuple(p.value for p in parts), base, changed, runs))

    def _score(self, run: Evaluation, node: str) -> float | None:
        """The score of a node in one run, None where it has none."""
        results = run.kpis if node.startswith("kpi:") else run.nodes
        if node not in results.index or self.unit not in results.units:
            return None
        p = [q.id for q in run.periods].index(self.period)
        score = float(results.score[results.index[node], results.units.index(self.unit), p])
        return None if math.isnan(score) else score
