"""Files of figures: listed, handed over, taken away and removed."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from fourfold.actions.add_attachment import LARGEST, add_attachment
from fourfold.actions.remove_attachment import remove_attachment
from fourfold.api.bodies import received
from fourfold.api.errors import problem, problem_of_findings
from fourfold.api.pages import asker, known_only
from fourfold.connectors.files.safe_headers import safe_headers
from fourfold.connectors.push import TooLarge
from fourfold.engine.findings import errors
from fourfold.records.chain import stamp
from fourfold.records.models import Attachment
from fourfold.records.queries.api import kpi_named, organisation_of
from fourfold.records.queries.attachments import LISTED, attachments_seen, find_attachment
from fourfold.records.queries.results_then import moment_at
from fourfold.records.queries.structure import structure_of

router = Router(tags=["attachment"])
FIGURE: Final = "/organisations/{organisation}/units/{unit}/kpis/{kpi}/periods/{period}/attachments"
ONE: Final = "/organisations/{organisation}/attachments/{attachment}"
_BYTES: Final[dict[str, Any]] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_BODY: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": _BYTES}}
_FILE: Final[dict[str, Any]] = {"responses": {200: {"description": "OK", "content": _BYTES}}}
AsOf = Annotated[str, Query(max_length=40, description="Such as 2026-03-31 or 2026-03-31T16:00:00Z.")]


class AttachmentOut(Schema):
    """A file of a figure, without its bytes; `media_type` was told by its content."""

    id: str
    kpi: str
    unit: str
    period: str
    name: str
    media_type: str
    size: int
    sha256: str
    at: str
    by: str | None
    removed_at: str | None
    removed_by: str | None


class AttachmentsOut(Schema):
    """Files, the newest period first; at most 200."""

    items: list[AttachmentOut]


@router.get(
    "/organisations/{organisation}/kpis/{kpi}/attachments", response=AttachmentsOut, summary="Files of a KPI",
    operation_id="attachments",
)  # fmt: skip
def attachments(
    request: HttpRequest,
    organisation: str,
    kpi: str,
    as_of: AsOf = "",
) -> AttachmentsOut:
    """The files of figures of the KPI in all units that the owner of the token sees; `as_of`: those of then."""
    known_only(request, "as_of")
    place = organisation_of(asker(request), organisation)
    row = kpi_named(asker(request), place, kpi)
    then = moment_at(structure_of(place).zone, as_of, now=timezone.now()) if as_of else None
    rows = attachments_seen(asker(request), row.pk).there(then).order_by("-start", "at", "pk")
    return AttachmentsOut(items=[_out(each, kpi) for each in rows[:LISTED]])


@router.post(
    FIGURE, response={201: AttachmentOut, 200: AttachmentOut}, summary="Attach a file", operation_id="add_attachment",
    openapi_extra=_BODY,
)  # fmt: skip
def add(
    request: HttpRequest,
    organisation: str,
    unit: str,
    kpi: str,
    period: str,
    name: Annotated[str, Query(max_length=300, description="What the file is called.")] = "",
) -> HttpResponse:
    """The body is the file: a PDF, an image, a spreadsheet or a plain text. The same file again is 200."""
    known_only(request, "name")
    place = organisation_of(asker(request), organisation)
    kpi_named(asker(request), place, kpi)
    try:
        content = received(request)
    except TooLarge:
        content = b""
    if not content or len(content) > LARGEST:
        said = f"A file has {LARGEST / 1e6:,.0f} MB at most."
        return problem(413, "too_large", "The file is too large", hint=said)
    outcome = add_attachment(
        by=asker(request), organisation=place.code, kpi=kpi, unit=unit, period=period, name=name or "file",
        content=content,
    )  # fmt: skip
    if outcome.value is None:
        return problem_of_findings(errors(outcome.findings))
    status = 201 if outcome.summary == "attached" else 200
    return JsonResponse(_out(outcome.value, kpi).model_dump(), status=status)


@router.get(ONE, summary="The file itself", operation_id="attachment", openapi_extra=_FILE)
def content(request: HttpRequest, organisation: str, attachment: UUID, as_of: AsOf = "") -> HttpResponse:
    """Its bytes as they came; with `as_of` of one that was there at that moment."""
    known_only(request, "as_of")
    place = organisation_of(asker(request), organisation)
    then = moment_at(structure_of(place).zone, as_of, now=timezone.now()) if as_of else None
    found = find_attachment(asker(request), attachment, then, organisation=place)
    return HttpResponse(bytes(found.content), content_type=found.media_type, headers=safe_headers(found.name))


@router.api_operation(
    ["DELETE"], ONE, response=AttachmentOut, summary="Remove a file", operation_id="remove_attachment"
)  # fmt: skip
def remove(request: HttpRequest, organisation: str, attachment: UUID) -> AttachmentOut:
    """The figure has it no more; as of a day on which it was there it is shown still. 423 in a closed period."""
    known_only(request)
    place = organisation_of(asker(request), organisation)
    find_attachment(asker(request), attachment, organisation=place)
    removed = remove_attachment(by=asker(request), attachment=attachment).value
    assert removed is not None
    return _out(removed, removed.kpi.code)


def _out(row: Attachment, kpi: str) -> AttachmentOut:
    return AttachmentOut(
        id=str(row.pk), kpi=kpi, unit=row.unit.code, period=row.period, name=row.name, media_type=row.media_type,
        size=row.size, sha256=row.sha256, at=stamp(row.at), by=row.by.name if row.by else None,
        removed_at=stamp(row.removed_at) if row.removed_at else None,
        removed_by=row.removed_by.name if row.removed_by else None,
    )  # fmt: skip
