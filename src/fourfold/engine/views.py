"""From a KPI's own periods to the periods of a view: months, quarters, years, or the year to date.

A view coarser than the KPI folds its periods; a view finer than the KPI shows its newest figure that is due, and
says which period that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fourfold.engine.aggregation import AggTime, Folded, fold_time, fold_windows
from fourfold.engine.blocks import Block
from fourfold.engine.cells import Codes, Floats, State
from fourfold.engine.groups import Group
from fourfold.engine.periods import Frequency, Period, bucket_index, start_index
from fourfold.engine.results import View

Indexes = npt.NDArray[np.intp]


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


def fold(block: Block, group: Group, window: Window) -> Folded:
    """The figures of a block in the periods of a view; see `aggregation.fold_time` for what happens to gaps."""
    factor = np.array([float(k.factor) for k in group.kpis])[:, None, None]
    higher = group.polarity.value != "lower_better"
    parts = (block.value, block.numerator, block.denominator, block.state)
    # What can only be computed from its source has no figure in a longer period; the other KPIs have theirs.
    agg = AggTime.NONE if group.over_time is AggTime.RECOMPUTE else group.over_time
    if window.view == "ytd" and agg is not AggTime.LAST:
        windows = window.to_date
        return fold_windows(*parts, windows, agg, marks=block.marks, factor=factor, higher_better=higher)
    if window.view == "ytd" or window.is_finer or window.is_same:
        return _pick(block, newest_due(block.state, window))
    count = len(window.shown)
    return fold_time(*parts, window.buckets, count, agg, marks=block.marks, factor=factor, higher_better=higher)


def newest_due(state: Codes, window: Window) -> slice[int, int, None] | Indexes:
    """Which own period stands for each shown one: itself, or the newest one that is due."""
    if window.is_same:
        return slice(window.offset, window.offset + len(window.shown))
    index = window.last.copy() if window.is_finer else window.last_inside.copy()
    due = ~(state == State.NOT_DUE).all(axis=(0, 1)) if window.is_finer else np.ones(len(window.own), dtype=bool)
    for i in range(len(index)):
        while index[i] > 0 and not due[index[i]]:
            index[i] -= 1
    return index


def _pick(block: Block, index: slice[int, int, None] | Indexes) -> Folded:
    """The cells at these own periods; a period before the first one is not due."""
    if isinstance(index, slice):
        where: slice[int, int, None] | Indexes = index
        outside = None
    else:
        where, outside = np.maximum(index, 0), index < 0

    def take(array: Floats | None) -> Floats | None:
        return None if array is None else array[..., where]

    state = block.state[..., where]
    value = block.value[..., where]
    if outside is not None and outside.any():
        state[..., outside] = State.NOT_DUE
        value[..., outside] = np.nan
    coverage = (state == State.NUMBER).astype(np.float64)
    reason = np.zeros(state.shape, np.uint8) if block.reason is None else block.reason[..., where]
    marks = block.marks[..., where]
    return Folded(value, take(block.numerator), take(block.denominator), state, marks, coverage, reason)


def data_periods(state: Codes, window: Window) -> tuple[str, ...]:
    """The id of the own period whose figure each shown period shows; empty where it is the period itself."""
    if not window.is_finer:
        return ("",) * len(window.shown)
    index = newest_due(state, window)
    assert not isinstance(index, slice)
    return tuple(window.own[i].id if i >= 0 else "" for i in index)


def fold_coverage(block: Block, folded: Folded, window: Window) -> Floats:
    """Share of what should be in that is in: units below, times sub-periods of the view."""
    if block.coverage is None:
        return folded.coverage
    if window.is_same:
        return block.coverage[..., newest_due(block.state, window)]
    index: Sequence[int] | Indexes = np.maximum(window.last_inside if not window.is_finer else window.last, 0)
    if window.view == "ytd":
        units = fold_windows(block.coverage, None, None, block.state, window.to_date, AggTime.MEAN).value
    elif window.is_finer:
        units = block.coverage[..., index]
    else:
        count = len(window.shown)
        units = fold_time(block.coverage, None, None, block.state, window.buckets, count, AggTime.MEAN).value
    return np.nan_to_num(units) * folded.coverage
