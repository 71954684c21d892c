"""Initiatives by objective, and the objectives in trouble for which nothing is planned."""

from __future__ import annotations

from dataclasses import dataclass

from fourfold.engine.definitions import Initiative, Kpi, Objective
from fourfold.engine.statuses import Status
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.strategy_map import ObjectiveNow, objective_now
from fourfold.records.queries.window import window_of


@dataclass(frozen=True)
class Initiatives:
    """Groups in the order of the objectives; an initiative of several objectives stands at the first."""

    scope: Scope
    groups: list[tuple[Objective | None, list[Initiative]]]
    uncovered: list[ObjectiveNow]

    @property
    def all(self) -> list[Initiative]:
        """All initiatives in the order shown."""
        return [i for _, items in self.groups for i in items]

    def moves(self, initiative: Initiative) -> list[Kpi]:
        """The KPIs it should move."""
        return [self.scope.structure.kpi[code] for code in initiative.kpis if code in self.scope.structure.kpi]


def initiatives_of(scope: Scope) -> Initiatives:
    """One statement: the results of this period, for the objectives that are off or near target."""
    structure = scope.structure
    by: dict[str | None, list[Initiative]] = {}
    for initiative in structure.initiatives:
        by.setdefault(next((o for o in initiative.objectives if o in structure.objective), None), []).append(initiative)
    groups: list[tuple[Objective | None, list[Initiative]]] = [
        (o, by[o.code]) for o in structure.objectives if o.code in by
    ]
    if None in by:
        groups.append((None, by[None]))
    window = window_of(scope, length=1)
    served = {code for i in structure.initiatives for code in i.objectives}
    open_ones = [objective_now(scope, window, o) for o in structure.objectives if o.code not in served]
    return Initiatives(scope, groups, [n for n in open_ones if n.status in (Status.OFF, Status.NEAR)])
