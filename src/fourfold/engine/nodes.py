"""Scores of objectives, themes, perspectives and the scorecard, rolled up from KPIs (methodology §3.6, A2).

Every unit gets the same strategy applied to its own KPI results. Nodes with equally many children are rolled up in
one array operation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fourfold.engine.carrying import IS_EXPECTED, carries, is_carried, periods_before
from fourfold.engine.cells import Bools, Codes, Floats, Mark, side_by_side, slabs
from fourfold.engine.definitions import Definitions, Strategy
from fourfold.engine.freshness import decay
from fourfold.engine.once import once, once_for
from fourfold.engine.results import Results
from fourfold.engine.rollup import roll_up, total_of
from fourfold.engine.rows import unit_tree
from fourfold.engine.scoring import best_and_worst, node_status
from fourfold.engine.statuses import NOT_APPLICABLE, NOT_DUE, OFF, ON, OVERDUE, Status
from fourfold.engine.tree import Indexes


@dataclass(frozen=True)
class Node:
    """A node and the children it is rolled up from."""

    name: str
    children: tuple[str, ...]
    weights: tuple[float, ...]
    critical: tuple[bool, ...]


@once
def nodes_of(definitions: Definitions) -> list[list[Node]]:
    """Nodes level by level: objectives over KPI uses; themes and perspectives over objectives; the scorecard."""
    uses: dict[str, list[tuple[str, float, bool]]] = {o.code: [] for o in definitions.objectives}
    for use in definitions.uses:
        counts = definitions.kpi[use.kpi].state not in ("draft", "retired") and not use.monitor_only
        if counts and use.objective in uses:
            uses[use.objective].append((f"kpi:{use.kpi}", float(use.weight), use.critical))
    objectives = [_node(f"objective:{code}", rows) for code, rows in uses.items()]

    def over(name: str, codes: Iterable[tuple[str, float]]) -> Node:
        return _node(name, [(f"objective:{code}", weight, False) for code, weight in codes])

    weight = {o.code: float(o.weight) for o in definitions.objectives}
    middle = [
        over(f"theme:{t.code}", [(o.code, weight[o.code]) for o in definitions.objectives if t.code in o.themes])
        for t in definitions.themes
    ]
    middle += [
        over(f"perspective:{p}", [(o.code, weight[o.code]) for o in definitions.objectives if o.perspective == p])
        for p in (q.code for q in definitions.perspectives)
    ]
    top = _node("scorecard", [(f"perspective:{p.code}", float(p.weight), False) for p in definitions.perspectives])
    return [objectives, middle, [top]]


def _node(name: str, rows: Sequence[tuple[str, float, bool]]) -> Node:
    return Node(name, tuple(r[0] for r in rows), tuple(r[1] for r in rows), tuple(r[2] for r in rows))


def effective_weights(definitions: Definitions, unit: str | None = None) -> dict[str, float]:
    """The share of each node and KPI in the scorecard: the product of weights along its paths, 1 at the root.

    It is the scorecard of a unit, by its code; of the one whose strategy it is without one. Objectives of units that
    are not above it have no share in it.
    """
    share = {"scorecard": 1.0}
    homes = _homes(definitions)
    away: set[str] = set()
    if homes:
        whose = unit or definitions.strategy.unit or definitions.root.code
        away = {name for name, home in homes.items() if whose not in home}
    for level in reversed(nodes_of(definitions)):
        for node in level:
            if node.name.startswith("theme:"):
                continue
            pairs = [(c, w) for c, w in zip(node.children, node.weights, strict=True) if c not in away]
            total = sum(weight for _, weight in pairs)
            for child, weight in pairs:
                part = share.get(node.name, 0.0) * (weight / total if total else 0.0)
                share[child] = share.get(child, 0.0) + part
    return share


def nodes_above(definitions: Definitions, kpis: Collection[str]) -> dict[str, Node]:
    """The nodes, by name and lowest first, whose results depend on these KPIs (by code)."""
    below = {f"kpi:{code}" for code in kpis}
    found: dict[str, Node] = {}
    for level in nodes_of(definitions):
        found |= {n.name: n for n in level if below.intersection(n.children)}
        below |= found.keys()
    return found


def roll_up_nodes(
    definitions: Definitions, kpis: Results, only: Collection[str] | None = None, before: Sequence[int] | None = None
) -> Results:
    """Results of all nodes, objectives first, the scorecard last, for every unit and period of the KPI results.

    With `only`, those nodes alone; `kpis` must hold the results of all their children that are not among them.
    `before` is the place of the period before each period, −1 where there is none, for scores carried forward; it
    follows from the periods unless these belong to several views.
    """
    levels = _levels(definitions, (kpis.nodes, None if only is None else frozenset(only)))
    names = tuple(n.name for level in levels for n in level.nodes)
    shape = (len(names), *kpis.shape[1:])
    found = Results(
        names, kpis.units, kpis.periods, score=np.full(shape, np.nan),
        status=np.full(shape, Status.NO_DATA, dtype=np.uint8), coverage=np.zeros(shape), confidence=np.zeros(shape),
        marks=np.zeros(shape, np.uint8),
    )  # fmt: skip
    start = 0
    for level in levels:
        known = _Scores.of(kpis if level.over_kpis else found)
        if level.over_kpis and level.over_nodes:
            known = known.joined(_Scores.of(found))
        if carries(definitions):
            known = known.carried(periods_before(kpis.periods) if before is None else np.array(before, dtype=np.intp))
        _roll_up_level(level.alike, known, definitions.strategy, found, start)
        _keep_at_home(definitions, found, range(start, start + len(level.nodes)))
        start += len(level.nodes)
    return found


def _keep_at_home(definitions: Definitions, found: Results, rows: Iterable[int]) -> None:
    """Make the objectives of one unit not applicable, in place, outside that unit and those below it (§1.4)."""
    homes = _homes(definitions)
    for row in rows if homes else ():
        if (home := homes.get(found.nodes[row])) is not None:
            away = [i for i, unit in enumerate(found.units) if unit not in home]
            for array, nothing in ((found.score, np.nan), (found.coverage, 0.0), (found.confidence, 0.0)):
                array[row, away] = nothing
            found.status[row, away], found.marks[row, away] = Status.NOT_APPLICABLE, 0


@once
def _homes(definitions: Definitions) -> dict[str, frozenset[str]]:
    """For the objectives of one unit, by node, the units in which they count: the unit and those below it."""
    tree = unit_tree(definitions)
    return {
        f"objective:{o.code}": frozenset(tree.codes[i] for i in tree.subtree(tree.index[o.unit]))
        for o in definitions.objectives
        if o.unit in tree.index
    }


@dataclass(frozen=True)
class _Scores:
    """Scores, statuses and confidences of children in order; `marks` only where scores are carried forward."""

    nodes: tuple[str, ...]
    score: Floats
    status: Codes
    confidence: Floats
    marks: Codes
    carry: bool = False

    @classmethod
    def of(cls, results: Results) -> _Scores:
        return cls(results.nodes, results.score, results.status, results.confidence, results.marks)

    def joined(self, more: _Scores) -> _Scores:
        """These and more."""
        return _Scores(
            self.nodes + more.nodes,
            np.concatenate([self.score, more.score]),
            np.concatenate([self.status, more.status]),
            np.concatenate([self.confidence, more.confidence]),
            np.concatenate([self.marks, more.marks]),
        )

    def carried(self, before: Indexes) -> _Scores:
        """These with the scores, statuses and confidences of the period before where a child is carried forward."""
        take = is_carried(self.score, self.status, np.where(before < 0, np.nan, self.score[..., before]))
        aged = self.confidence[..., before] * decay(1.0)
        return _Scores(
            self.nodes,
            np.where(take, self.score[..., before], self.score),
            np.where(take, self.status[..., before], self.status),
            np.where(take, aged, self.confidence),
            np.where(take, np.uint8(Mark.CARRIED), self.marks & np.uint8(Mark.CARRIED)),
            carry=True,
        )


class _Alike(NamedTuple):
    """Nodes of one level with equally many known children: their places in it, and `(node, child)` arrays."""

    at: Indexes
    children: Indexes
    weights: Floats
    critical: Bools

    def part(self, some: slice[int, int, None]) -> _Alike:
        """Some of the nodes."""
        return _Alike(self.at[some], self.children[some], self.weights[some], self.critical[some])


class _Level(NamedTuple):
    """Nodes that are rolled up at once: over KPIs, over other nodes, or in a partial roll-up over a mixture of both."""

    nodes: tuple[Node, ...]
    over_kpis: bool
    over_nodes: bool
    alike: list[_Alike]


@once_for
def _levels(definitions: Definitions, key: tuple[tuple[str, ...], frozenset[str] | None]) -> list[_Level]:
    """The levels of nodes (those named alone, where any are named) over some KPIs, worked out once."""
    kpis, only = key
    chosen = [tuple(n for n in level if only is None or n.name in only) for level in nodes_of(definitions)]
    nodes = tuple(n.name for level in chosen for n in level)
    found = []
    for level in chosen:
        children = {c for n in level for c in n.children}
        over_nodes = not children.isdisjoint(nodes)
        over_kpis = not over_nodes or not children.isdisjoint(kpis)
        known = (*(kpis if over_kpis else ()), *(nodes if over_nodes else ()))
        alike = _find_alike(level, {name: i for i, name in enumerate(known)})
        found.append(_Level(level, over_kpis, over_nodes, alike))
    return found


def _find_alike(level: Sequence[Node], row: Mapping[str, int]) -> list[_Alike]:
    by_size: dict[int, list[tuple[int, list[tuple[int, float, bool]]]]] = {}
    for i, node in enumerate(level):
        rows = zip(node.children, node.weights, node.critical, strict=True)
        children = sorted(((row[c], w, k) for c, w, k in rows if c in row), key=lambda child: child[1])
        by_size.setdefault(len(children), []).append((i, children))
    by_size.pop(0, None)
    return [
        _Alike(
            np.array([i for i, _ in alike]),
            np.array([[place for place, _, _ in children] for _, children in alike]),
            np.array([[w for _, w, _ in children] for _, children in alike]),
            np.array([[k for _, _, k in children] for _, children in alike]),
        )
        for alike in by_size.values()
    ]  # fmt: skip


def _roll_up_level(alike: Sequence[_Alike], known: _Scores, strategy: Strategy, found: Results, start: int) -> None:
    """Write the results of one level, in slabs."""

    def together(nodes: _Alike) -> None:
        at, index, weights, critical = nodes
        at = at + start
        found.score[at], found.status[at], found.coverage[at], found.confidence[at] = _roll_up(
            known, index, weights, critical, strategy
        )
        if known.carry:
            old = (known.marks[index] != 0) & np.isfinite(known.score[index]) & (weights[:, :, None, None] > 0)
            found.marks[at] = np.where(old.any(axis=1) & np.isfinite(found.score[at]), np.uint8(Mark.CARRIED), 0)

    shape = found.shape[1:]
    side_by_side(together, [a.part(some) for a in alike for some in slabs((*a.children.shape, *shape))])


def _roll_up(
    known: _Scores, index: Indexes, weights: Floats, critical: Bools, strategy: Strategy
) -> tuple[Floats, Codes, Floats, Floats]:
    """Nodes `(node, child)` at once; arrays become `(node, unit, period, child)` with the children last."""
    child = known.score[index].transpose(0, 2, 3, 1)
    child_status = known.status[index].transpose(0, 2, 3, 1)
    # The first codes are all expected; with nothing but them there are no others to leave out.
    expected = None if child_status.max(initial=OFF) <= OVERDUE else IS_EXPECTED[child_status]
    w = weights[:, None, None, :]
    rolled = roll_up(
        child, w, method=strategy.roll_up, missing=strategy.missing, minimum_coverage=strategy.minimum_coverage,
        allow_over=strategy.allow_over, critical=critical[:, None, None, :], expected=expected,
        green=strategy.green, power=strategy.power if strategy.roll_up == "power_mean" else None,
    )  # fmt: skip
    best, worst = best_and_worst(child_status)
    status = node_status(rolled.score, amber=strategy.amber, green=strategy.green, best=best, worst=worst)
    if (none := np.nonzero(np.isnan(rolled.score)))[0].size:
        status[none] = _why_none(child_status[none])
    share = w if expected is None else w * expected
    total = np.maximum(total_of(share), 1e-300)  # where nothing is expected, nothing is trusted
    trust = total_of(share * known.confidence[index].transpose(0, 2, 3, 1))
    return rolled.score, status, rolled.coverage, trust / total


def _why_none(child: Codes) -> Codes:
    """The status of nodes without a score `(node, child)`: overdue, not due, not applicable, insufficient, no data."""
    expected = IS_EXPECTED[child]
    none_expected = ~expected.any(axis=-1)
    late = (child == OVERDUE).any(axis=-1) & ~(child <= ON).any(axis=-1)
    waiting = none_expected & (child == NOT_DUE).any(axis=-1)
    absent = none_expected & (child == NOT_APPLICABLE).all(axis=-1)
    choices = [absent, waiting, none_expected, late]
    results = [Status.NOT_APPLICABLE, Status.NOT_DUE, Status.NO_DATA, Status.OVERDUE]
    return np.select(choices, results, default=Status.INSUFFICIENT).astype(np.uint8)
