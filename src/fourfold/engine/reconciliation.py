"""Whether the figures and targets of a unit are what those of the units below it make together (methodology §1.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np

from fourfold.engine.aggregation import AggUnits
from fourfold.engine.cascade import MOST_OVER, TOLERANCE, agrees
from fourfold.engine.cells import Bools, Floats, State
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.former_trees import eras
from fourfold.engine.results import Results
from fourfold.engine.rows import unit_tree


class _Family(NamedTuple):
    """A KPI, a unit and the units below it that have the KPI."""

    kpi: Kpi
    row: int
    unit: int
    children: tuple[int, ...]


#: KPIs and units by code.
Pairs = Collection[tuple[str, str]]


def reconcile_values(
    definitions: Definitions, results: Results, *, only: Pairs | None = None, absolute: float = 0.0,
    relative: float = TOLERANCE,
) -> tuple[Finding, ...]:  # fmt: skip
    """A word for each KPI and unit whose figure is not what its units make together, with its last such period.

    Flows and stocks add up, ratios are ΣN/ΣD; other KPIs are not asked. A period in which a unit below has no figure
    is left out. Where the engine rolled a figure up the two agree, so this tells of figures reported at both levels.
    `only` names the KPIs and units to look at, all without it.
    """
    found, known = [], _since_moves(definitions, results)
    for family in _families(definitions, results, only):
        assert results.value is not None
        below = _together(results, family)
        above = np.where(known, results.value[family.row, family.unit], np.nan)
        close, told = agrees(above, below, absolute=absolute, relative=relative)
        if (told & ~close).any():
            p = int(np.flatnonzero(told & ~close)[-1])
            unit, kpi = results.units[family.unit], family.kpi.code
            message = (
                f"KPI {kpi} of unit {unit} is {above[p]:.6g} in {results.periods[p].label}, and the units below make "
                f"{below[p]:.6g}."
            )
            fix = "Correct one of the figures, or let the upper one be rolled up by reporting only the lower ones."
            found.append(Finding("CASCADE-VALUES", Level.WARNING, Place(thing=f"kpi:{kpi}@{unit}"), message, fix))
    return tuple(found)


def reconcile_targets(definitions: Definitions, results: Results, *, only: Pairs | None = None) -> tuple[Finding, ...]:
    """A word for each KPI and unit whose target is not that of its units: their sum where it adds up, else the same.

    Additive targets may be over-allocated up to 1.20, which is shown as information. For ratios, where units may
    share a target by their weights, only one that no unit below comes near is told: all easier, or all harder.
    Looks at the last period in which all of them have a target. `only` as in `reconcile_values`.
    """
    target = results.target
    if target is None:
        return ()
    found: list[Finding] = []
    today = _since_moves(definitions, results)
    for family in _families(definitions, results, only):
        above, below = target[family.row, family.unit], target[family.row, list(family.children)]
        known = np.flatnonzero(today & np.isfinite(above) & np.isfinite(below).all(axis=0))
        if len(known):
            p = int(known[-1])
            place = Place(thing=f"kpi:{family.kpi.code}@{results.units[family.unit]}")
            period = results.periods[p].label
            said = _added if family.kpi.aggregate_units is AggUnits.SUM else _between
            found += said(float(above[p]), below[:, p], place, period)
    return tuple(found)


def _added(above: float, below: Floats, place: Place, period: str) -> Iterator[Finding]:
    total = float(below.sum())
    if bool(agrees(above, total)[0]):
        return
    over = total / above if above else np.inf
    if 1 < over <= float(MOST_OVER) * (1 + 1e-9):
        message = f"The targets of {period} below add up to {total:.6g}, {over:.2f} times the one above, {above:.6g}."
        fix = "This is an over-allocation within the allowed 1.20; show it, or share the target out exactly."
        yield Finding("CASCADE-TARGETS", Level.INFO, place, message, fix)
    else:
        message = f"The targets of {period} below add up to {total:.6g}, and the one above is {above:.6g}."
        yield Finding("CASCADE-TARGETS", Level.WARNING, place, message, "Share the target above out again.")


def _between(above: float, below: Floats, place: Place, period: str) -> Iterator[Finding]:
    low, high = float(below.min()), float(below.max())
    near = agrees(np.full(2, above), np.array([low, high]))[0]
    if not near.any() and not low <= above <= high:
        message = f"The target of {period}, {above:.6g}, lies outside those below, {low:.6g} to {high:.6g}."
        fix = "Whatever their sizes, the units cannot together reach this target by reaching theirs: change one."
        yield Finding("CASCADE-TARGETS", Level.WARNING, place, message, fix)


def _families(definitions: Definitions, results: Results, only: Pairs | None) -> Iterator[_Family]:
    tree, rows = unit_tree(definitions), results.index
    asked = None if only is None else {code for code, _ in only}
    for kpi in definitions.kpis:
        row = rows.get(f"kpi:{kpi.code}") if asked is None or kpi.code in asked else None
        if row is None or kpi.aggregate_units not in (AggUnits.SUM, AggUnits.WEIGHTED_RATIO):
            continue
        for unit, below in tree.bottom_up:
            if only is not None and (kpi.code, tree.codes[unit]) not in only:
                continue
            has = tuple(int(c) for c in below if definitions.applies(kpi, tree.codes[int(c)]))
            if has and definitions.applies(kpi, tree.codes[unit]):
                yield _Family(kpi, row, unit, has)


def _since_moves(definitions: Definitions, results: Results) -> Bools:
    """The periods in which units were where they are today, `(period,)`: of others the units below are others."""
    since = eras(definitions)[-1].since
    return np.array([period.start >= since for period in results.periods], dtype=np.bool_)


def _together(results: Results, family: _Family) -> Floats:
    """What the children make together, `(period,)`; NaN where one of them has no figure or no parts."""
    assert results.value is not None and results.state is not None
    children = list(family.children)
    here = results.state[family.row, children]
    known = ((here == State.NUMBER) | (here == State.NOT_APPLICABLE)).all(axis=0)
    if family.kpi.aggregate_units is AggUnits.SUM:
        total = np.where(here == State.NUMBER, results.value[family.row, children], 0.0).sum(axis=0)
    elif results.numerator is None or results.denominator is None:
        return np.full(known.shape, np.nan)
    else:
        top, bottom = (
            np.where(here == State.NUMBER, part[family.row, children], 0.0).sum(axis=0)
            for part in (results.numerator, results.denominator)
        )
        total = float(family.kpi.factor) * np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom != 0)
    return np.asarray(np.where(known & (here == State.NUMBER).any(axis=0), total, np.nan))
