"""Arithmetic, comparison, logic and choice, cell by cell: the worst cell among the inputs decides, except in `choose`
and `coalesce`. Truth is 1.0, falsehood 0.0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Final

import numpy as np

from fourfold.engine.cells import Bools, Codes, Floats
from fourfold.engine.formulas.series import Cells, settle

#: From here on every double is whole, so there is nothing to round.
_ALL_WHOLE: Final = 2.0**52


def negate(x: Cells) -> Cells:
    """Minus x."""
    return Cells(np.negative(x.value), x.fault)


def arithmetic(operator: str, left: Cells, right: Cells) -> Cells:
    """`+ - * / % ^`; division by zero and results too large become errors."""
    fault = np.maximum(left.fault, right.fault)
    if operator == "/":
        return settle(np.asarray(left.value / right.value), fault, right.value)
    if operator == "%":
        return settle(np.asarray(np.mod(left.value, right.value)), fault, right.value)
    if operator == "^":
        # Only a negative power of zero divides by zero.
        divisor = left.value if (right.value < 0).all() else None
        return settle(np.asarray(left.value**right.value), fault, divisor)
    if operator == "+":
        return settle(np.asarray(left.value + right.value), fault)
    if operator == "-":
        return settle(np.asarray(left.value - right.value), fault)
    return settle(np.asarray(left.value * right.value), fault)


_COMPARE: Final[dict[str, Callable[[Floats, Floats], Bools]]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def worst(cells: Sequence[Cells]) -> Codes:
    """The worst fault among cells of shapes that broadcast."""
    return np.asarray(reduce(np.maximum, (c.fault for c in cells)))


def compare(operator: str, left: Cells, right: Cells) -> Cells:
    """Exact comparison of doubles."""
    truth = np.asarray(_COMPARE[operator](left.value, right.value)).astype(np.float64)
    return Cells(truth, np.maximum(left.fault, right.fault))


def logic(operator: str, operands: Sequence[Cells]) -> Cells:
    """`and` is the smallest of the truths, `or` the greatest."""
    if operator == "not":
        return Cells(1.0 - operands[0].value, operands[0].fault)
    return smallest(operands) if operator == "and" else greatest(operands)


def choose(operands: Sequence[Cells]) -> Cells:
    """`if`: only the condition and the branch taken count, cell by cell."""
    condition, then, otherwise = operands
    taken = condition.value != 0
    fault = np.where(taken, then.fault, otherwise.fault)
    return Cells(np.where(taken, then.value, otherwise.value), np.where(condition.fault, condition.fault, fault))


def coalesce(options: Sequence[Cells]) -> Cells:
    """The first option with a number; where none has one, the worst of them."""

    def fall_back(first: Cells, second: Cells) -> Cells:
        has, other = first.fault == 0, second.fault == 0
        fault = np.where(has | other, np.uint8(0), np.maximum(first.fault, second.fault))
        return Cells(np.where(has, first.value, second.value), fault)

    return reduce(fall_back, options)


def smallest(options: Sequence[Cells]) -> Cells:
    """`min`."""
    return Cells(reduce(np.minimum, (o.value for o in options)), reduce(np.maximum, (o.fault for o in options)))


def greatest(options: Sequence[Cells]) -> Cells:
    """`max`."""
    return Cells(reduce(np.maximum, (o.value for o in options)), reduce(np.maximum, (o.fault for o in options)))


def round_half_away(x: Cells, digits: int) -> Cells:
    """`round`: a half goes away from zero, and 1.005 counts as the half it is written as.

    A double is the nearest one to the decimal (k + ½)·10⁻ⁿ exactly where it equals that quotient rounded, so one
    comparison with the quotient decides as if the shortest decimal were rounded.
    """
    scale = 10.0 ** abs(digits)
    size = np.abs(x.value)
    steps = size * scale if digits >= 0 else size / scale
    below = np.floor(steps)
    half = (below + 0.5) / scale if digits >= 0 else (below + 0.5) * scale
    whole = below + (size >= half)
    rounded = whole / scale if digits >= 0 else whole * scale
    kept = np.where(steps < _ALL_WHOLE, rounded, size)
    return settle(np.asarray(np.copysign(kept, x.value)), x.fault)
