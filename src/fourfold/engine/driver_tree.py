"""What drives a computed KPI: the factors of a product or the terms of a sum in its formula (methodology §4.2, 4)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fourfold.engine.definitions import Kpi
from fourfold.engine.formulas import FormulaError, Node, parse
from fourfold.engine.formulas.tree import Binary, Name, Number, Unary
from fourfold.engine.mixed_drivers import dual, moved_to, names_of


class Shape(StrEnum):
    """How drivers make the outcome."""

    PRODUCT = "product"
    SUM = "sum"
    MIXED = "mixed"  # any other arithmetic, such as a sum of products


@dataclass(frozen=True, slots=True)
class DriverTree:
    """The drivers by code, each with 1 or −1: multiplied or divided by, added or subtracted; and what is constant.

    Of a mixed formula there is the `formula` itself, and the sign says nothing.
    """

    shape: Shape
    drivers: tuple[tuple[str, int], ...]
    constant: float
    formula: str = ""

    def parts(self, values: Sequence[float]) -> list[float]:
        """What each driver contributes with these values: its factor, or its term."""
        pairs = zip(values, self.drivers, strict=True)
        if self.shape is Shape.SUM:
            return [value * sign for value, (_, sign) in pairs]
        return [value if sign > 0 else 1.0 / value if value else math.nan for value, (_, sign) in pairs]

    def outcome(self, values: Sequence[float]) -> float:
        """The figure that these values of the drivers make."""
        if self.shape is Shape.MIXED:
            return dual(parse(self.formula), self._named(values))[0]
        parts = self.parts(values)
        return math.fsum([self.constant, *parts]) if self.shape is Shape.SUM else math.prod([self.constant, *parts])

    def moved_to(self, values: Sequence[float], goal: float, shares: Sequence[float]) -> list[float] | None:
        """What the drivers of a mixed formula become for the goal; None where no sound way is there."""
        return moved_to(parse(self.formula), self._named(values), goal, shares)

    def _named(self, values: Sequence[float]) -> dict[str, float]:
        return {code: value for (code, _), value in zip(self.drivers, values, strict=True)}


def driver_tree(kpi: Kpi) -> DriverTree | None:
    """The drivers of a KPI whose formula is arithmetic: a product or a sum of each of them once, or any other.

    A ratio computed from two formulas is its factor times one over the other. None for any other KPI.

    >>> driver_tree(Kpi(code="r", name="Revenue", formula="leads * conversion * value")).drivers
    (('leads', 1), ('conversion', 1), ('value', 1))
    """
    try:
        tree = _tree(kpi)
    except FormulaError:
        return None
    if tree is None:
        return None
    for shape, read in ((Shape.PRODUCT, _factors), (Shape.SUM, _terms)):
        found = list(read(tree, 1))
        names = [(node.code, sign) for node, sign in found if isinstance(node, Name)]
        numbers = [(node.value, sign) for node, sign in found if isinstance(node, Number)]
        if len(names) + len(numbers) == len(found) and len({code for code, _ in names}) == len(names) >= 2:
            return DriverTree(shape, tuple(names), _constant(shape, numbers))
    try:
        codes = tuple(dict.fromkeys(names_of(tree)))
    except ValueError:
        return None
    return DriverTree(Shape.MIXED, tuple((code, 1) for code in codes), 0.0, _text(kpi)) if len(codes) > 1 else None


def _text(kpi: Kpi) -> str:
    return kpi.formula if kpi.formula is not None else f"{kpi.factor} * ({kpi.numerator}) / ({kpi.denominator})"


def _tree(kpi: Kpi) -> Node | None:
    if kpi.formula is not None:
        return parse(kpi.formula)
    if kpi.numerator is None or kpi.denominator is None:
        return None
    ratio = Binary("/", parse(kpi.numerator), parse(kpi.denominator))
    return Binary("*", Number(float(kpi.factor)), ratio)


def _factors(node: Node, sign: int) -> Iterator[tuple[Node, int]]:
    if isinstance(node, Binary) and node.operator in ("*", "/"):
        yield from _factors(node.left, sign)
        yield from _factors(node.right, sign if node.operator == "*" else -sign)
    else:
        yield node, sign


def _terms(node: Node, sign: int) -> Iterator[tuple[Node, int]]:
    if isinstance(node, Binary) and node.operator in ("+", "-"):
        yield from _terms(node.left, sign)
        yield from _terms(node.right, sign if node.operator == "+" else -sign)
    elif isinstance(node, Unary):
        yield from _terms(node.operand, -sign)
    else:
        yield node, sign


def _constant(shape: Shape, numbers: Sequence[tuple[float, int]]) -> float:
    if shape is Shape.SUM:
        return math.fsum(value * sign for value, sign in numbers)
    return math.prod(value if sign > 0 else 1.0 / value if value else math.nan for value, sign in numbers)
