"""Rules: which patterns of figures are unlikely to be chance.

Source: methodology §5.4, whose rates of false signals these rules have. Figures come as `(series, period)` arrays on
the scale on which the centre is 0 and the limits are ±3; NaN is a gap, and a gap starts every rule anew. A rule fires
at the figure that completes its pattern; all figures of the pattern are its members.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Bools, Floats
from fourfold.errors import FourfoldError

Signs = npt.NDArray[np.int8]  # 1 high or rising, -1 low or falling, 2 a pattern without direction, 0 nothing
UNDIRECTED: Final = 2
_N = TypeVar("_N", np.bool_, np.float64)


class UnknownRuleSet(FourfoldError):
    """There is no such set of rules."""


class Rule(IntEnum):
    """The rules, in the order in which the first one names a figure that several could."""

    OUTSIDE = 1  # beyond a limit
    TREND_7 = 2  # seven figures each above the one before, or each below
    TREND_6 = 3
    TWO_OF_THREE = 4  # two of three beyond two sigma, on one side
    TWO_OF_THREE_NHS = 5  # two of three between two and three sigma, all three on one side
    FOUR_OF_FIVE = 6  # four of five beyond one sigma, on one side
    RUN_7 = 7  # seven in a row on one side of the centre
    RUN_8 = 8
    RUN_9 = 9
    ALTERNATING_14 = 10  # fourteen in a row up and down in turn
    WITHIN_15 = 11  # fifteen in a row within one sigma
    BEYOND_8 = 12  # eight in a row beyond one sigma, on either side

    @property
    def length(self) -> int:
        """How many figures the pattern takes."""
        return _LENGTH[self]

    @property
    def is_run(self) -> bool:
        """True for runs on one side of the centre."""
        return self in (Rule.RUN_7, Rule.RUN_8, Rule.RUN_9)


_LENGTH: Final = {
    Rule.OUTSIDE: 1, Rule.TREND_7: 7, Rule.TREND_6: 6, Rule.TWO_OF_THREE: 3, Rule.TWO_OF_THREE_NHS: 3,
    Rule.FOUR_OF_FIVE: 5, Rule.RUN_7: 7, Rule.RUN_8: 8, Rule.RUN_9: 9, Rule.ALTERNATING_14: 14,
    Rule.WITHIN_15: 15, Rule.BEYOND_8: 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that are used together."""

    name: str
    rules: tuple[Rule, ...]


DEFAULT: Final = RuleSet("default", (Rule.OUTSIDE, Rule.RUN_8))
NHS: Final = RuleSet("nhs", (Rule.OUTSIDE, Rule.TREND_7, Rule.TWO_OF_THREE_NHS, Rule.RUN_7))
WESTERN_ELECTRIC: Final = RuleSet("western_electric", (Rule.OUTSIDE, Rule.TWO_OF_THREE, Rule.FOUR_OF_FIVE, Rule.RUN_8))
NELSON: Final = RuleSet(
    "nelson",
    (Rule.OUTSIDE, Rule.TREND_6, Rule.TWO_OF_THREE, Rule.FOUR_OF_FIVE, Rule.RUN_9, Rule.ALTERNATING_14,
     Rule.WITHIN_15, Rule.BEYOND_8),
)  # fmt: skip
RULE_SETS: Final[Mapping[str, RuleSet]] = MappingProxyType(
    {rules.name: rules for rules in (DEFAULT, NHS, WESTERN_ELECTRIC, NELSON)}
)


def rule_set(name: str) -> RuleSet:
    """The rule set of a name: `default`, `nhs`, `western_electric` or `nelson`; raises `UnknownRuleSet`."""
    if name not in RULE_SETS:
        raise UnknownRuleSet(f"{name!r} is not a set of rules.", hint=f"Use one of {', '.join(RULE_SETS)}.")
    return RULE_SETS[name]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Where one rule fires (`complete`) and which figures make its patterns (`members`), both `(series, period)`."""

    complete: Signs
    members: Signs


def find_pattern(z: Floats, rule: Rule) -> Pattern:
    """Where a rule fires.

    >>> z = np.array([[0.1, 0.4, 3.2, -0.2, -3.4, np.nan]])
    >>> find_pattern(z, Rule.OUTSIDE).complete.tolist()
    [[0, 0, 1, 0, -1, 0]]
    """
    if rule in _UNDIRECTED:
        complete = _UNDIRECTED[rule](z)
        return Pattern(_signed(complete, UNDIRECTED), _signed(_spread(complete, rule.length), UNDIRECTED))
    if rule in (Rule.TREND_6, Rule.TREND_7):
        steps = np.full(z.shape, np.nan)
        steps[:, 1:] = np.diff(_finite(z), axis=1)
        sides = [_streaks(way > 0, rule.length - 1, rule.length) for way in (steps, -steps)]
    elif rule.is_run:
        sides = [_streaks(side > 0, rule.length, rule.length) for side in (z, -z)]
    elif rule is Rule.TWO_OF_THREE_NHS:
        sides = [_two_of_three_nhs(side) for side in (z, -z)]
    else:
        sides = [_some_of(side, *_ZONES[rule]) for side in (z, -z)]
    (high, high_members), (low, low_members) = sides
    return Pattern(_signed(high, 1) + _signed(low, -1), _signed(high_members, 1) + _signed(low_members, -1))


def streak(there: Bools) -> npt.NDArray[np.intp]:
    """How many True in a row end at each place.

    >>> streak(np.array([[True, True, False, True]])).tolist()
    [[1, 2, 0, 1]]
    """
    place = np.arange(1, there.shape[-1] + 1)
    return np.asarray(place - np.maximum.accumulate(np.where(there, 0, place), axis=-1))


#: What lies beyond: how many of how many figures, beyond how many sigma; with 1e-9 to spare on a limit.
_ZONES: Final = {
    Rule.OUTSIDE: (1, 1, 3.0 * (1 + 1e-9)),
    Rule.TWO_OF_THREE: (2, 3, 2.0),
    Rule.FOUR_OF_FIVE: (4, 5, 1.0),
}


def _some_of(z: Floats, some: int, of: int, beyond: float) -> tuple[Bools, Bools]:
    """Where a figure is beyond, and enough of those before it with no gap between."""
    far, alive = z > beyond, streak(np.isfinite(z))
    number = np.sum([_earlier(far, j) & (alive > j) for j in range(of)], axis=0)
    complete = far & (number >= some)
    return complete, _spread(complete, of) & far


def _two_of_three_nhs(z: Floats) -> tuple[Bools, Bools]:
    """The rule as Making Data Count has it: any two of the three may be the ones between two and three sigma."""
    zone = (z > 2.0) & (z <= _ZONES[Rule.OUTSIDE][2])
    number = np.sum([_earlier(zone, j) for j in range(3)], axis=0)
    complete = (streak(z > 0) >= 3) & (number >= 2)
    return np.asarray(complete), _spread(complete, 3) & zone


def _streaks(there: Bools, wanted: int, length: int) -> tuple[Bools, Bools]:
    complete = streak(there) >= wanted
    return complete, _spread(complete, length)


def _alternating(z: Floats) -> Bools:
    """Thirteen steps, each the other way than the one before."""
    steps = np.zeros(z.shape)
    steps[:, 1:] = np.nan_to_num(np.sign(np.diff(_finite(z), axis=1)))
    return np.asarray(streak(steps * _earlier(steps, 1) < 0) >= Rule.ALTERNATING_14.length - 2)


def _within(z: Floats) -> Bools:
    return np.asarray(streak(np.abs(z) < 1) >= Rule.WITHIN_15.length)


def _beyond(z: Floats) -> Bools:
    return np.asarray(streak(np.abs(z) > 1) >= Rule.BEYOND_8.length)


_UNDIRECTED: Final = {Rule.ALTERNATING_14: _alternating, Rule.WITHIN_15: _within, Rule.BEYOND_8: _beyond}


def _finite(z: Floats) -> Floats:
    return np.asarray(np.where(np.isfinite(z), z, np.nan))


def _earlier(a: npt.NDArray[_N], periods: int) -> npt.NDArray[_N]:
    """The array some periods ago; nothing (False, 0) before its beginning."""
    moved = np.zeros_like(a)
    moved[..., periods:] = a[..., : -periods or None]
    return moved


def _spread(complete: Bools, length: int) -> Bools:
    """True at the last `length` figures up to each place where a pattern is complete."""
    members = complete.copy()
    for j in range(1, min(length, complete.shape[-1])):
        members[..., :-j] |= complete[..., j:]
    return members


def _signed(there: Bools, sign: int) -> Signs:
    return np.where(there, np.int8(sign), np.int8(0))
