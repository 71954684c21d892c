"""Results of a unit in a period: the scorecard, its perspectives, objectives and KPIs."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from fourfold.api.pages import asker, known_only
from fourfold.engine.cells import State
from fourfold.engine.statuses import Status
from fourfold.records.models import Result
from fourfold.records.models.result import Veiled
from fourfold.records.queries.api import organisation_of, results_of
from fourfold.records.queries.results_then import ResultThen, moment_in, results_then

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
    """All results of a unit in a period; `as_of` is the moment asked for, `evaluated_at` when they were computed."""

    unit: str
    period: str
    view: str
    as_of: str | None
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
    as_of: Annotated[str, Query(max_length=40, description="Such as 2026-03-31 or 2026-03-31T16:00:00Z.")] = "",
) -> ResultsOut:
    """The newest evaluation of the unit, in the period that holds the one asked for.

    With `as_of` the results are computed from the figures that were known at that moment, under the definitions of
    then; a date is its end in the time zone of the organisation.
    """
    known_only(request, "period", "view", "as_of")
    scope, rows = results_of(asker(request), organisation_of(asker(request), organisation), unit, period, view)
    now = timezone.now()
    then = moment_in(scope, as_of, now=now) if as_of else None
    evaluated_at = now if then else scope.run.at
    return ResultsOut(
        unit=scope.unit.code, period=scope.period.id, view=scope.view,
        as_of=then.isoformat() if then else None,
        evaluated_at=evaluated_at.isoformat() if evaluated_at else None,
        items=[
            _out(row) for row in (results_then(scope, then) if then else rows)
        ],
    )  # fmt: skip


def _out(row: Result | ResultThen) -> ResultOut:
    """One result, without what is not shown of it."""
    veil = getattr(row, "veil", Veiled.NOT)
    if veil != Veiled.NOT:
        is_small = veil == Veiled.ALL
        return ResultOut(
            node=row.node, value=None, target=None, score=None, coverage=None, confidence=None,
            status=(Status.UNSCORED if is_small else Status(row.status)).word,
            state="hidden: group too small" if is_small else "not shown",
        )  # fmt: skip
    return ResultOut(
        node=row.node, value=row.value, target=row.target, score=row.score, status=Status(row.status).word,
        state=State(row.state).word, coverage=row.coverage, confidence=row.confidence,
    )  # fmt: skip
