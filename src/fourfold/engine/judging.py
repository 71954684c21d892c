"""Judging KPIs: targets beside figures, the score, the status, and how sure it is (methodology §3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from fourfold.engine.aggregation import AggTime, MeasureKind, fold_time, fold_windows
from fourfold.engine.anchors import Polarity, RedLineRule
from fourfold.engine.blocks import Block
from fourfold.engine.cells import Bools, Codes, Floats, Mark, State, side_by_side, slabs, stacked
from fourfold.engine.definitions import Definitions
from fourfold.engine.freshness import decay
from fourfold.engine.groups import Group, merged
from fourfold.engine.periods import Period
from fourfold.engine.results import Anchors, Results
from fourfold.engine.scoring import (
    STATUS_OF_STATE,
    boolean,
    borderline,
    borderline_side,
    in_range,
    kpi_status,
    linear_anchor,
    on_cut,
    on_cut_in_range,
    ordinal,
)
from fourfold.engine.target_blocks import TargetBlock, target_block
from fourfold.engine.views import Window, data_periods, fold_groups, is_picked, newest_due, picked

#: Quality of a figure by its mark (§3.8), freshness of one carried by a period (§2.5); several marks multiply.
QUALITY = {Mark.UNAPPROVED: 0.7, Mark.ESTIMATE: 0.6, Mark.PROVISIONAL: 0.8, Mark.CARRIED: float(decay(1.0))}
_QUALITY_OF = np.ones(256)
for _mark, _share in QUALITY.items():
    _QUALITY_OF[(np.arange(256) & _mark) != 0] *= _share
#: A target counts where its figure is, or is still to come: not in a month that divides by zero, in a fine quarter.
_STATE_BESIDE = np.array([State.NUMBER, *[State.NOT_APPLICABLE] * 2, State.NOT_DUE, State.NOT_APPLICABLE], np.uint8)
#: Numbers before natural variation is known well enough to call a status borderline (§5.3).
ENOUGH = 12


def judge(
    block: Block, groups: Sequence[Group], window: Window, definitions: Definitions, *, as_of: datetime
) -> Results:
    """Results of the KPIs of a block in the periods of a view, in the order of the groups that make it up."""
    folded, coverage = fold_groups(block, groups, window)
    if window.is_same:  # targets are folded beside figures only where figures are folded
        block = replace(block, numerator=None, denominator=None)
    score, confidence = np.empty(folded.state.shape), np.empty(folded.state.shape)
    status, marks = np.empty(folded.state.shape, np.uint8), folded.marks.copy()

    def piece(some: tuple[Group, slice[int, int, None]]) -> tuple[Anchors, tuple[RedLineRule, ...]]:
        g, rows = some
        part, state = block.part(rows), folded.state[rows]
        targets = fold_targets(target_block(part, g.kpis, definitions, as_of=as_of), part, g, window)
        score[rows], cut = _score(folded.value[rows], g, targets, _tolerance(part, g, window))
        number = state == State.NUMBER
        status[rows] = kpi_status(score[rows], cut)
        if not number.all():
            none = ~number
            status[rows][none] = STATUS_OF_STATE[state[none]]
        trust = np.clip(coverage[rows], 0.0, 1.0, out=confidence[rows])
        trust *= number
        if (marked := folded.marks[rows]).any():
            trust *= _QUALITY_OF[marked]
        if window.is_same:
            near = _borderline(part, window, folded.value[rows], score[rows], cut, targets, g)
            marks[rows] |= near * np.uint8(Mark.BORDERLINE)
        return Anchors(len(g.kpis), targets.arrays() | {"cut": cut}), targets.rule

    judged = side_by_side(piece, _pieces(block, groups, window))
    rules = (rule.value for _, some in judged for rule in some)
    nodes = tuple(f"kpi:{code}" for code in block.kpis)
    shown = dict(zip(nodes, data_periods(block.state, window), strict=True)) if window.is_finer else {}
    return Results(
        nodes, block.units, window.shown, score, status, coverage, confidence, marks,
        value=folded.value, numerator=folded.num, denominator=folded.den, state=folded.state, reason=folded.reason,
        anchors=tuple(a for a, _ in judged), data_period=shown, rule=dict(zip(nodes, rules, strict=True)),
    )  # fmt: skip


def _pieces(block: Block, groups: Sequence[Group], window: Window) -> Iterator[tuple[Group, slice[int, int, None]]]:
    """What is judged at once, and its rows: KPIs that are scored alike, as many as the processor's cache holds.

    Where nothing is folded over time it does not matter how: fewer and longer arrays are faster.
    """
    start = 0
    for g in merged(groups) if window.is_same else groups:
        for some in slabs((len(g.kpis), *block.shape[1:])):
            yield g.part(some), slice(start + some.start, start + some.stop)
        start += len(g.kpis)


def fold_targets(targets: TargetBlock, block: Block, g: Group, window: Window) -> TargetBlock:
    """Targets in the periods of the view, folded as the figures are and over the same sub-periods.

    Sums of flows are compared with sums of targets; a ratio's target is weighted with its denominators, so that
    meeting it in every month means meeting it in the quarter.
    """
    folded = {name: fold_beside(array, block, g, window) for name, array in targets.arrays().items()}
    return TargetBlock(**folded, rule=targets.rule)


def fold_beside(array: Floats, block: Block, g: Group, window: Window) -> Floats:
    """Fold an array that goes with the figures; cells whose figure is not there do not count."""
    if is_picked(g, window):
        index = newest_due(block.state, window)
        found = picked(array, index)
        return found if isinstance(index, slice) else np.where(index < 0, np.nan, found)
    full = np.ascontiguousarray(np.broadcast_to(array, block.shape))
    state = np.where(np.isnan(full), np.uint8(State.NOT_APPLICABLE), _STATE_BESIDE[block.state])
    agg, weights = _agg_of_targets(g.over_time), block.denominator
    if agg is AggTime.WEIGHTED_MEAN and weights is None:
        if g.over_time is AggTime.SHARE_TRUE:
            agg = AggTime.MEAN
        else:  # like the figures: without weights only a single one counts
            weights = np.full(block.shape, np.nan)
    if window.view == "ytd":
        return fold_windows(full, None, weights, state, window.to_date, agg).value
    return fold_time(full, None, weights, state, window.buckets, len(window.shown), agg).value


def _agg_of_targets(agg: AggTime) -> AggTime:
    """How targets fold beside figures that fold by `agg`."""
    if agg in (AggTime.WEIGHTED_RATIO, AggTime.WEIGHTED_MEAN, AggTime.SHARE_TRUE):
        return AggTime.WEIGHTED_MEAN
    if agg in (AggTime.SUM, AggTime.LAST, AggTime.FIRST, AggTime.MAX, AggTime.MIN):
        return agg
    return AggTime.MEAN


def _tolerance(block: Block, g: Group, window: Window) -> Floats:
    """The tolerance of each KPI; a sum over n sub-periods has n times that of one."""
    each = np.array([float(k.tolerance) for k in g.kpis])[:, None, None]
    if g.over_time is AggTime.SUM and each.any() and not is_picked(g, window):
        return np.nan_to_num(fold_beside(each, block, g, window))
    return each


def _score(value: Floats, g: Group, a: TargetBlock, tolerance: Floats) -> tuple[Floats, Floats]:
    """Scores and the cut from which a KPI is on target; NaN where a KPI cannot be scored."""
    if g.polarity is Polarity.NEUTRAL:
        return np.full(value.shape, np.nan), np.full((1, 1, 1), 100.0)
    if g.kind is MeasureKind.ORDINAL:
        levels = {float(i): s for i, s in enumerate(g.kpis[0].levels.values(), start=1)}
        return ordinal(value, levels), np.full((1, 1, 1), 100.0)
    if g.polarity is Polarity.IN_RANGE and a.low is not None:
        band = (_known(a.red_low), _known(a.low), _known(a.high), _known(a.red_high))
        score = in_range(value, *band, tolerance=tolerance)
        return score, on_cut_in_range(value, *band, tolerance)
    score = linear_anchor(value, a.red_line, a.target, a.floor, a.stretch, polarity=_polarity(g), tolerance=tolerance)
    cut = on_cut(a.target, a.red_line, tolerance)
    if g.kind is MeasureKind.BOOLEAN:  # yes or no is judged without a target too
        without = np.isnan(a.target).all(axis=(1, 2), keepdims=True)
        return np.where(without, boolean(value, polarity=g.polarity), score), np.where(without, 100.0, cut)
    return score, cut


def _polarity(g: Group) -> Polarity | Bools:
    """One polarity, or for each KPI whether higher is better."""
    if len({k.polarity for k in g.kpis}) == 1:
        return g.polarity
    return np.array([k.polarity is Polarity.HIGHER_BETTER for k in g.kpis])[:, None, None]


def _known(array: Floats | None) -> Floats:
    return np.full((1, 1, 1), np.nan) if array is None else array


def _borderline(
    block: Block, window: Window, value: Floats, score: Floats, cut: Floats, a: TargetBlock, g: Group
) -> Bools:
    """Where natural variation alone could have changed the status (§3.4); needs 12 numbers up to the period."""
    index = newest_due(block.state, window)
    sigma = natural_sigma(block.value)[..., index]
    if g.polarity is Polarity.IN_RANGE and a.low is not None:
        sides = (_known(a.red_low), _known(a.low)), (_known(a.red_high), _known(a.high))
        tolerance = _tolerance(block, g, window)
        near = [borderline_side(value, red, edge, sigma, tolerance) for red, edge in sides]
        return np.asarray((near[0] | near[1]) & np.isfinite(score))
    return borderline(score, (50.0, cut), sigma, a.target, a.red_line)


def natural_sigma(value: Floats) -> Floats:
    """Natural standard deviation up to each period: mean moving range / 1.128, NaN with fewer than 12 numbers.

    A gap breaks the moving range. Nothing after a period is read (I10).
    """
    step = np.zeros(value.shape)
    np.subtract(value[..., 1:], value[..., :-1], out=step[..., 1:])
    known = np.isfinite(step)
    known[..., :1] = False
    np.abs(step, out=step)
    step[~known] = 0.0
    total, count = np.cumsum(step, axis=-1, out=step), np.cumsum(known, axis=-1, dtype=np.int32)
    few = count < ENOUGH - 1
    with np.errstate(all="ignore"):
        total /= count
        total /= 1.128
    total[few] = np.nan
    return total


def join(parts: Sequence[Results]) -> Results:
    """Results of several blocks as one, KPIs in the order of the blocks."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    rows: dict[str, Floats | Codes | None] = {}
    for name in ("score", "status", "coverage", "confidence", "marks", "value", "numerator", "denominator", "state",
                 "reason"):  # fmt: skip
        rows[name] = stacked([getattr(p, name) for p in parts], [p.shape for p in parts])
    return Results(
        tuple(node for p in parts for node in p.nodes), first.units, first.periods,
        anchors=tuple(a for p in parts for a in p.anchors),
        data_period={node: periods for p in parts for node, periods in p.data_period.items()},
        rule={node: rule for p in parts for node, rule in p.rule.items()},
        older={cell: periods for p in parts for cell, periods in p.older.items()},
        **rows,  # type: ignore[arg-type]
    )  # fmt: skip


def no_results(units: tuple[str, ...], periods: tuple[Period, ...]) -> Results:
    """Results of no KPI at all."""
    shape = (0, len(units), len(periods))
    blank, codes = np.zeros(shape), np.zeros(shape, np.uint8)
    return Results((), units, periods, blank, codes, blank, blank, codes, value=blank, state=codes, reason=codes)
