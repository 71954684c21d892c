"""Why a score is another one than in an earlier period: parts that add up to the change (methodology §3.9, §2.2).

The change of a node is split over its children: what their scores did, and what their weights did, because something
is missing, new or carried. The change of a KPI is split into what the figure did and what the target did; that of a
ratio over units also into what happened inside the units and what their shares did.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from math import fsum, isnan

import numpy as np

from fourfold.engine.change import explain_change, mix_split
from fourfold.engine.explain import Child, Trace, counted, explain, replay
from fourfold.engine.periods import Period
from fourfold.engine.rate_effect import RatePart, rate_parts
from fourfold.engine.results import Evaluation
from fourfold.engine.scoring import floor_one_decimal


@dataclass(frozen=True)
class Part:
    """One contribution, in points: what a score did (`performance`) and what its weight did (`reweighting`).

    `what` is the child; for a KPI `figure` or `target`; `roll-up` is what a way of rolling up adds to a plain mean.
    """

    what: str
    performance: float
    reweighting: float = 0.0
    score_before: float | None = None
    score_after: float | None = None
    share_before: float = 0.0
    share_after: float = 0.0


@dataclass(frozen=True)
class UnitPart:
    """One unit's contribution to the change of a ratio, in the unit of the ratio."""

    unit: str
    within: float
    mix: float


@dataclass(frozen=True)
class ChangeTrace:
    """The change of one score from period `before` to period `after`; None where either has no score.

    `parts` add up to `change`. `units` add up to the change of the value; there for ratios over units only. `rates`
    say what of the change of a KPI's value comes from exchange rates that moved.
    """

    node: str
    unit: str
    before: str
    after: str
    score_before: float | None
    score_after: float | None
    change: float | None
    parts: tuple[Part, ...] = ()
    units: tuple[UnitPart, ...] = ()
    value_change: float | None = None
    rates: tuple[RatePart, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Plain data."""
        return asdict(self)

    def words(self) -> list[str]:
        """The change in sentences, the greatest part first."""
        scores = ((self.before, self.score_before), (self.after, self.score_after))
        if self.change is None:
            return [f"There is no score in {period}." for period, score in scores if score is None] + self._rate_words()
        start, end = (floor_one_decimal(score or 0.0) for _, score in scores)
        words = [f"The score went from {start} ({self.before}) to {end} ({self.after}): {_points(self.change)}."]
        parts = sorted(self.parts, key=lambda p: -abs(p.performance + p.reweighting))
        words += [said for part in parts if (said := _part_words(part))]
        reweighted = sum(p.reweighting for p in self.parts)
        if abs(reweighted) >= 0.005:
            words.append(
                f"Of the change {_points(self.change - reweighted)} comes from scores, "
                f"{_points(reweighted)} from weights: what is missing, or there again."
            )
        return words + self._unit_words() + self._rate_words()

    def _unit_words(self) -> list[str]:
        within, mix = sum(u.within for u in self.units), sum(u.mix for u in self.units)
        if within * (within + mix) >= 0:
            return []
        return [
            f"The units moved one way and the whole another: {_signed(within)} inside them, {_signed(mix)} because "
            "their shares changed."
        ]

    def _rate_words(self) -> list[str]:
        if not self.rates or self.value_change is None:
            return []
        effect = f"{fsum(r.effect for r in self.rates):+.6g}".replace("-", "−")
        change = f"{self.value_change:+.6g}".replace("-", "−")
        moved = "; ".join(dict.fromkeys(f"{r.rate_before}, now {r.rate_after}" for r in self.rates))
        return [f"Of the change of the figure, {change}, {effect} comes from exchange rates: {moved}."]


def trace_change(
    evaluation: Evaluation, node: str, unit: str, before: Period | str, after: Period | str
) -> ChangeTrace:
    """Why the score of a KPI or node changed between two evaluated periods; names and errors as in `explain`."""
    old, new = explain(evaluation, node, unit, before), explain(evaluation, node, unit, after)
    change = None if old.score is None or new.score is None else new.score - old.score
    of_kpi = new.node.startswith("kpi:")
    parts = () if change is None else _kpi_parts(old, new, change) if of_kpi else _node_parts(old, new, change)
    units = _unit_parts(evaluation, new.node, unit, old.period, new.period) if of_kpi else ()
    rates = rate_parts(evaluation, new.node, unit, old.period, new.period) if of_kpi else ()
    moved = _value_change(evaluation, new.node, unit, old.period, new.period) if of_kpi else None
    return ChangeTrace(new.node, unit, old.period, new.period, old.score, new.score, change, parts, units, moved, rates)


def _value_change(evaluation: Evaluation, node: str, unit: str, before: str, after: str) -> float | None:
    """The newer figure less the older one; None where either is no number."""
    r = evaluation.kpis
    ids = [p.id for p in r.periods]
    ends = [None if r.value is None else float(r.value[r.index[node], r.units.index(unit), ids.index(p)])
            for p in (before, after)]  # fmt: skip
    old, new = ends
    return None if old is None or new is None or isnan(new - old) else new - old


def _node_parts(old: Trace, new: Trace, change: float) -> tuple[Part, ...]:
    """What each child did, and what the way of rolling up adds where it is no plain mean."""
    was, now = _used(old), _used(new)
    names = [c.node for c in new.children if c.node in was or c.node in now]
    names += [name for name in was if name not in names]

    # A child that does not count in one of the periods has no weight there, and the score of the other.
    w0, w1 = ([side[n][0] if n in side else 0.0 for n in names] for side in (was, now))
    s0, s1 = ([(side if n in side else other)[n][1] for n in names] for side, other in ((was, now), (now, was)))
    split = explain_change(*(np.array(x) for x in (w0, w1, s0, s1)))
    parts = [
        Part(name, *(float(x) for x in numbers))
        for name, *numbers in zip(names, split.performance, split.reweighting, s0, s1, w0, w1, strict=True)
    ]
    rest = change - sum(p.performance + p.reweighting for p in parts)
    return (*parts, Part("roll-up", rest)) if rest else tuple(parts)


def _used(trace: Trace) -> dict[str, tuple[float, float]]:
    """Share and score used of each child that counts."""
    return {c.node: (c.share, _score(trace, c)) for c in trace.children if c.share > 0}


def _score(trace: Trace, child: Child) -> float:
    score = counted(child, str(trace.policy["missing"]))
    assert score is not None
    return min(score, 125.0 if trace.policy["allow_over"] else 100.0)


def _kpi_parts(old: Trace, new: Trace, change: float) -> tuple[Part, ...]:
    """What the figure did and what the target did: the mean of moving the one first and moving the other first."""

    def score(figure: Trace, target: Trace) -> float:
        return replay(replace(target, inputs=figure.inputs)) or 0.0

    moved = ((score(old, new) - score(old, old)) + (score(new, new) - score(new, old))) / 2
    figure = Part("figure", change - moved, 0.0, old.score, new.score)
    return (figure, Part("target", moved)) if moved else (figure,)


def _unit_parts(evaluation: Evaluation, node: str, unit: str, before: str, after: str) -> tuple[UnitPart, ...]:
    """Inside and between the units below, where the ratio is the sum of theirs in both periods."""
    r, d = evaluation.kpis, evaluation.definitions
    units = [u.code for u in d.units if u.parent == unit]
    if r.numerator is None or r.denominator is None or len(units) < 2:
        return ()
    ids = [p.id for p in r.periods]
    k, at = r.index[node], [r.units.index(u) for u in (*units, unit)]
    ends = [ids.index(before), ids.index(after)]
    n, m = (np.stack([part[k, at, p] for p in ends]) for part in (r.numerator, r.denominator))
    with np.errstate(all="ignore"):
        adds_up = all(np.allclose(x[:, :-1].sum(axis=1), x[:, -1], rtol=1e-9, atol=0.0) for x in (n, m))
    if not adds_up or not (m > 0).all():
        return ()
    split = mix_split(n[0, :-1], m[0, :-1], n[1, :-1], m[1, :-1])
    factor = float(d.kpi[node.removeprefix("kpi:")].factor)
    rows = zip(units, split.within, split.mix, strict=True)
    return tuple(UnitPart(u, factor * float(within), factor * float(mix)) for u, within, mix in rows)


def _part_words(part: Part) -> str:
    if abs(part.performance) + abs(part.reweighting) < 0.005:
        return ""
    if part.what in ("figure", "target", "roll-up"):
        return f"The {part.what} moved it by {_points(part.performance)}."
    was, now = (floor_one_decimal(s or 0.0) for s in (part.score_before, part.score_after))
    said = []
    if abs(part.performance) >= 0.005:
        said.append(f"{_points(part.performance)} by its score ({was} → {now})")
    if abs(part.reweighting) >= 0.005:
        said.append(f"{_points(part.reweighting)} by its weight ({part.share_before:.0%} → {part.share_after:.0%})")
    return f"{part.what}: {', '.join(said)}."


def _points(change: float) -> str:
    return f"{_signed(change)} points"


def _signed(change: float) -> str:
    return f"{change:+.2f}".replace("-", "−")
