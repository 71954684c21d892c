"""An independent answer, one cell at a time and in plain Python; and random formulas to ask it about."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from hypothesis import strategies as st

from fourfold.engine.cells import Reason, State
from fourfold.engine.formulas.series import Series, TimeAxis
from fourfold.engine.formulas.tree import Binary, Call, Compare, Logic, Name, Node, Number, Unary

Cell = float | tuple[State, Reason]
Row = list[Cell]
NO_REASON = Reason.NONE
OUTSIDE: Cell = (State.NOT_APPLICABLE, NO_REASON)
MISSING: Cell = (State.MISSING, NO_REASON)
NOT_FINITE: Cell = (State.ERROR, Reason.NOT_FINITE)
DIVISION_BY_ZERO: Cell = (State.ERROR, Reason.DIVISION_BY_ZERO)
INPUT_ERROR: Cell = (State.ERROR, Reason.INPUT_ERROR)


def worst(cells: Row) -> Cell | None:
    """The cell that decides when one of them has no number."""
    for state in (State.ERROR, State.MISSING, State.NOT_DUE, State.NOT_APPLICABLE):
        reasons = [c[1] for c in cells if isinstance(c, tuple) and c[0] is state]
        if reasons:
            return (state, max(reasons))
    return None


def answer(node: Node, rows: dict[str, Row], axis: TimeAxis) -> Row:
    """The row of cells of a formula."""
    length = len(axis)
    match node:
        case Number(value):
            return [value] * length
        case Name(code):
            return [INPUT_ERROR if isinstance(c, tuple) and c[0] is State.ERROR else c for c in rows[code]]
        case Unary(operand):
            return [c if isinstance(c, tuple) else -c for c in answer(operand, rows, axis)]
        case Binary(operator, left, right) | Compare(operator, left, right):
            pairs = zip(answer(left, rows, axis), answer(right, rows, axis), strict=True)
            return [worst([a, b]) or two(operator, a, b) for a, b in pairs]
        case Logic(operator, operands):
            columns = zip(*(answer(o, rows, axis) for o in operands), strict=True)
            test = {"and": all, "or": any, "not": lambda c: not c[0]}[operator]
            return [worst(list(c)) or float(test([x != 0 for x in c])) for c in columns]
        case Call(function, arguments):
            return call(function, [answer(a, rows, axis) for a in arguments], axis)


def two(operator: str, a: float, b: float) -> Cell:
    try:
        if operator in ("/", "^") and ((operator == "/" and b == 0) or (operator == "^" and a == 0 and b < 0)):
            return DIVISION_BY_ZERO
        number = {
            "+": lambda: a + b,
            "-": lambda: a - b,
            "*": lambda: a * b,
            "/": lambda: a / b,
            "^": lambda: float(np.float64(a) ** np.float64(b)),
            "=": lambda: float(a == b),
            "!=": lambda: float(a != b),
            "<": lambda: float(a < b),
            "<=": lambda: float(a <= b),
            ">": lambda: float(a > b),
            ">=": lambda: float(a >= b),
        }[operator]()
    except OverflowError:
        return NOT_FINITE
    return number if math.isfinite(number) else NOT_FINITE


def one(function: str, x: float, digits: int) -> Cell:
    if function == "round":
        step = Decimal(1).scaleb(-digits)
        wide = Decimal(repr(x))
        if abs(wide) >= Decimal(2) ** 52 / Decimal(10) ** digits:
            return x
        return float((wide / step).quantize(Decimal(1), ROUND_HALF_UP) * step)
    if (function == "sqrt" and x < 0) or (function == "ln" and x <= 0):
        return NOT_FINITE
    number = {"abs": abs, "sqrt": math.sqrt, "exp": np.exp, "ln": np.log}[function](x)
    return float(number) if math.isfinite(number) else NOT_FINITE


def call(function: str, rows: list[Row], axis: TimeAxis) -> Row:
    here = range(len(axis))
    first = rows[0]
    n = int(rows[1][0]) if len(rows) > 1 and function in ("round", "previous", "rolling_sum", "rolling_mean") else None
    match function:
        case "if":
            return [c if isinstance(c, tuple) else (a if c else b) for c, a, b in zip(*rows, strict=True)]
        case "coalesce":
            columns = [list(c) for c in zip(*rows, strict=True)]
            return [next((x for x in c if not isinstance(x, tuple)), worst(c)) for c in columns]
        case "min" | "max":
            choose = min if function == "min" else max
            return [worst(list(c)) or choose(c) for c in zip(*rows, strict=True)]
        case "previous":
            return [first[t - (n or 1)] if t >= (n or 1) else OUTSIDE for t in here]
        case "same_period_last_year":
            return [first[axis.year_ago[t]] if axis.year_ago[t] >= 0 else OUTSIDE for t in here]
        case "to_date":
            starts = [int(s) for s in axis.year_start]
            return [total(([MISSING] if starts[t] < 0 else []) + first[max(starts[t], 0) : t + 1], 1) for t in here]
        case "rolling_sum" | "rolling_mean":
            divisor = n if function == "rolling_mean" else 1
            padded = [OUTSIDE] * (n - 1) + first
            return [total(padded[t : t + n], divisor) for t in here]
    return [x if isinstance(x, tuple) else one(function, x, n or 0) for x in first]


def total(cells: Row, divisor: int) -> Cell:
    if bad := worst(cells):
        return bad
    number = sum(cells) / divisor
    return number if math.isfinite(number) else NOT_FINITE


def series(row: Row) -> Series:
    """A row as the product holds it."""
    value = np.array([np.nan if isinstance(c, tuple) else c for c in row])
    state = np.array([c[0] if isinstance(c, tuple) else State.NUMBER for c in row], np.uint8)
    reason = np.array([c[1] if isinstance(c, tuple) else Reason.NONE for c in row], np.uint8)
    return Series(value, state, reason)


def cells(result: Series) -> Row:
    """A row of the product as cells again."""
    triples = zip(result.value.tolist(), result.state.tolist(), result.reason.tolist(), strict=True)
    return [v if s == State.NUMBER else (State(s), Reason(r)) for v, s, r in triples]


# Random formulas --------------------------------------------------------------------------------------------------

CODES = ("a", "b", "net-sales", "and", "x.y_2")
_literals = st.one_of(st.integers(0, 20).map(float), st.sampled_from([0.5, 0.1, 1e-7, 2.75, 1e15, 123456.789]))
_leaves = st.one_of(_literals.map(Number), st.sampled_from(CODES).map(Name))


def _above(numbers: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    comparisons = st.builds(Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), numbers, numbers)
    conditions = st.recursive(
        comparisons,
        lambda c: st.one_of(
            st.builds(Logic, st.just("not"), st.tuples(c)),
            st.builds(Logic, st.sampled_from(["and", "or"]), st.lists(c, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=3,
    )
    window = st.integers(1, 6).map(lambda n: Number(float(n)))  # sums of fewer than 8 are added in one order everywhere
    digits = st.integers(-3, 4).map(lambda n: Unary(Number(float(-n))) if n < 0 else Number(float(n)))
    several = st.lists(numbers, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Unary, numbers),
        st.builds(Binary, st.sampled_from("+-*/"), numbers, numbers),
        st.builds(Binary, st.just("^"), numbers, st.integers(-4, 4).map(lambda n: Number(float(n)))),
        st.builds(Call, st.just("if"), st.tuples(conditions, numbers, numbers)),
        st.builds(Call, st.sampled_from(["coalesce", "min", "max"]), several),
        st.builds(
            Call,
            st.sampled_from(["abs", "sqrt", "exp", "ln", "round", "previous", "same_period_last_year", "to_date"]),
            st.tuples(numbers),
        ),
        st.builds(Call, st.sampled_from(["previous", "rolling_sum", "rolling_mean"]), st.tuples(numbers, window)),
        st.builds(Call, st.just("round"), st.tuples(numbers, digits)),
    )


trees: st.SearchStrategy[Node] = st.recursive(_leaves, _above, max_leaves=12)
_not_due: Cell = (State.NOT_DUE, NO_REASON)
_no_numbers: list[Cell] = [MISSING, OUTSIDE, _not_due, DIVISION_BY_ZERO, (State.ERROR, Reason.NO_RATE)]
_cells = st.one_of(
    st.integers(-8, 8).map(float),
    st.sampled_from([0.0, 2.5, -0.125, 1.005, 1e200, -1e308]),
    st.sampled_from(_no_numbers),
)
rows = st.fixed_dictionaries({code: st.lists(_cells, min_size=9, max_size=9) for code in CODES})
axes = st.tuples(st.sampled_from([1, 2, 4, 12]), st.integers(0, 11)).map(
    lambda p: TimeAxis.regular(9, per_year=p[0], first=p[1])
)
