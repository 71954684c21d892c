"""Drivers of a formula that is neither a product nor a sum: moved together until the outcome is the goal.

Each driver is multiplied by a power of one common factor: its share, with the sign of its effect. Of a product that is
the split of methodology §4.2, 4; of any other formula it is the same way through the figures, and the outcome is met
exactly. It is no answer where a driver's effect turns on that way, since then more of it does not mean more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from fourfold.engine.formulas import Node
from fourfold.engine.formulas.tree import Binary, Name, Number, Unary

#: A value, and what it changes by for each driver (the gradient).
Dual: TypeAlias = tuple[float, dict[str, float]]
#: The drivers so far on their way.
_Path: TypeAlias = Callable[[float], dict[str, float]]
#: No driver is multiplied or divided by more than this much.
FARTHEST: Final = math.log(1e3)
_LOOKS: Final = 64  # places on the way at which the effects are looked at
_HALVINGS: Final = 200


def names_of(node: Node) -> Iterator[str]:
    """The drivers a formula of arithmetic names, in order; raises `ValueError` for anything but arithmetic."""
    match node:
        case Name(code=code):
            yield code
        case Number():
            return
        case Unary(operand=operand):
            yield from names_of(operand)
        case Binary(operator="+" | "-" | "*" | "/" | "^", left=left, right=right):
            yield from names_of(left)
            yield from names_of(right)
        case _:
            raise ValueError("no arithmetic")


def dual(node: Node, figures: Mapping[str, float]) -> Dual:
    """The value of a formula and its gradient; NaN where it divides by zero.

    >>> from fourfold.engine.formulas import parse
    >>> dual(parse("(price - cost) * pieces"), {"price": 5.0, "cost": 3.0, "pieces": 10.0})
    (20.0, {'price': 10.0, 'cost': -10.0, 'pieces': 2.0})
    """
    match node:
        case Name(code=code):
            return figures[code], {code: 1.0}
        case Number(value=value):
            return value, {}
        case Unary(operand=operand):
            value, slope = dual(operand, figures)
            return -value, _scaled(slope, -1.0)
        case Binary(operator=operator, left=left, right=right):
            (a, da), (b, db) = dual(left, figures), dual(right, figures)
            if operator in ("+", "-"):
                sign = 1.0 if operator == "+" else -1.0
                return a + sign * b, _sum(da, _scaled(db, sign))
            if operator == "*":
                return a * b, _sum(_scaled(da, b), _scaled(db, a))
            if operator == "/" and b:
                return a / b, _sum(_scaled(da, 1 / b), _scaled(db, -a / (b * b)))
            if operator == "^" and (a or b >= 1):
                return a**b, _scaled(da, b * a ** (b - 1))
    return math.nan, {}


def moved_to(node: Node, drivers: Mapping[str, float], goal: float, shares: Sequence[float]) -> list[float] | None:
    """What each driver must become for the formula to give the goal; None where no such way is there.

    `shares` are in the order of `drivers`. Drivers that bear a share must be above zero.

    >>> from fourfold.engine.formulas import parse
    >>> found = moved_to(parse("(price - cost) * pieces"), {"price": 5.0, "cost": 3.0, "pieces": 10.0}, 40.0, [1, 0, 0])
    >>> [round(x, 6) for x in found]
    [7.0, 3.0, 10.0]
    """
    now, slope = dual(node, drivers)
    bears = dict(zip(drivers, shares, strict=True))
    if not math.isfinite(now) or any(share > 0 and drivers[code] <= 0 for code, share in bears.items()):
        return None
    powers = {code: share * math.copysign(1.0, slope.get(code, 0.0)) for code, share in bears.items()}
    if any(share > 0 and not slope.get(code, 0.0) for code, share in bears.items()):
        return None

    def at(way: float) -> dict[str, float]:
        return {code: figure * math.exp(way * powers[code]) for code, figure in drivers.items()}

    if (way := _way(node, at, now, goal, FARTHEST / max(shares))) is None:
        return None
    for i in range(1, _LOOKS + 1):
        _, there = dual(node, at(way * i / _LOOKS))
        if any(power * there.get(code, 0.0) < 0 for code, power in powers.items()):
            return None
    return list(at(way).values())


def _way(node: Node, at: _Path, now: float, goal: float, most: float) -> float | None:
    """How far to go for the goal: by doubling until it lies behind, then by halves; None where it is too far."""
    side = 1.0 if goal > now else -1.0
    if goal == now:
        return 0.0

    def short(way: float) -> bool:
        there = dual(node, at(side * way))[0]
        return side * (goal - there) > 0 if math.isfinite(there) else False

    far = 1.0 / 64
    while short(far):
        if far >= most:
            return None
        far = min(2 * far, most)
    near = 0.0
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        near, far = (middle, far) if short(middle) else (near, middle)
    reached = dual(node, at(side * far))[0]
    return side * far if math.isclose(reached, goal, rel_tol=1e-9, abs_tol=1e-12) else None


def _scaled(slope: Mapping[str, float], by: float) -> dict[str, float]:
    return {code: by * x for code, x in slope.items()}


def _sum(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {code: one.get(code, 0.0) + other.get(code, 0.0) for code in dict.fromkeys((*one, *other))}
