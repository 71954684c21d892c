"""Which method a history is long enough for, and its point forecasts (methodology §6.1)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

from fourfold.engine.cells import Floats, Indexes
from fourfold.engine.forecasts.season import shrunken_season
from fourfold.engine.forecasts.smoothing import Fit, damped, ses, theta

#: From so many figures on there is an interval.
ENOUGH: Final = 6


class Method(StrEnum):
    """How a forecast is made; the words are for people."""

    NONE = "no forecast"
    LAST = "last value"
    MEDIAN = "median"
    SES = "exponential smoothing"
    SES_THETA = "mean of exponential smoothing and Theta"
    SEASONAL = "season with the mean of exponential smoothing, damped trend and Theta"


class Rung(NamedTuple):
    """Point forecasts, residuals, and the naive forecast with the same season, `(series, horizon)`."""

    mean: Floats
    residual: Floats
    naive: Floats


def method_for(count: int, m: int) -> Method:
    """The method for `count` figures and a cycle of `m` periods.

    >>> [method_for(n, 12).name for n in (0, 5, 6, 12, 24)]
    ['NONE', 'MEDIAN', 'SES', 'SES_THETA', 'SEASONAL']
    """
    if count < ENOUGH:
        return Method.MEDIAN if count else Method.NONE
    if count >= 2 * m:
        return Method.SEASONAL
    return Method.SES_THETA if count >= m else Method.SES


def fit(y: Floats, method: Method, m: int, horizon: int) -> Rung:
    """Forecast series of one length by one method.

    `y` is `(series, period)`, oldest first, NaN at a gap; each series begins with a number and has as many as the
    method needs.
    """
    last = _last(y)
    if method is Method.SEASONAL and m > 1:
        n = y.shape[1]
        season = shrunken_season(y, m)
        smooth = season.remove(y)
        mean, residual = _mean_of(ses(smooth, horizon), damped(smooth, horizon), theta(smooth, horizon))
        naive = np.repeat(_last(smooth), horizon, axis=1)
        return Rung(season.put_back(mean, n), season.rescale(residual), season.put_back(naive, n))
    if method is Method.SEASONAL:
        mean, residual = _mean_of(ses(y, horizon), damped(y, horizon), theta(y, horizon))
    elif method is Method.SES_THETA:
        mean, residual = _mean_of(ses(y, horizon), theta(y, horizon))
    elif method is Method.SES:
        mean, residual = ses(y, horizon)
    else:
        level = np.nanmedian(y, axis=1, keepdims=True) if method is Method.MEDIAN else last
        mean, residual = np.repeat(level, horizon, axis=1), np.full(y.shape, np.nan)
    return Rung(mean, residual, np.repeat(last, horizon, axis=1))


def missed(y: Floats, length: Indexes, method: Method, m: int) -> Floats:
    """What forecasts made after the first `length` periods of each series missed by, `(series, period)`; NaN before.

    `length` is `(series,)` and 4 or more. Each row is a past of its own, so a series stands here once for each.
    """
    if method is Method.SEASONAL and m > 1:
        smooth, scale = np.empty_like(y), np.ones_like(y)
        for n in np.unique(length).tolist():
            rows = length == n
            season = shrunken_season(y[rows, :n], m)
            smooth[rows] = season.remove(y[rows])
            scale[rows] = season.rescale(scale[rows])
        members = (ses(smooth, 1, length), damped(smooth, 1, length), theta(smooth, 1, length))
        residual = _mean_of(*members).residual * scale
    elif method is Method.SEASONAL:
        residual = _mean_of(ses(y, 1, length), damped(y, 1, length), theta(y, 1, length)).residual
    elif method is Method.SES_THETA:
        residual = _mean_of(ses(y, 1, length), theta(y, 1, length)).residual
    else:
        residual = ses(y, 1, length).residual
    return np.asarray(np.where(np.arange(y.shape[1]) >= length[:, None], residual, np.nan))


def _mean_of(*members: Fit) -> Fit:
    """The mean of the members' forecasts and of their residuals."""
    return Fit(
        np.asarray(sum(f.mean for f in members) / len(members)),
        np.asarray(sum(f.residual for f in members) / len(members)),
    )


def _last(y: Floats) -> Floats:
    """The last number of each series, `(series, 1)`."""
    known = np.isfinite(y)
    place = y.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
    return np.take_along_axis(y, place[:, None], axis=1)
