"""How far a forecast usually misses by, learnt from the series' own past (methodology §6.4).

The scale is the mean of two: the one-step errors of the fit, and the errors of forecasts made again from earlier
periods, divided by the root of the horizon.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from fourfold.engine.cells import Bools, Floats, Indexes
from fourfold.engine.forecasts.history import Histories, Places
from fourfold.engine.forecasts.ladder import ENOUGH, Method, fit, method_for, missed

#: How many series are worked on at once: what they need stays in the processor's cache. One piece after another: the
#: loops over time make short calls of NumPy's, and two threads that wait for each other took half as long again as one.
TOGETHER: Final = 512


class Estimates(NamedTuple):
    """Per series: point forecasts and naive ones `(series, horizon)`, and the two parts of the scale `(series,)`."""

    mean: Floats
    naive: Floats
    one_step: Floats
    rolling: Floats

    @property
    def scale(self) -> Floats:
        """The scale, in the unit of the series; NaN where there are fewer than 6 figures."""
        return (self.one_step + self.rolling) / 2.0


class _Pasts(NamedTuple):
    """Some series, each as it was after `length` periods; all by one method."""

    length: Indexes
    method: Method
    rows: Places


class _Window(NamedTuple):
    """Some series up to one period: those before `length`, by one method."""

    length: int
    method: Method
    rows: Places


def origins(length: int) -> range:
    """The lengths of history from which forecasts are made again.

    >>> list(origins(8)), len(origins(60))
    ([4, 5, 6, 7], 30)
    """
    return range(max(4, length // 2), length)


def estimate(series: Histories, flat: Bools, m: int, horizon: int, reach: int) -> Estimates:
    """Forecast every series by the ladder, `horizon` periods ahead, and measure how far such forecasts missed.

    `flat` series take their last value. `reach` is how far ahead past forecasts are checked.
    """
    count = len(series.values)
    mean, naive = np.full((count, horizon), np.nan), np.full((count, horizon), np.nan)
    one_step, squares, errors = np.full(count, np.nan), np.zeros(count), np.zeros(count)

    for window in _final(series, flat, m):
        rung = fit(series.values[window.rows, : window.length], window.method, m, horizon)
        mean[window.rows], naive[window.rows] = rung.mean, rung.naive
        one_step[window.rows] = _one_step(rung.residual)

    for past in _past(series, flat, m):
        y = series.values[past.rows, : int(past.length.max()) + reach]
        h = np.arange(1.0, y.shape[1] + 1) - past.length[:, None]
        miss = missed(y, past.length, past.method, m)
        known = np.isfinite(miss) & (h <= reach)
        np.add.at(squares, past.rows, np.where(known, miss**2 / h, 0.0).sum(axis=1))
        np.add.at(errors, past.rows, known.sum(axis=1))
    rolling = np.sqrt(squares / np.where(errors > 0, errors, np.nan))
    return Estimates(mean, naive, one_step, rolling)


def _one_step(residual: Floats) -> Floats:
    """The root mean square of the residuals but the first, NaN where there are too few figures for any."""
    n = residual.shape[1]
    late = residual[:, 2 if n < 9 else 3 :]
    known = np.isfinite(late)
    count = known.sum(axis=1)
    return np.asarray(np.sqrt(np.where(known, late**2, 0.0).sum(axis=1) / np.where(count > 0, count, np.nan)))


def _final(series: Histories, flat: Bools, m: int) -> Iterator[_Window]:
    """Whole histories."""
    groups = defaultdict(list)
    for row, (length, count) in enumerate(zip(series.length.tolist(), series.count.tolist(), strict=True)):
        if count:
            groups[length, Method.LAST if flat[row] else method_for(count, m)].append(row)
    return _together(groups)


def _past(series: Histories, flat: Bools, m: int) -> Iterator[_Pasts]:
    """Parts of histories that have an interval, by the method they would have had then; those of like length together.

    The loops over time are the price of each of these, so there are as few of them as possible.
    """
    groups: dict[Method, list[tuple[int, int]]] = defaultdict(list)
    so_far = np.isfinite(series.values).cumsum(axis=1)
    for row in np.flatnonzero((series.count >= ENOUGH) & ~flat).tolist():
        for length in origins(int(series.length[row])):
            known = max(int(so_far[row, length - 1]), ENOUGH)  # a past forecast is smoothed, never a median
            groups[method_for(known, m)].append((length, row))
    for method, pasts in groups.items():
        ordered = np.array(sorted(pasts), dtype=np.intp)
        for start in range(0, len(ordered), TOGETHER):
            some = ordered[start : start + TOGETHER]
            yield _Pasts(some[:, 0], method, some[:, 1])


def _together(groups: dict[tuple[int, Method], list[int]]) -> Iterator[_Window]:
    for (length, method), rows in groups.items():
        for start in range(0, len(rows), TOGETHER):
            yield _Window(length, method, np.array(rows[start : start + TOGETHER]))
