"""The strategy map: perspectives, objectives and links with their results in one period."""

from __future__ import annotations

from dataclasses import dataclass

from fourfold.engine.definitions import Initiative, Kpi, Objective, Perspective
from fourfold.engine.statuses import Status
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.window import Cell, Window, window_of


@dataclass(frozen=True, slots=True)
class ObjectiveNow:
    """An objective with its result, the one before, and its KPIs with theirs."""

    pk: int
    objective: Objective
    now: Cell | None
    before: Cell | None
    kpis: list[tuple[Kpi, Cell | None]]

    @property
    def status(self) -> Status:
        """The status now; overdue where the only reason for having no score is a figure that is not in."""
        own = self.now.status if self.now else Status.NO_DATA
        if own in (Status.NO_DATA, Status.INSUFFICIENT) and any(c and c.status is Status.OVERDUE for _, c in self.kpis):
            return Status.OVERDUE
        return own


@dataclass(frozen=True, slots=True)
class Chosen:
    """The objective in the inspector with what drives it, what it drives, and its initiatives."""

    node: ObjectiveNow
    driven_by: list[ObjectiveNow]
    drives: list[ObjectiveNow]
    initiatives: list[Initiative]


@dataclass(frozen=True)
class StrategyMap:
    """The map of one unit and period."""

    scope: Scope
    perspectives: list[tuple[Perspective, Cell | None, list[ObjectiveNow]]]
    nodes: dict[str, ObjectiveNow]

    def chosen(self, code: str | None) -> Chosen | None:
        """The objective asked for, or None."""
        node = self.nodes.get(code or "")
        if node is None:
            return None
        links = self.scope.structure.links
        return Chosen(
            node,
            driven_by=[self.nodes[x.source] for x in links if x.target == code and x.source in self.nodes],
            drives=[self.nodes[x.target] for x in links if x.source == code and x.target in self.nodes],
            initiatives=[i for i in self.scope.structure.initiatives if code in i.objectives],
        )


def strategy_map_of(scope: Scope) -> StrategyMap:
    """One statement: the results of this period and the one before."""
    window = window_of(scope, length=2)
    structure = scope.structure
    nodes = {o.code: objective_now(scope, window, o) for o in scope.objectives}
    perspectives = [
        (p, window.now(f"perspective:{p.code}"), [nodes[o.code] for o in scope.objectives_in(p.code)])
        for p in structure.perspectives
    ]
    return StrategyMap(scope, perspectives, nodes)


def objective_now(scope: Scope, window: Window, objective: Objective) -> ObjectiveNow:
    """One objective with the KPIs that apply to the unit."""
    structure, node = scope.structure, f"objective:{objective.code}"
    used = [structure.kpi[use.kpi] for use in structure.uses_of.get(objective.code, []) if use.kpi in structure.kpi]
    kpis = [(k, window.now(f"kpi:{k.code}")) for k in used if structure.applies(k, scope.unit.code)]
    pk = structure.objective_pk[objective.code]
    return ObjectiveNow(pk, objective, window.now(node), window.before(node), kpis)
