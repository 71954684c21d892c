"""How every error looks to a program: problem details (RFC 9457), from one table of kinds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja.errors import ValidationError

from fourfold.actions.note_denial import note_denial
from fourfold.actions.origin import origin
from fourfold.engine.findings import Finding
from fourfold.errors import FourfoldError, Kind
from fourfold.records.faults import Fault
from fourfold.records.models import Person

#: The status and the title of each kind of error.
KINDS: Final[dict[Kind, tuple[int, str]]] = {
    Kind.INVALID: (400, "The request cannot be read"),
    Kind.NOT_FOUND: (404, "There is no such thing here"),
    Kind.FORBIDDEN: (403, "You may not do this"),
    Kind.CONFLICT: (409, "Something else came first"),
    Kind.OUTDATED: (412, "It has been changed since"),
    Kind.REFUSED: (422, "A rule speaks against it"),
    Kind.LOCKED: (423, "The period is closed"),
    Kind.UNAVAILABLE: (503, "Not at the moment"),
    Kind.CONFIGURATION: (500, "The installation is not set up correctly"),
}
_DENIED: Final = {Kind.NOT_FOUND: "access.deny", Kind.FORBIDDEN: "access.forbid"}
TYPE: Final = "application/problem+json"


def problem(status: int, kind: str, title: str, detail: str = "", **more: Any) -> JsonResponse:
    """An answer that says what is wrong; `kind` is for programs, the rest for people."""
    body = {"type": f"urn:fourfold:problem:{kind}", "title": title, "status": status, "kind": kind}
    told = {name: value for name, value in ({"detail": detail} | more).items() if value}
    return JsonResponse(body | told | {"request_id": origin().request_id}, status=status, content_type=TYPE)


def problem_of(request: HttpRequest, error: FourfoldError) -> HttpResponse:
    """What a known error becomes. What was denied is an event; of our own mistakes only the request's id is told."""
    status, title = KINDS[error.kind]
    if error.kind in _DENIED:
        by = request.auth if isinstance(request.auth, Person) else None  # type: ignore[attr-defined]
        note_denial(by=by, action=_DENIED[error.kind], thing=f"{request.method} {request.path}")
    if status == 500:
        return problem(status, error.kind, title)
    response = problem(status, error.kind, title, error.message, hint=error.hint)
    if error.retry:
        response["Retry-After"] = "2"
    return response


def problem_of_fault(request: HttpRequest, fault: Fault) -> HttpResponse:
    """What the database cannot do. Where it went away in mid-write it is not known what was done, and this says so."""
    status = 507 if fault is Fault.FULL else 503
    title = {
        Fault.FULL: "The disk of the server is full", Fault.READ_ONLY: "Nobody can write at the moment",
        Fault.BUSY: "The database is busy", Fault.GONE: "The database does not answer",
    }[fault]  # fmt: skip
    done = "Nothing was written."
    if fault is Fault.GONE and request.method not in ("GET", "HEAD"):
        done = "Whether it was written is not known. Send it again with the same Idempotency-Key."
    response = problem(status, fault, title, done)
    response["Retry-After"] = "5"
    return response


def problem_of_findings(findings: Sequence[Finding]) -> HttpResponse:
    """What the checks say against what was sent, each with its place, its code and how to mend it."""
    status, title = KINDS[Kind.REFUSED]
    return problem(status, Kind.REFUSED, title, "Nothing was written.", errors=as_problems(findings))


def as_problems(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as a problem lists them; `field` is their place."""
    return [
        {"field": f.place.thing or (str(f.place) if f.place.file else ""), "code": f.code, "message": f.message,
         "fix": f.fix or ""}
        for f in findings
    ]  # fmt: skip


def problem_of_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Where the request is not what the description of the API says: unknown, missing or wrong parts."""
    status, title = KINDS[Kind.INVALID]
    errors = [
        {"field": ".".join(str(part) for part in each["loc"]), "code": each["type"], "message": each["msg"]}
        for each in error.errors
    ]
    return problem(status, Kind.INVALID, title, errors=errors)
