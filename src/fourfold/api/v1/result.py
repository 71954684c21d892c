"""Results of a unit in a period: the scorecard, its perspectives, objectives and KPIs."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from fourfold.api.pages import asker, known_only
from fourfold.engine.cells import State
from fourfold.engine.statuses import Status
from fourfold.records.queries.api import organisation_of, results_of

router = Router(tags=["result"])


class ResultOut(Schema):
    """One node, such as `scorecard`, `objective:earn` or `kpi:sales`; a number is null where `state` says why."""

    node: str
    value: float | None
    target: float | None
    score: float | None
    status: str
    state: str
    coverage: float | None
    confidence: float | None


class ResultsOut(Schema):
    """All results of a unit in a period; `evaluated_at` is when they were computed."""

    unit: str
    period: str
    view: str
    evaluated_at: str | None
    items: list[ResultOut]


@router.get(
    "/organisations/{organisation}/units/{unit}/results", response=ResultsOut, summary="Results of a unit",
    operation_id="results",
)  # fmt: skip
def results(
    request: HttpRequest,
    organisation: str,
    unit: str,
    period: Annotated[str, Query(max_length=40, description="Such as 2026-03; the newest with a score without.")] = "",
    view: Literal["month", "quarter", "ytd"] = "month",
) -> ResultsOut:
    """The newest evaluation of the unit, in the period that holds the one asked for."""
    known_only(request, "period", "view")
    scope, rows = results_of(asker(request), organisation_of(asker(request), organisation), unit, period, view)
    return ResultsOut(
        unit=scope.unit.code, period=scope.period.id, view=scope.view,
        evaluated_at=scope.run.at.isoformat() if scope.run.at else None,
        items=[
            ResultOut(
                node=row.node, value=row.value, target=row.target, score=row.score, status=Status(row.status).word,
                state=State(row.state).word, coverage=row.coverage, confidence=row.confidence,
            )
            for row in rows
        ],
    )  # fmt: skip
