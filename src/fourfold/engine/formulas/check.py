"""What the grammar cannot say: limits, known functions with their arguments, numbers where numbers belong."""

from __future__ import annotations

from typing import Final

from fourfold.engine.formulas.functions import ELSEWHERE, FUNCTIONS, Argument, Function
from fourfold.engine.formulas.problems import Problem, closest
from fourfold.engine.formulas.tree import (
    Binary,
    Call,
    Compare,
    Logic,
    Node,
    Number,
    Span,
    Unary,
    children,
    is_condition,
    walk,
    whole_number,
)

MAX_NODES: Final = 500
MAX_DEPTH: Final = 40
MAX_NUMBER: Final = 1e15
MAX_EXPONENT: Final = 4


def first_problem(tree: Node) -> Problem | None:
    """The first thing wrong with a tree in reading order, or None: limits first, then function by function."""
    nodes = list(walk(tree))
    if len(nodes) > MAX_NODES:
        return Problem(
            f"The formula has {len(nodes)} parts; {MAX_NODES} are allowed.",
            tree.span,
            "Give a part of it a KPI of its own and use its code here.",
        )
    if (depth := _depth(nodes)) > MAX_DEPTH:
        return Problem(
            f"The formula is nested {depth} levels deep; {MAX_DEPTH} are allowed.",
            tree.span,
            "Give a part of it a KPI of its own and use its code here.",
        )
    for node in nodes:
        if problem := _problem(node):
            return problem
    return _not_a_number(tree, "The formula") if is_condition(tree) else None


def _depth(nodes: list[Node]) -> int:
    """Levels of nesting; a chain such as a + b + c counts as one level."""
    depths: list[int] = []
    for node in nodes:
        below = children(node)
        own = depths[len(depths) - len(below) :]
        del depths[len(depths) - len(below) :]
        chain = isinstance(node, Binary) and isinstance(node.left, Binary)
        depths.append(max((d + (not (chain and i == 0)) for i, d in enumerate(own)), default=1))
    return depths[0]


def _problem(node: Node) -> Problem | None:
    match node:
        case Number(value) if not value <= MAX_NUMBER:
            return Problem("This number is too large; 1e15 is the largest.", node.span)
        case Binary("^", _, power):
            exponent = whole_number(power)
            if exponent is None or abs(exponent) > MAX_EXPONENT:
                return Problem(
                    f"The exponent must be a whole number from −{MAX_EXPONENT} to {MAX_EXPONENT}.", power.span
                )
            return _first_condition((node.left,), "^")
        case Unary():
            return _first_condition(children(node), "-")
        case Binary(operator) | Compare(operator):
            return _first_condition(children(node), operator)
        case Logic(operator):
            wrong = next((n for n in node.operands if not is_condition(n)), None)
            return _not_a_condition(wrong, f"`{operator}`") if wrong else None
        case Call():
            return _call_problem(node)
    return None


def _call_problem(call: Call) -> Problem | None:
    function = FUNCTIONS.get(call.function)
    if function is None:
        return _unknown_function(call)
    least, most = function.arity
    count = len(call.arguments)
    if count < least or (most is not None and count > most):
        return Problem(
            f"`{function.name}` takes {_arity(least, most)}, here it has {count}.",
            call.span,
            f"It is {function.signature}.",
        )
    for index, argument in enumerate(call.arguments):
        if problem := _argument_problem(function, function.argument(index), argument):
            return problem
    return None


def _argument_problem(function: Function, sort: Argument, argument: Node) -> Problem | None:
    if sort is Argument.CONDITION:
        return None if is_condition(argument) else _not_a_condition(argument, f"`{function.name}`")
    if sort is Argument.WHOLE:
        low, high = function.whole
        number = whole_number(argument)
        if number is None or not low <= number <= high:
            return Problem(
                f"The n of `{function.name}` must be written as a whole number from {_signed(low)} to {high}.",
                argument.span,
                f"It is {function.signature}.",
            )
        return None
    return _first_condition((argument,), function.name)


def _unknown_function(call: Call) -> Problem:
    if other := ELSEWHERE.get(call.function.lower()):
        hint = f"Write {other}."
    elif near := closest(call.function, FUNCTIONS):
        hint = f"Did you mean `{near}`?"
    else:
        hint = f"The functions are {', '.join(sorted(FUNCTIONS))}."
    name = Span(call.span.start, call.span.start + len(call.function))
    return Problem(f"There is no function `{call.function}`.", name, hint)


def _first_condition(operands: tuple[Node, ...], user: str) -> Problem | None:
    wrong = next((n for n in operands if is_condition(n)), None)
    return _not_a_number(wrong, f"`{user}`") if wrong else None


def _not_a_number(node: Node, user: str) -> Problem:
    needs = "must give a number" if user == "The formula" else "needs numbers"
    return Problem(
        f"{user} {needs}, and this is a condition, true or false.", node.span, "Write if(condition, 1, 0) to count it."
    )


def _not_a_condition(node: Node, user: str) -> Problem:
    return Problem(
        f"{user} needs a condition, and this is a number.", node.span, "Compare it with something, for example `x > 0`."
    )


def _arity(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} or more arguments"
    if least == most:
        return f"{least} argument{'s' * (least != 1)}"
    return f"{least} to {most} arguments"


def _signed(number: int) -> str:
    return str(number).replace("-", "−")
