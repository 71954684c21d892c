"""What the grammar cannot say: known functions, the arguments they take, numbers where numbers belong."""

from __future__ import annotations

from typing import Final

from fourfold.engine.formulas.function import Argument, Function, Gives, Sort
from fourfold.engine.formulas.functions import AHEAD, ELSEWHERE, FUNCTIONS
from fourfold.engine.formulas.limits import MAX_EXPONENT, MAX_NUMBER, too_large, too_long
from fourfold.engine.formulas.problems import Problem, closest
from fourfold.engine.formulas.tree import (
    Binary,
    Call,
    Compare,
    Logic,
    Name,
    Node,
    Number,
    Span,
    Text,
    Unary,
    children,
    walk,
    whole_number,
)

_MANY_HINT: Final = "Write children(x), siblings(x) or leaves(x) there."
_AHEAD_HINT: Final = "Write the formula for the later period, and look back from there: previous(x)."


def first_problem(tree: Node) -> Problem | None:
    """The first thing wrong with a tree in reading order, or None: limits first, then function by function."""
    nodes = list(walk(tree))
    if problem := too_large(nodes):
        return problem
    for node in nodes:
        if problem := _problem(node):
            return problem
    return _not_a_number(tree, "The formula") or too_long(nodes)


def gives(node: Node) -> Gives:
    """Whether a node is a number, a condition or many numbers."""
    if isinstance(node, Compare | Logic):
        return Gives.CONDITION
    if isinstance(node, Call) and node.function in FUNCTIONS:
        return FUNCTIONS[node.function].gives
    return Gives.NUMBER


def _problem(node: Node) -> Problem | None:
    match node:
        case Number(value) if not value <= MAX_NUMBER:
            return Problem("This number is too large; 1e15 is the largest.", node.span)
        case Binary("^", left, power):
            exponent = whole_number(power)
            if exponent is None or abs(exponent) > MAX_EXPONENT:
                return Problem(
                    f"The exponent must be a whole number from −{MAX_EXPONENT} to {MAX_EXPONENT}.", power.span
                )
            return _not_a_number(left, "`^`")
        case Unary():
            return _first_not_a_number(children(node), "`-`")
        case Binary(operator) | Compare(operator):
            return _first_not_a_number(children(node), f"`{operator}`")
        case Logic(operator):
            return next((p for n in node.operands if (p := _not_a_condition(n, f"`{operator}`"))), None)
        case Call():
            return _call_problem(node)
    return None


def _call_problem(call: Call) -> Problem | None:
    function = FUNCTIONS.get(call.function)
    if function is None:
        return _unknown_function(call)
    takes = function.arguments(len(call.arguments))
    if takes is None:
        message = f"`{function.name}` takes {_arity(function)}, here it has {len(call.arguments)}."
        return Problem(message, call.span, f"It is {function.signature}.")
    for argument, node in zip(takes, call.arguments, strict=True):
        if problem := _argument_problem(function, argument, node):
            return problem
    return _several_problem(call) if Sort.SEVERAL in (a.sort for a in takes) else None


def _argument_problem(function: Function, argument: Argument, node: Node) -> Problem | None:
    user, hint = f"`{function.name}`", f"It is {function.signature}."
    match argument.sort:
        case Sort.NUMBER:
            return _not_a_number(node, user)
        case Sort.CONDITION:
            return _not_a_condition(node, user)
        case Sort.SEVERAL:
            return _not_a_number(node, user) if gives(node) is not Gives.MANY else None
        case Sort.MANY if gives(node) is not Gives.MANY:
            return Problem(f"{user} needs the numbers of several units here.", node.span, _MANY_HINT)
        case Sort.WHOLE:
            return _whole_problem(function, argument, node)
        case Sort.TEXT if not isinstance(node, Text):
            return Problem(f"{user} needs a text in quotes here.", node.span, hint)
        case Sort.TEXT if isinstance(node, Text) and argument.words and node.value not in argument.words:
            words = ", ".join(f'"{word}"' for word in argument.words)
            near = closest(node.value, argument.words)
            ask = f'Did you mean "{near}"?' if near else hint
            return Problem(f"This must be one of {words}.", node.span, ask)
        case Sort.KPI if not isinstance(node, Name):
            return Problem(f"{user} takes the code of a KPI, and nothing computed.", node.span, hint)
    return None


def _whole_problem(function: Function, argument: Argument, node: Node) -> Problem | None:
    number = whole_number(node)
    if number is not None and argument.low <= number <= argument.high:
        return None
    if number is not None and number < 0 <= argument.low:
        return Problem("A formula cannot look ahead.", node.span, _AHEAD_HINT)
    what = function.signature.partition("(")[2].rstrip(")").split(", ")[1].partition(" ")[0]
    return Problem(
        f"The {what} of `{function.name}` must be written as a whole number from {_signed(argument.low)} to "
        f"{argument.high}.",
        node.span,
        f"It is {function.signature}.",
    )


def _several_problem(call: Call) -> Problem | None:
    """Two numbers or more, or one of what gives many."""
    many = [node for node in call.arguments if gives(node) is Gives.MANY]
    if len(call.arguments) == 1 and not many:
        message = f"`{call.function}` of one number has nothing to do."
        name = call.function
        hint = f"Give it several, {name}(a, b), or the numbers of units, {name}(children(x))."
        return Problem(message, call.span, hint)
    if len(call.arguments) > 1 and many:
        message = f"`{call.function}` takes either numbers, or those of units, and not both."
        return Problem(message, many[0].span, f"Write {call.function}(…) twice and combine the results.")
    return None


def _unknown_function(call: Call) -> Problem:
    word = call.function.lower()
    name = Span(call.span.start, call.span.start + len(call.function))
    if word in AHEAD:
        return Problem("A formula cannot look ahead.", name, _AHEAD_HINT)
    if other := ELSEWHERE.get(word):
        hint = f"Write {other}."
    elif near := closest(call.function, FUNCTIONS, 0.55):
        hint = f"Did you mean `{near}`?"
    else:
        hint = "All functions are listed in docs/reference/formulas.md."
    return Problem(f"There is no function `{call.function}`.", name, hint)


def _first_not_a_number(operands: tuple[Node, ...], user: str) -> Problem | None:
    return next((problem for node in operands if (problem := _not_a_number(node, user))), None)


def _not_a_number(node: Node, user: str) -> Problem | None:
    if isinstance(node, Text):
        return Problem(f"{user} needs numbers, and this is a text.", node.span, "A code stands in backticks.")
    match gives(node):
        case Gives.CONDITION:
            needs = "must give a number" if user == "The formula" else "needs numbers"
            hint = "Write if(condition, 1, 0) to count it."
            return Problem(f"{user} {needs}, and this is a condition, true or false.", node.span, hint)
        case Gives.MANY:
            needs = "must give one number" if user == "The formula" else "needs one number at a time"
            hint = "Make one of them with sum(…), mean(…), max(…) or another statistic."
            return Problem(f"{user} {needs}, and these are those of several units.", node.span, hint)
    return None


def _not_a_condition(node: Node, user: str) -> Problem | None:
    if gives(node) is Gives.CONDITION:
        return None
    hint = "Compare it with something, for example `x > 0`."
    return Problem(f"{user} needs a condition, and this is a number.", node.span, hint)


def _arity(function: Function) -> str:
    least, most = function.arity
    if most is None:
        step = len(function.repeated)
        return f"{least} or more arguments" if step == 1 else f"{least}, {least + step}, {least + 2 * step} … arguments"
    if least == most:
        return f"{least or 'no'} argument{'s' * (least != 1)}"
    return f"{least} to {most} arguments"


def _signed(number: int) -> str:
    return str(number).replace("-", "−")
