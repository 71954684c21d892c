"""The functions that look at other periods. The last axis of every array is the period."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Floats, slabs
from fourfold.engine.formulas.many import Reduce
from fourfold.engine.formulas.series import MISSING, NOT_APPLICABLE, Cells, Indices, settle

_Scalar = TypeVar("_Scalar", np.float64, np.uint8)
#: What lies before the first period of a block.
BEFORE: Final = NOT_APPLICABLE


def previous(x: Cells, periods: int) -> Cells:
    """Each cell as it was `periods` earlier; before the first period of the block not applicable."""
    here = np.arange(x.value.shape[-1], dtype=np.int64)
    return shift(x, here - periods)


def shift(x: Cells, source: Indices) -> Cells:
    """The cell at index `source` of each period; not applicable where it is negative."""
    known = source >= 0
    at = np.maximum(source, 0)
    return Cells(x.value[..., at], np.where(known, x.fault[..., at], NOT_APPLICABLE))


def to_date(x: Cells, year_start: Indices) -> Cells:
    """Running sum since the fiscal year (or another stretch) began; the worst of the cells it sums decides.

    When the year began before the block, the earlier periods are unknown and the sum is missing.
    """
    value, fault = np.empty_like(x.value), np.empty_like(x.fault)
    for start, stop in pairwise(edges(year_start)):
        if start == stop:  # a block without periods
            continue
        year = np.s_[..., start:stop]
        # Each year is summed afresh: no difference of two long sums, no error carried from year to year.
        np.cumsum(x.value[year], axis=-1, out=value[year])
        np.maximum.accumulate(x.fault[year], axis=-1, out=fault[year])
        if year_start[start] < 0:
            np.maximum(fault[year], MISSING, out=fault[year])
    return settle(value, fault)


def edges(year_start: Indices) -> list[int]:
    """Where the years begin, and the end of the last one."""
    return [0, *(np.flatnonzero(np.diff(np.maximum(year_start, -1))) + 1).tolist(), len(year_start)]


def rolling_sum(x: Cells, periods: int) -> Cells:
    """Sum of the last `periods` cells, this one included; the worst of them decides."""
    fault = last(x.fault, periods, BEFORE).max(axis=-1)
    return settle(last(x.value, periods, np.float64(0.0)).sum(axis=-1), fault)


def rolling_mean(x: Cells, periods: int) -> Cells:
    """Mean of the last `periods` cells, this one included; the worst of them decides."""
    total = rolling_sum(x, periods)
    return Cells(np.asarray(total.value / periods), total.fault)


def rolling(x: Cells, periods: int, reduce: Reduce) -> Cells:
    """A statistic of the last `periods` cells, this one included; the worst of them decides."""
    fault = last(x.fault, periods, BEFORE).max(axis=-1)
    flat = x.value.reshape(-1, x.value.shape[-1])
    value = np.empty(flat.shape)
    for some in slabs((*flat.shape, periods)):  # what sorts makes copies: a few series at a time
        seen = last(flat[some], periods, np.float64(0.0))
        value[some] = reduce(seen, np.ones(seen.shape, dtype=np.bool_))
    return settle(value.reshape(x.value.shape), fault)


def last(cells: npt.NDArray[_Scalar], periods: int, before: _Scalar) -> npt.NDArray[_Scalar]:
    """A view of shape (…, period, periods): for each period the last ones, `before` where there was none."""
    if not cells.shape[-1]:  # a block without periods
        return np.empty((*cells.shape, periods), cells.dtype)
    lead = np.full((*cells.shape[:-1], periods - 1), before, cells.dtype)
    padded = np.concatenate([lead, cells], axis=-1)
    return np.lib.stride_tricks.sliding_window_view(padded, periods, axis=-1)


def spread(x: Cells, periods: int) -> Cells:
    """Give a constant its periods, so that it can be shifted and summed like any other series."""
    shape = np.broadcast_shapes(x.value.shape, (periods,))
    value: Floats = np.broadcast_to(x.value, shape)
    return Cells(value, np.broadcast_to(x.fault, shape))
