"""An independent answer, one cell at a time and in plain Python.

A grid is a list of rows, one for each unit; a row is a list of cells, one for each period.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from fourfold.engine.cells import Reason, State
from fourfold.engine.formulas.series import Series, TimeAxis
from fourfold.engine.formulas.tree import Binary, Call, Compare, Logic, Name, Node, Number, Text, Unary
from fourfold.engine.periods import Frequency, Period

Cell = float | tuple[State, Reason]
Row = list[Cell]
Grid = list[Row]
NO_REASON = Reason.NONE
OUTSIDE: Cell = (State.NOT_APPLICABLE, NO_REASON)
MISSING: Cell = (State.MISSING, NO_REASON)
NOT_DUE: Cell = (State.NOT_DUE, NO_REASON)
NOT_FINITE: Cell = (State.ERROR, Reason.NOT_FINITE)
DIVISION_BY_ZERO: Cell = (State.ERROR, Reason.DIVISION_BY_ZERO)
INPUT_ERROR: Cell = (State.ERROR, Reason.INPUT_ERROR)
#: Unit → the unit above.
ONE_UNIT: dict[str, str | None] = {"all": None}


@dataclass
class World:
    """Figures by code, the periods, the units with the unit above each, and targets by (function, code)."""

    grids: dict[str, Grid]
    axis: TimeAxis
    parents: dict[str, str | None] = field(default_factory=lambda: dict(ONE_UNIT))
    lookups: dict[tuple[str, str], Grid] = field(default_factory=dict)

    @property
    def units(self) -> list[str]:
        return list(self.parents)

    def below(self, unit: str) -> list[str]:
        return [u for u, above in self.parents.items() if above == unit]

    def leaves(self, unit: str) -> list[str]:
        return [leaf for u in self.below(unit) for leaf in (self.leaves(u) or [u])]

    def top(self, unit: str) -> str:
        above = self.parents[unit]
        return unit if above is None else self.top(above)


def worst(cells: Sequence[Cell]) -> Cell | None:
    """The cell that decides when one of them has no number."""
    for state in (State.ERROR, State.MISSING, State.NOT_DUE, State.NOT_APPLICABLE):
        reasons = [c[1] for c in cells if isinstance(c, tuple) and c[0] is state]
        if reasons:
            return (state, max(reasons))
    return None


def answer(node: Node, world: World) -> Grid:
    """The cells of a formula."""
    match node:
        case Number(value):
            return [[value] * len(world.axis) for _ in world.units]
        case Name(code):
            return [[_input(c) for c in row] for row in world.grids[code]]
        case Unary(operand):
            return cellwise(lambda x: -x, [answer(operand, world)])
        case Binary(operator, left, right) | Compare(operator, left, right):
            return cellwise(lambda a, b: two(operator, a, b), [answer(left, world), answer(right, world)])
        case Logic(operator, operands):
            test = {"and": all, "or": any, "not": lambda c: not c[0]}[operator]
            grids = [answer(o, world) for o in operands]
            return cellwise(lambda *truths: float(test([t != 0 for t in truths])), grids)
        case Call(function, arguments):
            return call(function, arguments, world)
    raise AssertionError(node)


def _input(cell: Cell) -> Cell:
    return INPUT_ERROR if isinstance(cell, tuple) and cell[0] is State.ERROR else cell


def cellwise(compute: Callable[..., Cell], grids: Sequence[Grid]) -> Grid:
    """A function of numbers, cell by cell; the worst cell decides."""
    return choosing(lambda *cells: worst(cells) or guarded(compute, *cells), grids)


def choosing(compute: Callable[..., Cell], grids: Sequence[Grid]) -> Grid:
    """A function of cells, cell by cell."""
    return [[compute(*cells) for cells in zip(*rows, strict=True)] for rows in zip(*grids, strict=True)]


def guarded(compute: Callable[..., Cell], *numbers: float) -> Cell:
    """What Python refuses to compute, or gives as infinite, is an error."""
    try:
        result = compute(*numbers)
    except ZeroDivisionError:
        return DIVISION_BY_ZERO
    except (OverflowError, ValueError):
        return NOT_FINITE
    return result if isinstance(result, tuple) or math.isfinite(result) else NOT_FINITE


def two(operator: str, a: float, b: float) -> Cell:
    if operator == "^" and a == 0 and b < 0:
        return DIVISION_BY_ZERO
    return {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "%": lambda: a % b,
        "^": lambda: float(np.float64(a) ** np.float64(b)),
        "=": lambda: float(a == b),
        "!=": lambda: float(a != b),
        "<": lambda: float(a < b),
        "<=": lambda: float(a <= b),
        ">": lambda: float(a > b),
        ">=": lambda: float(a >= b),
    }[operator]()


def rounded(x: float, digits: int) -> float:
    step = Decimal(1).scaleb(-digits)
    wide = Decimal(repr(x))
    if abs(wide) >= Decimal(2) ** 52 / Decimal(10) ** digits:
        return x
    return float((wide / step).quantize(Decimal(1), ROUND_HALF_UP) * step)


def clamped(x: float, low: float, high: float) -> Cell:
    return NOT_FINITE if low > high else min(max(x, low), high)


def mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def median(numbers: Sequence[float]) -> float:
    ordered = sorted(numbers)
    return 0.5 * ordered[(len(ordered) - 1) // 2] + 0.5 * ordered[len(ordered) // 2]


def deviation(numbers: Sequence[float]) -> float:
    """In the steps of the product, so that what is built on it agrees to the last digit; see `test_statistics.py`."""
    away = [x - min(numbers) for x in numbers]
    widest = max(away)
    share = [a / (widest or 1.0) for a in away]
    middle = sum(share) / len(share)
    return widest * math.sqrt(sum((s - middle) ** 2 for s in share) / (len(share) - 1))


def relative(x: float, base: float) -> Cell:
    return NOT_FINITE if base < 0 else x / base


STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": sum, "mean": mean, "min": min, "max": max, "median": median, "stdev": deviation,
}  # fmt: skip
#: Minutes in each of some units of time.
MINUTES = {"minutes": 1, "hours": 60, "days": 1440}
POINTWISE: dict[str, Callable[..., Cell]] = {
    "abs": abs,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "floor": lambda x: float(math.floor(x)),
    "ceil": lambda x: float(math.ceil(x)),
    "clamp": clamped,
    "sqrt": math.sqrt,
    "exp": lambda x: float(np.exp(np.float64(x))),
    "ln": lambda x: float(np.log(np.float64(x))) if x > 0 else NOT_FINITE,
    "log10": lambda x: float(np.log10(np.float64(x))) if x > 0 else NOT_FINITE,
    "share_of": lambda x, whole: x / whole,
    "is_zero": lambda x: float(x == 0),
}


def kind(*states: State) -> Callable[[Cell], Cell]:
    return lambda c: float((c[0] if isinstance(c, tuple) else State.NUMBER) in states)


def first_number(*cells: Cell) -> Cell:
    numbers = [c for c in cells if not isinstance(c, tuple)]
    return numbers[0] if numbers else worst(cells) or OUTSIDE


def ifs(*cells: Cell) -> Cell:
    if len(cells) == 1 or isinstance(cells[0], tuple):
        return cells[0]
    return cells[1] if cells[0] else ifs(*cells[2:])


def switch(x: Cell, *cells: Cell) -> Cell:
    for value, result in zip(cells[:-1:2], cells[1::2], strict=True):
        if bad := worst([x, value]):
            return bad
        if x == value:
            return result
    return cells[-1]


def safe_divide(a: Cell, b: Cell, otherwise: Cell = OUTSIDE) -> Cell:
    if bad := worst([a, b]):
        return bad
    return otherwise if b == 0 else guarded(lambda: a / b)


def counted(cells: Sequence[Cell]) -> Cell:
    numbers = sum(not isinstance(c, tuple) for c in cells)
    silent = all(isinstance(c, tuple) and c[0] in (State.NOT_DUE, State.NOT_APPLICABLE) for c in cells)
    return (worst(cells) or OUTSIDE) if silent else float(numbers)


CHOOSING: dict[str, Callable[..., Cell]] = {
    "if": ifs,
    "ifs": ifs,
    "switch": switch,
    "coalesce": first_number,
    "safe_divide": safe_divide,
    "known": lambda c: OUTSIDE if isinstance(c, tuple) and c[0] in (State.MISSING, State.NOT_DUE) else c,
    "has_number": kind(State.NUMBER),
    "is_missing": kind(State.MISSING),
    "is_not_due": kind(State.NOT_DUE),
    "is_not_applicable": kind(State.NOT_APPLICABLE),
    "is_error": kind(State.ERROR),
}


def call(function: str, arguments: tuple[Node, ...], world: World) -> Grid:
    if function in ("target", "red_line", "baseline", "benchmark"):
        (name,) = arguments
        assert isinstance(name, Name)
        return [[_input(c) for c in row] for row in world.lookups[function, name.code]]
    if function in ("days_in_period", "hours_in_period", "business_days", "period_number", "year"):
        return [[about(function, p) for p in world.axis.periods] for _ in world.units]
    if isinstance(arguments[-1], Call) and arguments[-1].function in ("children", "siblings", "leaves"):
        return of_units(function, arguments, world)
    written = [whole(a) for a in arguments[1:]]
    if function == "round":
        return cellwise(lambda x: rounded(x, written[0] if written else 0), [answer(arguments[0], world)])
    if function == "convert":
        given, wanted = (MINUTES[a.value] for a in arguments[1:] if isinstance(a, Text))
        return cellwise(lambda x: x * (given / wanted), [answer(arguments[0], world)])
    if function in ("parent", "root", "at_unit"):
        return elsewhere(function, arguments, world)
    over_time = OVER_TIME.get(function)
    if over_time is not None:
        n = written[0] if written and isinstance(arguments[1], Number) else 1
        text = next((a.value for a in arguments if isinstance(a, Text)), "")
        return [over_time(row, n, text, world.axis) for row in answer(arguments[0], world)]
    grids = [answer(a, world) for a in arguments]
    if function in STATISTICS:
        return cellwise(lambda *numbers: STATISTICS[function](numbers), grids)
    if function == "count":
        return choosing(lambda *cells: counted(cells), grids)
    if function in POINTWISE:
        return cellwise(POINTWISE[function], grids)
    return choosing(CHOOSING[function], grids)


def whole(node: Node) -> int:
    if isinstance(node, Unary):
        return -whole(node.operand)
    return int(node.value) if isinstance(node, Number) and node.value.is_integer() else 0


# Units ------------------------------------------------------------------------------------------------------------


def elsewhere(function: str, arguments: tuple[Node, ...], world: World) -> Grid:
    rows = dict(zip(world.units, answer(arguments[0], world), strict=True))
    nowhere: Row = [OUTSIDE] * len(world.axis)
    if function == "at_unit":
        assert isinstance(arguments[1], Text)
        return [rows[arguments[1].value] for _ in world.units]
    if function == "root":
        return [rows[world.top(u)] for u in world.units]
    return [nowhere if world.parents[u] is None else rows[world.parents[u] or ""] for u in world.units]


def of_units(function: str, arguments: tuple[Node, ...], world: World) -> Grid:
    many = arguments[-1]
    assert isinstance(many, Call)
    rows = dict(zip(world.units, answer(many.arguments[0], world), strict=True))
    own = answer(arguments[0], world) if function == "rank" else [[0.0] * len(world.axis)] * len(world.units)
    seen = {
        "children": world.below,
        "leaves": world.leaves,
        "siblings": lambda u: world.below(world.parents[u] or ""),
    }[many.function]
    return [
        [_statistic(function, x, [rows[o][t] for o in seen(u)]) for t, x in enumerate(line)]
        for u, line in zip(world.units, own, strict=True)
    ]


def _statistic(function: str, x: Cell, cells: Row) -> Cell:
    if function == "count":
        return counted(cells)
    cells = [c for c in cells if c != OUTSIDE]
    if function == "rank" and not cells:
        return worst([OUTSIDE, x]) or OUTSIDE
    if bad := worst([x, *cells] if function == "rank" else cells):
        return bad
    numbers = [c for c in cells if not isinstance(c, tuple)]
    if len(numbers) < (2 if function == "stdev" else 1):
        return OUTSIDE
    if function == "rank":
        return 1.0 + sum(n > x for n in numbers)
    return guarded(lambda: STATISTICS[function](numbers))


# Time -------------------------------------------------------------------------------------------------------------


def about(function: str, period: Period) -> float:
    if function in ("days_in_period", "hours_in_period"):
        return (24.0 if function == "hours_in_period" else 1.0) * (period.end - period.start).days
    if function == "business_days":
        days = (period.start + timedelta(days=n) for n in range((period.end - period.start).days))
        return float(sum(day.weekday() < 5 for day in days))
    year = period.within(Frequency.YEAR)
    if function == "year":
        return float(year.id[4:])
    return 1.0 + [p.ordinal for p in year.parts(period.frequency)].index(period.ordinal)


def at(row: Row, index: int) -> Cell:
    return row[index] if index >= 0 else OUTSIDE


def total(cells: Row, divisor: int = 1) -> Cell:
    return worst(cells) or guarded(lambda: sum(cells) / divisor)


def window(row: Row, t: int, n: int) -> Row:
    return ([OUTSIDE] * n + row)[t + 1 : t + 1 + n]


def rolling(name: str) -> Callable[[Row, int, str, TimeAxis], Row]:
    def of(row: Row, n: int, _: str, __: TimeAxis) -> Row:
        windows = [window(row, t, n) for t in range(len(row))]
        return [worst(w) or guarded(STATISTICS[name], w) for w in windows]

    return of


def rolling_count(row: Row, n: int, _: str, __: TimeAxis) -> Row:
    return [counted(window(row, t, n)) for t in range(len(row))]


def summed_since(row: Row, starts: Sequence[int]) -> Row:
    return [total(([MISSING] if s < 0 else []) + row[max(s, 0) : t + 1]) for t, s in enumerate(starts)]


def to_date(row: Row, _: int, __: str, axis: TimeAxis) -> Row:
    return summed_since(row, [int(s) for s in axis.year_start])


def within(frequency: Frequency) -> Callable[[Row, int, str, TimeAxis], Row]:
    def of(row: Row, _: int, __: str, axis: TimeAxis) -> Row:
        if axis.periods[0].frequency.rank > frequency.rank:
            return [OUTSIDE] * len(row)
        firsts = [p.first_in(frequency) for p in axis.periods]
        return summed_since(row, [axis.periods.index(p) if p in axis.periods else -1 for p in firsts])

    return of


def cumulative(row: Row, _: int, __: str, ___: TimeAxis) -> Row:
    return [c if c == OUTSIDE else total([d for d in row[: t + 1] if d != OUTSIDE]) for t, c in enumerate(row)]


def shifted(row: Row, n: int, span: str, axis: TimeAxis) -> Row:
    return [at(row, index_of(earlier(p, n, span), axis)) for p in axis.periods]


def index_of(period: Period | None, axis: TimeAxis) -> int:
    return axis.periods.index(period) if period in axis.periods else -1


def earlier(period: Period, n: int, span: str) -> Period | None:
    """The period n spans earlier: the one that begins on the day so much earlier, if it is of whole periods."""
    if span == "year":
        for _ in range(n):
            period = period.year_ago()
        return period
    days = {Frequency.DAY: 1, Frequency.WEEK: 7}
    months = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.HALF: 6, Frequency.YEAR: 12}
    own = period.frequency
    if span == "week":
        return period.calendar.period(own, period.start - timedelta(days=7 * n)) if own in days else None
    if own not in months or months[Frequency(span)] < months[own]:
        return None
    month = period.start.year * 12 + period.start.month - 1 - n * months[Frequency(span)]
    return period.calendar.period(own, date(month // 12, month % 12 + 1, 1))


def compared(row: Row, base: Row, minus: float = 1.0) -> Row:
    return [worst([x, b]) or _less(guarded(relative, x, b), minus) for x, b in zip(row, base, strict=True)]


def _less(cell: Cell, minus: float) -> Cell:
    return cell if isinstance(cell, tuple) else cell - minus


def last_year(row: Row, years: int, axis: TimeAxis) -> Row:
    def back(t: int, n: int) -> int:
        return t if n == 0 or t < 0 else back(int(axis.year_ago[t]), n - 1)

    return [at(row, back(t, years)) for t in range(len(row))]


def cagr(row: Row, years: int, _: str, axis: TimeAxis) -> Row:
    changes = compared(row, last_year(row, years, axis))

    def root(change: float) -> Cell:
        with np.errstate(all="ignore"):
            return float(np.float64(1.0 + change) ** (1.0 / years) - 1.0)

    return [c if isinstance(c, tuple) else guarded(root, c) for c in changes]


def growth_to_date(row: Row, _: int, __: str, axis: TimeAxis) -> Row:
    before = last_year(row, 1, axis)
    result: Row = []
    for t, start in enumerate(int(s) for s in axis.year_start):
        own = [i for i in range(max(start, 0), t + 1) if i == 0 or not 0 <= axis.year_ago[i] == axis.year_ago[i - 1]]
        both = [(row[i], before[i]) for i in own]
        both = [pair for pair in both if NOT_DUE not in pair]
        unknown = [MISSING] if start < 0 else []
        bad = worst([*unknown, *(c for pair in both for c in pair)])
        new, old = sum(a for a, _ in both) if not bad else 0, sum(b for _, b in both) if not bad else 0
        if not both:
            result.append(worst([NOT_DUE, *unknown]) or NOT_DUE)
        elif bad or not (math.isfinite(new) and math.isfinite(old)):
            result.append(bad or _unbounded(new, old))
        else:
            result.append(_less(guarded(relative, new, old), 1.0))
    return result


def _unbounded(new: float, old: float) -> Cell:
    """Totals too large to hold: a finite one over an infinite one is nothing, and so on as IEEE has it."""
    with np.errstate(all="ignore"):
        return NOT_FINITE if old < 0 else guarded(lambda: float(np.float64(new) / np.float64(old) - 1.0))


def index(row: Row, _: int, text: str, axis: TimeAxis) -> Row:
    base = axis.periods[0].calendar.parse(text, axis.periods[0].frequency)
    first = at(row, index_of(base, axis))
    shares = [worst([x, first]) or guarded(relative, x, first) for x in row]
    scaled = [c if isinstance(c, tuple) else guarded(lambda c: 100.0 * c, c) for c in shares]
    return [OUTSIDE if p.ordinal < base.ordinal else c for p, c in zip(axis.periods, scaled, strict=True)]


OVER_TIME: dict[str, Callable[[Row, int, str, TimeAxis], Row]] = {
    "previous": lambda row, n, _, axis: [at(row, t - n) for t in range(len(row))],
    "shift": shifted,
    "same_period_last_year": lambda row, n, _, axis: last_year(row, 1, axis),
    "to_date": to_date,
    "quarter_to_date": within(Frequency.QUARTER),
    "month_to_date": within(Frequency.MONTH),
    "cumulative": cumulative,
    "rolling_sum": rolling("sum"),
    "rolling_mean": rolling("mean"),
    "rolling_min": rolling("min"),
    "rolling_max": rolling("max"),
    "rolling_median": rolling("median"),
    "rolling_stdev": rolling("stdev"),
    "rolling_count": rolling_count,
    "growth": lambda row, n, _, axis: compared(row, [at(row, t - n) for t in range(len(row))]),
    "yoy_growth": lambda row, n, _, axis: compared(row, last_year(row, 1, axis)),
    "growth_to_date": growth_to_date,
    "cagr": cagr,
    "index": index,
}


# To the product and back -------------------------------------------------------------------------------------------


def series(row: Row) -> Series:
    """A row as the product holds it."""
    value = np.array([np.nan if isinstance(c, tuple) else c for c in row])
    state = np.array([c[0] if isinstance(c, tuple) else State.NUMBER for c in row], np.uint8)
    reason = np.array([c[1] if isinstance(c, tuple) else Reason.NONE for c in row], np.uint8)
    return Series(value, state, reason)


def stacked(grid: Grid) -> Series:
    """A grid as the product holds it, shape (unit, period)."""
    rows = [series(row) for row in grid]
    return Series(*(np.stack([getattr(r, name) for r in rows]) for name in ("value", "state", "reason")))


def cells(result: Series) -> Row:
    """A row of the product as cells again."""
    triples = zip(result.value.tolist(), result.state.tolist(), result.reason.tolist(), strict=True)
    return [v if s == State.NUMBER else (State(s), Reason(r)) for v, s, r in triples]


def grid(result: Series, world: World) -> Grid:
    """A result of the product as cells, in full shape."""
    shape = (len(world.units), len(world.axis))
    parts = [np.broadcast_to(a, shape) for a in (result.value, result.state, result.reason)]
    return [cells(Series(*(a[u] for a in parts))) for u in range(shape[0])]
