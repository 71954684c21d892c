"""Seasons: finding one, taking it out of the figures, and what that does to the limits.

Source: methodology §5.5. Arrays are `(series, period)`. A season is fitted once, to the first whole years that show it,
and stays; the figures it was fitted to look calmer than they are, so later ones get limits wider by `g(k)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from fourfold.engine.cells import Bools, Floats, Indexes
from fourfold.engine.signals.moments import autocorrelations, count, divide, first_points, mean, where

#: Years before a season is looked for, and before one that the owner has declared is fitted.
FOUND_AFTER: Final = 3
FITTED_AFTER: Final = 2


@dataclass(frozen=True, slots=True)
class Season:
    """What is known about the season of a series: `period` is how many periods make a year.

    `none`: there is none. `auto`: test for one. `declared`: the owner says that there is one. `profile`: it is known
    from the calendar, and the figures come without it (§5.5 c; `fourfold.engine.comparable`). `divides`: a season is
    a factor of the level, not a distance from it.
    """

    period: int = 12
    mode: Literal["none", "auto", "declared", "profile"] = "auto"
    divides: bool = False


@dataclass(frozen=True, slots=True)
class Adjustment:
    """The season of each series: figures are (y − `add`) / `times`; `years` it was fitted to (0: none was).

    `waits` marks series with a declared season that is not fitted yet: runs alone are judged (§5.5 b).
    """

    add: Floats
    times: Floats
    years: Indexes
    waits: Bools


def widening(years: Indexes | int) -> Floats:
    """How much wider the limits of figures are that a season was not fitted to: √((1 + 1/k)/(1 − 1/k)), 1 for k < 2.

    >>> widening(np.array([0, 2, 3, 4, 5])).round(2).tolist()
    [1.0, 1.73, 1.41, 1.29, 1.22]
    """
    k = np.asarray(years, dtype=np.float64)
    share = 1.0 / np.maximum(k, 2.0)
    return np.asarray(np.where(k < 2, 1.0, np.sqrt((1.0 + share) / (1.0 - share))))


def is_seasonal(x: Floats, period: int) -> Bools:
    """Where the autocorrelation at one year is more than chance would give, over three years or more (§5.5, M4's test).

    >>> peaks = np.tile([0.0, 1, 0, -1, 0, 1, -1, 0, 1, 0, 9, 10], 3)[None]
    >>> is_seasonal(peaks, 12).tolist(), is_seasonal(np.arange(36.0)[None], 12).tolist()
    ([True], [False])
    """
    n = count(x)
    *others, year = autocorrelations(x, range(1, period + 1))
    bound = divide(1.645 * np.sqrt(1.0 + 2.0 * np.sum([r**2 for r in others], axis=0)), np.sqrt(n))
    return np.asarray((n >= FOUND_AFTER * period) & (year > bound))


def adjust(y: Floats, season: Season, baseline: Indexes | int = 0) -> Adjustment:
    """What the season adds to each figure, fitted to the first whole years that show it.

    A `baseline` (of all series or each) of more whole years is fitted to those as soon as they are there.
    """
    rows = y.shape[0]
    add, times = np.zeros(y.shape), np.ones(y.shape)
    years, waits = np.zeros(rows, dtype=np.intp), np.zeros(rows, dtype=np.bool_)
    m = season.period
    if season.mode in ("none", "profile") or m < 2:
        return Adjustment(add, times, years, waits)
    n = count(y)
    if season.mode == "declared":
        years[n >= FITTED_AFTER * m] = FITTED_AFTER
        waits = n < FITTED_AFTER * m
    else:
        years = _years_that_show_it(y, n, m)
    more = np.asarray(baseline) // m
    years = np.where((years > 0) & (more > years) & (n >= more * m), more, years)
    fitted = years > 0
    if fitted.any():
        effects = month_effects(y[fitted], years[fitted], m, divides=season.divides)
        (times if season.divides else add)[fitted] += effects
    return Adjustment(add, times, years, waits)


def _years_that_show_it(y: Floats, n: Indexes, m: int) -> Indexes:
    """The fewest whole years whose figures have a season, 0 for none; no more of a series is looked at than that."""
    years, known = np.zeros(len(y), dtype=np.intp), np.isfinite(y)
    order = np.cumsum(known, axis=1)
    for k in range(FOUND_AFTER, int(n.max(initial=0)) // m + 1):
        rows = np.flatnonzero((years == 0) & (n >= k * m))
        if not rows.size:
            break
        width = 1 + int((order[rows] < k * m).sum(axis=1).max())
        part = order[:, :width][rows] <= k * m
        years[rows[is_seasonal(where(y[:, :width][rows], part & known[:, :width][rows]), m)]] = k
    return years


def month_effects(y: Floats, years: Indexes, period: int, *, divides: bool = False) -> Floats:
    """Effects of the periods of a year in the first `years` years, shrunk towards none, in the shape of `y`.

    An effect is the mean distance from the line through the years (as a share of that line where it `divides`). What
    chance alone would give is taken off: the share B of §6.2 for means of k values.
    """
    used = where(y, first_points(y, years * period))
    place = np.arange(y.shape[1])
    line = _line_through_years(used, place, period)
    scale = line if divides else np.ones(y.shape)
    away = divide(used - line, np.where(scale > 0, scale, np.nan))
    at = [place % period == j for j in range(period)]
    means = np.stack([np.nan_to_num(mean(away[:, j])) for j in at], axis=1)
    means -= means.mean(axis=1, keepdims=True)
    rest = away - means[:, place % period]
    n = count(away)
    noise = divide(np.nansum(rest * rest, axis=1), np.maximum(n - period, 1.0))
    chance = divide(noise / np.maximum(divide(n, np.array(float(period))), 1.0), means.var(axis=1))
    shrink = np.clip((period - 3) / (period - 1) * chance, 0.0, 1.0)
    kept = (1.0 - np.where(np.isfinite(shrink), shrink, 1.0))[:, None] * means
    return np.asarray(kept[:, place % period])


def _line_through_years(used: Floats, place: Indexes, period: int) -> Floats:
    """The mean, tilted by the mean step from one year to the next, which no season can bend."""
    steps = np.full(used.shape, np.nan)
    steps[:, period:] = used[:, period:] - used[:, :-period]
    slope = np.nan_to_num(mean(steps)) / period
    middle = np.nan_to_num(mean(where(np.broadcast_to(place.astype(np.float64), used.shape), np.isfinite(used))))
    return np.asarray(mean(used)[:, None] + slope[:, None] * (place - middle[:, None]))
