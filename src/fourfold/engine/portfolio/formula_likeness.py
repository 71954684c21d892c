"""Formulas in one spelling, so that two that say the same are seen to be the same (methodology §8.1)."""

from __future__ import annotations

from dataclasses import dataclass

from fourfold.engine.definitions import Kpi
from fourfold.engine.formulas import Node, parse, references, write
from fourfold.engine.formulas.tree import Binary, children, walk
from fourfold.engine.groups import formulas_of


@dataclass(frozen=True, slots=True)
class Canonical:
    """A formula in one spelling and the KPIs it uses; both empty for a measured KPI."""

    text: str = ""
    inputs: frozenset[str] = frozenset()


def canonical(kpi: Kpi) -> Canonical:
    """The formula of a KPI with the terms of sums and products in order; a ratio is its two formulas and its factor."""
    texts = formulas_of(kpi)
    if not texts:
        return Canonical()
    trees = [parse(t) for t in texts]
    spelled = " / ".join(f"({spelling(t)})" for t in trees)
    factor = f"{kpi.factor.normalize()} × " if len(texts) == 2 else ""
    return Canonical(factor + spelled, frozenset().union(*(references(t) for t in trees)))


def shared_side(kpi: Kpi) -> dict[str, str]:
    """Numerator and denominator in one spelling, of a ratio or of a formula that divides; empty for others."""
    texts = formulas_of(kpi)
    if len(texts) == 2:
        return {"numerator": spelling(parse(texts[0])), "denominator": spelling(parse(texts[1]))}
    if len(texts) == 1:
        tree = parse(texts[0])
        if isinstance(tree, Binary) and tree.operator == "/":
            return {"numerator": spelling(tree.left), "denominator": spelling(tree.right)}
    return {}


def spelling(tree: Node) -> str:
    """A formula as text with the terms of each sum and the factors of each product in alphabetical order.

    >>> spelling(parse("b + a * 2 + c")) == spelling(parse("c + (2 * a + b)"))
    True
    >>> spelling(parse("a - b")) == spelling(parse("b - a"))
    False
    """
    stack: list[tuple[str, tuple[str, ...]]] = []  # operator of a chain, its terms
    for node in walk(tree):
        count = len(children(node))
        operands = stack[len(stack) - count :]
        del stack[len(stack) - count :]
        if isinstance(node, Binary) and node.operator in ("+", "*"):
            terms = [t for own, parts in operands for t in (parts if own == node.operator else (_text(own, parts),))]
            stack.append((node.operator, tuple(sorted(terms))))
        elif count:
            name = getattr(node, "operator", getattr(node, "function", "-"))
            stack.append(("", (f"{name}({', '.join(_text(own, parts) for own, parts in operands)})",)))
        else:
            stack.append(("", (write(node),)))
    ((operator, parts),) = stack
    return _text(operator, parts)


def _text(operator: str, parts: tuple[str, ...]) -> str:
    return f"({f' {operator} '.join(parts)})" if operator else parts[0]
