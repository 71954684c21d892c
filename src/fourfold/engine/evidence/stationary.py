"""Series made comparable before they are compared: no growth, no season, no trend, no memory (methodology §7.2, 2–4).

All functions take and give arrays `(series, period)`; a gap is NaN and stays one. Two series that both grow, or both
remember last month, look related however little they have to do with each other; what is left here does not.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np

from fourfold.engine.cells import Bools, Floats

#: A slope this many standard errors from 0, or a first autocorrelation this high, is a trend.
SLOPE, PERSISTENCE = 2.0, 0.7
#: A seasonal difference costs a season of points: only from so many on, and with enough of them left.
FOR_SEASONAL_DIFFERENCE, LEFT = 48, 24
#: The longest memory taken out; of differences, which remember longer, one for each so many points, up to a limit.
ORDER, POINTS_PER_ORDER, LONGEST = 2, 12, 12


class Whitened(NamedTuple):
    """`noise` is what each period brought that was new, `(series, period)`; NaN where that cannot be said.

    `removed` is the share of the seasonal means, of a season of `season` periods, that was taken out of each series:
    whoever shuffles the noise must take as much out again, for the shuffled noise has lost that constraint.
    """

    noise: Floats
    season: int
    removed: Floats


def whitened(series: Floats, season: int) -> Whitened:
    """What cannot be told from a series itself: growth, season, trend and memory are taken out.

    The residuals of an autoregression, its order chosen by AICc, of what `stationary` gives, scaled to a standard
    deviation of 1. A series that does not vary is NaN. The order is 0 to 2 (§7.2), and for differences up to a twelfth
    of the points: a straight line that is differenced leaves a memory that two lags cannot take out, and with it two
    series that move together in one month would seem to move against each other three months later.
    """
    level, removed, is_differenced = stationary(series, season)
    order = ORDER
    if is_differenced:
        points = int(np.isfinite(level).sum(axis=1).min(initial=level.shape[1]))
        order = min(max(points // POINTS_PER_ORDER, ORDER), LONGEST)
    return Whitened(residuals(level, order), season, removed)


class Stationary(NamedTuple):
    """Series without growth, season and trend, `(series, period)`, and what was done: see `Whitened.removed`."""

    level: Floats
    removed: Floats
    is_differenced: bool


def stationary(series: Floats, season: int) -> Stationary:
    """The series without growth, season and trend.

    Logarithms where all is positive and growing, the season taken out, and differences of all series where one of
    them has a trend, so that they still speak of the same thing.
    """
    level, removed = deseasonalised(logged(series), season)
    if not has_trend(level).any():
        return Stationary(level, removed, False)
    return Stationary(np.diff(level, axis=1, prepend=np.nan), removed, True)


def logged(series: Floats) -> Floats:
    """Logarithms of the series that are positive throughout and grow; the others as they are.

    >>> logged(np.array([[1.0, 10.0, 100.0, 1000.0], [1.0, -1.0, 1.0, -1.0]])).round(3).tolist()
    [[0.0, 2.303, 4.605, 6.908], [1.0, -1.0, 1.0, -1.0]]
    """
    grows = ~(series <= 0).any(axis=1) & (slope_t(series) > SLOPE)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(grows[:, None], np.log(np.where(grows[:, None], series, 1.0)), series)


def deseasonalised(series: Floats, season: int) -> tuple[Floats, Floats]:
    """The series without its season, and the share of the seasonal means that was taken out.

    Shrunken seasonal effects from three seasons on, else a seasonal difference. Source: §6.2 (centred moving average,
    effects shrunk towards none by their own noise), here always additive: what multiplies is additive in the
    logarithm. The difference to a season ago only where 24 points are left of at least 48. With less the series is
    left as it is.
    """
    count = int(np.isfinite(series).sum(axis=1).min(initial=series.shape[1]))
    none = np.zeros(len(series))
    if season > 1 and count >= 3 * season:
        effects, share = _effects(series, season)
        return series - effects, share
    if season > 1 and count >= max(FOR_SEASONAL_DIFFERENCE, LEFT + season):
        return _seasonal_difference(series, season), none
    return series, none


def _seasonal_difference(series: Floats, season: int) -> Floats:
    before = np.full_like(series, np.nan)
    before[:, season:] = series[:, :-season]
    return series - before


def _effects(series: Floats, season: int) -> tuple[Floats, Floats]:
    """The shrunken effect of each period's place in the season, 0 where it is not known; and how little it shrank."""
    length = series.shape[1]
    weights = np.ones(season + 1 - season % 2)
    if season % 2 == 0:
        weights[[0, -1]] = 0.5
    windows = np.lib.stride_tricks.sliding_window_view(series, len(weights), axis=1)
    half = len(weights) // 2
    rest = np.full_like(series, np.nan)
    rest[:, half : length - half] = series[:, half : length - half] - windows @ weights / season
    place = np.arange(length) % season
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a place in the season without any figure has no effect
        means = np.stack([np.nanmean(rest[:, place == s], axis=1) for s in range(season)], axis=1)
    means = np.nan_to_num(means - np.nanmean(means, axis=1, keepdims=True))
    known = np.isfinite(rest).sum(axis=1)
    noise = np.nansum((rest - means[:, place]) ** 2, axis=1) / np.maximum(known - season, 1)
    spread = means.var(axis=1)
    repeats = np.maximum(known / season, 1)
    third = (season - 3) / (season - 1) if season > 3 else 0.0
    with np.errstate(all="ignore"):
        shrink = np.clip(np.nan_to_num(third * noise / repeats / spread, nan=1.0), 0.0, 1.0)
    return np.asarray(((1.0 - shrink[:, None]) * means)[:, place]), 1.0 - shrink


def has_trend(series: Floats) -> Bools:
    """Which series have a slope far from 0, or stay long where they are.

    >>> has_trend(np.array([[1.0, 2, 3, 4, 5, 6, 7.5], [1, -1, 1, -1, 1, -1, 1]])).tolist()
    [True, False]
    """
    return np.asarray((np.abs(slope_t(series)) > SLOPE) | (persistence(series) > PERSISTENCE))


def slope_t(series: Floats) -> Floats:
    """The slope of a straight line through each series, in standard errors; 0 for less than three points."""
    there = np.isfinite(series)
    n = there.sum(axis=1)
    time = np.where(there, np.arange(series.shape[1], dtype=np.float64), np.nan)
    t, y = _centred(time), _centred(series)
    tt, ty, yy = (t * t).sum(axis=1), (t * y).sum(axis=1), (y * y).sum(axis=1)
    with np.errstate(all="ignore"):
        slope = ty / tt
        error = np.sqrt(np.maximum(yy - slope * ty, 1e-12 * yy) / (n - 2) / tt)
        return np.where((n > 2) & (yy > 0), np.nan_to_num(slope / error), 0.0)


def persistence(series: Floats) -> Floats:
    """The first autocorrelation of each series; 0 where it does not vary."""
    y = _centred(series)
    total = (y * y).sum(axis=1)
    return np.asarray(np.divide((y[:, 1:] * y[:, :-1]).sum(axis=1), total, out=np.zeros_like(total), where=total > 0))


def residuals(series: Floats, order: int = ORDER) -> Floats:
    """Each series less what its own last values foretell: residuals of an AR of up to this order, as AICc picks it.

    Scaled to a standard deviation of 1. NaN for a series that does not vary or has fewer than eight such residuals.
    """
    scale = np.sqrt((_centred(series) ** 2).sum(axis=1) / np.maximum(np.isfinite(series).sum(axis=1), 1))
    size = np.nanmax(np.abs(np.nan_to_num(series)), axis=1, initial=0.0)
    flat = scale <= 1e-9 * size
    z = np.where(np.isfinite(series), _centred(series), np.nan) / np.where(flat, np.nan, scale)[:, None]
    common = np.asarray(np.isfinite(_lags(z, order)).all(axis=-1))
    fits = [_fit(z, p, common) for p in range(order + 1)]
    best = np.argmin([aicc for _, aicc in fits], axis=0)
    left = np.choose(best[:, None], [_fit(z, p)[0] for p in range(order + 1)])
    n = np.isfinite(left).sum(axis=1)
    spread = np.sqrt((_centred(left) ** 2).sum(axis=1) / np.maximum(n, 1))
    usable = (n >= 8) & (spread > 1e-9)
    return np.asarray(left / np.where(usable, spread, np.nan)[:, None])


def _lags(z: Floats, order: int) -> Floats:
    """Each value with those before it, `(series, period, 1 + order)`, NaN before the first."""
    columns = [z]
    for lag in range(1, order + 1):
        before = np.full_like(z, np.nan)
        before[:, lag:] = z[:, :-lag]
        columns.append(before)
    return np.stack(columns, axis=-1)


def _fit(z: Floats, order: int, rows: Bools | None = None) -> tuple[Floats, Floats]:
    """Residuals and AICc of an autoregression fitted to some rows (all that have their lags, without)."""
    columns = _lags(z, order)
    used = np.asarray(np.isfinite(columns).all(axis=-1)) if rows is None else rows
    y = np.where(used, columns[..., 0], 0.0)
    design = np.where(used[..., None], np.concatenate([np.ones((*z.shape, 1)), columns[..., 1:]], axis=-1), 0.0)
    gram = design.swapaxes(1, 2) @ design
    weights = np.linalg.pinv(gram, hermitian=True) @ (design.swapaxes(1, 2) @ y[..., None])
    told = (design @ weights)[..., 0]
    left = np.where(used, columns[..., 0] - told, np.nan)
    m, k = used.sum(axis=1), order + 2
    with np.errstate(all="ignore"):
        error = np.maximum(np.nansum(left**2, axis=1) / m, 1e-300)
        aicc = m * np.log(error) + 2 * k + np.where(m > k + 1, 2 * k * (k + 1) / (m - k - 1), np.inf)
    return left, np.where(np.isnan(aicc), np.inf, aicc)


def _centred(series: Floats) -> Floats:
    """Each series less its mean, 0 where it has no value."""
    there = np.isfinite(series)
    filled = np.where(there, series, 0.0)
    mean = filled.sum(axis=1, keepdims=True) / np.maximum(there.sum(axis=1, keepdims=True), 1)
    return np.where(there, filled - mean, 0.0)
