"""Exponential smoothing of many series at once: SES, damped trend and Theta (methodology §6.2).

Every function takes series of one length, `(series, period)`, oldest first. NaN is a gap: it moves nothing and counts
for nothing, and the state is carried over it. With `length`, `(series,)`, numbers from there on are gaps as well, and
their residuals are what forecasts made then missed by: many pasts of a series can be tried at once. Parameters come
from a grid, for each series those with the least sum of squared one-step errors (the smallest among equals). The loop
runs over time only, all series and the grid side by side.
"""

from __future__ import annotations

from itertools import product
from typing import Final, NamedTuple

import numpy as np

from fourfold.engine.cells import Floats, Indexes

#: Steps of the level, for SES and Theta.
ALPHAS: Final = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99])
#: Steps of the level, of the trend as a share of it, and damping: one row per parameter.
DAMPED: Final = np.array(list(product((0.1, 0.3, 0.5, 0.7, 0.9), (0.02, 0.05, 0.1, 0.2, 0.4), (0.8, 0.9, 0.98)))).T


class Fit(NamedTuple):
    """Point forecasts `(series, horizon)` and one-step residuals `(series, period)`, NaN at a gap."""

    mean: Floats
    residual: Floats


class Line(NamedTuple):
    """Least-squares lines: value at the first period and step per period, `(series,)`."""

    intercept: Floats
    slope: Floats

    def at(self, periods: Floats) -> Floats:
        """The lines at these periods, `(series, period)`; the first is 0."""
        return np.asarray(self.intercept[:, None] + self.slope[:, None] * periods)


def fit_line(y: Floats) -> Line:
    """The least-squares line through the numbers of each series; level where there are fewer than two.

    >>> [float(a[0]) for a in fit_line(np.array([[1.0, 3.0, np.nan, 7.0]]))]
    [1.0, 2.0]
    """
    known = np.isfinite(y)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    t = np.arange(y.shape[1], dtype=np.float64)
    centre = (known * t).sum(axis=1, keepdims=True) / count
    mean = np.where(known, y, 0.0).sum(axis=1, keepdims=True) / count
    away = np.where(known, t - centre, 0.0)
    square = (away**2).sum(axis=1)
    slope = (away * np.where(known, y - mean, 0.0)).sum(axis=1) / np.where(square > 0, square, 1.0)
    return Line(mean[:, 0] - slope * centre[:, 0], slope)


def ses(y: Floats, horizon: int, length: Indexes | None = None) -> Fit:
    """Simple exponential smoothing: a level, carried on flat.

    >>> ses(np.array([[52.0, 48, 55, 50, 47, 53, 51, 49]]), 2).mean.round(4).tolist()
    [[51.2997, 51.2997]]
    """
    series = _by_time(y, length)
    known = np.isfinite(y[:, :3])
    start = np.where(known, y[:, :3], 0.0).sum(axis=1) / known.sum(axis=1)
    _, errors = _levels(series, start, ALPHAS[:, None])
    best = ALPHAS[_least(errors)][None, :]
    residual = np.empty_like(series.values)
    level, _ = _levels(series, start, best, residual)
    return Fit(np.repeat(level.T, horizon, axis=1), _residuals(residual, y))


def damped(y: Floats, horizon: int, length: Indexes | None = None) -> Fit:
    """Holt's trend, damped: the trend fades by φ from period to period.

    >>> damped(np.array([[10.0, 12, 14, 16, 18, 20, 22, 24]]), 3).mean.round(2).tolist()
    [[25.89, 27.76, 29.59]]
    """
    series = _by_time(y, length)
    line = fit_line(before(y[:, :5], length))
    start = line.intercept - line.slope, line.slope
    _, _, errors = _trends(series, start, DAMPED[:, :, None])
    best = DAMPED[:, _least(errors)][:, None, :]
    residual = np.empty_like(series.values)
    level, trend, _ = _trends(series, start, best, residual)
    fading = np.cumsum(best[2].T ** np.arange(1.0, horizon + 1), axis=1)
    return Fit(level.T + trend.T * fading, _residuals(residual, y))


def theta(y: Floats, horizon: int, length: Indexes | None = None) -> Fit:
    """Theta: half the straight line, half the smoothed series with twice its distance from the line.

    >>> theta(np.array([[10.0, 12, 14, 16, 18, 20, 22, 24]]), 3).mean.round(2).tolist()
    [[24.99, 25.99, 26.99]]
    """
    line = fit_line(before(y, length))
    n = y.shape[1]
    smooth = ses(2.0 * y - line.at(np.arange(float(n))), horizon, length)
    ahead = line.at(np.arange(n, n + float(horizon)))
    return Fit(0.5 * smooth.mean + 0.5 * ahead, 0.5 * smooth.residual)


class _Series(NamedTuple):
    """Series by time: `(period, series)`, 0 at a gap, and 1 or 0 where there are gaps."""

    values: Floats
    known: Floats | None


def before(y: Floats, length: Indexes | None) -> Floats:
    """The series up to their lengths, NaN from there on."""
    return y if length is None else np.where(np.arange(y.shape[1]) < length[:, None], y, np.nan)


def _by_time(y: Floats, length: Indexes | None) -> _Series:
    known = np.isfinite(before(y, length).T)
    if known.all():
        return _Series(np.ascontiguousarray(y.T), None)
    return _Series(np.where(np.isfinite(y.T), y.T, 0.0), np.ascontiguousarray(known, dtype=np.float64))


def _least(errors: Floats) -> Indexes:
    """For each series the first of the grid with the least error; what only rounding tells apart counts as equal."""
    return np.asarray((errors <= errors.min(axis=0) * (1.0 + 1e-9) + 1e-28).argmax(axis=0))


def _residuals(residual: Floats, y: Floats) -> Floats:
    return np.asarray(np.where(np.isfinite(y), residual.T, np.nan))


def _levels(series: _Series, start: Floats, alpha: Floats, residual: Floats | None = None) -> tuple[Floats, Floats]:
    """Last level and sum of squared errors, both `(grid, series)`; `residual` takes those of the first of the grid."""
    n, count = series.values.shape
    level = np.broadcast_to(start, (len(alpha), count)).copy()
    errors, e, work = np.zeros_like(level), np.empty_like(level), np.empty_like(level)
    for t in range(n):
        np.subtract(series.values[t], level, out=e)
        if residual is not None:
            residual[t] = e[0]
        if series.known is not None:
            e *= series.known[t]
        if t >= min(2, n - 2):
            errors += np.multiply(e, e, out=work)
        level += np.multiply(alpha, e, out=work)
    return level, errors


def _trends(
    series: _Series, start: tuple[Floats, Floats], grid: Floats, residual: Floats | None = None
) -> tuple[Floats, Floats, Floats]:
    """Last level, last trend and sum of squared errors, each `(grid, series)`, of Holt's damped trend."""
    n, count = series.values.shape
    alpha, phi = grid[0], grid[2]
    step = alpha * grid[1]
    level, trend = (np.broadcast_to(first, (len(alpha), count)).copy() for first in start)
    errors, e, work = np.zeros_like(level), np.empty_like(level), np.empty_like(level)
    for t in range(n):
        trend *= phi
        level += trend
        np.subtract(series.values[t], level, out=e)
        if residual is not None:
            residual[t] = e[0]
        if series.known is not None:
            e *= series.known[t]
        if t >= 1:
            errors += np.multiply(e, e, out=work)
        level += np.multiply(alpha, e, out=work)
        trend += np.multiply(step, e, out=work)
    return level, trend, errors
