"""How the objectives of a unit are carried by the units below, with the score of each in the period shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from fourfold.engine.alignment import objectives_of
from fourfold.engine.cascaded import carried
from fourfold.engine.definitions import Definitions, Objective
from fourfold.records.queries.alignment import Cells, compared_cells
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import UnitPlace
from fourfold.records.queries.window import Cell

#: So many objectives and units directly below are shown.
MOST_OBJECTIVES, MOST_UNITS = 40, 12
_LEVELS: Final = 3


class Carrier(NamedTuple):
    """An objective in a unit with its result, and who carries it below; `lacking` are the units below that do not.

    `how` is `identical`, `contributory` or `new`; empty for the objective at the top.
    """

    objective: Objective
    unit: UnitPlace
    cell: Cell | None
    how: str
    below: tuple[Carrier, ...]
    lacking: tuple[UnitPlace, ...]


def carriers_of(scope: Scope) -> tuple[Carrier, ...]:
    """One statement: the objectives of the unit that are shown, each with its carriers. Empty without units below."""
    if not scope.below() or scope.structure.strategy is None:
        return ()
    shown = scope.structure.shown
    own = objectives_of(shown, scope.unit.code)[:MOST_OBJECTIVES]
    bare = tuple(_carrier(scope, shown, o, scope.unit, "", 1) for o in own)
    units = {c.unit.pk: c.unit for top in bare for c in _all(top)}
    cells = compared_cells(scope, "objective", tuple(units.values()))
    return tuple(_filled(each, cells) for each in bare)


def _carrier(
    scope: Scope, shown: Definitions, objective: Objective, unit: UnitPlace, how: str, level: int
) -> Carrier:
    """The objective in the unit with its carriers, level by level, without results."""
    found: list[Carrier] = []
    lacking: list[UnitPlace] = []
    units = scope.below(unit)[:MOST_UNITS] if level < _LEVELS else []
    for each in units:
        here = carried(shown, objective, each.code)
        own = [(o, o.cascade_type or "") for o in here.own]
        if here.has:
            own.insert(0, (objective, "identical"))
        found += [_carrier(scope, shown, o, each, way, level + 1) for o, way in own]
        if not own:
            lacking.append(each)
    return Carrier(objective, unit, None, how, tuple(found), tuple(lacking))


def _all(carrier: Carrier) -> Iterator[Carrier]:
    yield carrier
    for each in carrier.below:
        yield from _all(each)


def _filled(carrier: Carrier, cells: Cells) -> Carrier:
    found = cells.get((carrier.unit.pk, carrier.objective.code))
    below = tuple(_filled(each, cells) for each in carrier.below)
    return carrier._replace(cell=None if found is None else found.now, below=below)
