"""Approvals of figures, and restatements of closed periods."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from fourfold.actions.approve_measurement import approve_measurement
from fourfold.actions.ask_restatement import ask_restatement
from fourfold.actions.decide_restatement import decide_restatement
from fourfold.api.errors import problem_of_findings
from fourfold.api.pages import asker, known_only
from fourfold.engine.findings import errors
from fourfold.records.chain import stamp
from fourfold.records.models import Restatement
from fourfold.records.queries.api import kpi_named, organisation_of
from fourfold.records.queries.approvals import effect_seen, restatements_of, waiting_figures
from fourfold.records.queries.scope import scope_in

router = Router(tags=["approval"])
_PLAIN = r"^[^\x00]*$"
Text = Annotated[str, Field(max_length=1000, pattern=_PLAIN)]
Code = Annotated[str, Field(max_length=80, pattern=_PLAIN)]
Figure = Annotated[str, Field(max_length=60, pattern=_PLAIN)]


class WaitingOut(Schema):
    """A figure that waits; `version` names it, `mine` says that the owner of the token may approve it."""

    kpi: str
    unit: str
    period: str
    value: str | None
    numerator: str | None
    denominator: str | None
    version: str
    mine: bool


class RestatementOut(Schema):
    """Another figure for a closed period: what it changes, and what became of it."""

    id: int
    kpi: str
    unit: str
    period: str
    value: str | None
    numerator: str | None
    denominator: str | None
    code: str
    reason: str
    is_material: bool
    effect: list[dict[str, Any]]
    verdict: str
    note: str


class QueueOut(Schema):
    """What waits in a unit and below it; at most 200 of each."""

    figures: list[WaitingOut]
    restatements: list[RestatementOut]


class ApprovalIn(Schema):
    """The verdict on one version of a figure."""

    model_config = ConfigDict(extra="forbid")

    unit: Code
    period: Annotated[str, Field(max_length=40, pattern=_PLAIN)]
    version: Annotated[str, Field(max_length=60, pattern=_PLAIN)]
    verdict: Literal["approved", "returned"]
    note: Text = ""


class RestatementIn(Schema):
    """The figure that is asked for, and why it is another one."""

    model_config = ConfigDict(extra="forbid")

    unit: Code
    period: Annotated[str, Field(max_length=40, pattern=_PLAIN)]
    value: Figure | None = None
    numerator: Figure | None = None
    denominator: Figure | None = None
    code: Literal["late_data", "error", "definition", "source_system", "audit"]
    reason: Text


class VerdictIn(Schema):
    """The decision on a restatement."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["approved", "declined"]
    note: Text = ""


@router.get(
    "/organisations/{organisation}/units/{unit}/approvals", response=QueueOut, summary="What waits for approval",
    operation_id="approvals",
)  # fmt: skip
def approvals(request: HttpRequest, organisation: str, unit: str) -> QueueOut:
    """Figures and restatements of the unit and those below that somebody has to approve."""
    known_only(request)
    scope = scope_in(asker(request), organisation_of(asker(request), organisation), unit)
    waiting = waiting_figures(scope, timezone.now())
    return QueueOut(
        figures=[
            WaitingOut(
                kpi=w.kpi.code, unit=w.unit.code, period=w.row.period, version=stamp(w.row.recorded_at), mine=w.mine,
                **_figures(w.row),
            )
            for w in waiting
        ],
        restatements=[_out(a.row, a.kpi.code, a.unit.code, a.effect) for a in restatements_of(scope)],
    )  # fmt: skip


@router.post(
    "/organisations/{organisation}/kpis/{kpi}/approvals", response={200: ApprovalIn}, summary="Approve a figure",
    operation_id="approve",
)  # fmt: skip
def approve(request: HttpRequest, organisation: str, kpi: str, body: ApprovalIn) -> HttpResponse:
    """Approve or return a figure. 409 where it is another version by now; nobody approves their own."""
    known_only(request)
    place = organisation_of(asker(request), organisation)
    kpi_named(asker(request), place, kpi)
    outcome = approve_measurement(
        by=asker(request), organisation=place.code, kpi=kpi, unit=body.unit, period=body.period, version=body.version,
        returns=body.verdict == "returned", note=body.note,
    )  # fmt: skip
    return problem_of_findings(errors(outcome.findings)) if not outcome.ok else JsonResponse(body.model_dump())


@router.post(
    "/organisations/{organisation}/kpis/{kpi}/restatements", response={201: RestatementOut},
    summary="Ask for a restatement", operation_id="ask_restatement",
)  # fmt: skip
def ask(request: HttpRequest, organisation: str, kpi: str, body: RestatementIn) -> HttpResponse:
    """Ask for another figure in a closed period; it counts when somebody else has approved it."""
    known_only(request)
    place = organisation_of(asker(request), organisation)
    outcome = ask_restatement(by=asker(request), organisation=place.code, kpi=kpi, **body.model_dump())
    if not outcome.ok or outcome.value is None:
        return problem_of_findings(errors(outcome.findings))
    effect = effect_seen(scope_in(asker(request), place, body.unit), outcome.value.effect)
    return JsonResponse(_out(outcome.value, kpi, body.unit, effect).model_dump(), status=201)


@router.post(
    "/organisations/{organisation}/restatements/{restatement}/verdict", response={200: VerdictIn},
    summary="Decide a restatement", operation_id="decide_restatement",
)  # fmt: skip
def decide(request: HttpRequest, organisation: str, restatement: int, body: VerdictIn) -> HttpResponse:
    """Approve or decline what somebody else asked for."""
    known_only(request)
    organisation_of(asker(request), organisation)
    outcome = decide_restatement(
        by=asker(request), restatement=restatement, approves=body.verdict == "approved", note=body.note
    )
    return problem_of_findings(errors(outcome.findings)) if not outcome.ok else JsonResponse(body.model_dump())


def _figures(row: Any) -> dict[str, str | None]:
    names = ("value", "numerator", "denominator")
    return {name: None if (n := getattr(row, name)) is None else format(n, "f") for name in names}


def _out(row: Restatement, kpi: str, unit: str, effect: list[dict[str, Any]]) -> RestatementOut:
    return RestatementOut(
        id=row.pk, kpi=kpi, unit=unit, period=row.period, code=row.code, reason=row.reason, verdict=row.verdict,
        is_material=row.is_material, effect=effect, note=row.note, **_figures(row),
    )  # fmt: skip
