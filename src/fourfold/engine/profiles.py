"""The named scoring profiles beside the default, all on the same scale of 0 to 100 (or 125), and progress.

Source: methodology §3.3; `band_points` in `judgement` is the profile `bands3/4/5`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Bools, Floats, Numbers
from fourfold.engine.judgement import is_met
from fourfold.errors import FourfoldError

#: Beyond this a difference of two doubles may overflow, and the calculation is scaled.
_HUGE: Final = 1e307


class UnusableProfile(FourfoldError):
    """This scoring profile cannot be used."""


class Way(NamedTuple):
    """The way from one anchor to another, ready for many figures; the anchors' shapes broadcast to the figures'."""

    start: Floats
    length: Floats
    scale: Floats | None  # where a difference of two anchors would overflow
    nowhere: Bools | None  # where the length is 0

    @classmethod
    def of(cls, start: Numbers, end: Numbers) -> Way:
        """The way between anchors."""
        start, end, scale = _finite(start), _finite(end), None
        with np.errstate(all="ignore"):
            if np.any(huge := np.maximum(np.abs(start), np.abs(end)) > _HUGE):
                scale = np.where(huge, 0.125, 1.0)
                start, end = start * scale, end * scale
            length = np.asarray(end - start)
        return cls(np.asarray(start), length, scale, None if np.all(length) else length == 0)

    def share(self, x: Numbers) -> Floats:
        """How far `x` is from the start (0) to the end (1), in a new array; see `share_of_way`."""
        x = _finite(x)
        share = np.asarray((x if self.scale is None else x * self.scale) - self.start)
        share = np.divide(share, self.length, out=share if share.ndim >= self.length.ndim else None)
        if self.nowhere is not None:
            share = np.where(self.nowhere, np.nan, share)
        return np.asarray(share)


def share_of_way(x: Numbers, start: Numbers, end: Numbers) -> tuple[Floats, Floats]:
    """How far `x` is on the way from `start` (0) to `end` (1), exactly 0 and 1 there; and the way itself.

    The share is NaN where anything is NaN or infinite, or where the way is 0.
    """
    way = Way.of(start, end)
    with np.errstate(all="ignore"):
        return way.share(x), way.length


def _finite(a: Numbers) -> Floats:
    array = np.asarray(a, dtype=np.float64)
    infinite = np.isinf(array)
    return np.where(infinite, np.nan, array) if infinite.any() else array


@np.errstate(all="ignore")
def spider_0_10(
    x: Numbers, red_line: Numbers, goal: Numbers, *, polarity: Polarity | Bools = Polarity.HIGHER_BETTER
) -> Floats:
    """Equal thirds: red line 33.3, goal 66.7, and 0 and 100 one gap beyond either; 10 times the 0–10 score.

    Where the red line is the goal the score is a step, 100 or 0; only there `polarity` is read.

    >>> spider_0_10(np.array([300.0, 600.0, 900.0]), 500.0, 700.0).tolist()
    [0.0, 50.0, 100.0]
    """
    share, gap = share_of_way(x, red_line, goal)
    score = np.clip(100.0 * (1.0 + share) / 3.0, 0.0, 100.0)
    return _step_where_no_way(score, gap, x, goal, polarity)


def custom(x: Numbers, values: Sequence[float], scores: Sequence[float]) -> Floats:
    """A curve drawn by the user: straight lines through 2 to 8 points, flat beyond the first and the last.

    The scores may only rise, or only fall, as the values rise; anything else is refused with `UnusableProfile`.

    >>> custom(np.array([50.0, 250.0]), values=[0, 200], scores=[0, 100]).tolist()
    [25.0, 100.0]
    """
    at, points = np.asarray(values, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    if at.shape != points.shape or at.ndim != 1 or not 2 <= at.size <= 8:
        raise UnusableProfile(
            f"A custom curve has {at.size} values and {points.size} scores.", hint="Give 2 to 8 of each."
        )
    if not (np.all(np.isfinite(at)) and np.all((points >= 0) & (points <= 125))):
        raise UnusableProfile("A custom curve needs numbers, and scores from 0 to 125.")
    order = np.argsort(at)
    at, points = at[order], points[order]
    steps = np.diff(points)
    if np.any(at[1:] == at[:-1]) or not (np.all(steps >= 0) or np.all(steps <= 0)):
        raise UnusableProfile(
            "The scores of a custom curve go up and down.",
            hint="Give each value once, with scores that only rise or only fall; for a best middle use in_range.",
        )
    return np.asarray(np.interp(_finite(x), at, points))


@np.errstate(all="ignore")
def progress(
    x: Numbers,
    baseline: Numbers,
    target: Numbers,
    cap: float = 125.0,
    *,
    polarity: Polarity | Bools = Polarity.HIGHER_BETTER,
) -> Floats:
    """How much of the way from the baseline to the final target is done, in percent, from 0 to `cap`.

    A number beside the score, never the score. Where the baseline is the target there is no way to go: 100 while
    the target is met, else 0; only there `polarity` is read.

    >>> float(progress(7.0, baseline=9.4, target=5.0).round(4))
    54.5455
    """
    share, way = share_of_way(x, baseline, target)
    return _step_where_no_way(np.clip(100.0 * share, 0.0, cap), way, x, target, polarity)


def _step_where_no_way(score: Floats, way: Floats, x: Numbers, target: Numbers, polarity: Polarity | Bools) -> Floats:
    """`score`, but 100 or 0 where the way is 0 and `x` is a number."""
    if not np.any(way == 0):
        return np.asarray(score)
    step = np.where(is_met(x, target, polarity), 100.0, 0.0)
    return np.asarray(np.where((way == 0) & np.isfinite(x), step, score))
