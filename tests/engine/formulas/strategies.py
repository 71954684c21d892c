"""Random formulas of every function, and random figures, periods and units to compute them with."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from fourfold.engine.cells import Reason, State
from fourfold.engine.formulas.function import Argument, Function, Gives, Sort
from fourfold.engine.formulas.functions import FUNCTIONS
from fourfold.engine.formulas.functions.shifts import SPANS
from fourfold.engine.formulas.series import TimeAxis
from fourfold.engine.formulas.tree import Binary, Call, Compare, Logic, Name, Node, Number, Text, Unary
from fourfold.engine.periods import Calendar, Frequency
from tests.engine.formulas import oracle
from tests.engine.formulas.oracle import Cell, World

CODES = ("a", "b", "net-sales", "and", "x.y_2")
LOOKUPS = ("target", "red_line", "baseline", "benchmark")
PERIODS = 9
#: A base period of an index stands in a tree as its place on the axis, and is written out when the axis is known.
PLACE = "place "

_literals = st.one_of(st.integers(0, 20).map(float), st.sampled_from([0.5, 0.1, 1e-7, 2.75, 1e15, 123456.789]))
_names = st.sampled_from(CODES).map(Name)
leaves: st.SearchStrategy[Node] = st.one_of(_names, _names, _names, _literals.map(Number))


def whole(argument: Argument) -> st.SearchStrategy[Node]:
    # Sums of fewer than 8 numbers are added in one order everywhere.
    small = st.integers(max(argument.low, -3), min(argument.high, 6))
    return small.map(lambda n: Unary(Number(float(-n))) if n < 0 else Number(float(n)))


def conditions(numbers: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    asked = [f for f in FUNCTIONS.values() if f.gives is Gives.CONDITION]
    simple = st.one_of(
        st.builds(Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), numbers, numbers),
        st.builds(lambda f, x: Call(f.name, (x,)), st.sampled_from(asked), numbers),
    )
    return st.recursive(
        simple,
        lambda c: st.one_of(
            st.builds(Logic, st.just("not"), st.tuples(c)),
            st.builds(Logic, st.sampled_from(["and", "or"]), st.lists(c, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=3,
    )


def many(numbers: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(lambda f, x: Call(f, (x,)), st.sampled_from(["children", "siblings", "leaves"]), numbers)


def argument_of(function: Function, argument: Argument, numbers: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    match argument.sort:
        case Sort.CONDITION:
            return conditions(numbers)
        case Sort.MANY:
            return many(numbers)
        case Sort.WHOLE:
            return whole(argument)
        case Sort.KPI:
            return st.sampled_from(CODES).map(Name)
        case Sort.TEXT:
            texts = {"shift": SPANS, "at_unit": ("r", "x2"), "index": [f"{PLACE}{i}" for i in range(-2, PERIODS + 2)],
                     "convert": tuple(oracle.MINUTES)}  # fmt: skip
            return st.sampled_from(texts[function.name]).map(Text)
    return numbers


@st.composite
def calls(draw: st.DrawFn, function: Function, numbers: st.SearchStrategy[Node]) -> Node:
    """A call of a function with as many arguments as it may have."""
    if function.head and function.head[0].sort is Sort.SEVERAL and draw(st.booleans()):
        return Call(function.name, (draw(many(numbers)),))
    least, most = function.arity
    least = max(least, 2) if function.repeated else least
    counts = [n for n in range(least, (most or least + 4) + 1) if function.arguments(n) is not None]
    takes = function.arguments(draw(st.sampled_from(counts))) or ()
    return Call(function.name, tuple(draw(argument_of(function, a, numbers)) for a in takes))


def above(numbers: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    of_numbers = [f for f in FUNCTIONS.values() if f.gives is Gives.NUMBER]
    return st.one_of(
        st.builds(Unary, numbers),
        st.builds(Binary, st.sampled_from("+-*/%"), numbers, numbers),
        st.builds(Binary, st.just("^"), numbers, st.integers(-4, 4).map(lambda n: Number(float(n)))),
        st.sampled_from(of_numbers).flatmap(lambda f: calls(f, numbers)),
        st.sampled_from(of_numbers).flatmap(lambda f: calls(f, numbers)),
    )


trees: st.SearchStrategy[Node] = st.recursive(leaves, above, max_leaves=10)


def number_of(node: Node, condition: bool) -> Node:
    """What makes a number of a condition."""
    return Call("if", (node, Number(1.0), Number(0.0))) if condition else node


no_numbers: list[Cell] = [
    oracle.MISSING, oracle.OUTSIDE, oracle.NOT_DUE, oracle.DIVISION_BY_ZERO, (State.ERROR, Reason.NO_RATE),
]  # fmt: skip
numbers = st.one_of(
    st.integers(-8, 8).map(float),
    st.integers(1, 8).map(float),
    st.sampled_from([0.0, 2.5, -0.125, 1.005, 1e200, -1e308]),
)
cells = st.one_of(numbers, numbers, st.sampled_from(no_numbers))
#: A few kinds of cell, dealt out by a seed: a whole world of drawn cells would take most of the time of a test.
pools = st.builds(
    list.__add__, st.lists(numbers, min_size=5, max_size=8), st.lists(st.sampled_from(no_numbers), max_size=4)
)


@st.composite
def axes(draw: st.DrawFn) -> TimeAxis:
    calendar = Calendar(draw(st.sampled_from([1, 4, 10])))
    frequency = draw(st.sampled_from([Frequency.WEEK, Frequency.MONTH, Frequency.QUARTER, Frequency.YEAR]))
    begin = {
        Frequency.WEEK: "2026-W47",
        Frequency.MONTH: "2025-11",
        Frequency.QUARTER: "FY2026-Q2",
        Frequency.YEAR: "FY2026",
    }
    first = calendar.parse(begin[frequency], frequency).shift(draw(st.integers(0, 5)))
    return TimeAxis.of(tuple(first.shift(n) for n in range(PERIODS)))


#: Two levels and one unit beside them, the parents not before their children.
PARENTS: list[dict[str, str | None]] = [
    {"r": None, "x1": "r", "x2": "r", "x3": "r"},
    {"x1": "m", "x2": "m", "m": "r", "x3": "r", "r": None},
    {"x2": None, "r": None, "x1": "r"},
]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    axis = draw(axes())
    parents = draw(st.sampled_from(PARENTS))
    pool, deal = draw(pools), Random(draw(st.integers(0, 999)))
    grids = {code: [[deal.choice(pool) for _ in range(PERIODS)] for _ in parents] for code in CODES}
    lookups = {(what, code): grids[CODES[i]] for i, what in enumerate(LOOKUPS) for code in CODES}
    return World(grids, axis, dict(parents), lookups)


def placed(tree: Node, axis: TimeAxis) -> Node:
    """The tree with its base periods written out for an axis."""
    match tree:
        case Text(value) if value.startswith(PLACE):
            return Text(axis.periods[0].shift(int(value.removeprefix(PLACE))).id)
        case Unary(x):
            return Unary(placed(x, axis))
        case Binary(operator, left, right):
            return Binary(operator, placed(left, axis), placed(right, axis))
        case Compare(operator, left, right):
            return Compare(operator, placed(left, axis), placed(right, axis))
        case Logic(operator, operands):
            return Logic(operator, tuple(placed(o, axis) for o in operands))
        case Call(function, arguments):
            return Call(function, tuple(placed(a, axis) for a in arguments))
    return tree
