"""Segments: stretches of a series with limits of their own, and what is asked of somebody who begins a new one.

Source: methodology §5.3 and §5.7. A place is the index of a period in the arrays. Segments never overlap: each ends
where the next one begins, and the limits of the earlier ones stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Bools, Floats, Indexes
from fourfold.engine.signals.limits import LOCKED
from fourfold.engine.signals.moments import mean
from fourfold.errors import FourfoldError

#: Figures that a new segment begins with at least, unless the KPI is defined anew.
ENOUGH: Final = 8


class SegmentError(FourfoldError):
    """Segments begin one after the other, each within the series."""


class Cause(StrEnum):
    """Why limits begin anew."""

    PROCESS = "process"  # the work is done differently
    DEFINITION = "definition"  # the KPI counts something else
    DATA = "data"  # the figures are collected differently
    EXTERNAL = "external"  # the world around has changed


@dataclass(frozen=True, slots=True)
class Segment:
    """Limits that begin at a place and are locked on the first `baseline` figures from there.

    All but the first need a `cause`, and somebody who expects the change to last (`lasts`). `sloped` draws the centre
    as the straight line through the baseline. `approved` says that somebody other than the owner agreed.
    """

    start: int = 0
    cause: Cause | None = None
    baseline: int = LOCKED
    lasts: bool = False
    approved: bool = False
    sloped: bool = False

    def __post_init__(self) -> None:
        if self.baseline < LOCKED:
            raise SegmentError(f"Limits are locked on at least {LOCKED} figures, not on {self.baseline}.")


class Refusal(StrEnum):
    """Why a new segment may not begin."""

    NO_CAUSE = "Say what changed: the process, the definition, the data or something outside."
    NOT_LASTING = "Limits begin anew only for a change that is expected to last."
    TOO_FEW = "There are fewer than 8 figures since then. Only a new definition may begin earlier."
    WORSE = "The new figures are worse than the old ones, so somebody other than the owner has to agree."
    OVERLAP = "It begins before the segment that is there already."


def refusals(
    values: Floats, segment: Segment, *, after: int = 0, polarity: Polarity = Polarity.HIGHER_BETTER
) -> tuple[Refusal, ...]:
    """What speaks against beginning a new segment in a series `(period,)` whose latest one began at `after`.

    >>> moved = np.array([1.0, 2, 1, 2, 1, 2, 1, 2, 8, 9, 8, 9, 8, 9, 8, 9])
    >>> [r.name for r in refusals(moved, Segment(8), polarity=Polarity.LOWER_BETTER)]
    ['NO_CAUSE', 'NOT_LASTING', 'WORSE']
    >>> refusals(moved, Segment(8, Cause.PROCESS, lasts=True))
    ()
    """
    found = []
    new, old = values[segment.start :], values[after : segment.start]
    if segment.start <= after:
        found.append(Refusal.OVERLAP)
    if segment.cause is None:
        found.append(Refusal.NO_CAUSE)
    if not segment.lasts:
        found.append(Refusal.NOT_LASTING)
    if np.isfinite(new).sum() < ENOUGH and segment.cause is not Cause.DEFINITION:
        found.append(Refusal.TOO_FEW)
    better = {Polarity.HIGHER_BETTER: 1.0, Polarity.LOWER_BETTER: -1.0}.get(polarity, 0.0)
    if better * float(mean(new) - mean(old)) < 0 and not segment.approved:
        found.append(Refusal.WORSE)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Rows:
    """One row for each segment of each series: which series, where (`inside`), and how its limits are taken."""

    series: Indexes
    inside: Bools
    baseline: Indexes
    sloped: Bools
    is_last: Bools

    def cut(self, x: Floats) -> Floats:
        """Figures `(series, period)` as one row a segment, gaps outside it."""
        return np.asarray(np.where(self.inside, x[self.series], np.nan))


def segment_rows(series: int, periods: int, segments: Sequence[Sequence[Segment]] | None) -> Rows:
    """The rows of some series; a series without segments is one from its beginning. Raises `SegmentError`."""
    alone = (Segment(),)
    each = [alone] * series if segments is None else [tuple(s) or alone for s in segments]
    if len(each) != series:
        raise SegmentError(f"There are segments for {len(each)} series, and {series} series.")
    starts, ends = [], []
    for own in each:
        begin = [s.start for s in own]
        if begin[0] < 0 or begin[-1] >= max(periods, 1) or any(a >= b for a, b in pairwise(begin)):
            raise SegmentError(f"They begin at {', '.join(map(str, begin))} of {periods} periods.")
        starts += begin
        ends += [*begin[1:], periods]
    place = np.arange(periods)
    inside = (place >= np.array(starts, np.intp)[:, None]) & (place < np.array(ends, np.intp)[:, None])
    flat = [s for own in each for s in own]
    return Rows(
        np.repeat(np.arange(series), [len(own) for own in each]),
        inside,
        np.array([s.baseline for s in flat], np.intp),
        np.array([s.sloped for s in flat], np.bool_),
        np.array([i == len(own) - 1 for own in each for i in range(len(own))], np.bool_),
    )
