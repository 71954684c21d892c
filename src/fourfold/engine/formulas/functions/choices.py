"""Choices

Conditions come from comparisons and from the functions below that begin with `is_` and `has_`; `and`, `or` and `not`
join them. A condition is not a number: `if(late > 0, 1, 0)` counts one.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from fourfold.engine.cells import State
from fourfold.engine.formulas import pointwise
from fourfold.engine.formulas.function import CONDITION, NUMBER, Argument, Given, Gives, Measure, Sort, function
from fourfold.engine.formulas.series import ERROR, FAULT, MISSING, NOT_APPLICABLE, NOT_DUE, Cells

_COMPARED = Argument(Sort.NUMBER, group=1)


@function("if(condition, a, b)", CONDITION, NUMBER, NUMBER)
def choose(given: Given) -> Cells:
    """a where the condition holds, else b. Only the branch taken counts, so `if` can guard a division.

    | `if(orders = 0, 0, late / orders)` | orders = 4 0; late = 1 0 | 0.25 0 |
    | `if(a > 2, a, b)` | a = 1 3 missing; b = 7 missing 9 | 7 3 missing |
    """
    return pointwise.choose(given.cells)


@function("ifs(condition, a, …, otherwise)", CONDITION, NUMBER, repeated=(CONDITION, NUMBER), tail=(NUMBER,))
def choose_first(given: Given) -> Cells:
    """The number after the first condition that holds, else the last one.

    Conditions after that one do not count; a condition that has no answer before it does.

    | `ifs(a >= 90, 3, a >= 50, 2, 1)` | a = 95 60 20 missing | 3 2 1 missing |
    """
    return _first(list(given.cells))


@function("switch(x, v, a, …, otherwise)", _COMPARED, _COMPARED, NUMBER, repeated=(_COMPARED, NUMBER), tail=(NUMBER,))
def switch(given: Given) -> Cells:
    """The number after the first v that equals x, else the last one.

    | `switch(grade, 1, 100, 2, 50, 0)` | grade = 1 2 3 | 100 50 0 |
    """
    x, *pairs, otherwise = given.cells
    tests = [pointwise.compare("=", x, c) if i % 2 == 0 else c for i, c in enumerate(pairs)]
    return _first([*tests, otherwise])


def _first(cells: list[Cells]) -> Cells:
    pairs = list(zip(cells[:-1:2], cells[1::2], strict=True))
    return reduce(lambda rest, pair: pointwise.choose((*pair, rest)), reversed(pairs), cells[-1])


@function("coalesce(a, b, …)", NUMBER, NUMBER, repeated=(NUMBER,))
def coalesce(given: Given) -> Cells:
    """The first of them that has a number; where none has one, the worst of them.

    It passes over errors, too, and over periods that are not due. To replace only what is missing, write
    `if(is_missing(a), b, a)`.

    | `coalesce(final, estimate)` | final = 5 missing missing; estimate = 4 6 n/a | 5 6 missing |
    | `coalesce(a / b, 0)` | a = 1 1; b = 2 0 | 0.5 0 |
    """
    return pointwise.coalesce(given.cells)


@function("known(x)", NUMBER)
def known(given: Given) -> Cells:
    """x where it is known; what is missing or not due becomes not applicable, which statistics pass over.

    Use it where a number from part of the units is wanted, and say so in the name of the KPI. Errors stay errors.

    | `known(a)` | a = 5 missing not-due error | 5 n/a n/a error |
    | `mean(children(known(a)))` | a = 0 0 / 6 6 / 2 missing | 4 6 / n/a n/a / n/a n/a |
    """
    gap = (given.x.fault == MISSING) | (given.x.fault == NOT_DUE)
    return Cells(given.x.value, np.where(gap, NOT_APPLICABLE, given.x.fault))


@function("is_zero(x)", NUMBER, gives=Gives.CONDITION, measure=Measure.BARE)
def is_zero(given: Given) -> Cells:
    """Whether x is 0. Without a number there is no answer.

    | `if(is_zero(a), 1, 0)` | a = 0 0.1 missing | 1 0 missing |
    """
    return Cells((given.x.value == 0).astype(np.float64), given.x.fault)


@function("has_number(x)", NUMBER, gives=Gives.CONDITION, measure=Measure.BARE)
def has_number(given: Given) -> Cells:
    """Whether there is a number, zero included. It always has an answer, as have the four that follow.

    | `if(has_number(a), 1, 0)` | a = 0 missing n/a not-due error | 1 0 0 0 0 |
    """
    return _asked(given, FAULT[State.NUMBER], FAULT[State.NUMBER])


@function("is_missing(x)", NUMBER, gives=Gives.CONDITION, measure=Measure.BARE)
def is_missing(given: Given) -> Cells:
    """Whether x is due and not there.

    | `if(is_missing(a), 1, 0)` | a = 0 missing n/a not-due error | 0 1 0 0 0 |
    | `if(is_missing(a), 7, a)` | a = 0 missing n/a not-due error | 0 7 n/a not-due error |
    """
    return _asked(given, MISSING, MISSING)


@function("is_not_due(x)", NUMBER, gives=Gives.CONDITION, measure=Measure.BARE)
def is_not_due(given: Given) -> Cells:
    """Whether x need not be there yet, and is not.

    | `if(is_not_due(a), 1, 0)` | a = 0 missing n/a not-due error | 0 0 0 1 0 |
    """
    return _asked(given, NOT_DUE, NOT_DUE)


@function("is_not_applicable(x)", NUMBER, gives=Gives.CONDITION, measure=Measure.BARE)
def is_not_applicable(given: Given) -> Cells:
    """Whether the unit does not have x.

    | `if(is_not_applicable(a), 1, 0)` | a = 0 missing n/a not-due error | 0 0 1 0 0 |
    """
    return _asked(given, NOT_APPLICABLE, NOT_APPLICABLE)


@function("is_error(x)", NUMBER, gives=Gives.CONDITION, measure=Measure.BARE)
def is_error(given: Given) -> Cells:
    """Whether x could not be computed.

    | `if(is_error(a / b), 1, 0)` | a = 1 1 missing; b = 2 0 0 | 0 1 0 |
    """
    return _asked(given, ERROR, np.uint8(255))


def _asked(given: Given, low: np.uint8, high: np.uint8) -> Cells:
    """Whether the fault of a cell is in a range, which is always known."""
    found = (given.x.fault >= low) & (given.x.fault <= high)
    return Cells(found.astype(np.float64), np.zeros(found.shape, np.uint8))
