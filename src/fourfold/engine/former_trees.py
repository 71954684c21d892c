"""The trees of units as they followed one another: history as it was, or restated on today's tree (capability A1).

A period belongs to the tree that holds on its first day. Values roll up inside their own period, so a change of trees
touches no period before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from fourfold.engine.definitions import Definitions, FormerParent, Unit
from fourfold.engine.once import once
from fourfold.engine.periods import Period
from fourfold.engine.tree import UnitTree


class Era(NamedTuple):
    """A tree, and the first day on which it holds; the first one has always held."""

    since: date
    tree: UnitTree


@once
def eras(definitions: Definitions) -> tuple[Era, ...]:
    """The trees one after another, the last one that of today. Moves with a day that is none (a check says so) count
    as if they had never been.
    """
    units = definitions.units
    days = sorted({day for unit in units for day in _days(unit)})
    at = {unit.code: i for i, unit in enumerate(units)}
    return tuple(
        Era(day, UnitTree(tuple(at), tuple(at.get(parent_on(unit, day) or "", -1) for unit in units)))
        for day in (date.min, *days)
    )


def parent_on(unit: Unit, day: date) -> str | None:
    """The unit above on a day.

    >>> unit = Unit(code="a", name="A", parent="north", formerly=[FormerParent(parent="south", until="2026-07-01")])
    >>> parent_on(unit, date(2026, 6, 30)), parent_on(unit, date(2026, 7, 1))
    ('south', 'north')
    """
    past = ((until, former.parent) for former in unit.formerly if (until := _day(former)) is not None and until > day)
    return min(past, key=lambda each: each[0], default=(day, unit.parent))[1]


def has_moves(definitions: Definitions) -> bool:
    """True where units have moved, and what they were part of is known."""
    return len(eras(definitions)) > 1


def tree_in(definitions: Definitions, period: Period) -> UnitTree:
    """The tree to which a period belongs."""
    return next(era.tree for era in reversed(eras(definitions)) if era.since <= period.start)


def trees_in(
    definitions: Definitions, periods: Sequence[Period]
) -> Iterator[tuple[slice[int, int, None], UnitTree]]:
    """The trees of consecutive periods, each with the periods in which it holds; none without periods."""
    found = eras(definitions)
    first = [next((i for i, p in enumerate(periods) if p.start >= era.since), len(periods)) for era in found]
    for era, (start, stop) in zip(found, pairwise((*first, len(periods))), strict=True):
        if start < stop:
            yield slice(start, stop), era.tree


def restated(definitions: Definitions) -> Definitions:
    """The same as if units had always been where they are today."""
    if not any(unit.formerly for unit in definitions.units):
        return definitions
    units = tuple(unit.model_copy(update={"formerly": ()}) if unit.formerly else unit for unit in definitions.units)
    return definitions.model_copy(update={"units": units})


def _days(unit: Unit) -> Iterator[date]:
    yield from (day for former in unit.formerly if (day := _day(former)) is not None)


def _day(former: FormerParent) -> date | None:
    try:
        return date.fromisoformat(former.until)
    except ValueError:
        return None
