"""A tree as text again, with no more brackets than it needs: `parse(write(tree)) == tree`."""

from __future__ import annotations

import re
from typing import Final

from fourfold.engine.formulas.tree import Binary, Call, Compare, Logic, Name, Node, Number, Text, Unary, children, walk

_PLAIN: Final = re.compile(r"(?!(?:and|or|not)\Z)[A-Za-z_][A-Za-z0-9_.]*\Z")
#: How tightly each operator binds; the higher one needs no brackets inside the lower one.
_TIGHTNESS: Final = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "^": 8}
_COMPARE: Final = 4
_SIGN: Final = 7
_ATOM: Final = 9


def write(tree: Node) -> str:
    """The formula as one line of text.

    >>> write(Binary("*", Binary("-", Name("net-sales"), Name("cost")), Number(100.0)))
    '(`net-sales` - cost) * 100'
    """
    stack: list[tuple[str, int]] = []
    for node in walk(tree):
        count = len(children(node))
        operands = stack[len(stack) - count :]
        del stack[len(stack) - count :]
        stack.append(_write(node, operands))
    ((text, _),) = stack
    return text


def write_name(code: str) -> str:
    """A code as it stands in a formula: in backticks when it is not a plain word."""
    return code if _PLAIN.match(code) else f"`{code}`"


def _write(node: Node, operands: list[tuple[str, int]]) -> tuple[str, int]:
    match node:
        case Number(value):
            return (str(int(value)) if value.is_integer() else repr(value)), _ATOM
        case Name(code):
            return write_name(code), _ATOM
        case Text(value):
            return f'"{value}"', _ATOM
        case Unary():
            (signed,) = operands
            return f"-{_within(signed, _SIGN)}", _SIGN
        case Binary(operator):
            tight = _TIGHTNESS[operator]
            left = tight + 1 if operator == "^" else tight
            space = "" if operator == "^" else " "
            return f"{_within(operands[0], left)}{space}{operator}{space}{_within(operands[1], tight + 1)}", tight
        case Compare(operator):  # of figures, which bind more tightly: conditions cannot be compared
            return f" {operator} ".join(text for text, _ in operands), _COMPARE
        case Logic("not"):
            (denied,) = operands
            return f"not {_within(denied, _TIGHTNESS['not'])}", _TIGHTNESS["not"]
        case Logic(operator):
            tight = _TIGHTNESS[operator]
            return f" {operator} ".join(_within(side, tight + 1) for side in operands), tight
        case Call(function):
            return f"{function}({', '.join(text for text, _ in operands)})", _ATOM


def _within(operand: tuple[str, int], tightness: int) -> str:
    text, own = operand
    return text if own >= tightness else f"({text})"
