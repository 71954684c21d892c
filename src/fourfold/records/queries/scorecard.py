"""The scorecard as a table: every KPI use of a unit, by perspective, with its history and the year to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fourfold.engine.definitions import Objective, Perspective
from fourfold.engine.outlook import Outlook
from fourfold.engine.statuses import Status
from fourfold.records.queries.outlook import kept_outlooks
from fourfold.records.queries.overview import KpiNow, kpis_now
from fourfold.records.queries.scope import SCORECARD, Scope
from fourfold.records.queries.window import Cell, Window, window_of

#: The columns that a person may leave out, in their order; status, name and figure are always there.
COLUMNS: Final = {
    "owner": "Owner", "target": "Target", "gap": "Gap", "track": "From off to on target", "trend": "Trend",
    "last": "Last 6", "to_date": "Year to date", "ahead": "Forecast", "score": "Score",
}  # fmt: skip
Cells = Mapping[str, list[Cell | None]]  # by node, oldest first


@dataclass(frozen=True, slots=True)
class Row:
    """A KPI under a perspective; used by several objectives there, it stands at the first."""

    kpi: KpiNow
    objective: Objective | None
    year_to_date: Cell | None
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A perspective with its result and rows; the KPIs that no objective uses make the last group, without one."""

    perspective: Perspective | None
    now: Cell | None
    rows: list[Row]


@dataclass(frozen=True)
class Scorecard:
    """The whole table, before filters."""

    scope: Scope
    now: Cell | None
    groups: list[Group]

    @property
    def rows(self) -> list[Row]:
        """All rows in the order of the groups."""
        return [row for group in self.groups for row in group.rows]

    @property
    def counts(self) -> dict[Status, int]:
        """How many rows have each status."""
        counts: dict[Status, int] = {}
        for row in self.rows:
            counts[row.kpi.status] = counts.get(row.kpi.status, 0) + 1
        return counts


def scorecard_of(scope: Scope, *, with_outlooks: bool = False) -> Scorecard:
    """Two statements, the results of the window and the year to date of the same period, and those of outlooks."""
    ahead = kept_outlooks(scope) if with_outlooks and scope.view == "month" else {}
    return scorecard_in(scope, window_of(scope), to_date_of(scope), ahead)


def to_date_of(scope: Scope) -> Cells:
    """The year to date of each KPI, in the view by month."""
    return window_of(scope, length=1, view="ytd", node="kpi:").cells if scope.view == "month" else {}


def scorecard_in(scope: Scope, window: Window, to_date: Cells, ahead: Mapping[str, Outlook] | None = None) -> Scorecard:
    """The table of these results."""
    ahead = ahead or {}
    kpis = {k.kpi.code: k for k in kpis_now(scope, window)}
    placed: set[str] = set()
    groups = []
    for perspective in scope.structure.perspectives:
        rows = _rows(scope, perspective, kpis, to_date, ahead)
        placed.update(row.kpi.kpi.code for row in rows)
        groups.append(Group(perspective, window.now(f"perspective:{perspective.code}"), rows))
    loose = [Row(k, None, _only(to_date, code), ahead.get(code)) for code, k in kpis.items() if code not in placed]
    if loose:
        groups.append(Group(None, None, loose))
    return Scorecard(scope, window.now(SCORECARD), groups)


def _rows(
    scope: Scope,
    perspective: Perspective,
    kpis: dict[str, KpiNow],
    to_date: Cells,
    ahead: Mapping[str, Outlook],
) -> list[Row]:
    rows: dict[str, Row] = {}
    for objective in scope.objectives_in(perspective.code):
        for use in scope.structure.uses_of.get(objective.code, []):
            if use.kpi in kpis and use.kpi not in rows:
                rows[use.kpi] = Row(kpis[use.kpi], objective, _only(to_date, use.kpi), ahead.get(use.kpi))
    return list(rows.values())


def _only(cells: Cells, kpi: str) -> Cell | None:
    row = cells.get(f"kpi:{kpi}")
    return row[0] if row else None
