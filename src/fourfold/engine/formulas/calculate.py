"""Tree + inputs → cells, whole arrays at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from fourfold.engine.formulas import pointwise, windows
from fourfold.engine.formulas.names import references
from fourfold.engine.formulas.series import Cells, Series, TimeAxis, from_series, to_series
from fourfold.engine.formulas.tree import (
    Binary,
    Call,
    Compare,
    Logic,
    Name,
    Node,
    Number,
    Unary,
    children,
    walk,
    whole_number,
)
from fourfold.errors import FourfoldError

#: A node and the numbers of the earlier steps whose results it takes.
Step: TypeAlias = tuple[Node, tuple[int, ...]]


class InputError(FourfoldError):
    """The inputs do not fit the formula."""


def calculate(tree: Node, inputs: Mapping[str, Series], axis: TimeAxis) -> Series:
    """The cells of a formula, from a tree that `parse` gave.

    `inputs`: for each code the formula references a series of shape (…, period), all of one shape or broadcasting to
    one; the result has that shape, or (period,) for a formula without names. A part that occurs twice is computed
    once. No number: the worst state among the inputs of a cell decides (error, missing, not due, not applicable),
    except for `if` and `coalesce`; among several errors the greatest `Reason` code. Raises `InputError` when an
    input is absent or does not have the periods of the axis.

    >>> from fourfold.engine.formulas.parse import parse
    >>> axis = TimeAxis.regular(3, per_year=12)
    >>> calculate(parse("to_date(a) / 2"), {"a": Series.of([1.0, 2.0, 3.0])}, axis).value.tolist()
    [0.5, 1.5, 3.0]
    """
    used = {code: _input(code, inputs, len(axis)) for code in references(tree)}
    shape = np.broadcast_shapes((len(axis),), *(cells.value.shape for cells in used.values()))
    results: list[Cells] = []
    with np.errstate(all="ignore"):  # what is not finite becomes an error cell, not a warning
        for node, operands in plan(tree):
            results.append(_do(node, [results[i] for i in operands], used, axis))
        return to_series(results[-1], shape)


def plan(tree: Node) -> list[Step]:
    """The steps of a calculation in order, the last one giving the result; parts that say the same are one step.

    >>> from fourfold.engine.formulas.parse import parse
    >>> [operands for _, operands in plan(parse("(a + 1) * (a + 1)"))]
    [(), (), (0, 1), (2, 2)]
    """
    numbers: dict[tuple[str, str | float, tuple[int, ...]], int] = {}
    steps: list[Step] = []
    stack: list[int] = []
    for node in walk(tree):
        first = len(stack) - len(children(node))
        operands = tuple(stack[first:])
        del stack[first:]
        key = (type(node).__name__, _label(node), operands)
        if key not in numbers:
            numbers[key] = len(steps)
            steps.append((node, operands))
        stack.append(numbers[key])
    return steps


def _input(code: str, inputs: Mapping[str, Series], periods: int) -> Cells:
    if code not in inputs:
        raise InputError(f"The formula uses `{code}`, and there are no figures under that code.")
    series = inputs[code]
    if series.value.shape[-1:] != (periods,):
        raise InputError(f"`{code}` has shape {series.value.shape}; the last axis must have {periods} periods.")
    return from_series(series)


def _label(node: Node) -> str | float:
    match node:
        case Number(value):
            return value
        case Name(code):
            return code
        case Unary():
            return "-"
        case Binary(operator) | Compare(operator) | Logic(operator):
            return operator
        case Call(function):
            return function


def _do(node: Node, operands: list[Cells], inputs: Mapping[str, Cells], axis: TimeAxis) -> Cells:
    match node:
        case Number(value):
            return Cells(np.asarray(value, np.float64), np.zeros((), np.uint8))
        case Name(code):
            return inputs[code]
        case Unary():
            return pointwise.negate(operands[0])
        case Binary(operator):
            return pointwise.arithmetic(operator, operands[0], operands[1])
        case Compare(operator):
            return pointwise.compare(operator, operands[0], operands[1])
        case Logic(operator):
            return pointwise.logic(operator, operands)
        case Call():
            return _call(node, operands, axis)


def _call(call: Call, operands: list[Cells], axis: TimeAxis) -> Cells:
    if call.function in pointwise.OF_SEVERAL:
        return pointwise.OF_SEVERAL[call.function](operands)
    if call.function in pointwise.OF_ONE:
        return pointwise.OF_ONE[call.function](operands[0])
    written = whole_number(call.arguments[1]) if len(call.arguments) > 1 else None
    if call.function == "round":
        return pointwise.round_half_away(operands[0], written or 0)
    over_time = windows.spread(operands[0], len(axis))
    match call.function:
        case "previous":
            return windows.previous(over_time, written or 1)
        case "same_period_last_year":
            return windows.shift(over_time, axis.year_ago)
        case "to_date":
            return windows.to_date(over_time, axis.year_start)
        case "rolling_sum":
            return windows.rolling_sum(over_time, written or 1)
        case "rolling_mean":
            return windows.rolling_mean(over_time, written or 1)
    raise InputError(f"There is no function `{call.function}`.", hint="Take the tree from `parse`, which checks this.")
