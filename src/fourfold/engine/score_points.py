"""The score function of a target as points, for a picture of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fourfold.engine.definitions import Target
from fourfold.engine.scoring import linear_anchor

#: So much room is shown beyond the outermost anchors, as a share of their distance; so many points are drawn.
_ROOM, _COUNT = 0.7, 61


class ScorePoints(NamedTuple):
    """Rising figures with their scores, and the anchors as (figure, score)."""

    figures: Sequence[float]
    scores: Sequence[float]
    anchors: Sequence[tuple[float, float]]


def score_points(target: Target) -> ScorePoints | None:
    """The points of a target with a value and a red line; None where one is missing or they are the same.

    Source: methodology §3.3, `linear_anchor`.

    >>> found = score_points(Target(kpi="waits", since="2026-01", value="100", red_line="80"))
    >>> found.anchors
    [(80.0, 50.0), (100.0, 100.0)]
    """
    if target.value is None or target.red_line is None or target.value == target.red_line:
        return None
    outer = [math.nan if v is None else float(v) for v in (target.floor, target.stretch)]
    named = [(float(target.red_line), 50.0), (float(target.value), 100.0), (outer[0], 0.0), (outer[1], 125.0)]
    anchors = [(figure, score) for figure, score in named if not math.isnan(figure)]
    low, high = min(anchors)[0], max(anchors)[0]
    room = (high - low) * _ROOM
    figures = np.linspace(low - room, high + room, _COUNT)
    scores = linear_anchor(figures, named[0][0], named[1][0], *outer)
    return ScorePoints(figures.tolist(), scores.tolist(), anchors)
