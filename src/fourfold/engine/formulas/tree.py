"""A formula as a frozen tree. Two trees are equal when they say the same, wherever it stands in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of offsets in the formula text."""

    start: int
    end: int


NOWHERE = Span(0, 0)
BinaryOperator: TypeAlias = Literal["+", "-", "*", "/", "%", "^"]
CompareOperator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
LogicOperator: TypeAlias = Literal["and", "or", "not"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; negative only as the exponent of `^`."""

    value: float
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """The code of a KPI or input."""

    code: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes, as an argument of a function that takes one."""

    value: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """A minus sign."""

    operand: Node
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic; the right side of `^` is a whole `Number`."""

    operator: BinaryOperator
    left: Node
    right: Node
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two numbers: a condition."""

    operator: CompareOperator
    left: Node
    right: Node
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by `and` or `or`, or one condition under `not`."""

    operator: LogicOperator
    operands: tuple[Node, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Node: TypeAlias = Number | Name | Text | Unary | Binary | Compare | Logic | Call


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, left to right."""
    match node:
        case Number() | Name() | Text():
            return ()
        case Unary():
            return (node.operand,)
        case Binary() | Compare():
            return (node.left, node.right)
        case Logic():
            return node.operands
        case Call():
            return node.arguments


def walk(tree: Node) -> Iterator[Node]:
    """Every node, operands before what uses them; a loop, so that a long sum cannot exhaust the stack.

    >>> [type(n).__name__ for n in walk(Binary("+", Name("a"), Number(1)))]
    ['Name', 'Number', 'Binary']
    """
    order: list[Node] = []
    waiting: list[Node] = [tree]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(children(node))
    return reversed(order)


def whole_number(node: Node) -> int | None:
    """The whole number that is written here, perhaps with a minus sign; None for anything else."""
    sign = 1
    if isinstance(node, Unary):
        sign, node = -1, node.operand
    return sign * int(node.value) if isinstance(node, Number) and node.value.is_integer() else None
