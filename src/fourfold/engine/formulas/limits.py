"""How large a formula may be, so that one from anybody is safe to read and to compute (reliability.md, C14)."""

from __future__ import annotations

from typing import Final

from fourfold.engine.formulas.functions import FUNCTIONS
from fourfold.engine.formulas.problems import Problem
from fourfold.engine.formulas.tree import Binary, Call, Node, children, whole_number

MAX_NODES: Final = 500
MAX_DEPTH: Final = 40
MAX_NUMBER: Final = 1e15
MAX_EXPONENT: Final = 4
#: The work of a formula for each figure, where an addition is 1: a quarter of a second for 100,000 figures.
MAX_WORK: Final = 600
_SPLIT: Final = "Give a part of it a KPI of its own and use its code here."


def too_large(nodes: list[Node]) -> Problem | None:
    """The formula (nodes as `walk` gives them, itself last) has too many parts or too many levels."""
    tree = nodes[-1]
    if len(nodes) > MAX_NODES:
        return Problem(f"The formula has {len(nodes)} parts; {MAX_NODES} are allowed.", tree.span, _SPLIT)
    if (depth := _depth(nodes)) > MAX_DEPTH:
        return Problem(f"The formula is nested {depth} levels deep; {MAX_DEPTH} are allowed.", tree.span, _SPLIT)
    return None


def too_long(nodes: list[Node]) -> Problem | None:
    """Computing the formula would take too long; it points at the call that takes longest."""
    calls = [(work(node), node) for node in nodes if isinstance(node, Call)]
    total = len(nodes) + sum(amount for amount, _ in calls)
    if total <= MAX_WORK:
        return None
    most, longest = max(calls, key=lambda pair: pair[0])
    assert isinstance(longest, Call)
    message = f"Each figure of the formula takes {total:,} steps to compute; {MAX_WORK:,} are allowed."
    hint = f"`{longest.function}` alone takes {most:,}: use it less often, or look back less far."
    return Problem(message, longest.span, hint)


def work(call: Call) -> int:
    """How many additions a call is worth, for each figure: windows cost their length."""
    function = FUNCTIONS[call.function]
    windows = [whole_number(node) or 0 for node in call.arguments[1:]] if function.family == "rolling" else []
    return function.cost * max([len(call.arguments), *windows])


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
