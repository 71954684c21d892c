"""The overview of a scorecard: result, perspectives, what needs attention, what changed, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from fourfold.engine.definitions import Initiative, Kpi, Objective, Perspective
from fourfold.engine.statuses import Status
from fourfold.records import models
from fourfold.records.queries.scope import SCORECARD, Scope
from fourfold.records.queries.window import Cell, Window, window_of

ATTENTION: Final = 6  # rows of the list of exceptions
_JUDGED: Final = (Status.OFF, Status.NEAR, Status.ON)


@dataclass(frozen=True, slots=True)
class KpiNow:
    """A KPI in the period shown and in the one before, with its share 0..1 in the whole scorecard."""

    kpi: Kpi
    now: Cell | None
    before: Cell | None
    cells: list[Cell | None]
    weight: float
    why: str = ""  # the owner's reason, when one was given for this period

    @property
    def status(self) -> Status:
        """The status now; no data where nothing was evaluated."""
        return self.now.status if self.now else Status.NO_DATA

    @property
    def gap(self) -> float:
        """Points of the whole scorecard lost to the distance from the target, 0 without a score."""
        return 0.0 if self.now is None or self.now.score is None else max(0.0, 100 - self.now.score) * self.weight

    @property
    def move(self) -> float:
        """Points of the whole scorecard won or lost since the period before, by scores capped at 100."""
        if self.now is None or self.before is None or self.now.score is None or self.before.score is None:
            return 0.0
        return (min(self.now.score, 100) - min(self.before.score, 100)) * self.weight


@dataclass(frozen=True, slots=True)
class NodeNow:
    """A node above the KPIs with its results over the window."""

    now: Cell | None
    before: Cell | None
    cells: list[Cell | None]


@dataclass(frozen=True, slots=True)
class PerspectiveNow:
    """A perspective and its objectives."""

    perspective: Perspective
    node: NodeNow
    objectives: list[tuple[Objective, Cell | None, bool]]  # the last says whether it has any KPI


@dataclass(frozen=True)
class Overview:
    """Everything the overview shows."""

    scope: Scope
    scorecard: NodeNow
    perspectives: list[PerspectiveNow]
    kpis: list[KpiNow]
    attention: list[KpiNow]
    changed: list[KpiNow]
    late: list[Initiative]
    running: int

    def count(self, *statuses: Status, before: bool = False) -> int:
        """How many KPIs have one of the statuses now, or had it in the period before."""
        if before:
            return sum(1 for k in self.kpis if k.before is not None and k.before.status in statuses)
        return sum(1 for k in self.kpis if k.status in statuses)

    @property
    def due(self) -> list[KpiNow]:
        """The KPIs that should have a figure in this period: all but those that do not apply here."""
        return [k for k in self.kpis if k.status not in (Status.NOT_APPLICABLE, Status.NO_DATA)]

    @property
    def missing(self) -> list[KpiNow]:
        """The KPIs that are due and not there."""
        return [k for k in self.kpis if k.status is Status.OVERDUE]


def overview_of(scope: Scope) -> Overview:
    """Two statements: the results of the window, and the owners' comments on this period."""
    window = window_of(scope)
    kpis = kpis_now(scope, window, reasons(scope))
    exceptions = [k for k in kpis if k.status in (Status.OFF, Status.NEAR)]
    changed = [k for k in kpis if is_change(k)]
    initiatives = scope.structure.initiatives
    return Overview(
        scope=scope,
        scorecard=node_now(window, SCORECARD),
        perspectives=[_perspective(scope, window, p) for p in scope.structure.perspectives],
        kpis=kpis,
        attention=sorted(exceptions, key=lambda k: -k.gap)[:ATTENTION],
        changed=sorted(changed, key=_worst_first),
        late=[i for i in initiatives if is_late(i)],
        running=sum(1 for i in initiatives if i.state == "active"),
    )


def kpis_now(scope: Scope, window: Window, why: dict[str, str] | None = None) -> list[KpiNow]:
    """Every KPI that is used in the scorecard or was evaluated for the unit, in the order written."""
    structure, out = scope.structure, []
    for kpi in structure.kpis:
        node = f"kpi:{kpi.code}"
        if node not in window.cells and kpi.code not in structure.uses_of_kpi:
            continue
        now = window.now(node)
        if now is None and not structure.applies(kpi, scope.unit.code):
            continue
        out.append(
            KpiNow(
                kpi, now, window.before(node), window.row(node),
                structure.weight.get(kpi.code, 0.0), (why or {}).get(kpi.code, ""),
            )
        )  # fmt: skip
    return out


def node_now(window: Window, node: str) -> NodeNow:
    """A node with its results now, before and over the window."""
    return NodeNow(window.now(node), window.before(node), window.row(node))


def reasons(scope: Scope) -> dict[str, str]:
    """The owners' reasons for this period and unit by KPI code, the last one written where there are several."""
    rows = models.Note.objects.visible_to(scope.person).filter(
        about(scope), organisation=scope.structure.pk, kind="comment", period__in=period_spellings(scope)
    )
    if scope.then is not None:
        rows = rows.filter(recorded_at__lte=scope.then)
    found = rows.order_by("recorded_at", "position").values_list("kpi__code", "spec")
    return {code: spec["why"] for code, spec in found if spec.get("why")}


def about(scope: Scope) -> Q:
    """Notes about the scope's unit; those without a unit are about the unit at the root."""
    return Q(unit=scope.unit.pk) if scope.unit.parent is not None else Q(unit=scope.unit.pk) | Q(unit__isnull=True)


def period_spellings(scope: Scope) -> tuple[str, ...]:
    """How the chosen month and the period shown may be written in a note."""
    return (scope.month.id, scope.month.short_id, scope.period.id, scope.period.short_id)


def is_late(initiative: Initiative) -> bool:
    """True for an initiative behind its plan: said to be off, or expected to end after its planned end."""
    if initiative.state != "active":
        return False
    return initiative.status == "off" or bool(initiative.expected_end and initiative.expected_end > initiative.end)


def _perspective(scope: Scope, window: Window, perspective: Perspective) -> PerspectiveNow:
    structure = scope.structure
    objectives = [
        (o, window.now(f"objective:{o.code}"), o.code in structure.uses_of)
        for o in scope.objectives_in(perspective.code)
    ]
    return PerspectiveNow(perspective, node_now(window, f"perspective:{perspective.code}"), objectives)


def is_change(k: KpiNow) -> bool:
    """A change people should hear of: between judgements, or to and from overdue."""
    if k.before is None or k.now is None:
        return False
    heard = (*_JUDGED, Status.OVERDUE)
    return k.before.status != k.now.status and k.before.status in heard and k.now.status in heard


def _worst_first(k: KpiNow) -> tuple[int, float]:
    """Overdue, then falls by the status fallen to, then rises; the heavier KPI first."""
    assert k.now is not None and k.before is not None
    rank = {Status.OVERDUE: 0, Status.OFF: 1, Status.NEAR: 2, Status.ON: 3}
    fell = rank[k.now.status] < rank[k.before.status]
    return (rank[k.now.status] if fell else 10 - rank[k.now.status], -k.weight)
