"""Glide paths: what the target is on the way from a baseline to a goal (methodology §4.3).

Functions take numbers or arrays that broadcast, in the KPI's own unit, and give arrays; NaN in gives NaN out.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from fourfold.engine.cells import Floats, Numbers
from fourfold.errors import FourfoldError

PATHS: Final = ("linear", "exponential", "s_curve")
STEEPNESS: Final = 8.0


class PathError(FourfoldError):
    """There is no such glide path."""


def path_values(kind: str, baseline: Numbers, target: Numbers, tau: Numbers, *, k: float = STEEPNESS) -> Floats:
    """The target after the share `tau` (0..1) of the way: `linear`, `exponential` or `s_curve` of steepness `k`.

    An exponential path needs baseline and target of one sign, else its values are NaN. Raises `PathError` for
    another kind.

    >>> path_values("linear", 40.0, 64.0, [0.0, 0.5, 1.0]).tolist()
    [40.0, 52.0, 64.0]
    """
    b, t = np.asarray(baseline, dtype=np.float64), np.asarray(target, dtype=np.float64)
    share = np.clip(np.asarray(tau, dtype=np.float64), 0.0, 1.0)
    if kind == "exponential":
        with np.errstate(all="ignore"):
            values = b * np.power(t / b, share)
        return np.asarray(np.where(b * t > 0, values, np.nan))
    if kind == "s_curve":
        low = _logistic(-k / 2)
        share = (_logistic(k * (share - 0.5)) - low) / (_logistic(k / 2) - low)
    elif kind != "linear":
        raise PathError(f"{kind!r} is not a glide path.", hint=f"Use one of {', '.join(PATHS)}.")
    return np.asarray(b * (1.0 - share) + t * share)


def _logistic(x: Numbers) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.asarray(x, dtype=np.float64))))


def half_life_values(baseline: Numbers, limit: Numbers, elapsed: Numbers, half_life: float) -> Floats:
    """The learning curve: the distance to `limit` halves every `half_life` periods (§4.2, 5).

    >>> half_life_values(100.0, 0.0, [0, 6, 12], 6.0).tolist()
    [100.0, 50.0, 25.0]
    """
    decay = np.exp2(-np.asarray(elapsed, dtype=np.float64) / half_life)
    return np.asarray(np.asarray(limit) + np.subtract(baseline, limit, dtype=np.float64) * decay)


def required_run_rate(target: Numbers, to_date: Numbers, remaining_shares: Floats) -> Floats:
    """What each remaining period must bring, by its seasonal share, for the year's target still to be reached."""
    weight = np.asarray(remaining_shares, dtype=np.float64)
    rest = np.subtract(target, to_date, dtype=np.float64)
    return np.asarray(rest[..., None] * weight / weight.sum(axis=-1, keepdims=True))
