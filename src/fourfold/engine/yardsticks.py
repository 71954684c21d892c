"""What figures are measured against, made ready for many of them: lines, cuts, and figures too near to call.

Source: methodology §3.2 to §3.4. Targets change seldom or never, so what follows from them alone is worked out on their
own arrays, which are much smaller than those of the figures, and for small ones only once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Bools, Codes, Floats, Numbers
from fourfold.engine.groups import Group
from fourfold.engine.scoring import (
    CAP,
    Line,
    boolean,
    borderline,
    gap_of,
    is_close,
    on_cut,
    ordinal,
    profiled,
    reached,
    turning_points,
)
from fourfold.engine.target_blocks import TargetBlock

_HUNDRED = np.full((1, 1, 1), 100.0)
_RED_LINE = 50.0  # its score


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A target (one line), or a band (two), for KPIs that are scored alike; its arrays broadcast to those of figures.

    `cut` is the score from which a KPI is on target, in a band one for each side; `points` are the figures at which
    the status changes in a band.
    """

    group: Group
    targets: TargetBlock
    lines: tuple[Line, ...]
    cut: tuple[Floats, ...]
    reached: tuple[Numbers, ...]
    points: tuple[Floats, ...]
    gap: Floats
    anchors: Mapping[str, Floats]
    rules: tuple[str, ...]

    @classmethod
    def of(cls, g: Group, targets: TargetBlock, tolerance: Floats) -> Yardstick:
        """The yardstick of KPIs with these targets."""
        if g.polarity is Polarity.IN_RANGE and targets.low is not None:
            return cls._band(g, targets, tolerance)
        line = Line.of(
            targets.red_line, targets.target, targets.floor, targets.stretch, CAP, polarity=_polarity(g),
            tolerance=tolerance,
        )  # fmt: skip
        cut = on_cut(targets.target, targets.red_line, tolerance)
        if g.kind is MeasureKind.BOOLEAN:
            cut = np.where(_none(targets), 100.0, cut)
        elif g.kind is MeasureKind.ORDINAL or g.polarity is Polarity.NEUTRAL:
            cut = _HUNDRED
        gap, rules = gap_of(targets.target, targets.red_line), tuple(rule.value for rule in targets.rule)
        return cls(g, targets, (line,), (cut,), (reached(cut),), (), gap, targets.arrays() | {"cut": cut}, rules)

    @classmethod
    def _band(cls, g: Group, targets: TargetBlock, tolerance: Floats) -> Yardstick:
        red_low, low, high, red_high = (
            np.full((1, 1, 1), np.nan) if a is None else a
            for a in (targets.red_low, targets.low, targets.high, targets.red_high)
        )
        lower = Line.of(red_low, low, cap=100.0, polarity=Polarity.HIGHER_BETTER, tolerance=tolerance)
        upper = Line.of(red_high, high, cap=100.0, polarity=Polarity.LOWER_BETTER, tolerance=tolerance)
        sides = (red_low, low), (red_high, high)
        cut = tuple(on_cut(edge, red, tolerance) for red, edge in sides)
        points = tuple(p for red, edge in sides for p in turning_points(red, edge, tolerance))
        least, rules = tuple(map(reached, cut)), tuple(rule.value for rule in targets.rule)
        return cls(g, targets, (lower, upper), cut, least, points, _HUNDRED, targets.arrays(), rules)

    def score(self, value: Floats, score: Floats) -> None:
        """Write scores of figures; NaN where a KPI cannot be scored."""
        g = self.group
        if g.polarity is Polarity.NEUTRAL:
            score[:] = np.nan
        elif g.kind is MeasureKind.ORDINAL:
            score[:] = ordinal(value, {float(i): s for i, s in enumerate(g.kpis[0].levels.values(), start=1)})
        else:
            self.lines[0].score(value, out=score)
            for line in self.lines[1:]:
                np.minimum(score, line.score(value), out=score)
            if g.kind is MeasureKind.BOOLEAN:  # yes or no is judged without a target too
                np.copyto(score, boolean(value, polarity=g.polarity), where=_none(self.targets))

    def judge(self, value: Floats, score: Floats, status: Codes) -> Mapping[str, Floats]:
        """Write OFF, NEAR or ON of scores (see `kpi_status`), and give the anchors with the cut of each."""
        cut, least, anchors = self.cut[0], self.reached[0], self.anchors
        if len(self.cut) == 2:  # each side of the band has its own red line
            assert self.targets.low is not None
            below = value < self.targets.low
            cut, least = np.where(below, *self.cut), np.where(below, *self.reached)
            anchors = {**anchors, "cut": cut}
        # Sums of flags: no cut is below the red line, and masks that follow no pattern cost ten times as much.
        np.add(score >= reached(_RED_LINE), score >= least, out=status, dtype=np.uint8, casting="unsafe")
        return anchors

    def profile(self, value: Floats, score: Floats) -> None:
        """Write over scores what the profile of the KPIs makes of them; the status stays the one they had before."""
        way = self.group.kpis[0].scoring
        if way == "linear_anchor" or self.group.kind in (MeasureKind.BOOLEAN, MeasureKind.ORDINAL):
            return
        t = self.targets
        score[:] = profiled(way, value, score, t.red_line, t.target, self.group.kpis[0], polarity=_polarity(self.group))

    def is_borderline(self, value: Floats, score: Floats, sigma: Floats) -> Bools:
        """Where natural variation alone could have changed the status (§3.4)."""
        if self.points:
            return is_close(value, self.points, sigma) & np.isfinite(score)
        return borderline(score, (_RED_LINE, self.cut[0]), sigma, self.gap)


def _none(targets: TargetBlock) -> Bools:
    """Which KPIs have no target at all."""
    return np.asarray(np.isnan(targets.target).all(axis=(1, 2), keepdims=True))


def _polarity(g: Group) -> Polarity | Bools:
    """One polarity, or for each KPI whether higher is better."""
    if len({k.polarity for k in g.kpis}) == 1:
        return g.polarity
    return np.array([k.polarity is Polarity.HIGHER_BETTER for k in g.kpis])[:, None, None]
