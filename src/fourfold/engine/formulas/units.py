"""The unit of a formula, and where units do not go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from fourfold.engine.formulas.dimensions import (
    UNKNOWN,
    WRITTEN,
    Unit,
    power,
    ratio_of,
    rescale,
    same_dimension,
    times,
)
from fourfold.engine.formulas.function import Argument, Measure, Sort
from fourfold.engine.formulas.functions import FUNCTIONS
from fourfold.engine.formulas.problems import Problem
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
from fourfold.engine.formulas.unit_text import parse_unit
from fourfold.engine.formulas.write import write

_DOING: Final = {"+": "be added", "-": "be subtracted"}
_LONGEST_SHOWN: Final = 40
_HAVE_UNITS: Final = (Sort.NUMBER, Sort.SEVERAL, Sort.MANY, Sort.KPI)
#: The unit of days, as a calendar counts them.
DAYS: Final = Unit((("day", 1),), text="days")
HOURS: Final = Unit((("hour", 1),), text="hours")


def check(tree: Node, units: Mapping[str, Unit]) -> tuple[Unit, list[Problem]]:
    """The unit a formula gives, and one problem for each place where units do not go together.

    `units` maps codes to units; a code that is not in it fits anything. Rules: what is added, subtracted, compared,
    or chosen from (min, max, coalesce, the branches of if) must be of one unit and one multiple; * and / combine
    units; other functions say on their pages what unit they give; a written number takes the unit of what it is
    added to or compared with, and is a pure number under * and /, after which only dimensions are compared. After a
    problem the result counts as unknown, so one slip is told once.

    >>> from fourfold.engine.formulas.unit_text import parse_unit
    >>> from fourfold.engine.formulas.parse import parse
    >>> unit, problems = check(parse("cost + rate"), {"cost": parse_unit("GBP"), "rate": parse_unit("%")})
    >>> problems[0].message
    '`cost` is in GBP and `rate` in %: they cannot be added.'
    """
    problems: list[Problem] = []
    stack: list[Unit] = []
    for node in walk(tree):
        first = len(stack) - len(children(node))
        operands = stack[first:]
        del stack[first:]
        found = _unit(node, operands, units)
        if isinstance(found, Problem):
            problems.append(found)
            found = UNKNOWN
        stack.append(found)
    (whole,) = stack
    return whole, problems


def _unit(node: Node, operands: list[Unit], units: Mapping[str, Unit]) -> Unit | Problem:
    match node:
        case Number() | Text():
            return WRITTEN
        case Name(code):
            return units.get(code, UNKNOWN)
        case Unary():
            return operands[0]
        case Binary("*"):
            return times(operands[0], operands[1])
        case Binary("/"):
            return times(operands[0], operands[1], -1)
        case Binary("%"):
            return _common(node, children(node), operands, "be divided with a remainder")
        case Binary("^", _, exponent):
            return power(operands[0], Fraction(whole_number(exponent) or 0)) or UNKNOWN
        case Binary(operator):
            return _common(node, children(node), operands, _DOING[operator])
        case Compare():
            found = _common(node, children(node), operands, "be compared")
            return found if isinstance(found, Problem) else WRITTEN
        case Logic():
            return WRITTEN
        case Call():
            return _call(node, operands)


def _call(call: Call, operands: list[Unit]) -> Unit | Problem:
    function = FUNCTIONS[call.function]
    takes = function.arguments(len(operands)) or ()
    match function.measure:
        case Measure.PURE:
            return _pure_only(call, *operands)
        case Measure.ROOT:
            root = power(operands[0], Fraction(1, 2))
            hint = "Divide by something in that unit first."
            return root or Problem(f"The square root of {operands[0]} is not a unit.", call.span, hint)
        case Measure.QUOTIENT:
            return _quotient(call, operands)
        case Measure.NAMED:
            return _named(call, operands[0])
    first: Unit = WRITTEN
    for group in (1, 0):
        found = _alike(call, list(zip(takes, operands, strict=True)), group)
        if isinstance(found, Problem):
            return found
        first = found or WRITTEN
    own = {Measure.RATIO: Unit(), Measure.BARE: WRITTEN, Measure.DAYS: DAYS, Measure.HOURS: HOURS}
    return own.get(function.measure, first)


def _named(call: Call, unit: Unit) -> Unit | Problem:
    """The unit that the last text names, into which that of the first text can be converted."""
    from fourfold.engine.units_of_measure import UnitOfMeasureError, factor  # which reads units as formulas do

    given, wanted = (node.value for node in call.arguments[1:] if isinstance(node, Text))
    try:
        factor(given, wanted)
    except UnitOfMeasureError as error:
        return Problem(error.message, call.arguments[2].span, error.hint or "Name both units of measurement.")
    own = parse_unit(given)
    if unit.sort == "known" and (not same_dimension(unit, own) or ratio_of(unit, own) not in (None, 1)):
        hint = f"Write the unit that it is in: “{unit}”."
        return Problem(f"{_shown(call.arguments[0])} is in {unit}, not in {given}.", call.arguments[1].span, hint)
    return parse_unit(wanted)


def _quotient(call: Call, operands: list[Unit]) -> Unit | Problem:
    """a / b, or something in the same unit instead."""
    quotient = times(operands[0], operands[1], -1)
    if len(operands) == 2:
        return quotient
    nodes = [Binary("/", call.arguments[0], call.arguments[1]), call.arguments[2]]
    return _common(call, nodes, [quotient, operands[2]], f"go together in `{call.function}`")


def _alike(call: Call, operands: Sequence[tuple[Argument, Unit]], group: int) -> Unit | Problem | None:
    """The one unit of the arguments of a group; None where it has none."""
    some = [i for i, (a, _) in enumerate(operands) if a.group == group and a.sort in _HAVE_UNITS]
    if not some:
        return None
    nodes, units = [call.arguments[i] for i in some], [operands[i][1] for i in some]
    return _common(call, nodes, units, f"go together in `{call.function}`")


def _pure_only(call: Call, unit: Unit) -> Unit | Problem:
    if unit.sort == "known" and not same_dimension(unit, Unit()):
        hint = "Divide by something in the same unit first."
        return Problem(f"`{call.function}` takes a pure number, and this is in {unit}.", call.arguments[0].span, hint)
    return unit if unit.sort != "known" else Unit((), None)


def _common(user: Node, nodes: Sequence[Node], units: Sequence[Unit], doing: str) -> Unit | Problem:
    """The one unit of several operands, or the problem with the first that differs."""
    best, chosen = nodes[0], units[0]
    for node, unit in zip(nodes[1:], units[1:], strict=True):
        if chosen.sort != "known" or unit.sort != "known":
            if chosen.sort == "written" or (chosen.sort == "unknown" and unit.sort == "known"):
                best, chosen = node, unit
            continue
        if not same_dimension(chosen, unit) or ratio_of(chosen, unit) not in (None, 1):
            return Problem(
                f"{_shown(best)} is in {chosen} and {_shown(node)} in {unit}: they cannot {doing}.",
                user.span if len(nodes) == 2 else node.span,
                _hint(best, chosen, node, unit),
            )
        if chosen.multiple is None or len(unit.powers) < len(chosen.powers):
            best, chosen = node, unit
    return chosen


def _hint(left: Node, ours: Unit, right: Node, theirs: Unit) -> str:
    if same_dimension(ours, theirs):
        factor = ratio_of(ours, theirs) or Fraction(1)
        node, factor = (left, factor) if factor > 1 else (right, 1 / factor)
        return f"First {rescale(factor)}: {_bracketed(node)} * {_written(factor)}."
    ours_money, theirs_money = ours.currencies, theirs.currencies
    if ours_money and theirs_money and ours_money != theirs_money:
        one, other = min(ours_money - theirs_money or ours_money), min(theirs_money - ours_money or theirs_money)
        return f"Convert first: multiply by an exchange rate in {one}/{other}."
    return "Correct the formula, or the unit of one of them."


def _shown(node: Node) -> str:
    text = write(node)
    return f"`{text.strip('`')}`" if len(text) <= _LONGEST_SHOWN else f"`{text[:_LONGEST_SHOWN]}…`"


def _written(factor: Fraction) -> str:
    return f"{factor}" if factor.denominator == 1 else f"({factor})"


def _bracketed(node: Node) -> str:
    text = write(node)
    return text if isinstance(node, Name | Number | Call) else f"({text})"
