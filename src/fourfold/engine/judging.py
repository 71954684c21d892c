"""Judging KPIs: targets beside figures, the score, the status, and how sure it is (methodology §3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from fourfold.engine.aggregation import AggTime, MeasureKind, fold_time, fold_windows
from fourfold.engine.anchors import Polarity
from fourfold.engine.blocks import Block
from fourfold.engine.cells import Bools, Codes, Floats, Mark, State
from fourfold.engine.definitions import Definitions
from fourfold.engine.groups import Group, merged
from fourfold.engine.kpis import parts_of
from fourfold.engine.periods import Period
from fourfold.engine.results import Results
from fourfold.engine.scoring import (
    STATUS_OF_STATE,
    boolean,
    borderline,
    in_range,
    kpi_status,
    linear_anchor,
    on_cut,
    on_cut_in_range,
    ordinal,
)
from fourfold.engine.target_blocks import TargetBlock, target_block
from fourfold.engine.views import Window, data_periods, fold, fold_coverage, is_picked, newest_due, picked

#: Quality of a figure by its mark (§3.8); several marks multiply.
QUALITY = {Mark.UNAPPROVED: 0.7, Mark.ESTIMATE: 0.6, Mark.PROVISIONAL: 0.8, Mark.CARRIED: 0.8}
_QUALITY_OF = np.ones(256)
for _mark, _share in QUALITY.items():
    _QUALITY_OF[(np.arange(256) & _mark) != 0] *= _share
#: Numbers before natural variation is known well enough to call a status borderline (§5.3).
ENOUGH = 12


def judge_all(
    block: Block, groups: Sequence[Group], window: Window, definitions: Definitions, *, as_of: datetime
) -> Results:
    """Results of all KPIs of a block, in the order of the groups: those that are scored alike together."""
    # Where nothing is folded over time it does not matter how: fewer and longer arrays are faster.
    alike = merged(groups) if window.is_same else groups
    results = []
    for g, part in zip(alike, parts_of(block, alike), strict=True):
        if not window.is_same and not g.rolls_up:
            part.coverage = None
        results.append(judge(part, g, window, definitions, as_of=as_of))
    return join(results)


def judge(block: Block, g: Group, window: Window, definitions: Definitions, *, as_of: datetime) -> Results:
    """Results of the KPIs of a block in the periods of a view."""
    folded = fold(block, g, window)
    anchors = fold_targets(target_block(block, g.kpis, definitions, as_of=as_of), block, g, window)
    tolerance = _tolerance(block, g, window)
    score, cut = _score(folded.value, g, anchors, tolerance)
    is_number = folded.state == State.NUMBER
    status = np.where(is_number, kpi_status(score, cut), STATUS_OF_STATE[folded.state])
    marks = folded.marks
    if window.is_same and anchors.red_line is not None:
        near = _borderline(block, window, score, cut, anchors)
        marks = np.where(near, marks | np.uint8(Mark.BORDERLINE), marks)
    coverage = fold_coverage(block, folded, g, window)
    confidence = np.where(is_number, _QUALITY_OF[folded.marks] * np.clip(coverage, 0.0, 1.0), 0.0)
    shown = data_periods(block.state, window)
    nodes = tuple(f"kpi:{code}" for code in g.codes)
    return Results(
        nodes, block.units, window.shown, score, status, coverage, confidence, marks,
        value=folded.value, numerator=folded.num, denominator=folded.den, state=folded.state, reason=folded.reason,
        target=anchors.target, red_line=anchors.red_line, low=anchors.low, high=anchors.high,
        data_period=dict(zip(nodes, shown, strict=True)) if window.is_finer else {},
        floor=anchors.floor, stretch=anchors.stretch, red_low=anchors.red_low, red_high=anchors.red_high, cut=cut,
        rule=dict(zip(nodes, (r.value for r in anchors.rule), strict=True)),
    )  # fmt: skip


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
    state = np.where(np.isnan(full), np.uint8(State.NOT_APPLICABLE), block.state)
    state = np.where(state == State.MISSING, np.uint8(State.NOT_APPLICABLE), state)
    agg, weights = _agg_of_targets(g.over_time), block.denominator
    if agg is AggTime.WEIGHTED_MEAN and weights is None:
        agg = AggTime.MEAN
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
    if g.kind is MeasureKind.BOOLEAN and np.isnan(a.target).all():
        return boolean(value, polarity=g.polarity), np.full((1, 1, 1), 100.0)
    if g.polarity is Polarity.IN_RANGE and a.low is not None:
        band = (_known(a.red_low), _known(a.low), _known(a.high), _known(a.red_high))
        score = in_range(value, *band, tolerance=tolerance)
        return score, on_cut_in_range(value, *band, tolerance)
    score = linear_anchor(
        value, a.red_line, a.target, a.floor, a.stretch, polarity=_polarity(g), tolerance=tolerance
    )
    return score, on_cut(a.target, a.red_line, tolerance)


def _polarity(g: Group) -> Polarity | Bools:
    """One polarity, or for each KPI whether higher is better."""
    if len({k.polarity for k in g.kpis}) == 1:
        return g.polarity
    return np.array([k.polarity is Polarity.HIGHER_BETTER for k in g.kpis])[:, None, None]


def _known(array: Floats | None) -> Floats:
    return np.full((1, 1, 1), np.nan) if array is None else array


def _borderline(block: Block, window: Window, score: Floats, cut: Floats, a: TargetBlock) -> Codes:
    """Where natural variation alone could have changed the status (§3.4); needs 12 numbers up to the period."""
    index = newest_due(block.state, window)
    sigma = natural_sigma(block.value)[..., index]
    return np.asarray(borderline(score, (50.0, cut), sigma, a.target, a.red_line), dtype=np.uint8)


def natural_sigma(value: Floats) -> Floats:
    """Natural standard deviation up to each period: mean moving range / 1.128, NaN with fewer than 12 numbers.

    A gap breaks the moving range. Nothing after a period is read (I10).
    """
    step = np.abs(np.diff(value, axis=-1, prepend=np.nan))
    known = np.isfinite(step)
    total = np.cumsum(np.where(known, step, 0.0), axis=-1)
    count = np.cumsum(known, axis=-1, dtype=np.float64)
    with np.errstate(all="ignore"):
        sigma = total / count / 1.128
    return np.where(count >= ENOUGH - 1, sigma, np.nan)


def join(parts: Sequence[Results]) -> Results:
    """Results of several groups as one, KPIs in the order of the groups."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    rows: dict[str, Floats | Codes | None] = {}
    for name in ("score", "status", "coverage", "confidence", "marks", "value", "numerator", "denominator", "state",
                 "reason", "target", "red_line", "low", "high", "floor", "stretch", "red_low", "red_high",
                 "cut"):  # fmt: skip
        rows[name] = _join_arrays([getattr(p, name) for p in parts], [p.shape for p in parts])
    nodes = tuple(node for p in parts for node in p.nodes)
    shown = {node: periods for p in parts for node, periods in p.data_period.items()}
    rules = {node: rule for p in parts for node, rule in p.rule.items()}
    return Results(nodes, first.units, first.periods, data_period=shown, rule=rules, **rows)  # type: ignore[arg-type]


def _join_arrays(
    arrays: Sequence[Floats | Codes | None], shapes: Sequence[tuple[int, int, int]]
) -> Floats | Codes | None:
    if all(a is None for a in arrays):
        return None
    full = [
        np.full(shape, np.nan) if a is None else np.broadcast_to(a, shape)
        for a, shape in zip(arrays, shapes, strict=True)
    ]
    return np.concatenate(full)


def no_results(units: tuple[str, ...], periods: tuple[Period, ...]) -> Results:
    """Results of no KPI at all."""
    shape = (0, len(units), len(periods))
    blank, codes = np.zeros(shape), np.zeros(shape, np.uint8)
    return Results((), units, periods, blank, codes, blank, blank, codes, value=blank, state=codes, reason=codes)

