"""Finding KPIs, objectives, units and initiatives by a few letters of their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from fourfold.engine.definitions import Kpi
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import UnitPlace

LIMIT: Final = 12


class Found(NamedTuple):
    """One thing found: `kpi`, `objective`, `unit` or `initiative`, its name, its code, and where it can be seen."""

    noun: str
    name: str
    code: str
    unit: UnitPlace


def found_in(scope: Scope, words: str, *, limit: int = LIMIT) -> list[Found]:
    """The things whose name holds every word, those that begin with the first word first; no statement of its own.

    What it reads are the definitions of the scope's organisation and the units the person may see. A KPI that only
    units have which the person may not see is not there.
    """
    asked = words.lower().split()
    if not asked:
        return []
    hits = []
    for order, (thing, text) in enumerate(_everything(scope)):
        lower = text.lower()
        if all(word in lower for word in asked):
            hits.append((not thing.name.lower().startswith(asked[0]), order, thing))
    return [thing for _, _, thing in sorted(hits, key=lambda hit: hit[:2])[:limit]]


def _everything(scope: Scope) -> Iterator[tuple[Found, str]]:
    """Everything there is to find, with the text to look in."""
    structure, here = scope.structure, scope.unit
    for kpi in structure.kpis:
        unit = _seen_in(scope, kpi)
        if unit is not None:
            yield Found("kpi", kpi.name, kpi.code, unit), " ".join((kpi.name, kpi.code, *kpi.synonyms, *kpi.tags))
    for objective in structure.objectives:
        yield Found("objective", objective.name, objective.code, here), objective.name
    for unit in scope.units:
        yield Found("unit", unit.name, unit.code, unit), f"{unit.name} {unit.code}"
    for initiative in structure.initiatives:
        yield Found("initiative", initiative.name, initiative.code, here), initiative.name


def _seen_in(scope: Scope, kpi: Kpi) -> UnitPlace | None:
    """The unit to show a KPI for: this one, else the first the person may see that has the KPI."""
    units = (scope.unit, *scope.units)
    return next((unit for unit in units if scope.structure.applies(kpi, unit.code)), None)
