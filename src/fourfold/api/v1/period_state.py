"""Periods of a unit: how far they are, moving them on, and what was kept of those that were closed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from fourfold.actions.set_period_state import set_period_state
from fourfold.api.errors import problem_of_findings
from fourfold.api.pages import asker, known_only
from fourfold.engine.findings import errors
from fourfold.engine.period_states import PeriodState
from fourfold.records.queries.api import organisation_of, year_of
from fourfold.records.queries.period_state import periods_of
from fourfold.records.queries.snapshot import snapshot_of

router = Router(tags=["period"])
PATH = "/organisations/{organisation}/units/{unit}/periods"


class PeriodOut(Schema):
    """A month: its state, who said it, how many figures are there of how many, and the last days for each step."""

    period: str
    state: str
    unit: str
    at: str | None
    by: str
    reason: str
    figures: int
    figures_due: int
    values_by: str | None
    approval_by: str | None
    closes_after: str | None
    seen: int
    next: list[str]


class PeriodsOut(Schema):
    """The months of a fiscal year, oldest first."""

    items: list[PeriodOut]


class PeriodIn(Schema):
    """What a month is to become; `seen` as it was read keeps out what was recorded since."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["submitted", "in_review", "approved", "collecting", "closed", "reopened"]
    reason: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] = ""
    seen: Annotated[int, Field(ge=0, lt=10**18)] | None = None


class SnapshotOut(Schema):
    """The results of the unit when the month was closed, by view; `hash` is that of all that was kept of the unit."""

    unit: str
    period: str
    closed_at: str
    closed_by: str
    hash: str
    signature: str
    is_whole: bool
    views: dict[str, list[dict[str, Any]]]


@router.get(PATH, response=PeriodsOut, summary="Periods of a unit", operation_id="periods")
def periods(
    request: HttpRequest,
    organisation: str,
    unit: str,
    period: Annotated[str, Query(max_length=40, description="A period of the fiscal year wanted.")] = "",
) -> PeriodsOut:
    """How far each month of the fiscal year is for the unit."""
    known_only(request, "period")
    scope, months = year_of(asker(request), organisation_of(asker(request), organisation), unit, period)
    rows = periods_of(scope, months, timezone.now())
    return PeriodsOut(
        items=[
            PeriodOut(
                period=row.month.id, state=row.said.state, unit=row.above.code if row.above else scope.unit.code,
                at=row.said.at.isoformat() if row.said.at else None, by=row.said.by, reason=row.said.reason,
                figures=row.there, figures_due=row.due, seen=row.seen, next=list(row.steps),
                values_by=_day(row.deadlines.values), approval_by=_day(row.deadlines.approval),
                closes_after=_day(row.deadlines.lock),
            )
            for row in rows
        ]
    )  # fmt: skip


@router.post(
    PATH + "/{period}/state", response={200: PeriodIn}, summary="Move a period on", operation_id="set_period_state"
)  # fmt: skip
def state(request: HttpRequest, organisation: str, unit: str, period: str, body: PeriodIn) -> HttpResponse:
    """Submit, review, approve, return, close or reopen a month of a unit and all units below it."""
    known_only(request)
    place = organisation_of(asker(request), organisation)
    outcome = set_period_state(
        by=asker(request), organisation=place.code, unit=unit, period=period, state=PeriodState(body.state),
        reason=body.reason, seen=body.seen,
    )  # fmt: skip
    if not outcome.ok:
        return problem_of_findings(errors(outcome.findings))
    return JsonResponse({"state": body.state, "reason": body.reason, "seen": body.seen})


@router.get(
    PATH + "/{period}/snapshot", response=SnapshotOut, summary="What a closed period showed", operation_id="snapshot"
)  # fmt: skip
def snapshot(request: HttpRequest, organisation: str, unit: str, period: str) -> SnapshotOut:
    """The results that were kept when the month was last closed. 404 where it never was."""
    known_only(request)
    scope, months = year_of(asker(request), organisation_of(asker(request), organisation), unit, period)
    found = snapshot_of(scope, next((m for m in months if m.id == scope.month.id), months[0]))
    return SnapshotOut(
        unit=scope.unit.code, period=found.period, closed_at=found.at.isoformat(), closed_by=found.by, hash=found.hash,
        signature=found.signature, is_whole=found.is_whole, views=found.views,
    )  # fmt: skip


def _day(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())
