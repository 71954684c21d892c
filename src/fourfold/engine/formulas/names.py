"""Which codes a formula uses, which of them nobody knows, and the order in which formulas must be computed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

from fourfold.engine.formulas.function import FUNCTIONS, Sort
from fourfold.engine.formulas.problems import FormulaCycle, Problem, closest
from fourfold.engine.formulas.tree import Call, Name, Node, children, walk
from fourfold.engine.formulas.write import write_name

#: Functions of the calendar whose answer is another one for each unit.
OF_UNITS: Final = ("business_days", "hours_in_period")


def references(tree: Node) -> frozenset[str]:
    """The codes of all KPIs and inputs a formula names."""
    return frozenset(node.code for node in walk(tree) if isinstance(node, Name))


def figures_of(tree: Node) -> frozenset[str]:
    """The codes whose figures a formula uses; not those of which it only asks the target or the like."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name):
            found.add(node.code)
        elif not (isinstance(node, Call) and _looks_up(node)):
            waiting.extend(children(node))
    return frozenset(found)


def lookups(tree: Node) -> frozenset[tuple[str, str]]:
    """What a formula asks for besides figures: (function, code), such as ("target", "revenue").

    The code is empty for what units have and not KPIs (`OF_UNITS`).
    """
    calls = [node for node in walk(tree) if isinstance(node, Call)]
    of_kpis = ((c.function, name.code) for c in calls if _looks_up(c) for name in c.arguments if isinstance(name, Name))
    return frozenset((*of_kpis, *((c.function, "") for c in calls if c.function in OF_UNITS)))


def looks_at_other_units(tree: Node) -> bool:
    """True when a figure of one unit can change what the formula gives in another."""
    families = {FUNCTIONS[node.function].family for node in walk(tree) if isinstance(node, Call)}
    return "other_units" in families


def _looks_up(call: Call) -> bool:
    return any(argument.sort is Sort.KPI for argument in FUNCTIONS[call.function].head)


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
