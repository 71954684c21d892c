"""What each function does with the five kinds of cell, found by asking it."""

from __future__ import annotations

from typing import Final

import numpy as np

from fourfold.engine.cells import Reason, State
from fourfold.engine.formulas.calculate import calculate
from fourfold.engine.formulas.function import Argument, Function, Gives, Sort
from fourfold.engine.formulas.functions import FUNCTIONS
from fourfold.engine.formulas.parse import parse
from fourfold.engine.formulas.series import Series, TimeAxis
from fourfold.engine.periods import Calendar
from fourfold.engine.tree import UnitTree

STATES: Final = (State.NUMBER, State.MISSING, State.NOT_APPLICABLE, State.NOT_DUE, State.ERROR)
#: A unit above and three below it, in the last of fourteen months.
TREE: Final = UnitTree(("all", "north", "south", "west"), (-1, 0, 0, 0))
_FIRST: Final = Calendar().parse("2025-01")
AXIS: Final = TimeAxis.of(tuple(_FIRST.shift(n) for n in range(14)))
_WORDS: Final = {"shift": '"year"', "at_unit": '"north"', "index": '"2025-06"', "convert": '"hours"'}
_ONE_OF_SEVERAL: Final = ("statistics", "rolling")
_COUNTS: Final = ("count", "rolling_count")

_INTRODUCTION: Final = """# Cells without a number

What each function gives where the figures it takes (x, a, or those of the first condition) are of one of the five
kinds; its other figures are numbers. In "one of several" only one of the figures it takes together is of that kind: one
month of a window of three, one of three units. The table is made by computing every case.

| function | number | missing | n/a | not due | error |
|---|---|---|---|---|---|
"""


def cells_page() -> str:
    """The page as Markdown."""
    rows = []
    for function in FUNCTIONS.values():
        if not function.head or function.gives is Gives.MANY:
            continue
        rows.append(_row(f"`{function.signature}`", function, one_only=False))
        if function.family in _ONE_OF_SEVERAL:
            rows.append(_row("… one of several", function, one_only=True))
    return _INTRODUCTION + "\n".join(rows) + "\n"


def _row(name: str, function: Function, *, one_only: bool) -> str:
    words = [_word(function, *outcome(function, state, one_only=one_only)) for state in STATES]
    return f"| {name} | {' | '.join(words)} |"


def _word(function: Function, state: State, value: float) -> str:
    if state is State.NUMBER and function.gives is Gives.CONDITION:
        return "yes" if value else "no"
    if state is State.NUMBER and function.name in _COUNTS:
        return f"{value:.0f}"
    return {State.NOT_APPLICABLE: "n/a", State.NOT_DUE: "not due"}.get(state, state.word)


def outcome(function: Function, state: State, *, one_only: bool) -> tuple[State, float]:
    """What a function gives for the newest period where its figures are of one kind.

    Statistics are asked at the unit above, everything else at a unit below it.
    """
    of_units = function.family == "statistics"
    shape = (len(TREE.codes), len(AXIS))
    states = np.full(shape, State.NUMBER, np.uint8)
    states[1 if one_only and of_units else slice(None), -1 if one_only else slice(None)] = state
    values = np.where(states == State.NUMBER, 1.0 + np.arange(states.size).reshape(shape), np.nan)
    reasons = np.where(states == State.ERROR, np.uint8(Reason.NO_RATE), np.uint8(0))
    figures = {"a": Series(values, states, reasons), "b": Series.of(np.full(shape, 5.0))}
    lookups = {(function.name, "a"): figures["a"]}
    found = calculate(parse(probe(function)), figures, AXIS, units=TREE, lookups=lookups)
    at = (0 if of_units and function.name != "rank" else 2, -1)
    return State(int(np.broadcast_to(found.state, shape)[at])), float(np.broadcast_to(found.value, shape)[at])


def probe(function: Function) -> str:
    """A formula that asks the function about `a`."""
    arguments = [_argument(function, i, a) for i, a in enumerate(function.head + function.tail)]
    call = f"{function.name}({', '.join(arguments)})"
    return f"if({call}, 1, 0)" if function.gives is Gives.CONDITION else call


def _argument(function: Function, place: int, argument: Argument) -> str:
    match argument.sort:
        case Sort.NUMBER:
            return "a" if place == 0 else "b"
        case Sort.CONDITION:
            return "a > 0" if place == 0 else "b > 0"
        case Sort.SEVERAL:
            return "children(a)"
        case Sort.MANY:
            return "siblings(a)"
        case Sort.TEXT:
            return _WORDS[function.name]
        case Sort.WHOLE:
            return str(max(argument.low, 3 if function.family == "rolling" else 1))
        case Sort.KPI:
            return "a"
