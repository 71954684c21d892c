"""Scores of KPIs: where a value lies between the red line (50) and the target (100), on a scale of 0 to 125.

Source: methodology §3.2, §3.3, invariants I1–I4. Every function takes numbers or arrays whose shapes broadcast, in
the KPI's own unit, and gives an array of that shape (no axes for plain numbers). A value or anchor that is NaN or
infinite is no value: its score is NaN. For finite input the score is always a number.

Never offered as a score: actual/target, 2 - actual/target, z-scores (§3.1 shows where they break).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from fourfold.engine.anchors import Polarity, RedLine, RedLineRule, derive_red_line
from fourfold.engine.cells import Bools, Floats, Numbers
from fourfold.engine.judgement import (
    EPSILON,
    SCHEMES,
    STATUS_OF_STATE,
    Scheme,
    at_least,
    band_points,
    bands,
    best_and_worst,
    borderline,
    floor_one_decimal,
    gap_of,
    is_close,
    is_met,
    kpi_status,
    node_status,
    noise_points,
    on_cut,
    on_cut_in_range,
    reached,
    turning_points,
)
from fourfold.engine.profiles import Way, custom, progress, spider_0_10

__all__ = [
    "CAP",
    "EPSILON",
    "SCHEMES",
    "STATUS_OF_STATE",
    "Polarity",
    "RedLine",
    "RedLineRule",
    "Scheme",
    "at_least",
    "band_points",
    "bands",
    "best_and_worst",
    "boolean",
    "borderline",
    "custom",
    "derive_red_line",
    "floor_one_decimal",
    "gap_of",
    "in_range",
    "is_close",
    "is_met",
    "kpi_status",
    "linear_anchor",
    "milestone",
    "node_status",
    "noise_points",
    "on_cut",
    "on_cut_in_range",
    "ordinal",
    "profiled",
    "progress",
    "reached",
    "spider_0_10",
    "turning_points",
]



class Curve(Protocol):
    """The points of a `custom` profile: what a KPI says about it."""

    @property
    def curve_values(self) -> Sequence[float]:
        """Figures, in order."""

    @property
    def curve_scores(self) -> Sequence[float]:
        """The score of each."""


#: The highest score, for over-achievement.
CAP: Final = 125.0


def linear_anchor(
    x: Numbers,
    red_line: Numbers,
    target: Numbers,
    floor: Numbers | None = None,
    stretch: Numbers | None = None,
    cap: float = CAP,
    *,
    polarity: Polarity | Bools = Polarity.HIGHER_BETTER,
    tolerance: Numbers = 0.0,
) -> Floats:
    """The default score: straight lines through floor 0, red line 50, target 100, stretch 125, clipped to 0..cap.

    The order of red line and target says which way is better. The first and last line go on beyond their ends.
    NaN in `floor` or `stretch`, or one on the wrong side, means that there is none. Where the red line *is* the
    target the score is a step, 100 or 0; only there `polarity` (or an array, True where higher is better) and
    `tolerance` are read.

    >>> [float(linear_anchor(x, red_line=80.0, target=100.0)) for x in (92.0, 100.0, 140.0, 55.0)]
    [80.0, 100.0, 125.0, 0.0]
    >>> float(linear_anchor(1.0, red_line=3.0, target=0.0).round(4))
    83.3333
    """
    line = Line.of(red_line, target, floor, stretch, cap, polarity=polarity, tolerance=tolerance)
    with np.errstate(all="ignore"):
        return line.score(x)


@dataclass(frozen=True, slots=True)
class Line:
    """The anchors of `linear_anchor`, ready for many figures."""

    way: Way
    below: Way | None
    beyond: Way | None
    target: Numbers
    cap: float
    polarity: Polarity | Bools
    tolerance: Numbers

    @classmethod
    def of(
        cls,
        red_line: Numbers,
        target: Numbers,
        floor: Numbers | None = None,
        stretch: Numbers | None = None,
        cap: float = CAP,
        *,
        polarity: Polarity | Bools = Polarity.HIGHER_BETTER,
        tolerance: Numbers = 0.0,
    ) -> Line:
        """The line through these anchors; see `linear_anchor`."""
        below = None if floor is None else Way.of(red_line, floor)
        beyond = None if stretch is None else Way.of(target, stretch)
        return cls(Way.of(red_line, target), below, beyond, target, cap, polarity, tolerance)

    def score(self, x: Numbers, out: Floats | None = None) -> Floats:
        """Scores of figures."""
        score, gap = self.way.share(x), self.way.length
        score *= 50.0
        score += 50.0
        if (below := self.below) is not None:
            line = np.where(below.length == 0, 0.0, 50.0 - 50.0 * below.share(x))
            score = np.where((score < 50) & _is_beyond(below.length, -gap), line, score)
        if (beyond := self.beyond) is not None:
            line = np.where(beyond.length == 0, CAP, 100.0 + 25.0 * beyond.share(x))
            score = np.where((score > 100) & _is_beyond(beyond.length, gap), line, score)
        if self.way.nowhere is not None:
            step = np.where(is_met(x, self.target, self.polarity, self.tolerance), 100.0, 0.0)
            known = np.isfinite(x) & np.isfinite(self.target)
            score = np.where(self.way.nowhere & known, step, score)
        return np.clip(score, 0.0, self.cap, out=score if out is None else out)


def _is_beyond(width: Floats, gap: Floats) -> Bools:
    """True where an outer anchor exists and lies on the outer side of (or on) the inner one."""
    return np.asarray(width * np.sign(gap) >= 0)


def in_range(
    x: Numbers,
    red_low: Numbers,
    low: Numbers,
    high: Numbers,
    red_high: Numbers,
    *,
    tolerance: Numbers = 0.0,
) -> Floats:
    """Score against a band: 100 from `low` to `high`, 50 at either red line, straight lines, never above 100.

    A side whose red line lies on the edge of the band is a step; only there `tolerance` is read.

    >>> [float(in_range(x, 17.0, 20.0, 22.0, 26.0)) for x in (21.0, 18.5, 27.0, 33.0)]
    [100.0, 75.0, 37.5, 0.0]
    """
    left = linear_anchor(x, red_low, low, cap=100.0, polarity=Polarity.HIGHER_BETTER, tolerance=tolerance)
    right = linear_anchor(x, red_high, high, cap=100.0, polarity=Polarity.LOWER_BETTER, tolerance=tolerance)
    return np.asarray(np.minimum(left, right))


def boolean(x: Numbers, *, polarity: Polarity = Polarity.HIGHER_BETTER) -> Floats:
    """100 where met, else 0: any number but zero means yes, and `lower_better` wants a no."""
    value = np.asarray(x, dtype=np.float64)
    met = (value != 0) == (polarity is not Polarity.LOWER_BETTER)
    return np.asarray(np.where(np.isfinite(value), np.where(met, 100.0, 0.0), np.nan))


def ordinal(x: Numbers, table: Mapping[float, float]) -> Floats:
    """The score of the highest level reached; `table` gives the score of each level.

    Between two levels the lower one counts, below the lowest the lowest. An empty table scores nothing.

    >>> ordinal(np.array([1.0, 3.0, np.nan]), {1: 0, 2: 60, 3: 100}).tolist()
    [0.0, 100.0, nan]
    """
    value = np.asarray(x, dtype=np.float64)
    levels = sorted(table)
    reached = np.full(value.shape, table[levels[0]] if levels else np.nan)
    for level in levels[1:]:
        reached = np.where(at_least(value, level), float(table[level]), reached)
    return np.asarray(np.where(np.isfinite(value), np.clip(reached, 0.0, CAP), np.nan))


def profiled(
    way: str,
    x: Numbers,
    score: Numbers,
    red_line: Numbers,
    target: Numbers,
    curve: Curve,
    *,
    polarity: Polarity | Bools = Polarity.HIGHER_BETTER,
) -> Floats:
    """The score of a named profile, where the default has `score` for `x`; NaN where that has none (methodology §3.3).

    `bands_3`, `bands_4` and `bands_5` are the fixed points of the band the score is in.

    >>> class Line: curve_values, curve_scores = (0.0, 10.0), (0.0, 100.0)
    >>> [float(profiled(way, 4.0, 70.0, 2.0, 7.0, Line)) for way in ("bands_3", "spider_0_10", "custom")]
    [50.0, 46.666666666666664, 40.0]
    """
    if way.startswith("bands_"):
        return band_points(score, SCHEMES[int(way.removeprefix("bands_"))])
    if way == "spider_0_10":
        found = spider_0_10(x, red_line, target, polarity=polarity)
    elif way == "custom":
        found = custom(x, curve.curve_values, curve.curve_scores)
    else:
        return np.asarray(score, dtype=np.float64)
    return np.asarray(np.where(np.isnan(score), np.nan, found))


def milestone(delay: Numbers, tolerance: Numbers) -> Floats:
    """100 when done on time, 50 at a delay of `tolerance` (same unit of time), 0 at twice that or more.

    >>> [float(milestone(d, 10.0)) for d in (-3.0, 5.0, 10.0, 40.0)]
    [100.0, 75.0, 50.0, 0.0]
    """
    return linear_anchor(delay, tolerance, 0.0, cap=100.0, polarity=Polarity.LOWER_BETTER)
