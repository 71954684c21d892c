"""From a score to a word: statuses of KPIs and nodes, bands, the borderline mark, and how a score is printed.

Sources: methodology §3.4 and amendments A1 (status of a KPI), A2 (status of a node), A4 (comparisons at a cut).
Every function takes numbers or arrays whose shapes broadcast, and treats NaN as "no score".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Bools, Codes, Floats, Numbers
from fourfold.engine.statuses import INSUFFICIENT, NEAR, NO_DATA, OFF, ON, UNSCORED, Status

#: Relative, in the user's favour, wherever a number is compared with a cut (A4).
EPSILON: Final = 1e-9

#: Natural variation reaches so many standard deviations to either side: 19 of 20 figures.
REACH: Final = 1.96

#: Status of a cell that has no score, by its `State` code: a number without a score is not scored.
STATUS_OF_STATE: Final[Codes] = np.array(
    [Status.UNSCORED, Status.OVERDUE, Status.NOT_APPLICABLE, Status.NOT_DUE, Status.ERROR], dtype=np.uint8
)


def at_least(value: Numbers, cut: Numbers) -> Bools:
    """True where `value` reaches `cut`, give or take 1e-9 of the cut; NaN reaches nothing.

    >>> bool(at_least(0.3, 0.1 + 0.2))
    True
    """
    return np.asarray(np.asarray(value) >= reached(cut))


def reached(cut: Numbers) -> Numbers:
    """What reaches a cut, give or take 1e-9 of it."""
    if isinstance(cut, float):  # most cuts of nodes are one number
        return cut - EPSILON * abs(cut)
    cut = np.asarray(cut, dtype=np.float64)
    return np.asarray(cut - EPSILON * np.abs(cut))


def is_met(
    x: Numbers, target: Numbers, polarity: Polarity | Bools = Polarity.HIGHER_BETTER, tolerance: Numbers = 0.0
) -> Bools:
    """True where `x` reaches the target to the tolerance and to 1e-9 of the target (A4); NaN reaches nothing.

    `polarity` may be an array, True where higher is better.

    >>> bool(is_met(0.1 + 0.2, 0.3, Polarity.LOWER_BETTER))
    True
    """
    higher = polarity is not Polarity.LOWER_BETTER if isinstance(polarity, Polarity) else np.asarray(polarity)
    goal = np.asarray(target, dtype=np.float64)
    with np.errstate(all="ignore"):
        margin = np.asarray(tolerance) + EPSILON * np.abs(goal)
        return np.asarray(np.where(higher, np.asarray(x) >= goal - margin, np.asarray(x) <= goal + margin))


def on_cut(target: Numbers, red_line: Numbers, tolerance: Numbers) -> Floats:
    """The score from which a KPI is on target: 100 - 50 * tolerance / |target - red line| (A1).

    `tolerance` is in the KPI's own unit. It never reaches past the red line, so the cut is at least 50. Where the
    red line is the target the score is a step that has taken the tolerance already, and the cut is 100.

    >>> float(on_cut(100.0, 80.0, 4.0))
    90.0
    """
    with np.errstate(all="ignore"):
        gap = np.abs(np.subtract(target, red_line, dtype=np.float64))
        share = np.where(gap == 0, 0.0, np.divide(tolerance, gap))
    return np.asarray(np.maximum(100.0 - 50.0 * share, 50.0))


def on_cut_in_range(
    x: Numbers, red_low: Numbers, low: Numbers, high: Numbers, red_high: Numbers, tolerance: Numbers
) -> Floats:
    """The cut of A1 for a KPI with a band: each side of the band has its own red line, so `x` decides."""
    below = np.asarray(x) < np.asarray(low)
    return np.asarray(np.where(below, on_cut(low, red_low, tolerance), on_cut(high, red_high, tolerance)))


def kpi_status(score: Numbers, cut: Numbers = 100.0, near: Numbers = 50.0) -> Codes:
    """Status of KPIs (A1): ON from `cut` (see `on_cut`), NEAR from the red line's score, else OFF.

    NaN gives UNSCORED; where the cell has no number the caller puts `STATUS_OF_STATE` instead.
    """
    # Sums of flags, as OFF is 0: masks that follow no pattern cost ten times as much.
    status = np.maximum(at_least(score, near) * NEAR, at_least(score, cut) * ON)
    return np.asarray(status + np.isnan(score) * UNSCORED)


def node_status(
    score: Numbers,
    *,
    amber: Numbers = 50.0,
    green: Numbers = 90.0,
    best: Numbers | Codes = Status.NO_DATA,
    worst: Numbers | Codes = Status.NO_DATA,
) -> Codes:
    """Status of objectives, perspectives, themes and scorecards (A2), from the score and the scorecard's cuts.

    `best` and `worst` are the statuses of the best and worst scored child (`best_and_worst`): the node is never
    better than the one or worse than the other (invariant I11). A code that is no judgement does not bind.
    NaN gives INSUFFICIENT.
    """
    status = kpi_status(score, green, amber)
    top, bottom = np.asarray(best, dtype=np.uint8), np.asarray(worst, dtype=np.uint8)
    clamped = np.minimum(np.maximum(status, bottom * (bottom <= ON)), np.minimum(top, ON))
    return np.asarray(np.where(np.isnan(score), INSUFFICIENT, clamped))


def best_and_worst(status: Codes, used: Bools | None = None) -> tuple[Codes, Codes]:
    """Best and worst status among scored children, over the last axis; NO_DATA where no child is scored.

    `used` leaves out children that do not count (weight 0).
    """
    if used is not None:
        status = np.where(used, status, NO_DATA)
    worst = np.asarray(status).min(axis=-1, initial=NO_DATA)  # judgements are the smallest codes
    best = (status * (status <= ON)).max(axis=-1, initial=OFF)
    none = worst > ON
    no_data = NO_DATA
    return np.asarray(np.where(none, no_data, best)), np.asarray(np.where(none, no_data, worst))


@dataclass(frozen=True, slots=True)
class Scheme:
    """A band scheme: the score each band but the lowest begins at, the names, and the points of `band_points`."""

    cuts: tuple[float, ...]
    names: tuple[str, ...]
    points: tuple[float, ...]


#: By the number of bands (§3.4).
SCHEMES: Final[Mapping[int, Scheme]] = MappingProxyType(
    {
        3: Scheme((50, 90), ("red", "amber", "green"), (0, 50, 100)),
        4: Scheme((50, 75, 90), ("red", "orange", "amber", "green"), (0, 50, 75, 100)),
        5: Scheme((25, 50, 75, 100), ("critical", "poor", "fair", "good", "excellent"), (0, 25, 50, 75, 100)),
    }
)


def bands(score: Numbers, scheme: Scheme = SCHEMES[3]) -> npt.NDArray[np.int8]:
    """Index of the band each score lies in, 0 for the lowest, -1 where there is no score; lower edges belong in.

    >>> [SCHEMES[3].names[i] for i in bands(np.array([49.9, 50.0, 89.97, 90.0]))]
    ['red', 'amber', 'amber', 'green']
    """
    reached = np.zeros(np.shape(score), dtype=np.int8)
    for cut in scheme.cuts:
        reached = reached + at_least(score, cut)
    return np.asarray(np.where(np.isnan(score), -1, reached), dtype=np.int8)


def band_points(score: Numbers, scheme: Scheme = SCHEMES[3]) -> Floats:
    """The step profile `bands3/4/5`: each score replaced by the fixed points of its band; NaN stays NaN."""
    return np.array((*scheme.points, np.nan))[bands(score, scheme)]


def noise_points(sigma: Numbers, target: Numbers, red_line: Numbers) -> Floats:
    """How many points natural variation alone moves a score: 1.96 * sigma * 50 / |target - red line|.

    `sigma` is the natural standard deviation in the KPI's own unit. NaN where red line and target coincide.
    """
    with np.errstate(all="ignore"):
        gap = np.abs(np.subtract(target, red_line, dtype=np.float64))
        noise = 50.0 * REACH * np.asarray(sigma, dtype=np.float64) / gap
    return np.asarray(np.where(np.isinf(noise), np.nan, noise))


def gap_of(target: Numbers, red_line: Numbers) -> Floats:
    """How far a red line is from its target; infinite where they coincide, since a step has nothing near it."""
    gap = np.abs(np.subtract(target, red_line, dtype=np.float64))
    return np.where(gap == 0, np.inf, gap)


def borderline(score: Numbers, cuts: Sequence[Numbers], sigma: Numbers, gap: Numbers) -> Bools:
    """True where the nearest cut is nearer than natural variation reaches, so that the status gets its "≈".

    `gap` is that of target and red line (`gap_of`), in the KPI's own unit like `sigma`.
    """
    away = np.subtract(score, cuts[0], dtype=np.float64)
    away = reduce(np.minimum, (np.abs(score - cut) for cut in cuts[1:]), np.abs(away))
    return np.asarray(away * gap < 50.0 * REACH * np.asarray(sigma))


def turning_points(red_line: Numbers, edge: Numbers, tolerance: Numbers = 0.0) -> tuple[Floats, Floats]:
    """The figures at which the status changes on one side of a band; NaN where red line and edge coincide (a step).

    Here the score cannot tell what is near, because it is 100 all over the band.

    >>> [float(point) for point in turning_points(17.0, 20.0, tolerance=0.5)]
    [17.0, 19.5]
    """
    cut, red = np.asarray(edge, dtype=np.float64), np.asarray(red_line, dtype=np.float64)
    with np.errstate(all="ignore"):
        gap = cut - red
        on = cut - np.sign(gap) * np.minimum(tolerance, np.abs(gap))
    step = gap == 0
    return np.where(step, np.nan, red), np.where(step, np.nan, on)


def is_close(x: Numbers, points: Sequence[Numbers], sigma: Numbers) -> Bools:
    """True where one of these figures lies within 1.96 sigma of `x`.

    >>> points = turning_points(17.0, 20.0)
    >>> [bool(is_close(x, points, sigma=0.5)) for x in (18.0, 18.5, 19.1, 20.9, 21.5)]
    [False, False, True, True, False]
    """
    reach = REACH * np.asarray(sigma)
    return np.asarray(reduce(np.logical_or, (np.abs(np.subtract(x, point)) < reach for point in points)))


def floor_one_decimal(score: float) -> str:
    """A score as people read it: floored to one decimal, so that it never looks better than its status.

    "Reaches" is the same as in `at_least`. NaN gives an empty text.

    >>> floor_one_decimal(89.97), floor_one_decimal(64.1), floor_one_decimal(100.0)
    ('89.9', '64.1', '100.0')
    """
    if math.isnan(score):
        return ""
    tenths = math.floor(score * 10) + 1
    if not at_least(score, tenths / 10):
        tenths -= 1
    return f"{tenths / 10:.1f}"
