"""Tree + inputs → cells, whole arrays at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import numpy as np

from fourfold.engine.formulas import pointwise, windows
from fourfold.engine.formulas.function import Given, Sort, Surroundings
from fourfold.engine.formulas.functions import FUNCTIONS
from fourfold.engine.formulas.many import Many
from fourfold.engine.formulas.names import figures_of
from fourfold.engine.formulas.problems import InputError
from fourfold.engine.formulas.series import ERROR, Cells, Series, TimeAxis, from_series, to_series
from fourfold.engine.formulas.tree import (
    Binary,
    Call,
    Compare,
    Logic,
    Name,
    Node,
    Number,
    Text,
    Unary,
    children,
    walk,
    whole_number,
)
from fourfold.engine.tree import UnitTree

#: A node and the numbers of the earlier steps whose results it takes.
Step: TypeAlias = tuple[Node, tuple[int, ...]]
#: In the place of what is written and not computed: a text, or a code that only names a KPI.
_WRITTEN: Final = Cells(np.asarray(np.nan), np.asarray(ERROR))


def calculate(
    tree: Node,
    inputs: Mapping[str, Series],
    axis: TimeAxis,
    *,
    units: UnitTree | None = None,
    lookups: Mapping[tuple[str, str], Series] | None = None,
) -> Series:
    """The cells of a formula, from a tree that `parse` gave.

    `inputs`: for each code whose figures the formula uses a series of shape (…, period), all of one shape or
    broadcasting to one; the result has that shape, or (period,) for a formula without names. `units` says which unit
    is which on the last axis but one, for `children` and the like; `lookups` has (function, code) → series of shape
    (unit or 1, period), for `target` and the like (see `names.lookups`). A part that occurs twice is computed once.

    No number: the worst state among the inputs of a cell decides (error, missing, not due, not applicable), except
    where the page of a function says otherwise; among several errors the greatest `Reason` code. Raises `InputError`
    when an input is absent or does not have the periods of the axis.

    >>> from fourfold.engine.formulas.parse import parse
    >>> axis = TimeAxis.regular(3, per_year=12)
    >>> calculate(parse("to_date(a) / 2"), {"a": Series.of([1.0, 2.0, 3.0])}, axis).value.tolist()
    [0.5, 1.5, 3.0]
    """
    used = {code: _input(code, inputs, len(axis)) for code in figures_of(tree)}
    around = Surroundings(axis, units, lookups or {})
    steps = plan(tree)
    last_use = {i: at for at, (_, operands) in enumerate(steps) for i in operands}
    results: list[Cells | Many | None] = []
    with np.errstate(all="ignore"):  # what is not finite becomes an error cell, not a warning
        for at, (node, operands) in enumerate(steps):
            results.append(_do(node, [_kept(results[i]) for i in operands], used, around))
            for i in operands:
                if last_use[i] == at:
                    results[i] = None  # a long formula over many figures need not hold all its steps
        (result,) = _cells([_kept(results[-1])])
        shape = np.broadcast_shapes((len(axis),), result.value.shape, *(cells.value.shape for cells in used.values()))
        return to_series(result, shape)


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


def _kept(result: Cells | Many | None) -> Cells | Many:
    assert result is not None, "a result is let go after its last use"
    return result


def _label(node: Node) -> str | float:
    match node:
        case Number(value) | Text(value):
            return value
        case Name(code):
            return code
        case Unary():
            return "-"
        case Binary(operator) | Compare(operator) | Logic(operator):
            return operator
        case Call(function):
            return function


def _do(node: Node, operands: list[Cells | Many], inputs: Mapping[str, Cells], around: Surroundings) -> Cells | Many:
    match node:
        case Number(value):
            return Cells(np.asarray(value, np.float64), np.zeros((), np.uint8))
        case Name(code):
            return inputs.get(code, _WRITTEN)
        case Text():
            return _WRITTEN
        case Unary():
            return pointwise.negate(*_cells(operands))
        case Binary(operator):
            return pointwise.arithmetic(operator, *_cells(operands))
        case Compare(operator):
            return pointwise.compare(operator, *_cells(operands))
        case Logic(operator):
            return pointwise.logic(operator, _cells(operands))
        case Call():
            return _call(node, operands, around)


def _cells(operands: list[Cells | Many]) -> list[Cells]:
    """The operands where each is one number; `parse` sees to it that they are."""
    return [o for o in operands if isinstance(o, Cells)]


def _call(call: Call, operands: list[Cells | Many], around: Surroundings) -> Cells | Many:
    function = FUNCTIONS.get(call.function)
    sorts = function.arguments(len(operands)) if function else None
    if function is None or sorts is None:
        hint = "Take the tree from `parse`, which checks this."
        raise InputError(f"There is no function `{call.function}` with {len(operands)} arguments.", hint=hint)
    computed = [o for o, sort in zip(operands, sorts, strict=True) if not sort.sort.is_written]
    cells = _cells(computed)
    if function.looks_back:
        cells = [windows.spread(c, len(around.time)) for c in cells]
    many = next((o for o in computed if isinstance(o, Many)), None)
    whole = next((a.default for a in function.head if a.sort is Sort.WHOLE), 1)
    words = list[str]()
    for node, argument in zip(call.arguments, sorts, strict=True):
        match argument.sort, node:
            case Sort.WHOLE, _:
                whole = whole_number(node) or 0
            case Sort.TEXT, Text(value):
                words.append(value)
            case Sort.KPI, Name(code):
                words.append(code)
    return function.apply(Given(tuple(cells), around, many, whole, tuple(words)))
