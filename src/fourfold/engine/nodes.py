"""Scores of objectives, themes, perspectives and the scorecard, rolled up from KPIs (methodology §3.6, A2).

Every unit gets the same strategy applied to its own KPI results. Nodes with equally many children are rolled up in
one array operation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fourfold.engine.carrying import IS_EXPECTED, carries, freshness, is_carried, periods_before
from fourfold.engine.cells import Bools, Codes, Floats, Mark, side_by_side, slabs
from fourfold.engine.definitions import Definitions, Strategy
from fourfold.engine.once import once
from fourfold.engine.results import Results
from fourfold.engine.rollup import roll_up
from fourfold.engine.scoring import best_and_worst, node_status
from fourfold.engine.statuses import Status
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


def effective_weights(definitions: Definitions) -> dict[str, float]:
    """The share of each node and KPI in the scorecard: the product of weights along its paths, 1 at the root."""
    share = {"scorecard": 1.0}
    for level in reversed(nodes_of(definitions)):
        for node in level:
            if node.name.startswith("theme:"):
                continue
            total = sum(node.weights)
            for child, weight in zip(node.children, node.weights, strict=True):
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
    levels = [[n for n in nodes if only is None or n.name in only] for nodes in nodes_of(definitions)]
    names = tuple(n.name for level in levels for n in level)
    shape = (len(names), *kpis.shape[1:])
    found = Results(
        names, kpis.units, kpis.periods, score=np.full(shape, np.nan),
        status=np.full(shape, Status.NO_DATA, dtype=np.uint8), coverage=np.zeros(shape), confidence=np.zeros(shape),
        marks=np.zeros(shape, np.uint8),
    )  # fmt: skip
    start = 0
    for level in levels:
        known = _Scores.below(level, kpis, found)
        if carries(definitions):
            known = known.carried(periods_before(kpis.periods) if before is None else np.array(before, dtype=np.intp))
        _roll_up_level(level, known, definitions.strategy, found, start)
        start += len(level)
    return found


@dataclass(frozen=True)
class _Scores:
    """Scores, statuses and confidences of children, by row; `marks` only where scores are carried forward."""

    row: Mapping[str, int]
    score: Floats
    status: Codes
    confidence: Floats
    marks: Codes
    carry: bool = False

    @classmethod
    def of(cls, results: Results) -> _Scores:
        return cls(results.index, results.score, results.status, results.confidence, results.marks)

    @classmethod
    def below(cls, level: Sequence[Node], kpis: Results, nodes: Results) -> _Scores:
        """The children of a level: KPIs, nodes, or in a partial roll-up a mixture of both."""
        children = {c for n in level for c in n.children}
        if children.isdisjoint(nodes.nodes):
            return cls.of(kpis)
        own = cls.of(nodes)
        return own if children.isdisjoint(kpis.nodes) else cls.of(kpis).joined(own)

    def joined(self, more: _Scores) -> _Scores:
        """These and more."""
        row = {**self.row, **{n: len(self.score) + i for n, i in more.row.items()}}
        return _Scores(
            row,
            np.concatenate([self.score, more.score]),
            np.concatenate([self.status, more.status]),
            np.concatenate([self.confidence, more.confidence]),
            np.concatenate([self.marks, more.marks]),
        )

    def carried(self, before: Indexes) -> _Scores:
        """These with the scores, statuses and confidences of the period before where a child is carried forward."""
        take = is_carried(self.score, self.status, np.where(before < 0, np.nan, self.score[..., before]))
        aged = self.confidence[..., before] * freshness(1.0)
        return _Scores(
            self.row,
            np.where(take, self.score[..., before], self.score),
            np.where(take, self.status[..., before], self.status),
            np.where(take, aged, self.confidence),
            np.where(take, np.uint8(Mark.CARRIED), self.marks & np.uint8(Mark.CARRIED)),
            carry=True,
        )


def _roll_up_level(level: Sequence[Node], known: _Scores, strategy: Strategy, found: Results, start: int) -> None:
    """Write the results of one level, those with equally many children together, in slabs."""
    by_size: dict[int, list[int]] = {}
    children = [_known_children(n, known) for n in level]
    for i, rows in enumerate(children):
        by_size.setdefault(len(rows), []).append(i)
    by_size.pop(0, None)

    def together(members: list[int]) -> None:
        index = np.array([[row for row, _, _ in children[i]] for i in members])
        weights = np.array([[w for _, w, _ in children[i]] for i in members])
        critical = np.array([[k for _, _, k in children[i]] for i in members])
        at = np.array(members) + start
        found.score[at], found.status[at], found.coverage[at], found.confidence[at] = _roll_up(
            known, index, weights, critical, strategy
        )
        if known.carry:
            old = (known.marks[index] != 0) & np.isfinite(known.score[index]) & (weights[:, :, None, None] > 0)
            found.marks[at] = np.where(old.any(axis=1) & np.isfinite(found.score[at]), np.uint8(Mark.CARRIED), 0)

    shape = found.shape[1:]
    some = [alike[part] for size, alike in by_size.items() for part in slabs((len(alike), size, *shape))]
    side_by_side(together, some)


def _known_children(node: Node, known: _Scores) -> list[tuple[int, float, bool]]:
    """Row, weight and critical flag of the children that were evaluated, lightest first."""
    rows = zip(node.children, node.weights, node.critical, strict=True)
    return sorted(((known.row[c], w, k) for c, w, k in rows if c in known.row), key=lambda child: child[1])


def _roll_up(
    known: _Scores, index: Indexes, weights: Floats, critical: Bools, strategy: Strategy
) -> tuple[Floats, Codes, Floats, Floats]:
    """Nodes `(node, child)` at once; arrays become `(node, unit, period, child)` with the children last."""
    child = np.moveaxis(known.score[index], 1, -1)
    child_status = np.moveaxis(known.status[index], 1, -1)
    expected = IS_EXPECTED[child_status]
    w = weights[:, None, None, :]
    rolled = roll_up(
        child, w, method=strategy.roll_up, missing=strategy.missing, minimum_coverage=strategy.minimum_coverage,
        allow_over=strategy.allow_over, critical=critical[:, None, None, :], expected=expected,
        green=strategy.green, power=strategy.power if strategy.roll_up == "power_mean" else None,
    )  # fmt: skip
    best, worst = best_and_worst(child_status)
    judged = node_status(rolled.score, amber=strategy.amber, green=strategy.green, best=best, worst=worst)
    status = judged
    if (none := np.isnan(rolled.score)).any():
        status = np.where(none, _why_none(child_status, expected), judged)
    share = np.where(expected, w, 0.0)
    total = share.sum(axis=-1)
    share *= np.moveaxis(known.confidence[index], 1, -1)
    trust = share.sum(axis=-1)
    confidence = np.divide(trust, total, out=np.zeros_like(trust), where=total > 0)
    return rolled.score, status, rolled.coverage, confidence


def _why_none(child: Codes, expected: Bools) -> Codes:
    """The status of a node without a score: overdue, not due, not applicable, insufficient or no data."""
    none_expected = ~expected.any(axis=-1)
    late = (child == Status.OVERDUE).any(axis=-1) & ~(child <= Status.ON).any(axis=-1)
    waiting = none_expected & (child == Status.NOT_DUE).any(axis=-1)
    absent = none_expected & (child == Status.NOT_APPLICABLE).all(axis=-1)
    choices = [absent, waiting, none_expected, late]
    results = [Status.NOT_APPLICABLE, Status.NOT_DUE, Status.NO_DATA, Status.OVERDUE]
    return np.select(choices, results, default=Status.INSUFFICIENT).astype(np.uint8)
