"""Seasonal factors, shrunk towards "no season" as far as they are noise (methodology §6.2)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fourfold.engine.cells import Bools, Floats


class Season(NamedTuple):
    """What each period of the cycle does to a series: `effect` is `(series, position)`.

    Where `multiplies`, `(series,)`, the effect is a factor with mean 1; else it is added and its mean is 0.
    """

    effect: Floats
    multiplies: Bools

    def at(self, first: int, periods: int) -> Floats:
        """The effects of so many periods from the one numbered `first` on, `(series, period)`."""
        return self.effect[:, np.arange(first, first + periods) % self.effect.shape[1]]

    def remove(self, y: Floats) -> Floats:
        """The series without its season."""
        effect = self.at(0, y.shape[1])
        many = self.multiplies[:, None]
        return np.divide(y, effect, out=y - effect, where=many)

    def put_back(self, smooth: Floats, first: int) -> Floats:
        """What was computed without the season, with it; the first column is the period numbered `first`."""
        effect = self.at(first, smooth.shape[1])
        return np.where(self.multiplies[:, None], smooth * effect, smooth + effect)

    def rescale(self, residual: Floats) -> Floats:
        """Residuals of the series without season, in the series' own unit."""
        return np.where(self.multiplies[:, None], residual * self.at(0, residual.shape[1]), residual)


def shrunken_season(y: Floats, m: int) -> Season:
    """The season of each series over a cycle of `m` periods, `(series, period)` of at least 2m periods.

    Ratios to a centred moving average where all numbers are above zero, else differences from it. The spread of the
    effects is compared with the noise in them; what noise explains is taken out (empirical Bayes). Gaps take no part;
    a position without a number has no effect.

    >>> y = np.tile([90.0, 110.0, 120.0, 80.0], 4)[None, :]
    >>> shrunken_season(y, 4).effect.round(6).tolist()
    [[0.9, 1.1, 1.2, 0.8]]
    """
    multiplies = np.asarray(~(y <= 0).any(axis=1), dtype=np.bool_)
    trend, before = _moving_average(y, m)
    middle = y[:, before : before + trend.shape[1]]
    many = multiplies[:, None]
    r = np.divide(middle, trend, out=middle - trend, where=many)
    neutral = np.where(many, 1.0, 0.0)
    by_cycle, means = _by_position(r, before, m, neutral)
    average = means.mean(axis=1, keepdims=True)
    effect = np.divide(means, average, out=means - average, where=many)
    noise = _noise(by_cycle, r, effect, m)
    spread = effect.var(axis=1)
    with np.errstate(all="ignore"):
        keep = 1.0 - np.clip((m - 3) / (m - 1) * noise / spread, 0.0, 1.0)
    keep = np.where(spread > 0, keep, 0.0)[:, None]
    return Season(neutral + keep * (effect - neutral), multiplies)


def _moving_average(y: Floats, m: int) -> tuple[Floats, int]:
    """The centred moving average over a cycle, and how many periods before it begins; straight lines bridge gaps."""
    y = y if np.isfinite(y).all() else _bridged(y)
    weights = np.ones(m) if m % 2 else np.concatenate(([0.5], np.ones(m - 1), [0.5]))
    windows = np.lib.stride_tricks.sliding_window_view(y, len(weights), axis=1)
    return np.asarray(windows @ (weights / m)), len(weights) // 2


def _bridged(y: Floats) -> Floats:
    """Gaps filled along straight lines, for the moving average alone; the last number is carried to the end."""
    whole, t = y.copy(), np.arange(y.shape[1])
    for row in whole:
        known = np.isfinite(row)
        row[~known] = np.interp(t[~known], t[known], row[known])
    return whole


def _by_position(r: Floats, before: int, m: int, neutral: Floats) -> tuple[Floats, Floats]:
    """The ratios as `(series, cycle, position)`, NaN where there is none, and their mean per position."""
    rows, width = r.shape
    cycles = -(-(before + width) // m)
    whole = np.full((rows, cycles * m), np.nan)
    whole[:, before : before + width] = r
    by_cycle = whole.reshape(rows, cycles, m)
    known = np.isfinite(by_cycle)
    count = known.sum(axis=1)
    total = np.where(known, by_cycle, 0.0).sum(axis=1)
    return by_cycle, np.where(count > 0, total / np.maximum(count, 1), neutral)


def _noise(by_cycle: Floats, r: Floats, effect: Floats, m: int) -> Floats:
    """The variance of an effect that comes from noise alone, `(series,)`."""
    known = np.isfinite(r)
    count = known.sum(axis=1)
    away = np.where(np.isfinite(by_cycle), by_cycle - effect[:, None, :], 0.0)
    within = (away**2).sum(axis=(1, 2)) / np.maximum(count - m, 1)
    mean = np.where(known, r, 0.0).sum(axis=1) / np.maximum(count, 1)
    total = np.where(known, (r - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(count, 1)
    return np.asarray(np.where(count > m, within, 0.5 * total) / np.maximum(1.0, count / m))
