"""Statistics

Of two or more numbers, `max(a, b, 0)`, or of the numbers of other units, `max(children(x))`; see
[other units](other_units.md). Of written numbers the worst cell decides. Of units, those that do not have the KPI are
passed over, and of the rest the worst decides: one ward missing makes the sum of the wards missing. Where part of
them is enough, write `sum(children(known(x)))`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from fourfold.engine.cells import slabs
from fourfold.engine.formulas import pointwise
from fourfold.engine.formulas.function import NUMBER, Argument, Given, Measure, Sort, function
from fourfold.engine.formulas.many import STATISTICS, count_numbers, reduce_many
from fourfold.engine.formulas.ranks import greater
from fourfold.engine.formulas.series import NOT_APPLICABLE, Cells, settle

_SEVERAL: Final = Argument(Sort.SEVERAL)
_MANY: Final = Argument(Sort.MANY)


@function("sum(a, b, …)", _SEVERAL, repeated=(_SEVERAL,))
def total(given: Given) -> Cells:
    """The sum.

    | `sum(a, b, 1)` | a = 1 missing; b = 2 2 | 4 missing |
    | `sum(children(a))` | a = 9 9 / 4 4 / 3 missing | 7 missing / n/a n/a / n/a n/a |
    """
    return _of(given, "sum")


@function("mean(a, b, …)", _SEVERAL, repeated=(_SEVERAL,))
def mean(given: Given) -> Cells:
    """The arithmetic mean, each number counting as much as the others.

    The mean of the percentages of units is seldom the percentage of all: that is what roll-up computes.

    | `mean(a, b)` | a = 1 4; b = 2 8 | 1.5 6 |
    | `mean(children(a))` | a = 9 9 / 4 4 / 3 n/a | 3.5 4 / n/a n/a / n/a n/a |
    """
    return _of(given, "mean")


@function("min(a, b, …)", _SEVERAL, repeated=(_SEVERAL,))
def least(given: Given) -> Cells:
    """The smallest.

    | `min(a, 100)` | a = 80 120 missing | 80 100 missing |
    | `min(children(a))` | a = 9 9 / 4 4 / 3 5 | 3 4 / n/a n/a / n/a n/a |
    """
    return pointwise.smallest(given.cells) if given.many is None else _of(given, "min")


@function("max(a, b, …)", _SEVERAL, repeated=(_SEVERAL,))
def greatest(given: Given) -> Cells:
    """The largest.

    | `max(a, b, 0)` | a = -1 2; b = -3 5 | 0 5 |
    | `max(siblings(a)) - a` | a = 9 9 / 4 4 / 3 5 | n/a n/a / 0 1 / 1 0 |
    """
    return pointwise.greatest(given.cells) if given.many is None else _of(given, "max")


@function("median(a, b, …)", _SEVERAL, repeated=(_SEVERAL,), cost=4)
def median(given: Given) -> Cells:
    """The middle one; of an even number of them the mean of the middle two.

    | `median(a, b, c)` | a = 1 1; b = 9 2; c = 5 missing | 5 missing |
    """
    return _of(given, "median")


@function("stdev(a, b, …)", _SEVERAL, repeated=(_SEVERAL,), cost=4)
def deviation(given: Given) -> Cells:
    """The standard deviation of a sample (n − 1); not applicable for fewer than two units.

    | `stdev(a, b, 5)` | a = 3 5; b = 4 5 | 1 0 |
    """
    return _of(given, "stdev", least=2)


@function("count(a, b, …)", _SEVERAL, repeated=(_SEVERAL,), measure=Measure.BARE)
def count(given: Given) -> Cells:
    """How many of them have a number.

    What is missing or an error does not count. Where none has a number, and none could have (all are not due or
    not applicable), that is the result, and not 0.

    | `count(a, b)` | a = 1 missing missing not-due; b = 0 2 missing not-due | 2 1 0 not-due |
    | `count(children(a))` | a = 9 9 / 4 4 / 3 missing | 2 1 / n/a n/a / n/a n/a |
    """
    if given.many is None:
        return count_numbers(np.stack(np.broadcast_arrays(*(c.fault for c in given.cells)), axis=-1))
    cells, groups = given.many.cells, given.many.groups
    shape = (*cells.value.shape[:-2], len(groups.members) + 1, cells.value.shape[-1])
    value, fault = np.zeros(shape), np.full(shape, NOT_APPLICABLE, np.uint8)
    for i, members in enumerate(groups.members):
        found = count_numbers(np.moveaxis(cells.fault[..., members, :], -2, -1))
        value[..., i, :], fault[..., i, :] = found.value, found.fault
    return Cells(value[..., groups.of, :], fault[..., groups.of, :])


@function("rank(x, units)", NUMBER, _MANY, measure=Measure.BARE, cost=75)
def rank(given: Given) -> Cells:
    """The place of x among the numbers of units: 1 where none is greater, equal numbers in one place.

    For the smallest first, write `rank(-x, siblings(-x))`. Units that do not have the KPI are passed over; where one
    is missing there are no places, unless `known` leaves it out.

    | `rank(a, siblings(a))` | a = 9 9 / 4 5 / 3 5 | n/a n/a / 1 1 / 2 1 |
    | `rank(a, siblings(a))` | a = 9 9 / 4 missing / 3 5 | n/a n/a / 1 missing / 2 missing |
    | `rank(a, siblings(known(a)))` | a = 9 9 / 4 missing / 3 5 | n/a n/a / 1 missing / 2 1 |
    """
    if given.many is None:  # the check sees to it
        return given.x
    others = _of(given, "max")
    fault = np.where(others.fault == 0, given.x.fault, np.maximum(others.fault, given.x.fault))
    return Cells(1.0 + greater(given.x, given.many), fault)


def _of(given: Given, name: str, least: int = 1) -> Cells:
    """A statistic of units, or of written numbers, of which the worst decides."""
    reduce = STATISTICS[name]
    if given.many is not None:
        return reduce_many(given.many, reduce, least)
    columns = np.broadcast_arrays(np.zeros(1), *(c.value for c in given.cells))[1:]
    value = np.empty(columns[0].shape)
    for some in slabs((*value.shape, len(columns))):  # a few figures at a time: there may be many columns
        seen = np.stack([column[some] for column in columns], axis=-1)
        value[some] = reduce(seen, np.ones(seen.shape, dtype=np.bool_))
    return settle(value, pointwise.worst(given.cells))
