"""From a KPI's own periods to the periods of a view: months, quarters, years, or the year to date.

A view coarser than the KPI folds its periods; a view finer than the KPI shows its newest figure that is due, and
says which period that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from fourfold.engine.aggregation import AggTime, Folded, fold_time, fold_windows
from fourfold.engine.blocks import Block
from fourfold.engine.cells import ERROR, NOT_APPLICABLE, NOT_DUE, NUMBER, Bools, Codes, Floats, Reason, stacked
from fourfold.engine.groups import Group
from fourfold.engine.periods import Frequency, Period, bucket_index, start_index
from fourfold.engine.results import View

Indexes = npt.NDArray[np.intp]
_A = TypeVar("_A", Floats, Codes)


@dataclass(frozen=True)
class Window:
    """How the periods of one frequency make up those of a view."""

    own: tuple[Period, ...]
    shown: tuple[Period, ...]
    view: View

    @cached_property
    def frequency(self) -> Frequency:
        """The frequency of the shown periods."""
        return self.shown[0].frequency

    @cached_property
    def is_same(self) -> bool:
        """True when each shown period is one own period."""
        return self.view != "ytd" and self.own[0].frequency is self.frequency

    @cached_property
    def offset(self) -> int:
        """Index of the first shown period among the own ones, when these are the same."""
        return self.shown[0].ordinal - self.own[0].ordinal

    @cached_property
    def is_finer(self) -> bool:
        """True when the KPI is reported less often than the view shows."""
        return self.own[0].frequency.rank > self.frequency.rank

    @cached_property
    def last(self) -> Indexes:
        """For each shown period, the index of the last own period that ends by its end; −1 where there is none."""
        ends = np.array([p.end.toordinal() for p in self.own])
        return np.searchsorted(ends, [p.end.toordinal() for p in self.shown], side="right").astype(np.intp) - 1

    @cached_property
    def buckets(self) -> Indexes:
        """For each own period the index of the shown period it belongs to, or −1."""
        return bucket_index(self.own, self.frequency, self.shown).astype(np.intp)

    @cached_property
    def to_date(self) -> list[tuple[int, int]]:
        """For each shown period the own periods `[start, stop)` of its fiscal year up to it."""
        starts = start_index(self.own, Frequency.YEAR)
        windows = []
        for shown, last in zip(self.shown, self.last_inside, strict=True):
            if last < 0:
                windows.append((0, 0))
                continue
            start = max(int(starts[last]), 0)
            if self.is_finer and self.own[last].within(Frequency.YEAR) != shown.within(Frequency.YEAR):
                start = last + 1  # the year's first own period is not over yet
            windows.append((start, last + 1))
        return windows

    @cached_property
    def last_inside(self) -> Indexes:
        """For each shown period the index of the last own period in it (or ended by its end, in a finer view)."""
        if self.is_finer:
            return self.last
        buckets = bucket_index(self.own, self.frequency, self.shown)
        found = np.full(len(self.shown), -1, dtype=np.intp)
        inside = buckets >= 0
        found[buckets[inside]] = np.flatnonzero(inside)  # own periods ascend, so the last one stays
        return found


def is_picked(group: Group, window: Window) -> bool:
    """True where a shown period shows the figure of one own period, and nothing is folded."""
    if window.view == "ytd":
        return group.over_time is AggTime.LAST
    return window.is_same or window.is_finer


def fold_groups(block: Block, groups: Sequence[Group], window: Window) -> tuple[Folded, Floats]:
    """The figures of a block in the periods of a view, and their coverage; `groups` make up the block in order."""
    if window.is_same:
        whole = fold(block, groups[0], window)
        return whole, fold_coverage(block, whole, groups[0], window)
    parts, coverages = list[Folded](), list[Floats]()
    for g, part in zip(groups, block.parts(len(g.kpis) for g in groups), strict=True):
        if not g.rolls_up and not g.is_computed:
            part.coverage = None
        parts.append(fold(part, g, window))
        coverages.append(fold_coverage(part, parts[-1], g, window))
    shapes = [(len(g.kpis), len(block.units), len(window.shown)) for g in groups]
    whole = Folded(*(stacked(arrays, shapes) for arrays in zip(*parts, strict=True)))  # type: ignore[arg-type]
    return whole, np.concatenate(coverages)


def fold(block: Block, group: Group, window: Window) -> Folded:
    """The figures of a block in the periods of a view; see `aggregation.fold_time` for what happens to gaps."""
    if is_picked(group, window):
        return _pick(block, newest_due(block.state, window))
    factor = np.array([float(k.factor) for k in group.kpis])[:, None, None]
    higher = group.polarity.value != "lower_better"
    parts = (block.value, block.numerator, block.denominator, block.state)
    # What can only be computed from its source has no figure in a longer period; the other KPIs have theirs.
    agg = AggTime.NONE if group.over_time is AggTime.RECOMPUTE else group.over_time
    if window.view == "ytd":
        windows = window.to_date
        folded = fold_windows(*parts, windows, agg, marks=block.marks, factor=factor, higher_better=higher)
        _wait(folded.state, block.state, [start == stop for start, stop in windows], window.last_inside + 1)
    else:
        count = len(window.shown)
        folded = fold_time(*parts, window.buckets, count, agg, marks=block.marks, factor=factor, higher_better=higher)
    if block.reason is not None and (lacking := block.reason == np.uint8(Reason.NO_RATE)).any():
        _say_no_rate(folded, lacking, window)
    return folded


def _say_no_rate(folded: Folded, lacking: Bools, window: Window) -> None:
    """Give errors, in place, the reason that a period in them has no exchange rate: that is what to mend."""
    parts = (lacking.astype(np.float64), None, None, np.zeros(lacking.shape, np.uint8))
    if window.view == "ytd":
        inside = fold_windows(*parts, window.to_date, AggTime.MAX).value
    else:
        inside = fold_time(*parts, window.buckets, len(window.shown), AggTime.MAX).value
    folded.reason[(inside == 1) & (folded.state == ERROR)] = Reason.NO_RATE


def newest_due(state: Codes, window: Window) -> slice[int, int, None] | Indexes:
    """Which own period stands for each shown one: itself, or the newest one that is due; −1 where there is none.

    A slice where that is the same for all KPIs, else indexes `(kpi, 1, shown period)`.
    """
    if window.is_same:
        return slice(window.offset, window.offset + len(window.shown))
    last = window.last if window.is_finer else window.last_inside
    if not window.is_finer:
        return np.broadcast_to(last, (len(state), 1, len(last)))
    due = ~(state == NOT_DUE).all(axis=1)
    newest = np.maximum.accumulate(np.where(due, np.arange(len(window.own)), 0), axis=-1)
    return np.where(last < 0, -1, newest[:, None, last])


def picked(array: _A, index: slice[int, int, None] | Indexes) -> _A:
    """The cells of `(kpi, unit, own period)` at the periods `newest_due` found; those at −1 mean nothing."""
    if isinstance(index, slice):
        return array[..., index]
    return np.take_along_axis(array, np.maximum(index, 0), axis=-1)


def _pick(block: Block, index: slice[int, int, None] | Indexes) -> Folded:
    """The cells at these own periods; before the first one nothing is due."""

    def parts(array: Floats | None) -> Floats | None:
        return None if array is None else picked(array, index)

    value, state, marks = picked(block.value, index), picked(block.state, index), picked(block.marks, index)
    if not isinstance(index, slice) and (outside := index[0, 0] < 0).any():
        _wait(state, block.state, outside, np.zeros(len(outside), dtype=np.intp))
        value[..., outside] = np.nan
        marks[..., outside] = 0
    reason = np.zeros(state.shape, np.uint8) if block.reason is None else picked(block.reason, index)
    if isinstance(index, slice) and block.coverage is not None:
        coverage = block.coverage[..., index]
    else:
        coverage = (state == NUMBER).astype(np.float64)
    return Folded(value, parts(block.numerator), parts(block.denominator), state, marks, coverage, reason)


def _wait(shown: Codes, own: Codes, empty: Sequence[bool] | Bools, under_way: Indexes) -> None:
    """Make the shown periods without any own period NOT_DUE, in place; a KPI that a unit does not have stays absent.

    `under_way` is the index of the own period that is to tell.
    """
    where = np.flatnonzero(empty)
    absent = own[..., np.minimum(under_way[where], own.shape[-1] - 1)] == NOT_APPLICABLE
    shown[..., where] = np.where(absent, NOT_APPLICABLE, NOT_DUE)


def data_periods(state: Codes, window: Window) -> list[tuple[str, ...]]:
    """For each KPI the ids of the own periods whose figures the shown periods show; empty where they are the same."""
    if not window.is_finer:
        return [("",) * len(window.shown)] * len(state)
    index = newest_due(state, window)
    assert not isinstance(index, slice)
    return [tuple(window.own[i].id if i >= 0 else "" for i in row) for row in index[:, 0]]


def fold_coverage(block: Block, folded: Folded, group: Group, window: Window) -> Floats:
    """Share of what should be in that is in: units below, times sub-periods of the view."""
    if block.coverage is None:
        return folded.coverage
    if window.is_same:
        return block.coverage[..., newest_due(block.state, window)]
    if is_picked(group, window):
        units = picked(block.coverage, newest_due(block.state, window))
    else:
        agg = group.over_time if group.over_time in (AggTime.LAST, AggTime.FIRST) else AggTime.MEAN
        # What divides by zero in a part may be a number in the whole: its inputs are in.
        state = np.where(block.state == ERROR, NUMBER, block.state)
        parts = (block.coverage, None, None, state)
        if window.view == "ytd":
            units = fold_windows(*parts, window.to_date, agg).value
        else:
            units = fold_time(*parts, window.buckets, len(window.shown), agg).value
    return np.nan_to_num(units) * folded.coverage
