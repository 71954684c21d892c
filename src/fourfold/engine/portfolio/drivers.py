"""What moves the total score: KPIs that could lift it or pull it down, and how much it hangs on the weights (§8.4).

Nothing is differentiated: a KPI is put at its target, then at nothing, and the tree is rolled up again by the engine's
own `roll_up`. So gates, vetoes and worst-of nodes answer as truly as means do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.carrying import IS_EXPECTED, carries
from fourfold.engine.cells import Codes, Floats
from fourfold.engine.nodes import Node, effective_weights, nodes_of
from fourfold.engine.periods import Period
from fourfold.engine.results import Evaluation, Results
from fourfold.engine.rollup import roll_up
from fourfold.engine.scoring import best_and_worst, node_status, profiled
from fourfold.engine.statuses import Status
from fourfold.errors import NotFound

#: Weights of siblings are drawn from a Dirichlet distribution with this concentration around those given.
CONCENTRATION: Final = 20.0
#: A status that keeps in fewer draws than this is fragile.
FIRM: Final = 0.80


@dataclass(frozen=True, slots=True)
class Driver:
    """One KPI: its share of the scorecard, and points of the total if it reached its target or fell to nothing.

    `gain` and `risk` are both positive or 0. `per_unit` is what one unit of the KPI moves the total by; None where the
    scorecard is no plain mean or the KPI has no target and red line.
    """

    kpi: str
    weight: float
    score: float
    gain: float
    risk: float
    per_unit: float | None


@dataclass(frozen=True, slots=True)
class Drivers:
    """The drivers of a total score, the greatest swing first (a tornado); KPIs without a score are only named."""

    score: float | None
    drivers: tuple[Driver, ...]
    without_score: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Robustness:
    """What other weights would make of the total: the range of 90 % of the draws, and how often the status stays.

    None of it where there is no total score.
    """

    score: float | None
    low: float | None
    high: float | None
    same_status: float | None

    @property
    def is_fragile(self) -> bool:
        """True where fewer than 80 % of the draws leave the status as it is."""
        return self.same_status is not None and self.same_status < FIRM


def drivers(evaluation: Evaluation, *, unit: str, period: Period | str) -> Drivers:
    """The drivers of the scorecard's score for one unit and period; `NotFound` where that was not evaluated."""
    cell = _Cell.of(evaluation, unit, period)
    names = [n for n in cell.names if math.isfinite(cell.score[n])]
    without = tuple(n.removeprefix("kpi:") for n in cell.names if n not in names)
    k = len(names)
    scores, statuses = {}, {}
    for i, name in enumerate(names):
        scores[name] = np.full(2 * k + 1, cell.score[name])
        statuses[name] = np.full(2 * k + 1, cell.status[name], dtype=np.uint8)
        scores[name][[1 + i, 1 + k + i]] = max(cell.score[name], _at_target(evaluation, cell, name)), 0.0
        statuses[name][[1 + i, 1 + k + i]] = Status.ON, Status.OFF
    total, _ = cell.total(scores, statuses, 2 * k + 1)
    if not math.isfinite(total[0]):
        return Drivers(None, (), without)
    share = effective_weights(evaluation.definitions, unit)
    found = [
        Driver(
            name.removeprefix("kpi:"), share.get(name, 0.0), cell.score[name],
            max(float(total[1 + i] - total[0]), 0.0), max(float(total[0] - total[1 + k + i]), 0.0),
            _per_unit(evaluation, cell, name, float(total[1 + i] - total[1 + k + i]) / 100.0),
        )
        for i, name in enumerate(names)
    ]  # fmt: skip
    return Drivers(float(total[0]), tuple(sorted(found, key=lambda d: (-(d.gain + d.risk), d.kpi))), without)


def weight_robustness(
    evaluation: Evaluation, *, unit: str, period: Period | str, seed: int, draws: int = 1_000
) -> Robustness:
    """How much the total hangs on the weights: those of siblings are drawn from Dirichlet(20·w), w their shares.

    A weight of 0 stays 0. The same seed gives the same draws.
    """
    cell = _Cell.of(evaluation, unit, period)
    rng = np.random.default_rng(seed)
    weights: dict[str, Floats] = {}
    for node in cell.tree:
        given = np.array(node.weights)
        drawn = np.zeros((draws + 1, len(given)))
        drawn[0] = given
        if given.any():
            drawn[1:] = rng.dirichlet(CONCENTRATION * given / given.sum(), size=draws)
        weights[node.name] = drawn
    total, status = cell.total({}, {}, draws + 1, weights)
    if not math.isfinite(total[0]):
        return Robustness(None, None, None, None)
    # A draw may lift the weight of what is missing so far that no score is left: that is no number, and no same status.
    known = total[1:][np.isfinite(total[1:])]
    low, high = np.quantile(known, [0.05, 0.95]) if len(known) else (math.nan, math.nan)
    return Robustness(float(total[0]), float(low), float(high), float((status[1:] == status[0]).mean()))


def _at_target(evaluation: Evaluation, cell: _Cell, name: str) -> float:
    """The score of a KPI that reaches its target: 100 unless its profile says otherwise."""
    kpi = evaluation.definitions.kpi[name.removeprefix("kpi:")]
    if kpi.kind in (MeasureKind.BOOLEAN, MeasureKind.ORDINAL):
        return 100.0
    anchors = evaluation.kpis.anchors_at(evaluation.kpis.index[name], cell.unit, cell.period)
    target, red_line = anchors.get("target", math.nan), anchors.get("red_line", math.nan)
    score = float(profiled(kpi.scoring, target, 100.0, red_line, target, kpi, polarity=kpi.polarity))
    return score if math.isfinite(score) else 100.0


def _per_unit(evaluation: Evaluation, cell: _Cell, name: str, share: float) -> float | None:
    """Points of the total for one unit of the KPI, on the line from red line to target."""
    anchors = evaluation.kpis.anchors_at(evaluation.kpis.index[name], cell.unit, cell.period)
    if evaluation.definitions.strategy.roll_up != "weighted_mean" or not {"target", "red_line"} <= anchors.keys():
        return None
    gap = abs(anchors["target"] - anchors["red_line"])
    return share * 50.0 / gap if gap else None


@dataclass(frozen=True)
class _Cell:
    """One unit and period: the tree without themes, and the score and status of everything in it, now and before."""

    evaluation: Evaluation
    unit: int
    period: int
    tree: tuple[Node, ...]
    names: tuple[str, ...]
    score: Mapping[str, float]
    status: Mapping[str, int]
    score_before: Mapping[str, float]
    status_before: Mapping[str, int]

    @classmethod
    def of(cls, evaluation: Evaluation, unit: str, period: Period | str) -> _Cell:
        kpis, nodes = evaluation.kpis, evaluation.nodes
        wanted = period
        if isinstance(period, str):
            wanted = evaluation.definitions.calendar.parse(period, evaluation.periods[0].frequency)
        if unit not in kpis.units or wanted not in kpis.periods:
            raise NotFound(f"Unit {unit!r} and period {period} were not evaluated together.")
        u, p = kpis.units.index(unit), kpis.periods.index(wanted)
        tree = tuple(n for level in nodes_of(evaluation.definitions) for n in level if not n.name.startswith("theme:"))
        below = dict.fromkeys(c for n in tree for c in n.children if c in kpis.index)
        both = (kpis, nodes)
        before = both if p else evaluation.before
        now = _at(both, u, p)
        then = _at(before, u, p - 1) if carries(evaluation.definitions) and before is not None else ({}, {})
        return cls(evaluation, u, p, tree, tuple(below), *now, *then)

    def total(
        self, scores: Mapping[str, Floats], statuses: Mapping[str, Codes], draws: int,
        weights: Mapping[str, Floats] | None = None,
    ) -> tuple[Floats, Codes]:  # fmt: skip
        """Score and status of the scorecard, `(draw,)`, with other scores of some KPIs or other weights of nodes."""
        s = self.evaluation.definitions.strategy
        score, status = dict(scores), dict(statuses)
        for node in self.tree:
            at = [i for i, c in enumerate(node.children) if c in score or c in self.score]
            if not at:
                continue
            names = [node.children[i] for i in at]
            child = np.stack([_row(score.get(c, self.score.get(c)), draws) for c in names], axis=-1)
            judged = np.stack([_row(status.get(c, self.status.get(c)), draws) for c in names], axis=-1).astype(np.uint8)
            previous = np.array([self.score_before.get(c, math.nan) for c in names])
            expected = IS_EXPECTED[np.array([self.status[c] for c in names])]
            own = np.array(node.weights)[at] if weights is None else weights[node.name][:, at]
            critical = np.array(node.critical)[at]
            rolled = roll_up(
                child, own, method=s.roll_up, missing=s.missing, minimum_coverage=s.minimum_coverage,
                allow_over=s.allow_over, critical=critical, expected=np.broadcast_to(expected, child.shape),
                previous=np.broadcast_to(previous, child.shape), green=s.green,
                power=s.power if s.roll_up == "power_mean" else None,
            )  # fmt: skip
            carried = np.isnan(child) & expected & np.isfinite(previous)
            then = np.array([self.status_before.get(c, Status.NO_DATA) for c in names], dtype=np.uint8)
            best, worst = best_and_worst(np.where(carried, then, judged))
            score[node.name] = rolled.score
            status[node.name] = node_status(rolled.score, amber=s.amber, green=s.green, best=best, worst=worst)
        return _row(score.get("scorecard", math.nan), draws), status.get("scorecard", np.zeros(draws, np.uint8))


def _at(results: tuple[Results, Results], unit: int, period: int) -> tuple[dict[str, float], dict[str, int]]:
    """Score and status of all KPIs and nodes in one cell."""
    scores = {n: float(v) for r in results for n, v in zip(r.nodes, r.score[:, unit, period], strict=True)}
    statuses = {n: int(v) for r in results for n, v in zip(r.nodes, r.status[:, unit, period], strict=True)}
    return scores, statuses


def _row(value: Floats | Codes | float | int | None, draws: int) -> Floats:
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (draws,))
