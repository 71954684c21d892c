"""One objective: its result over time, its KPIs, its causes and effects, its initiatives."""

from __future__ import annotations

from dataclasses import dataclass

from fourfold.engine.definitions import Perspective
from fourfold.errors import NotFound
from fourfold.records import models
from fourfold.records.queries.overview import KpiNow, kpis_now
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.strategy_map import Chosen, ObjectiveNow, StrategyMap, objective_now
from fourfold.records.queries.window import Cell, window_of


def find_objective(person: models.Person, pk: int) -> models.Objective:
    """The objective with this row id and its organisation. Raises `NotFound` also where the person may not see it."""
    found = models.Objective.objects.visible_to(person).select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such objective, or you may not see it.")
    return found


@dataclass(frozen=True)
class ObjectivePage:
    """An objective in one unit and period."""

    scope: Scope
    node: ObjectiveNow
    cells: list[Cell | None]
    perspective: Perspective | None
    kpis: list[KpiNow]
    around: Chosen


def objective_of(scope: Scope, code: str) -> ObjectivePage:
    """One statement: the results of the window."""
    structure = scope.structure
    if code not in structure.objective:
        raise NotFound("There is no such objective, or you may not see it.")
    window = window_of(scope)
    nodes = {o.code: objective_now(scope, window, o) for o in structure.objectives}
    node = nodes[code]
    used = {use.kpi for use in structure.uses_of.get(code, [])}
    around = StrategyMap(scope, [], nodes).chosen(code)
    assert around is not None
    return ObjectivePage(
        scope,
        node,
        window.row(f"objective:{code}"),
        next((p for p in structure.perspectives if p.code == node.objective.perspective), None),
        [k for k in kpis_now(scope, window) if k.kpi.code in used],
        around,
    )
