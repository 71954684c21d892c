"""A scorecard and what it would be under a scenario, side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.periods import Period
from fourfold.engine.results import Evaluation, Results
from fourfold.engine.scenarios.scenario import Part
from fourfold.engine.scoring import floor_one_decimal
from fourfold.engine.statuses import Status
from fourfold.errors import NotFound

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says of a node; None for what it does not have.

    `gap` is the figure less its target, or its distance outside the band, in the KPI's own unit; for a node above the
    KPIs the score less 100.
    """

    score: float | None
    status: Status
    value: float | None = None
    target: float | None = None
    gap: float | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One node, unit and period on both sides; a side is None where the node is not there.

    `change` is in points, None where a side has no score. `parts` add up to it: what each part of the scenario did, the
    mean over all orders in which they could have come. It is empty where they cannot be told apart, because without one
    of them there would be no score.
    """

    node: str
    unit: str
    period: str
    base: Side | None
    scenario: Side | None
    change: float | None
    parts: Mapping[Part, float]

    @property
    def is_any(self) -> bool:
        """True where the two sides differ in anything."""
        return self.base != self.scenario

    def words(self) -> str:
        """The difference in a sentence."""
        if self.base is None or self.scenario is None:
            return f"{self.node} is there only {'under the scenario' if self.base is None else 'without it'}."
        sides = (self.base, self.scenario)
        if self.change is None:
            statuses = " to ".join(s.status.word for s in sides)
            return f"{self.node} goes from {statuses}." if self.is_any else f"{self.node} stays as it is."
        if not self.is_any:
            return f"{self.node} stays as it is."
        start, end = (floor_one_decimal(s.score or 0.0) for s in sides)
        text = f"{self.node} goes from {start} to {end} ({_signed(self.change)} points"
        text += "".join(f", {_signed(x)} by {part}" for part, x in self.parts.items() if len(self.parts) > 1) + ")"
        if self.base.status != self.scenario.status:
            text += f", from {self.base.status.word.lower()} to {self.scenario.status.word.lower()}"
        return text + "."


@dataclass(frozen=True)
class Comparison:
    """Both evaluations over the same periods, and the points of each part, `(node, unit, period)`.

    `nodes` and `units` are those of either side: KPIs first, then the nodes above; what only the scenario has comes
    last of its kind. `runs` has the evaluation under each choice of parts, from none to all.
    """

    name: str
    base: Evaluation
    scenario: Evaluation
    nodes: tuple[str, ...]
    units: tuple[str, ...]
    points: Mapping[Part, Floats] = field(default_factory=dict)
    runs: Mapping[frozenset[Part], Evaluation] = field(default_factory=dict)

    def at(self, node: str, *, unit: str, period: Period | str) -> Difference:
        """One node, unit and period; `NotFound` where neither side has it. A bare KPI code will do."""
        node = f"kpi:{node}" if node not in self.nodes and f"kpi:{node}" in self.nodes else node
        ids = [p.id for p in self.base.periods]
        wanted = period.id if isinstance(period, Period) else self._period(period)
        for known, name in ((self.nodes, node), (self.units, unit), (ids, wanted)):
            if name not in known:
                raise NotFound(f"{name!r} is on neither side of the comparison.")
        return self._difference(node, unit, ids.index(wanted))

    def differences(self, *, unit: str, period: Period | str) -> tuple[Difference, ...]:
        """Everything that differs at one unit and period, the scorecard first, then down to the KPIs."""
        found = (self.at(node, unit=unit, period=period) for node in reversed(self.nodes))
        return tuple(d for d in found if d.is_any)

    def frame(self) -> pl.DataFrame:
        """The long table of both, one row per node, unit and period of either.

        Columns: `node, unit, period`, score, status, value, target and gap of `base` and `scenario`, `change`, and the
        points of each part.
        """
        import polars as pl

        rows = []
        for node in self.nodes:
            for unit in self.units:
                for p in range(len(self.base.periods)):
                    d = self._difference(node, unit, p)
                    row: dict[str, str | float | None] = {"node": node, "unit": unit, "period": d.period}
                    for name, side in (("base", d.base), ("scenario", d.scenario)):
                        row[f"{name}_score"] = side.score if side else None
                        row[f"{name}_status"] = side.status.name.lower() if side else None
                        for figure in ("value", "target", "gap"):
                            row[f"{name}_{figure}"] = getattr(side, figure) if side else None
                    row["change"] = d.change
                    row |= {part.value: d.parts.get(part) for part in Part}
                    rows.append(row)
        numbers = [f"{side}_{x}" for side in ("base", "scenario") for x in ("score", "value", "target", "gap")]
        numbers += ["change", *(p.value for p in Part)]
        return pl.DataFrame(rows, schema_overrides=dict.fromkeys(numbers, pl.Float64), infer_schema_length=None)

    def _period(self, text: str) -> str:
        return self.base.definitions.calendar.parse(text, self.base.periods[0].frequency).id

    @cached_property
    def _places(self) -> tuple[dict[str, int], ...]:
        """Places of nodes and units here, then of KPIs and nodes on either side."""
        sides = [r.index for e in (self.base, self.scenario) for r in (e.kpis, e.nodes)]
        return {n: i for i, n in enumerate(self.nodes)}, {u: i for i, u in enumerate(self.units)}, *sides

    def _difference(self, node: str, unit: str, p: int) -> Difference:
        nodes, units, *_ = self._places
        base, scenario = (self._side(side, node, unit, p) for side in (0, 1))
        was, now = (side.score if side else None for side in (base, scenario))
        change = None if was is None or now is None else now - was
        at = nodes[node], units[unit], p
        parts = {part: float(array[at]) for part, array in self.points.items()}
        whole = change is not None and not any(math.isnan(x) for x in parts.values())
        return Difference(node, unit, self.base.periods[p].id, base, scenario, change, parts if whole else {})

    def _side(self, side: int, node: str, unit: str, p: int) -> Side | None:
        of_kpi = node.startswith("kpi:")
        evaluation = (self.base, self.scenario)[side]
        results = evaluation.kpis if of_kpi else evaluation.nodes
        k = self._places[2 + 2 * side + (not of_kpi)].get(node)
        if k is None or unit not in results.units:
            return None
        u = results.units.index(unit)
        score, status = _number(results.score[k, u, p]), Status(int(results.status[k, u, p]))
        if results.value is None:
            return Side(score, status, gap=None if score is None else score - 100.0)
        value, anchors = _number(results.value[k, u, p]), results.anchors_at(k, u, p)
        return Side(score, status, value, anchors.get("target"), _gap(value, anchors))


def side_by_side(name: str, base: Evaluation, scenario: Evaluation) -> Comparison:
    """Two evaluations over the same periods; whatever made the difference, its parts are not told apart."""
    names = [[*e.kpis.nodes, *e.nodes.nodes] for e in (base, scenario)]
    nodes = tuple(sorted(dict.fromkeys(names[0] + names[1]), key=lambda n: not n.startswith("kpi:")))
    units = tuple(dict.fromkeys(base.kpis.units + scenario.kpis.units))
    return Comparison(name, base, scenario, nodes, units)


def _gap(value: float | None, anchors: Mapping[str, float]) -> float | None:
    if value is None:
        return None
    if "low" in anchors and "high" in anchors:
        return value - min(max(value, anchors["low"]), anchors["high"])
    return value - anchors["target"] if "target" in anchors else None


def aligned(results: Results, nodes: tuple[str, ...], units: tuple[str, ...]) -> Floats:
    """Scores of these nodes and units, `(node, unit, period)`; NaN for what the results do not have."""
    scores = np.full((len(nodes), len(units), len(results.periods)), np.nan)
    rows = [(i, results.index[n]) for i, n in enumerate(nodes) if n in results.index]
    columns = [(j, results.units.index(u)) for j, u in enumerate(units) if u in results.units]
    if rows and columns:
        to, of = (np.ix_([r[i] for r in rows], [c[i] for c in columns]) for i in (0, 1))
        scores[to] = results.score[of]
    return scores


def _number(x: float) -> float | None:
    return None if math.isnan(x) else float(x)


def _signed(x: float) -> str:
    return f"{x:+.1f}".replace("-", "−")
