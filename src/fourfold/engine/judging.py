"""Judging KPIs: targets beside figures, the score, the status, and how sure it is (methodology §3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np

from fourfold.engine.aggregation import AggTime, Folded, fold_time, fold_windows
from fourfold.engine.blocks import Block
from fourfold.engine.cells import NOT_APPLICABLE, NUMBER, Codes, Floats, Mark, State, side_by_side, slabs, stacked
from fourfold.engine.definitions import Definitions
from fourfold.engine.freshness import decay
from fourfold.engine.groups import Group, group, merged
from fourfold.engine.once import MOST, once, once_for
from fourfold.engine.periods import Period
from fourfold.engine.results import Anchors, Results
from fourfold.engine.scoring import STATUS_OF_STATE
from fourfold.engine.target_blocks import SMALL, TargetBlock, target_block
from fourfold.engine.target_versions import versions_of
from fourfold.engine.views import Window, data_periods, fold_groups, is_picked, newest_due, picked
from fourfold.engine.yardsticks import Yardstick

#: Quality of a figure by its mark (§3.8), freshness of one carried by a period (§2.5); several marks multiply.
QUALITY = {Mark.UNAPPROVED: 0.7, Mark.ESTIMATE: 0.6, Mark.PROVISIONAL: 0.8, Mark.CARRIED: float(decay(1.0))}
_QUALITY_OF = np.ones(256)
for _mark, _share in QUALITY.items():
    _QUALITY_OF[(np.arange(256) & _mark) != 0] *= _share
_DOUBTFUL: Final = np.uint8(sum(QUALITY))
#: A target counts where its figure is, or is still to come: not in a month that divides by zero, in a fine quarter.
_STATE_BESIDE = np.array([State.NUMBER, *[State.NOT_APPLICABLE] * 2, State.NOT_DUE, State.NOT_APPLICABLE], np.uint8)
#: Numbers before natural variation is known well enough to call a status borderline (§5.3).
ENOUGH: Final = 12


def judge(
    block: Block, groups: Sequence[Group], window: Window, definitions: Definitions, *, as_of: datetime
) -> Results:
    """Results of the KPIs of a block in the periods of a view, in the order of the groups that make it up."""
    folded, coverage = fold_groups(block, groups, window)
    if window.is_same:  # targets are folded beside figures only where figures are folded
        block = replace(block, numerator=None, denominator=None)
    value, state = folded.value, folded.state
    score, status, marks = np.empty(state.shape), np.empty(state.shape, np.uint8), folded.marks.copy()
    alike = _scored_alike(definitions, block.kpis) if window.is_same else groups

    def piece(slab: slice[int, int, None]) -> list[tuple[Anchors, tuple[str, ...]]]:
        """Judge some KPIs: as many as the processor's cache holds."""
        judged = []
        sigma = natural_sigma(block.value[slab])[..., newest_due(state, window)] if window.is_same else None
        for g, rows, inside in _within(slab, alike):
            yard = _yardstick(block.part(rows), g, window, definitions, as_of)
            yard.score(value[rows], score[rows])
            anchors = yard.judge(value[rows], score[rows], status[rows])
            judged.append((Anchors.of(len(g.kpis), anchors), yard.rules))
            if sigma is not None:
                near = yard.is_borderline(value[rows], score[rows], sigma[inside])
                marks[rows] |= near * np.uint8(Mark.BORDERLINE)
            yard.profile(value[rows], score[rows])
        # Few cells have no score, and few no number: the places of these are faster than masks over all.
        none = np.flatnonzero(np.isnan(score[slab]))
        status[slab].reshape(-1)[none] = STATUS_OF_STATE[state[slab].reshape(-1)[none]]
        return judged

    def quietly(slab: slice[int, int, None]) -> list[tuple[Anchors, tuple[str, ...]]]:
        with np.errstate(all="ignore"):
            return piece(slab)

    judged = [one for some in side_by_side(quietly, slabs(state.shape)) for one in some]
    rules = (rule for _, some in judged for rule in some)
    nodes = _names(definitions, block.kpis)
    shown = dict(zip(nodes, data_periods(block.state, window), strict=True)) if window.is_finer else {}
    return Results(
        nodes, block.units, window.shown, score, status, coverage, _confidence(coverage, folded), marks,
        value=value, numerator=folded.num, denominator=folded.den, state=state, reason=folded.reason,
        anchors=tuple(a for a, _ in judged), data_period=shown, rule=dict(zip(nodes, rules, strict=True)),
    )  # fmt: skip


def _confidence(coverage: Floats, folded: Folded) -> Floats:
    """How sure each figure is: its coverage, less where it is marked, 0 where there is none.

    Mostly that is the coverage and nothing else, and then it is the same array: to see that takes less than a new one.
    """
    state, marks = folded.state, folded.marks

    def is_coverage(some: slice[int, int, None]) -> bool:
        own = coverage[some]
        is_sure = not (marks[some] & _DOUBTFUL).any() and own.max(initial=0.0) <= 1.0
        return bool(is_sure and not own[state[some] != NUMBER].any())

    if all(side_by_side(is_coverage, slabs(state.shape))):
        return coverage
    confidence = np.empty(state.shape)

    def trust(some: slice[int, int, None]) -> None:
        own = np.minimum(coverage[some], 1.0, out=confidence[some])
        own.reshape(-1)[np.flatnonzero(state[some] != NUMBER)] = 0.0
        if (marked := marks[some]).any():
            own *= _QUALITY_OF[marked]

    side_by_side(trust, slabs(state.shape))
    return confidence


@once_for
def _names(definitions: Definitions, codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"kpi:{code}" for code in codes)


@once_for
def _scored_alike(definitions: Definitions, codes: tuple[str, ...]) -> list[Group]:
    """KPIs in order, neighbours that are scored alike together.

    Where nothing is folded over time it does not matter how: fewer and longer arrays are faster.
    """
    return merged(one for code in codes for one in group([definitions.kpi[code]]))


def _within(
    slab: slice[int, int, None], groups: Iterable[Group]
) -> Iterator[tuple[Group, slice[int, int, None], slice[int, int, None]]]:
    """The parts of groups that lie in a slab, with their rows and their place in it."""
    start = 0
    for g in groups:
        stop = start + len(g.kpis)
        begin, end = max(start, slab.start), min(stop, slab.stop)
        if begin < end:
            whole = (begin, end) == (start, stop)
            own = g if whole else g.part(slice(begin - start, end - start))
            yield own, slice(begin, end), slice(begin - slab.start, end - slab.start)
        start = stop


def _yardstick(part: Block, g: Group, window: Window, definitions: Definitions, as_of: datetime) -> Yardstick:
    """What KPIs are measured against; worked out once where it is small and follows from the definitions alone."""
    kept = _remembered(definitions)
    key = (part.kpis, part.units, window.own[0].ordinal, len(window.own), window.offset, len(window.shown))
    if window.is_same and (found := kept.get(key)) is not None:
        return found
    targets = fold_targets(target_block(part, g.kpis, definitions, as_of=as_of), part, g, window)
    made = Yardstick.of(g, targets, _tolerance(part, g, window))
    if window.is_same and targets.target.size <= SMALL and versions_of(definitions, g.kpis).is_settled:
        if len(kept) >= MOST:
            kept.clear()
        kept[key] = made
    return made


_Key = tuple[tuple[str, ...], tuple[str, ...], int, int, int, int]


@once
def _remembered(definitions: Definitions) -> dict[_Key, Yardstick]:
    return {}


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
        if array.shape[-1] == 1:  # the same in all periods
            return array if isinstance(index, slice) else np.where(index < 0, np.nan, array)
        found = picked(array, index)
        return found if isinstance(index, slice) else np.where(index < 0, np.nan, found)
    full = np.ascontiguousarray(np.broadcast_to(array, block.shape))
    state = np.where(np.isnan(full), NOT_APPLICABLE, _STATE_BESIDE[block.state])
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


def natural_sigma(value: Floats) -> Floats:
    """Natural standard deviation up to each period: mean moving range / 1.128, NaN with fewer than 12 numbers.

    A gap breaks the moving range. Nothing after a period is read (I10).
    """
    total: Floats = np.empty(value.shape)
    flat = value.reshape(-1)  # one run is faster than many; what reaches over the end of a lane is written over
    np.subtract(flat[1:], flat[:-1], out=total.reshape(-1)[1:])
    total[..., :1] = np.nan
    np.abs(total, out=total)
    known = np.isfinite(total)
    np.copyto(total, 0.0, where=~known)
    np.add.accumulate(total, axis=-1, out=total)
    count = np.cumsum(known, axis=-1, dtype=np.int32)
    few = count < ENOUGH - 1
    with np.errstate(all="ignore"):
        total /= count
        total /= 1.128
    np.copyto(total, np.nan, where=few)
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
