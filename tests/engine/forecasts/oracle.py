"""One series, one number at a time, in plain Python, written from methodology §6.2–§6.4 and not from the code."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import sqrt
from statistics import fmean, median, pvariance

ALPHAS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99)
Numbers = Sequence[float]
Fit = tuple[list[float], list[float]]  # forecasts, one-step residuals


def ols(y: Numbers) -> tuple[float, float]:
    """Intercept at the first point, and slope."""
    t_mean, y_mean = (len(y) - 1) / 2, fmean(y)
    top = sum((t - t_mean) * (v - y_mean) for t, v in enumerate(y))
    slope = top / sum((t - t_mean) ** 2 for t in range(len(y)))
    return y_mean - slope * t_mean, slope


def ses(y: Numbers, horizon: int) -> Fit:
    best: tuple[float, float, list[float]] | None = None
    for alpha in ALPHAS:
        level, residuals = fmean(y[:3]), []
        for value in y:
            residuals.append(value - level)
            level += alpha * residuals[-1]
        loss = sum(e * e for e in residuals[min(2, len(y) - 2) :])
        if best is None or loss < best[0] * (1 - 1e-9):
            best = loss, level, residuals
    assert best is not None
    return [best[1]] * horizon, best[2]


def damped(y: Numbers, horizon: int) -> Fit:
    best: tuple[float, list[float], list[float]] | None = None
    intercept, slope = ols(y[:5])
    for alpha, beta, phi in product((0.1, 0.3, 0.5, 0.7, 0.9), (0.02, 0.05, 0.1, 0.2, 0.4), (0.8, 0.9, 0.98)):
        level, trend, residuals = intercept - slope, slope, []
        for value in y:
            expected = level + phi * trend
            residuals.append(value - expected)
            level = expected + alpha * residuals[-1]
            trend = phi * trend + alpha * beta * residuals[-1]
        loss = sum(e * e for e in residuals[1:])
        if best is None or loss < best[0] * (1 - 1e-9):
            ahead = [level + trend * sum(phi**j for j in range(1, h + 1)) for h in range(1, horizon + 1)]
            best = loss, ahead, residuals
    assert best is not None
    return best[1], best[2]


def theta(y: Numbers, horizon: int) -> Fit:
    intercept, slope = ols(y)
    ahead, residuals = ses([2 * v - intercept - slope * t for t, v in enumerate(y)], horizon)
    n = len(y)
    return [0.5 * a + 0.5 * (intercept + slope * (n + h)) for h, a in enumerate(ahead)], [0.5 * e for e in residuals]


def season(y: Numbers, m: int) -> list[float]:
    """Shrunken effects by position; ratios where all are above zero, else differences."""
    ratio, half = min(y) > 0, m // 2
    if m % 2:
        trend = {t: fmean(y[t - half : t + half + 1]) for t in range(half, len(y) - half)}
    else:
        trend = {
            t: (0.5 * y[t - half] + sum(y[t - half + 1 : t + half]) + 0.5 * y[t + half]) / m
            for t in range(half, len(y) - half)
        }
    r = {t: y[t] / level if ratio else y[t] - level for t, level in trend.items()}
    raw = [fmean([r[t] for t in r if t % m == j]) for j in range(m)]
    s = [v / fmean(raw) if ratio else v - fmean(raw) for v in raw]
    width = len(r)
    noise = sum((r[t] - s[t % m]) ** 2 for t in r) / (width - m) if width > m else 0.5 * pvariance(r.values())
    spread = pvariance(s)
    share = (m - 3) / (m - 1) * noise / max(1, width / m) / spread if spread else 1.0
    keep, neutral = 1 - min(max(share, 0), 1), 1.0 if ratio else 0.0
    return [neutral + keep * (v - neutral) for v in s]


def point(y: Numbers, m: int, horizon: int, *, past: bool = False) -> Fit:
    """The ladder; a `past` forecast is smoothed even below 6 figures."""
    n = len(y)
    if n < 6 and not past:
        return [median(y)] * horizon, []
    if n < m:
        return ses(y, horizon)
    if n < 2 * m:
        return mean_of(ses(y, horizon), theta(y, horizon))
    if m == 1:
        return mean_of(ses(y, horizon), damped(y, horizon), theta(y, horizon))
    s, ratio = season(y, m), min(y) > 0
    plain = [v / s[t % m] if ratio else v - s[t % m] for t, v in enumerate(y)]
    ahead, residuals = mean_of(ses(plain, horizon), damped(plain, horizon), theta(plain, horizon))
    if ratio:
        return [a * s[(n + h) % m] for h, a in enumerate(ahead)], [e * s[t % m] for t, e in enumerate(residuals)]
    return [a + s[(n + h) % m] for h, a in enumerate(ahead)], residuals


def mean_of(*fits: Fit) -> Fit:
    return [fmean(v) for v in zip(*(f[0] for f in fits), strict=True)], [
        fmean(v) for v in zip(*(f[1] for f in fits), strict=True)
    ]


def scale(y: Numbers, m: int, reach: int) -> float:
    """The scale of the errors: one step in the sample, and rolling origins."""
    n = len(y)
    residuals = point(y, m, 1)[1][2 if n < 9 else 3 :]
    one_step = sqrt(fmean([e * e for e in residuals]))
    squares = []
    for origin in range(max(4, min(n - 3, n // 2)), n):
        ahead, _ = point(y[:origin], m, reach, past=True)
        squares += [(v - f) ** 2 / h for h, (v, f) in enumerate(zip(y[origin:], ahead, strict=False), 1)]
    return (one_step + sqrt(fmean(squares))) / 2
