"""Which codes a formula uses, which of them nobody knows, and the order in which formulas must be computed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from fourfold.engine.formulas.problems import FormulaCycle, Problem, closest
from fourfold.engine.formulas.tree import Name, Node, walk
from fourfold.engine.formulas.write import write_name


def references(tree: Node) -> frozenset[str]:
    """The codes of the KPIs and inputs a formula uses."""
    return frozenset(node.code for node in walk(tree) if isinstance(node, Name))


def unknown_names(tree: Node, known: Collection[str]) -> list[Problem]:
    """One problem for each place with a code that is not among `known`, with the nearest known one."""
    return [
        Problem(f"There is no KPI or input `{node.code}`.", node.span, _suggestion(node.code, known))
        for node in walk(tree)
        if isinstance(node, Name) and node.code not in known
    ]


def calculation_order(uses: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Every code in `uses` once, each after the codes its formula uses; the same input gives the same order.

    `uses` maps a computed KPI to what its formula references; codes that are no key (measured KPIs) are left out.
    Raises `FormulaCycle` with the path when formulas use one another in a circle.

    >>> calculation_order({"margin": ["profit", "revenue"], "profit": ["revenue", "cost"]})
    ('profit', 'margin')
    """
    sorter = TopologicalSorter({code: sorted(set(used)) for code, used in sorted(uses.items())})
    try:
        return tuple(code for code in sorter.static_order() if code in uses)
    except CycleError as error:
        raise FormulaCycle(_cycle_path(error.args[1])) from None


def _cycle_path(circle: list[str]) -> tuple[str, ...]:
    """graphlib gives "is used by", closed; people read "uses", and the circle begins at its first code."""
    ring = circle[:0:-1]
    start = ring.index(min(ring))
    return (*ring[start:], *ring[:start], ring[start])


def _suggestion(code: str, known: Collection[str]) -> str:
    hyphenated = sorted(k for k in known if k.startswith(f"{code}-"))
    if hyphenated:
        return f"A code with a hyphen stands in backticks: {write_name(hyphenated[0])}."
    near = closest(code, known)
    return f"Did you mean {write_name(near)}?" if near else "Define it, or correct the code; codes are case-sensitive."
