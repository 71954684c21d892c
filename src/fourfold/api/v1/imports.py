"""Many measurements at once: pushed by a program as JSON, lines of JSON, CSV or an Arrow stream."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Header, Query, Router, Schema

from fourfold.actions.answer_once import Answer, answer_once
from fourfold.actions.evaluate_organisation import is_evaluated
from fourfold.actions.import_measurements import import_measurements
from fourfold.actions.outcome import Outcome
from fourfold.api.bodies import received
from fourfold.api.errors import KINDS, as_problems, problem
from fourfold.api.pages import asker, known_only, token_of
from fourfold.connectors.push import FORMS, TooLarge, UnknownForm, read_body
from fourfold.engine.findings import Level, errors
from fourfold.errors import Forbidden, Kind
from fourfold.records.frames.imports import Rows
from fourfold.records.frames.row_outcome import ImportResult, Run
from fourfold.records.models import Person
from fourfold.records.queries.api import organisation_of
from fourfold.records.queries.imports import may_import

router = Router(tags=["measurement"])
PATH: Final = "/organisations/{organisation}/measurements/bulk"
#: So many runs of rejected rows, and warnings, are told of in an answer; the counts are of all.
LISTED: Final = 1_000
_WORDS: Final = {"loaded": "recorded"}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {form: {"schema": {"type": "string"}} for form in FORMS}},
}


class ReasonOut(Schema):
    """Why a row is rejected: the check, what is wrong, how to mend it."""

    code: str
    message: str
    fix: str


class RunOut(Schema):
    """Rows from `first` to `last`, by their numbers, of which the same became."""

    first: int
    last: int
    outcome: Literal["recorded", "unchanged", "rejected"]
    reasons: list[ReasonOut]


class BulkOut(Schema):
    """What became of each row: `read` = `recorded` + `unchanged` + `rejected`; `run` is the number of the import.

    Results that are not `evaluated` yet will be within a minute, with what others send meanwhile.
    """

    run: int | None
    read: int
    recorded: int
    unchanged: int
    rejected: int
    evaluated: bool
    rows: list[RunOut]
    warnings: list[ReasonOut]


@router.post(PATH, response={200: BulkOut}, summary="Record many figures", operation_id="bulk", openapi_extra=_BODY)
def bulk(
    request: HttpRequest,
    organisation: str,
    mode: Annotated[
        Literal["all-or-nothing", "quarantine"],
        Query(description="Whether a rejected row keeps the others out, or is kept apart from them."),
    ] = "all-or-nothing",
    source: Annotated[str, Query(max_length=200, description="What the import is called beside the token.")] = "",
    idempotency_key: Annotated[str, Header(max_length=255)] = "",
) -> HttpResponse:
    """Record figures or corrections in one transaction; what few of them change is evaluated with them.

    The same rows again are unchanged and write nothing. With `Idempotency-Key` the same request sent again gets the
    first answer (`Idempotent-Replay: true`). Rows are numbered: lines of CSV and of JSON lines, else 1 for the first.
    """
    known_only(request, "mode", "source")
    person = asker(request)
    place = organisation_of(person, organisation)
    if not may_import(person, place.pk):
        hint = "A token needs the scope `record`, and its owner a role that enters figures."
        raise Forbidden("You may not enter figures here.", hint=hint)
    try:
        content = received(request)
        rows, findings = read_body(content, request.headers.get("Content-Type", ""))
    except TooLarge as error:
        return problem(413, "too_large", error.message, hint=error.hint)
    except UnknownForm as error:
        return problem(415, "unknown_form", error.message, hint=error.hint)
    if rows is None:
        return problem(400, Kind.INVALID, KINDS[Kind.INVALID][1], "Nothing was written.", errors=as_problems(findings))
    called = _called(request, source)
    given = [content, request.headers.get("Content-Type", "").encode(), mode.encode(), source.encode()]
    digest = hashlib.sha256(b"\0".join(hashlib.sha256(each).digest() for each in given)).hexdigest()
    push = _Push(person, place.code, rows, called, is_apart=mode == "quarantine")
    if idempotency_key:
        route = f"POST {request.path}"[:200]
        answer = answer_once(by=person, route=route, key=idempotency_key, digest=digest, do=push).value
        assert answer is not None
    else:
        answer = push()
    return push.refusal() if answer.status >= 400 else _answered(answer)


class _Push:
    """Brings the rows in when it is called, and remembers what came of it."""

    def __init__(self, by: Person, organisation: str, rows: Rows, source: str, *, is_apart: bool) -> None:
        self.by, self.organisation, self.rows, self.source, self.is_apart = by, organisation, rows, source, is_apart
        self.outcome: Outcome[ImportResult] | None = None

    def __call__(self) -> Answer:
        self.outcome = import_measurements(
            by=self.by, organisation=self.organisation, rows=self.rows, source=self.source, kind="push",
            quarantine=self.is_apart, waits=False,
        )  # fmt: skip
        result = self.outcome.value
        if not self.outcome.ok or result is None:
            return Answer(422, None)
        warnings = [f for f in self.outcome.findings if f.level is Level.WARNING][:LISTED]
        return Answer(200, {
            "run": result.run and result.run.pk, "read": result.read, "recorded": result.loaded,
            "unchanged": result.unchanged, "rejected": result.rejected,
            "evaluated": not result.loaded or is_evaluated(organisation_of(self.by, self.organisation)),
            "rows": _runs(result.runs(LISTED)),
            "warnings": [{"code": f.code, "message": f.message, "fix": f.fix or ""} for f in warnings],
        })  # fmt: skip

    def refusal(self) -> HttpResponse:
        """Why nothing was recorded: each rejected row, or what is wrong with all of them."""
        assert self.outcome is not None
        status, title = KINDS[Kind.REFUSED]
        result = self.outcome.value
        runs = [run for run in result.runs(LISTED) if run.reasons] if result else []
        said = [
            {"field": _rows(run), "row": run.first, "last": run.last, "code": why.code, "message": why.message,
             "fix": why.fix}
            for run in runs for why in run.reasons
        ] or as_problems(errors(self.outcome.findings))  # fmt: skip
        counts = {"read": result.read, "rejected": result.rejected} if result else {}
        return problem(status, Kind.REFUSED, title, "Nothing was written.", errors=said, **counts)


def _called(request: HttpRequest, source: str) -> str:
    """What the import is called: the token it came by, and what the program says."""
    token = token_of(request)
    by = f"{token.name} ({token.prefix}…)"
    return f"{source}, by {by}" if source else by


def _runs(runs: Sequence[Run]) -> list[dict[str, Any]]:
    return [
        {"first": run.first, "last": run.last, "outcome": _WORDS.get(run.outcome, run.outcome),
         "reasons": [{"code": why.code, "message": why.message, "fix": why.fix} for why in run.reasons]}
        for run in runs
    ]  # fmt: skip


def _rows(run: Run) -> str:
    return f"row {run.first}" if run.first == run.last else f"rows {run.first} to {run.last}"


def _answered(answer: Answer) -> HttpResponse:
    response = JsonResponse(answer.body, status=answer.status)
    response["Cache-Control"] = "private, no-store"
    if answer.replayed:
        response["Idempotent-Replay"] = "true"
    return response
