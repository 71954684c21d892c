"""The patterns in charted rows, one label a figure, and single signals with their figures (methodology §5.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Bools, Codes, Indexes
from fourfold.engine.signals.charts import Charted, Phase
from fourfold.engine.signals.rules import UNDIRECTED, Pattern, Rule, RuleSet, Signs, find_pattern

#: What a sign of `Pattern` is called: where the figures lie, or which way they go.
HIGH, LOW, NO_SIDE = 1, -1, 0
_N = TypeVar("_N", np.float64, np.uint8, np.int8, np.intp)


@dataclass(frozen=True, slots=True)
class Signal:
    """A change larger than the usual variation: the rule, the figure that completed its pattern, and all of them.

    `at` and `points` are places of periods. `side` is 1 for high or rising, −1 for low or falling, 0 for neither. A
    pattern that goes on grows in `points` and is no new signal. `in_baseline`: found when the limits were locked,
    among the figures that they were taken from.
    """

    rule: Rule
    at: int
    points: tuple[int, ...]
    side: int
    in_baseline: bool = False


@dataclass(frozen=True, slots=True)
class Patterns:
    """Where rules fire in rows, by rule, and of each figure the first rule that counts it in (`label`) and its side."""

    found: dict[Rule, Pattern]
    label: Codes
    side: Signs


def find_patterns(charted: Charted, rules: RuleSet) -> Patterns:
    """Judge the rows that have locked limits and are recorded finely enough.

    Values that depend on the ones before are judged by the limits alone (§5.6), those that wait for their season to be
    fitted by runs alone (§5.5).
    """
    judged = (charted.phase == Phase.LOCKED) & ~charted.is_chunky
    parts = [np.where(judged[:, None], z, np.nan) for z in charted.parts()]
    label, side = np.zeros(charted.z.shape, np.uint8), np.zeros(charted.z.shape, np.int8)
    found = {}
    for rule in sorted(rules.rules):
        pattern = _joined([find_pattern(z, rule) for z in parts], _is_allowed(charted, rule)[:, None])
        found[rule] = pattern
        new = (label == 0) & (pattern.members != 0)
        label[new] = rule
        side[new] = np.where(pattern.members[new] == UNDIRECTED, NO_SIDE, pattern.members[new])
    return Patterns(found, label, side)


def _is_allowed(charted: Charted, rule: Rule) -> Bools:
    allowed = np.ones(charted.phase.shape, np.bool_)
    if rule is not Rule.OUTSIDE:
        allowed &= ~charted.dependence.is_dependent
    if not rule.is_run:
        allowed &= ~charted.season.waits
    return allowed


def _joined(parts: Sequence[Pattern], allowed: Bools) -> Pattern:
    """The patterns of parts that share no figure, where they are allowed."""
    complete = np.sum([p.complete for p in parts], axis=0, dtype=np.int8)
    members = np.sum([p.members for p in parts], axis=0, dtype=np.int8)
    none = np.int8(0)
    return Pattern(np.where(allowed, complete, none), np.where(allowed, members, none))


def signals_of(patterns: Patterns, row: int, baseline: Bools) -> Iterator[Signal]:
    """The signals of one row; patterns of one rule and side that overlap or touch are one."""
    for rule, pattern in patterns.found.items():
        complete, members = pattern.complete[row], pattern.members[row]
        for sign in (HIGH, LOW, UNDIRECTED):
            places = np.flatnonzero(complete == sign)
            if len(places) == 0:
                continue
            breaks = np.flatnonzero(np.diff(places) > max(rule.length - 1, 1)) + 1
            for group in np.split(places, breaks):
                begin, end = max(int(group[0]) - rule.length + 1, 0), int(group[-1]) + 1
                points = begin + np.flatnonzero(members[begin:end] == sign)
                at = int(group[0])
                side = NO_SIDE if sign == UNDIRECTED else sign
                yield Signal(rule, at, tuple(points.tolist()), side, bool(baseline[at]))


def last_point(there: Bools) -> Indexes:
    """The place of the last figure of each row, −1 where there is none.

    >>> last_point(np.array([[True, True, False], [False, False, False]])).tolist()
    [1, -1]
    """
    place = np.broadcast_to(np.arange(there.shape[1]), there.shape)
    return np.asarray(place.max(axis=1, initial=-1, where=there), dtype=np.intp)


def at_place(a: npt.NDArray[_N], place: Indexes) -> npt.NDArray[_N]:
    """What each row has at its place; 0 where the place is −1."""
    here = np.arange(a.shape[1]) == place[:, None]
    return np.asarray(np.where(here, a, a.dtype.type(0)).sum(axis=1), dtype=a.dtype)
