"""Two icons for a series: does it change more than usual, and can it be relied upon to reach its target?

Source: methodology §5.8 (Making Data Count of the NHS). Arrays are `(series,)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from fourfold.engine.cells import Bools, Codes, Floats
from fourfold.engine.signals.patterns import HIGH, LOW
from fourfold.engine.signals.rules import Signs


class Variation(IntEnum):
    """What the last figure is part of."""

    NONE = 0  # too few figures, or recorded too coarsely
    TRIAL = 1
    USUAL = 2  # common cause: nothing beyond the usual variation
    IMPROVEMENT_HIGH = 3
    IMPROVEMENT_LOW = 4
    CONCERN_HIGH = 5
    CONCERN_LOW = 6
    NEUTRAL_HIGH = 7
    NEUTRAL_LOW = 8
    PATTERN = 9  # a signal without direction

    @property
    def word(self) -> str:
        """What people read."""
        return _VARIATIONS[self]


class Assurance(IntEnum):
    """Where the limits lie with regard to the target."""

    NONE = 0  # no target, no direction, or fewer than 12 figures
    PASSES = 1
    HIT_AND_MISS = 2
    FAILS = 3

    @property
    def word(self) -> str:
        """What people read."""
        return _ASSURANCES[self]


_VARIATIONS: Final = {
    Variation.NONE: "No limits yet",
    Variation.TRIAL: "Trial limits",
    Variation.USUAL: "Usual variation",
    Variation.IMPROVEMENT_HIGH: "Improvement, high",
    Variation.IMPROVEMENT_LOW: "Improvement, low",
    Variation.CONCERN_HIGH: "Concern, high",
    Variation.CONCERN_LOW: "Concern, low",
    Variation.NEUTRAL_HIGH: "Unusually high",
    Variation.NEUTRAL_LOW: "Unusually low",
    Variation.PATTERN: "Unusual pattern",
}
_ASSURANCES: Final = {
    Assurance.NONE: "",
    Assurance.PASSES: "Consistently passes",
    Assurance.HIT_AND_MISS: "Hit and miss",
    Assurance.FAILS: "Consistently fails",
}
_IMPROVING: Final = (Variation.IMPROVEMENT_HIGH, Variation.IMPROVEMENT_LOW)
_CONCERNING: Final = (Variation.CONCERN_HIGH, Variation.CONCERN_LOW)

#: What the two icons say together, by the first icon of each kind.
_MATRIX: Final[Mapping[tuple[Variation, Assurance], str]] = MappingProxyType(
    {
        (Variation.IMPROVEMENT_HIGH, Assurance.PASSES): "Celebrate, learn",
        (Variation.IMPROVEMENT_HIGH, Assurance.HIT_AND_MISS): "Getting better, single periods still depend on luck",
        (Variation.IMPROVEMENT_HIGH, Assurance.FAILS): "Getting better, not capable yet",
        (Variation.USUAL, Assurance.PASSES): "Stable and capable",
        (Variation.USUAL, Assurance.HIT_AND_MISS): "Luck decides single periods",
        (Variation.USUAL, Assurance.FAILS): "Will not reach the target without change",
        (Variation.CONCERN_HIGH, Assurance.PASSES): "Capable but worsening: act early",
        (Variation.CONCERN_HIGH, Assurance.HIT_AND_MISS): "Worsening, and luck decides single periods: act",
        (Variation.CONCERN_HIGH, Assurance.FAILS): "Act now",
    }
)


def headline(variation: Variation, assurance: Assurance) -> str:
    """What the two icons say together; the first alone where there is no second, or no good direction.

    >>> headline(Variation.USUAL, Assurance.FAILS)
    'Will not reach the target without change'
    """
    kind = variation
    if variation in _IMPROVING:
        kind = Variation.IMPROVEMENT_HIGH
    elif variation in _CONCERNING:
        kind = Variation.CONCERN_HIGH
    return _MATRIX.get((kind, assurance), variation.word)


def variations(is_trial: Bools, is_judged: Bools, label: Codes, side: Signs, better: Signs) -> Codes:
    """The first icon, by label and side of the last figure; `better` is 1 or −1 where high or low is good, else 0.

    >>> yes, no = np.array([True]), np.array([False])
    >>> one = np.array([1], np.int8)
    >>> Variation(variations(no, yes, np.array([8], np.uint8), -one, one)[0]).name
    'CONCERN_LOW'
    """
    good, bad = side * better > 0, side * better < 0
    choices = [
        (is_trial, Variation.TRIAL),
        (~is_judged, Variation.NONE),
        (label == 0, Variation.USUAL),
        (good & (side == HIGH), Variation.IMPROVEMENT_HIGH),
        (good & (side == LOW), Variation.IMPROVEMENT_LOW),
        (bad & (side == HIGH), Variation.CONCERN_HIGH),
        (bad & (side == LOW), Variation.CONCERN_LOW),
        (side == HIGH, Variation.NEUTRAL_HIGH),
        (side == LOW, Variation.NEUTRAL_LOW),
    ]
    return np.select(
        [where for where, _ in choices], [np.uint8(v) for _, v in choices], np.uint8(Variation.PATTERN)
    ).astype(np.uint8)


def assurances(lower: Floats, upper: Floats, low: Floats, high: Floats, is_judged: Bools) -> Codes:
    """The second icon: limits against what is wanted, from `low` to `high`; an open side is infinite, NaN no target.

    >>> Assurance(assurances(*(np.array([n]) for n in (52.2, 64.3, 50.0, np.inf)), np.array([True]))[0]).name
    'PASSES'
    """
    passes = (np.isneginf(low) | (lower > low)) & (np.isposinf(high) | (upper < high))
    fails = (upper < low) | (lower > high)
    there = is_judged & np.isfinite(lower) & np.isfinite(upper) & ~np.isnan(low) & ~np.isnan(high)
    open_ = np.isinf(low) & np.isinf(high)
    found = np.where(passes, Assurance.PASSES, np.where(fails, Assurance.FAILS, Assurance.HIT_AND_MISS))
    return np.asarray(np.where(there & ~open_, found, Assurance.NONE), dtype=np.uint8)
