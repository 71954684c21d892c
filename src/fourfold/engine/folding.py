"""The machinery under `aggregation`: runs of cells along one axis, folded without a loop over cells.

The rules for cells without a number are those at the top of `aggregation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from fourfold.engine.algebra import AggTime
from fourfold.engine.cells import (
    ERROR,
    MISSING,
    NOT_APPLICABLE,
    NOT_DUE,
    NUMBER,
    Bools,
    Codes,
    Floats,
    Mark,
    Numbers,
    Reason,
    State,
    side_by_side,
)
from fourfold.errors import FourfoldError

Indexes = npt.NDArray[np.intp]
Counts = npt.NDArray[np.int32]
_A = TypeVar("_A", Floats, Codes, Indexes, Counts, Bools)

#: How many gathered cells are worked on at once: temporaries stay small and the peak memory flat.
_CHUNK: Final = 1 << 19
_STRICT: Final = (AggTime.SUM, AggTime.GEOMETRIC)
_NEEDS_PARTS: Final = (AggTime.WEIGHTED_RATIO, AggTime.WEIGHTED_MEAN)


class NotAdditive(FourfoldError):
    """These figures do not follow from their parts."""


class Cells(NamedTuple):
    """What goes into a fold: arrays of one shape, `(kpi, unit, period)` or fewer axes from the right."""

    value: Floats
    num: Floats | None
    den: Floats | None
    state: Codes
    marks: Codes | None


class Folded(NamedTuple):
    """The result of a fold: arrays of one shape, the folded axis replaced.

    `value` is NaN where `state` is not NUMBER. `num` and `den` are the parts of ratios, shares and weighted means,
    else None; they are kept where the value divides by zero, so that a further fold can use them. `coverage` is
    the share of expected cells (neither NOT_DUE nor NOT_APPLICABLE) that were there, 0 where none was expected.
    """

    value: Floats
    num: Floats | None
    den: Floats | None
    state: Codes
    marks: Codes
    coverage: Floats
    reason: Codes


class Rule(NamedTuple):
    """How to fold; over time, sums and chains are strict about gaps."""

    agg: AggTime
    over_time: bool
    higher_better: bool


@dataclass(frozen=True)
class Segments:
    """Runs of gathered positions along `axis` (−1 or −2), each of which becomes one cell; a run may be empty."""

    order: Indexes
    lengths: Indexes
    axis: int

    @cached_property
    def starts(self) -> Indexes:
        """Where each run that is not empty begins."""
        return np.asarray((np.cumsum(self.lengths) - self.lengths)[self.lengths > 0], dtype=np.intp)

    def gather(self, array: _A) -> _A:
        """The array with its axis in the order of the runs; itself where that changes nothing."""
        size = array.shape[self.axis]
        if self.order.size == size and np.array_equal(self.order, np.arange(size)):
            return array
        return np.take(array, self.order, axis=self.axis)

    def reduce(self, ufunc: np.ufunc, array: _A, empty: float) -> _A:
        """`ufunc` over each run; `empty` where a run has no member."""
        part: _A = ufunc.reduceat(array, self.starts, axis=self.axis, dtype=array.dtype)
        if np.all(self.lengths > 0):
            return part
        shape = list(array.shape)
        shape[self.axis] = len(self.lengths)
        whole = np.full(shape, empty, dtype=array.dtype)
        np.moveaxis(whole, self.axis, 0)[self.lengths > 0] = np.moveaxis(part, self.axis, 0)
        return whole

    def count(self, mask: Bools) -> Counts:
        """How many in each run."""
        if self.lengths.max(initial=0) < 256:  # bytes are added up four at a time and more
            return self.reduce(np.add, mask.view(np.uint8), 0).astype(np.int32)
        return self.reduce(np.add, mask.astype(np.int32), 0)

    def lengths_in(self, shape: tuple[int, ...]) -> Counts:
        """The length of each run, repeated over the other axes of the results."""
        return self.spread(self.lengths.astype(np.int32), shape)

    def spread(self, per_run: _A, shape: tuple[int, ...]) -> _A:
        """One number per run, repeated over the other axes of the results."""
        return np.broadcast_to(per_run if self.axis == -1 else per_run[:, None], shape)


class _Tally(NamedTuple):
    """How many cells of each sort a run has; errors that still bring their parts count as present."""

    present: Counts
    missing: Counts
    not_due: Counts
    error: Counts


def fold(cells: Cells, segments: Segments, rule: Rule, factor: Numbers) -> Folded:
    """Fold every run, in chunks of KPIs."""
    if rule.agg in (AggTime.RECOMPUTE, AggTime.NONE):
        how = _pass_through
    else:
        how = _pick if rule.agg in (AggTime.LAST, AggTime.FIRST) else _fold
    scale = np.asarray(factor, dtype=np.float64)
    first = cells.value.shape[0] if cells.value.ndim == 3 else 0
    size = int(np.prod(cells.value.shape[1:])) if first else 0
    per_kpi = max(size // max(cells.value.shape[segments.axis], 1) * segments.order.size, size, 1)
    rows = max(_CHUNK // per_kpi, 1)

    def chunk(some: slice[int, int, None]) -> Folded:
        part_scale: Floats = scale[some] if scale.ndim == 3 and scale.shape[0] == first else scale
        with np.errstate(all="ignore"):
            return how(_gathered(_rows(cells, some), segments), segments, rule, part_scale)

    if rows >= first:
        with np.errstate(all="ignore"):
            return how(_gathered(cells, segments), segments, rule, scale)
    return _joined(side_by_side(chunk, (slice(start, start + rows) for start in range(0, first, rows))))


def _rows(cells: Cells, some: slice[int, int, None]) -> Cells:
    return Cells(
        cells.value[some],
        None if cells.num is None else cells.num[some],
        None if cells.den is None else cells.den[some],
        cells.state[some],
        None if cells.marks is None else cells.marks[some],
    )


def _joined(chunks: list[Folded]) -> Folded:
    nums = [c.num for c in chunks if c.num is not None]
    dens = [c.den for c in chunks if c.den is not None]
    return Folded(
        np.concatenate([c.value for c in chunks]),
        np.concatenate(nums) if nums else None,
        np.concatenate(dens) if dens else None,
        np.concatenate([c.state for c in chunks]),
        np.concatenate([c.marks for c in chunks]),
        np.concatenate([c.coverage for c in chunks]),
        np.concatenate([c.reason for c in chunks]),
    )


def _gathered(cells: Cells, segments: Segments) -> Cells:
    return Cells(
        segments.gather(cells.value),
        None if cells.num is None else segments.gather(cells.num),
        None if cells.den is None else segments.gather(cells.den),
        segments.gather(cells.state),
        None if cells.marks is None else segments.gather(cells.marks),
    )


def _fold(cells: Cells, segments: Segments, rule: Rule, factor: Floats) -> Folded:
    """All aggregations that use every cell of a run."""
    usable, state = _usable(cells, rule.agg)
    tally = _count(usable, state, segments)
    value, num, den = _kernel(cells, usable, tally, segments, rule, factor)
    number, lone = cells.state == NUMBER, None
    if rule.agg in _NEEDS_PARTS and np.any(number & ~usable):
        lone, value = _keep_lone(cells, value, tally, segments)
        num, den = (None if part is None else np.where(lone, np.nan, part) for part in (num, den))
        present, missing = np.where(lone, np.int32(1), tally.present), np.where(lone, np.int32(0), tally.missing)
        tally = tally._replace(present=present, missing=missing)
    marks = None
    if cells.marks is not None and cells.marks.any():
        visible: Codes = np.where(usable, cells.marks, np.uint8(0))
        marks = segments.reduce(np.bitwise_or, visible, 0)
        if lone is not None:
            said: Codes = np.where(number, cells.marks, np.uint8(0))
            marks = np.where(lone, segments.reduce(np.bitwise_or, said, 0), marks)
    return _finish(value, num, den, tally, marks, strict=rule.over_time and rule.agg in _STRICT)


def _usable(cells: Cells, agg: AggTime) -> tuple[Bools, Codes]:
    """Which cells go into the figure, and the states to count: a ratio or weighted mean needs its parts."""
    state = cells.state
    usable = state == NUMBER
    if agg not in _NEEDS_PARTS:
        return usable, state
    number = usable
    if cells.den is None:
        usable = np.zeros(state.shape, dtype=np.bool_)
    elif agg is AggTime.WEIGHTED_MEAN:
        usable = number & np.isfinite(cells.den)
    elif cells.num is None:
        usable = np.zeros(state.shape, dtype=np.bool_)
    else:
        divides_by_zero = (state == ERROR) & (cells.den == 0)
        usable = (number | divides_by_zero) & np.isfinite(cells.num) & np.isfinite(cells.den)
    if np.array_equal(usable, number):
        return usable, state
    lacking = np.where(number, MISSING, state)
    return usable, np.asarray(np.where(usable, NUMBER, lacking))


def _count(usable: Bools, state: Codes, segments: Segments) -> _Tally:
    n = len(segments.lengths)
    shape = (*state.shape[:-1], n) if segments.axis == -1 else (*state.shape[:-2], n, state.shape[-1])
    nothing: Counts = np.zeros(shape, dtype=np.int32)
    if usable.all():
        return _Tally(segments.lengths_in(shape), nothing, nothing, nothing)
    present = segments.count(usable)
    if state.max(initial=NUMBER) <= MISSING:  # numbers and gaps alone: the one tell the other
        return _Tally(present, segments.lengths_in(shape) - present, nothing, nothing)

    def count(code: State) -> Counts:
        mask = state == code
        return segments.count(mask) if mask.any() else nothing

    return _Tally(present, count(State.MISSING), count(State.NOT_DUE), count(State.ERROR))


def _kernel(
    cells: Cells, usable: Bools, tally: _Tally, segments: Segments, rule: Rule, factor: Floats
) -> tuple[Floats, Floats | None, Floats | None]:
    """Value, numerator and denominator of each run; whatever comes out where nothing is there is masked later."""
    agg, value, lacking = rule.agg, cells.value, ~usable
    everything = not lacking.any()

    def over(ufunc: np.ufunc, array: Floats, neutral: float) -> Floats:
        if not everything:  # half the time of np.where
            array = array.copy()
            np.copyto(array, neutral, where=lacking)
        return segments.reduce(ufunc, array, neutral)

    if agg is AggTime.SUM:
        return over(np.add, value, 0.0), None, None
    if agg is AggTime.MEAN:
        return over(np.add, value, 0.0) / tally.present, None, None
    if agg in (AggTime.WEIGHTED_RATIO, AggTime.WEIGHTED_MEAN, AggTime.SHARE_TRUE):
        top, bottom = _parts(cells, agg, factor)
        num, den = over(np.add, top, 0.0), over(np.add, bottom, 0.0)
        return factor * num / den, num, den
    if agg is AggTime.GEOMETRIC:
        return over(np.multiply, 1.0 + value, 1.0) - 1.0, None, None
    if agg in (AggTime.ALL, AggTime.ANY):
        truth = (value != 0).astype(np.float64)
        return (over(np.minimum, truth, 1.0) if agg is AggTime.ALL else over(np.maximum, truth, 0.0)), None, None
    if agg is AggTime.MODE:
        return _mode(np.where(usable, value, np.nan), segments, rule.higher_better), None, None
    lowest = agg is AggTime.MIN or (agg is AggTime.WORST and rule.higher_better)
    return (over(np.minimum, value, np.inf) if lowest else over(np.maximum, value, -np.inf)), None, None


def _parts(cells: Cells, agg: AggTime, factor: Floats) -> tuple[Floats, Floats]:
    """What to add up above and below the line, cell by cell."""
    den = np.full(cells.value.shape, np.nan) if cells.den is None else cells.den
    if agg is AggTime.WEIGHTED_MEAN:
        return cells.value * den / factor, den
    num = np.full(cells.value.shape, np.nan) if cells.num is None else cells.num
    if agg is AggTime.WEIGHTED_RATIO:
        return num, den
    has_parts = np.isfinite(num) & np.isfinite(den)
    share = cells.value / factor
    truth = np.where((share > 0) & (share < 1), share, share != 0)
    return np.where(has_parts, num, truth), np.where(has_parts, den, 1.0)


def _mode(value: Floats, segments: Segments, higher_better: bool) -> Floats:
    """The most frequent value of each run; of several the worst. Loops over runs and their members, never cells."""
    starts = np.cumsum(segments.lengths) - segments.lengths
    modes = np.full((*value.shape[:-1], len(starts)), np.nan)
    for g, (start, length) in enumerate(zip(starts, segments.lengths, strict=True)):
        ordered = np.sort(value[..., start : start + length], axis=-1)  # NaN comes last and equals nothing
        run = np.zeros(value.shape[:-1], dtype=np.int32)
        longest = np.zeros_like(run)
        for i in range(int(length)):
            here = ordered[..., i]
            run = np.where(here == ordered[..., i - 1], run + 1, 1) if i else np.ones_like(run)
            better = (run > longest) if higher_better else (run >= longest)
            better &= ~np.isnan(here)
            modes[..., g] = np.where(better, here, modes[..., g])
            longest = np.where(better, run, longest)
    return modes


def _keep_lone(cells: Cells, value: Floats, tally: _Tally, segments: Segments) -> tuple[Bools, Floats]:
    """A run with one applicable cell is that cell, even where a number came without its parts: which, and values."""
    number = cells.state == NUMBER
    applicable = segments.count(cells.state != NOT_APPLICABLE)
    lone = (applicable == 1) & (segments.count(number) == 1) & (tally.present == 0)
    only = segments.reduce(np.add, np.where(number, cells.value, 0.0), 0.0)
    return lone, np.where(lone, only, value)


def _finish(
    value: Floats, num: Floats | None, den: Floats | None, tally: _Tally, marks: Codes | None, *, strict: bool
) -> Folded:
    """States, marks, coverage and reasons from the counts; NaN wherever there is no number."""
    empty, gaps, early, wrong = tally.present == 0, tally.missing > 0, tally.not_due > 0, tally.error > 0
    state, reason = np.zeros(value.shape, dtype=np.uint8), np.zeros(value.shape, dtype=np.uint8)
    if empty.any():
        state[empty] = State.NOT_APPLICABLE
        state[empty & early] = State.NOT_DUE
        state[empty & gaps] = State.MISSING
    if strict:
        state[gaps] = State.MISSING
    bad = (state == NUMBER) & ~np.isfinite(value)
    if bad.any():
        reason[bad] = Reason.NOT_FINITE
        if den is not None:
            reason[bad & (den == 0)] = Reason.DIVISION_BY_ZERO
        state[bad] = State.ERROR
    if wrong.any():
        state[wrong], reason[wrong] = State.ERROR, Reason.INPUT_ERROR
    partial = (gaps | early) * np.uint8(Mark.PARTIAL)
    marks = partial if marks is None else marks | partial
    if early.any():
        marks |= early * np.uint8(Mark.PROVISIONAL)
    coverage = tally.present / np.maximum(tally.present + tally.missing + tally.error, 1)
    number = state == NUMBER
    if not number.all():
        marks *= number
        value = np.where(number, value, np.nan)
        whole = number | (reason == np.uint8(Reason.DIVISION_BY_ZERO))
        num = None if num is None else np.where(whole, num, np.nan)
        den = None if den is None else np.where(whole, den, np.nan)
    return Folded(value, num, den, state, marks, coverage, reason)


def _pick(cells: Cells, segments: Segments, rule: Rule, factor: Floats) -> Folded:
    """`last` takes the last due cell, `first` the first applicable one, with all that belongs to it."""
    axis, state = segments.axis, cells.state
    size = state.shape[axis]
    place = np.arange(size) if axis == -1 else np.arange(size)[:, None]
    skip = state == NOT_APPLICABLE
    if rule.agg is AggTime.LAST:
        early = state == NOT_DUE
        due: Indexes = np.where(skip | early, np.intp(-1), place)
        at = segments.reduce(np.maximum, due, -1)
        waiting = segments.count(early) > 0
    else:
        applicable: Indexes = np.where(skip, np.intp(size), place)
        at = segments.reduce(np.minimum, applicable, size)
        waiting = np.zeros(at.shape, dtype=np.bool_)
    found = (at >= 0) & (at < size)
    at = np.where(found, at, 0)

    def take(array: _A) -> _A:
        return np.take_along_axis(array, at, axis=axis) if size else np.zeros(at.shape, dtype=array.dtype)

    none = np.where(waiting, NOT_DUE, NOT_APPLICABLE)
    picked = np.asarray(np.where(found, take(state), none), dtype=np.uint8)
    number = picked == NUMBER
    marks = np.zeros(picked.shape, dtype=np.uint8) if cells.marks is None else take(cells.marks)
    marks = marks | np.where(waiting, np.uint8(Mark.PROVISIONAL), np.uint8(0))
    return Folded(
        np.where(number, take(cells.value), np.nan),
        None if cells.num is None else np.where(number, take(cells.num), np.nan),
        None if cells.den is None else np.where(number, take(cells.den), np.nan),
        picked,
        np.where(number, marks, np.uint8(0)),
        number.astype(np.float64),
        np.where(picked == ERROR, np.uint8(Reason.INPUT_ERROR), np.uint8(Reason.NONE)),
    )


def _pass_through(cells: Cells, segments: Segments, rule: Rule, factor: Floats) -> Folded:
    """A run of one is itself; a longer one has no figure here (`none`) or none that can be had (`recompute`)."""
    longer = segments.lengths > 1
    if rule.agg is AggTime.RECOMPUTE and longer.any():
        raise NotAdditive(hint="Compute them from the source for the whole period or unit.")
    whole = _pick(cells, segments, rule._replace(agg=AggTime.FIRST), factor)
    hidden = segments.spread(longer, whole.state.shape)
    return Folded(
        np.where(hidden, np.nan, whole.value),
        None if whole.num is None else np.where(hidden, np.nan, whole.num),
        None if whole.den is None else np.where(hidden, np.nan, whole.den),
        np.where(hidden, NOT_APPLICABLE, whole.state),
        np.where(hidden, np.uint8(0), whole.marks),
        np.where(hidden, 0.0, whole.coverage),
        np.where(hidden, np.uint8(Reason.NONE), whole.reason),
    )
