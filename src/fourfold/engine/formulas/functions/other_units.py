"""Other units

What the same KPI is in other units of the organisation. The inputs of a formula have been rolled up already, so
`parent(x)` is the figure of the unit above as its own page shows it.

`children`, `siblings` and `leaves` give many numbers at once and stand only inside a [statistic](statistics.md). What
they take may be computed itself: `sum(children(if(late > 10, 1, 0)))` counts the units below with more than ten late
orders.

Who may see a unit sees what the formulas of its KPIs compute there, also where they take figures of units that this
person may not see.
"""

from __future__ import annotations

import numpy as np

from fourfold.engine.formulas import many
from fourfold.engine.formulas.function import NUMBER, Argument, Given, Gives, Sort, Surroundings, function
from fourfold.engine.formulas.many import Groups, Many
from fourfold.engine.formulas.problems import InputError
from fourfold.engine.formulas.series import NOT_APPLICABLE, Cells
from fourfold.engine.formulas.windows import spread
from fourfold.engine.tree import Indexes, UnitTree


@function("children(x)", NUMBER, gives=Gives.MANY, cost=20)
def children(given: Given) -> Many:
    """x in the units directly below this one; a unit without units below has none.

    | `sum(children(a))` | a = 9 9 / 4 4 / 3 5 | 7 9 / n/a n/a / n/a n/a |
    | `mean(children(a / b))` | a = 9 9 / 4 4 / 3 5; b = 2 2 / 2 2 / 1 0 | 2.5 error / n/a n/a / n/a n/a |
    """
    return _many(given, many.children(tree_of(given.around)))


@function("siblings(x)", NUMBER, gives=Gives.MANY, cost=20)
def siblings(given: Given) -> Many:
    """x in all units below the unit above this one, itself included; the root has none.

    | `a - mean(siblings(a))` | a = 9 9 / 4 4 / 3 8 | n/a n/a / 0.5 -2 / -0.5 2 |
    """
    return _many(given, many.siblings(tree_of(given.around)))


@function("leaves(x)", NUMBER, gives=Gives.MANY, cost=20)
def leaves(given: Given) -> Many:
    """x in the units below this one that have none below themselves, however far down.

    | `max(leaves(a))` | a = 9 9 / 4 4 / 3 8 | 4 8 / n/a n/a / n/a n/a |
    """
    return _many(given, many.leaves(tree_of(given.around)))


@function("parent(x)", NUMBER)
def parent(given: Given) -> Cells:
    """x in the unit directly above; not applicable for the root.

    | `a / parent(a)` | a = 8 10 / 6 5 / 2 5 | n/a n/a / 0.75 0.5 / 0.25 0.5 |
    """
    tree = tree_of(given.around)
    return _at(given, np.array(tree.parent, dtype=np.intp))


@function("root(x)", NUMBER)
def root(given: Given) -> Cells:
    """x in the whole organisation: the unit at the top, for the root x itself.

    | `a / root(a)` | a = 8 10 / 6 5 / 2 5 | 1 1 / 0.75 0.5 / 0.25 0.5 |
    """
    tree = tree_of(given.around)
    return _at(given, np.array([(i, *tree.ancestors(i))[-1] for i in range(len(tree.codes))], dtype=np.intp))


@function('at_unit(x, "unit")', NUMBER, Argument(Sort.TEXT))
def at_unit(given: Given) -> Cells:
    """x in the unit with this code, for all units.

    | `a - at_unit(a, "north")` | a = 8 10 / 6 5 / 2 missing | 2 5 / 0 0 / -4 missing |
    """
    tree = tree_of(given.around)
    (code,) = given.words
    if code not in tree.index:
        raise InputError(f"The formula uses the unit “{code}”, and there is none with that code.")
    return _at(given, np.full(len(tree.codes), tree.index[code], dtype=np.intp))


def tree_of(around: Surroundings) -> UnitTree:
    """The units; refuses a calculation without any."""
    if around.units is None:
        raise InputError("The formula looks at other units, and the figures are of one unit only.")
    return around.units


def _everywhere(given: Given) -> Cells:
    """x with a unit axis and a period axis, also where it is a constant."""
    x, count = spread(given.x, len(given.around.time)), len(tree_of(given.around).codes)
    shape = np.broadcast_shapes(x.value.shape, (count, 1))
    return Cells(np.broadcast_to(x.value, shape), np.broadcast_to(x.fault, shape))


def _many(given: Given, groups: Groups) -> Many:
    return Many(_everywhere(given), groups)


def _at(given: Given, unit: Indexes) -> Cells:
    """x at another unit for each; not applicable where the index is negative."""
    x = _everywhere(given)
    fault = np.where(unit[:, None] >= 0, x.fault[..., unit, :], NOT_APPLICABLE)
    return Cells(x.value[..., unit, :], fault)
