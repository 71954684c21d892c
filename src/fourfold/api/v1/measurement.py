"""Measurements: read as they were recorded, and recorded."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Header, Query, Router, Schema
from pydantic import ConfigDict, Field

from fourfold.actions.answer_once import Answer, answer_once
from fourfold.actions.follow_outlooks import follow_outlooks
from fourfold.actions.record_measurement import record_measurement, version_of
from fourfold.api.errors import problem_of_findings
from fourfold.api.pages import Cursor, Limit, asker, known_only, number_of, page_of
from fourfold.engine.cells import State
from fourfold.engine.findings import Finding, errors
from fourfold.errors import FourfoldError
from fourfold.records.frames.measurement import Revision
from fourfold.records.models import Measurement
from fourfold.records.queries.api import kpi_named, measurements_of, organisation_of
from fourfold.records.queries.lineage import lineage_of
from fourfold.records.queries.results_then import moment_at
from fourfold.records.queries.structure import structure_of

router = Router(tags=["measurement"])
PATH = "/organisations/{organisation}/kpis/{kpi}/measurements"
_PLAIN = r"^[^\x00]*$"
Figure = Annotated[
    str, Field(max_length=60, pattern=_PLAIN, description="A decimal number as text, so that no digit is lost.")
]


class Unquoted(FourfoldError):
    """If-Match is the version of the figure in quotation marks."""


class LineageOut(Schema):
    """Where a figure came from: `name` is the file, feed or token; `row` the line, or the number in what it gave.

    Where the import `adds_up`, the figure may be made of several rows, of which this is the first. `row` is null for
    what was imported before rows were kept.
    """

    kind: Literal["file", "feed", "push"]
    name: str
    sheet: str
    row: int | None
    adds_up: bool


class MeasurementOut(Schema):
    """A figure as known now; `version` names it in If-Match, and `lineage` is null where a person entered it."""

    kpi: str
    unit: str
    period: str
    value: str | None
    numerator: str | None
    denominator: str | None
    state: str
    note: str
    source: str
    recorded_at: str
    version: str
    lineage: LineageOut | None


class RecordedOut(MeasurementOut):
    """A figure as recorded; `remarks` say what whoever entered it should still do, such as explain it."""

    remarks: list[str]


class MeasurementsOut(Schema):
    """A page of measurements."""

    items: list[MeasurementOut]
    next: str | None


class MeasurementIn(Schema):
    """One figure: a value, a numerator with its denominator, or a state that says why there is none."""

    model_config = ConfigDict(extra="forbid")

    unit: Annotated[str, Field(max_length=80, pattern=_PLAIN)]
    period: Annotated[str, Field(max_length=40, pattern=_PLAIN, description="Such as 2026-03, 2026-Q1 or 2026-W09.")]
    value: Figure | None = None
    numerator: Figure | None = None
    denominator: Figure | None = None
    state: Literal["missing", "n/a", "not due"] | None = None
    quality: Annotated[str, Field(max_length=60, pattern=_PLAIN)] | None = None
    note: Annotated[str, Field(max_length=1000, pattern=_PLAIN)] = ""
    source: Annotated[str, Field(max_length=500, pattern=_PLAIN)] = ""


@router.get(PATH, response=MeasurementsOut, summary="Figures of a KPI", operation_id="measurements")
def measurements(
    request: HttpRequest,
    organisation: str,
    kpi: str,
    unit: Annotated[str, Query(max_length=80, description="Only this unit.")] = "",
    as_of: Annotated[str, Query(max_length=40, description="Such as 2026-03-31 or 2026-03-31T16:00:00Z.")] = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> MeasurementsOut:
    """The figures as known now, or at the moment `as_of`, in the order in which they were recorded."""
    known_only(request, "unit", "as_of", "cursor", "limit")
    place = organisation_of(asker(request), organisation)
    row = kpi_named(asker(request), place, kpi)
    then = moment_at(structure_of(place).zone, as_of, now=timezone.now()) if as_of else None
    rows = measurements_of(asker(request), row, unit=unit, after=number_of(cursor), then=then)
    shown, following = page_of(list(rows[: limit + 1]), limit, "pk")
    return MeasurementsOut(items=[_out(each, kpi, each.unit.code, each.period) for each in shown], next=following)


@router.post(
    PATH, response={201: RecordedOut, 200: RecordedOut}, summary="Record a figure", operation_id="record"
)  # fmt: skip
def record(
    request: HttpRequest,
    organisation: str,
    kpi: str,
    body: MeasurementIn,
    idempotency_key: Annotated[str, Header(max_length=255)] = "",
    if_match: Annotated[str, Header(max_length=60)] = "",
) -> HttpResponse:
    """Record a figure or a correction, and evaluate what it changes; the same figure again is 200 and writes nothing.

    With `Idempotency-Key` the same request sent again gets the first answer (`Idempotent-Replay: true`). With
    `If-Match` it is written over the version named there and nothing else (`"none"`: only where there is no figure).
    """
    known_only(request)
    person = asker(request)
    place = organisation_of(person, organisation)
    said = _version(if_match)
    refused: list[tuple[Finding, ...]] = []

    def do() -> Answer:
        outcome = record_measurement(
            by=person, organisation=place, kpi=kpi, if_version=said, outlooks_follow=True,
            is_part=bool(idempotency_key), **body.model_dump(),
        )  # fmt: skip
        if not outcome.ok or outcome.value is None:
            refused.append(tuple(errors(outcome.findings)))
            return Answer(422, None)
        out = _out(outcome.value, kpi, body.unit, body.period).model_dump()
        out["remarks"] = [each.words for each in outcome.findings]
        return Answer(200 if outcome.summary == "known already" else 201, out)

    if idempotency_key:
        digest = hashlib.sha256(json.dumps([body.model_dump(), if_match], sort_keys=True).encode()).hexdigest()
        route = f"POST {request.path}"[:200]
        answer = answer_once(by=person, route=route, key=idempotency_key, digest=digest, do=do).value
        assert answer is not None
    else:
        answer = do()
    if refused:
        return problem_of_findings(refused[0])
    if answer.status == 201 and not answer.replayed:
        follow_outlooks(by=person, organisation=place, kpi=kpi, unit=body.unit)
    return _answer(answer)


def _answer(answer: Answer) -> HttpResponse:
    response = JsonResponse(answer.body, status=answer.status)
    response["ETag"] = f'"{answer.body["version"]}"'
    response["Cache-Control"] = "private, no-store"
    if answer.replayed:
        response["Idempotent-Replay"] = "true"
    return response


def _version(if_match: str) -> str | None:
    """The version in the header; None without one."""
    if not if_match:
        return None
    if len(if_match) < 3 or if_match[0] != '"' or if_match[-1] != '"':
        raise Unquoted(hint='Write If-Match: "2026-05-20T12:00:00.000000Z", or "none".')
    return if_match[1:-1]


def _out(row: Measurement | Revision, kpi: str, unit: str, period: str) -> MeasurementOut:
    figures: dict[str, Any] = {
        name: None if (figure := getattr(row, name)) is None else format(figure, "f")
        for name in ("value", "numerator", "denominator")
    }
    revision = row if isinstance(row, Revision) else Revision(
        row.value, row.numerator, row.denominator, row.state, row.marks, row.recorded_at
    )  # fmt: skip
    version = version_of(revision)
    came = lineage_of(row.import_run, row.source_row) if isinstance(row, Measurement) else None
    return MeasurementOut(
        kpi=kpi, unit=unit, period=period, **figures, state=State(row.state).word, note=row.reason, source=row.source,
        recorded_at=version, version=version, lineage=LineageOut(**came._asdict()) if came else None,
    )  # fmt: skip
