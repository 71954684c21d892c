"""Scores carried forward: an expected child without a score takes that of the period before (§3.6, §3.7).

A child is carried by one period. A node whose score rests on a carried one is marked CARRIED and may be carried in
its turn, so a figure is never older than there are levels above it; each step costs its freshness in the confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from fourfold.engine.cells import Bools, Codes, Floats, Indexes
from fourfold.engine.definitions import Definitions
from fourfold.engine.periods import Period
from fourfold.engine.statuses import Status

#: A child with one of these should count; with any other status it is left out of weights and coverage.
EXPECTED: Final = (Status.OFF, Status.NEAR, Status.ON, Status.OVERDUE, Status.ERROR, Status.INSUFFICIENT)
IS_EXPECTED: Final = np.isin(np.arange(len(Status)), EXPECTED)


def carries(definitions: Definitions) -> bool:
    """True where the scorecard carries scores forward."""
    return definitions.strategy.missing == "carry_forward"


def periods_before(periods: Sequence[Period]) -> Indexes:
    """For each period the place of the one before it among these; −1 where that is not there.

    >>> from fourfold.engine.periods import Calendar
    >>> periods_before([Calendar().parse(month) for month in ("2026-01", "2026-02", "2026-05")]).tolist()
    [-1, 0, -1]
    """
    place = {(p.frequency, p.ordinal): i for i, p in enumerate(periods)}
    return np.array([place.get((p.frequency, p.ordinal - 1), -1) for p in periods], dtype=np.intp)


def is_carried(score: Floats, status: Codes, previous: Floats) -> Bools:
    """Which children take their `previous` score (NaN where there is none): expected, and without one of their own."""
    return np.asarray(IS_EXPECTED[status] & np.isnan(score) & np.isfinite(previous))
