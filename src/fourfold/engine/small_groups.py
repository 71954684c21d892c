"""Which figures about people are not shown, because the group is so small that they tell about one of them.

A group of fewer than five is hidden, in all periods and views: a year to date less the one before, or a quarter less
two of its months, would tell what a month hides. Where all but one of the figures that add up to another are shown, the
last one follows, so one more is hidden, the smallest. What is computed from a hidden figure is hidden with it.

In a tree every figure is in two sums at most, its own and that of the unit above. Where each sum has no hidden part or
two of them, each hidden one can have any value: what is added to it is taken from another, and so on to the leaves.
Source: complementary suppression in tables (Cox 1980), for the case of one tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from fourfold.engine.definitions import Definitions, Kpi, KpiUse, Objective
from fourfold.engine.former_trees import eras
from fourfold.engine.formulas import FormulaError, parse, references
from fourfold.engine.tree import UnitTree

SMALLEST: Final = 5
DENOMINATOR: Final = "denominator"  # in the place of a KPI that counts: the ratio’s own

#: By unit, the fewest people that a figure of a KPI was about in any period; None where that is not known.
Sizes = Mapping[str, float | None]


def hidden_figures(definitions: Definitions, sizes: Mapping[str, Sizes]) -> dict[str, frozenset[str]]:
    """The units in which each KPI (by code) is hidden. `sizes` holds every unit that has a figure of the KPI.

    Of KPIs that are not about people only the units count that have a figure.
    """
    inputs = {kpi.code: frozenset(_inputs(kpi)) for kpi in definitions.kpis}
    sums = [_children(era.tree) for era in eras(definitions)]  # of every tree there has been
    hidden = {
        kpi.code: {unit for unit, size in sizes.get(kpi.code, {}).items() if size is None or size < SMALLEST}
        for kpi in definitions.kpis
        if kpi.headcount is not None
    }
    before = -1
    while before != (before := sum(map(len, hidden.values()))):
        for code, named in inputs.items():
            below = set().union(*(hidden.get(other, ()) for other in named)) & sizes.get(code, {}).keys()
            if below:
                hidden.setdefault(code, set()).update(below)
        for code, units in hidden.items():
            for children in sums:
                complement(children, sizes.get(code, {}), units)
    return {code: frozenset(units) for code, units in hidden.items() if units}


def _children(tree: UnitTree) -> dict[str, list[str]]:
    below: dict[str, list[str]] = {}
    for code, parent in zip(tree.codes, tree.parent, strict=True):
        below.setdefault(tree.codes[parent] if parent >= 0 else "", []).append(code)
    return below


def complement(children: Mapping[str, Iterable[str]], sizes: Sizes, hidden: set[str]) -> None:
    """Hide more units until no sum of a unit has exactly one hidden part: of its children the one with fewest people.

    >>> hidden = {"a"}
    >>> complement({"": ["all"], "all": ["a", "b", "c"]}, {"all": 30, "a": 3, "b": 20, "c": 7}, hidden)
    >>> sorted(hidden)
    ['a', 'c']
    """
    before = -1
    while before != (before := len(hidden)):
        for parent, below in children.items():
            parts = [unit for unit in below if unit in sizes]
            if parent not in sizes or len(hidden.intersection((parent, *parts))) != 1:
                continue
            others = [unit for unit in parts if unit not in hidden] or [parent]
            hidden.add(min(others, key=lambda unit: (sizes[unit] or 0, unit)))


def nodes_above(kpis: Iterable[str], uses: Iterable[KpiUse], objectives: Iterable[Objective]) -> frozenset[str]:
    """The nodes whose score any of these KPIs is a part of, such as `objective:earn` and `scorecard`."""
    wanted = frozenset(kpis)
    served = {use.objective for use in uses if use.kpi in wanted and not use.monitor_only}
    found = {f"objective:{code}" for code in served}
    for objective in objectives:
        if objective.code in served:
            found |= {f"perspective:{objective.perspective}", *(f"theme:{theme}" for theme in objective.themes)}
    return frozenset(found | {"scorecard"} if found else found)


def _inputs(kpi: Kpi) -> Iterator[str]:
    for text in (kpi.formula, kpi.numerator, kpi.denominator):
        if text is not None:
            try:
                yield from references(parse(text))
            except FormulaError:  # the checks say so
                continue
