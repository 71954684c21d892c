"""Units were one tree at all times."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.former_trees import Era, eras


@rule("UNIT-PAST", "Units were not one tree before they moved")
def former_parents(d: Definitions) -> Iterator[Said]:
    """`formerly` of a unit says what it was part of before, the earliest first. At no time was a unit part of one that
    was below it, and the top has always been the top.
    """
    for unit in d.units:
        days = [past.until for past in unit.formerly]
        if days and unit.parent is None:
            fix = "Delete `formerly`: the unit at the top is part of nothing."
            yield Said(f"unit:{unit.code}.formerly", f"Unit {unit.code} is the top, and was part of another.", fix)
        if days != sorted(set(days)):
            message = f"The moves of unit {unit.code} are not one after another: {', '.join(days)}."
            yield Said(f"unit:{unit.code}.formerly", message, "Write the earliest first, each day once.")
    told: set[str] = set()
    for era in eras(d)[:-1]:
        for code in _in_circles(era):
            if code not in told and d.unit[code].formerly:
                told.add(code)
                message = f"Unit {code} was part of a unit that was below it at the same time."
                yield Said(f"unit:{code}.formerly", message, "Correct the unit or the day.")


def _in_circles(era: Era) -> Iterator[str]:
    for i, code in enumerate(era.tree.codes):
        above, seen = era.tree.parent[i], {i}
        while above >= 0 and above not in seen:
            seen.add(above)
            above = era.tree.parent[above]
        if above == i:
            yield code
