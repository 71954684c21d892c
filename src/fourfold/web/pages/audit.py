"""The audit log: who did what, filtered and page by page; taken out as a file; its chain verified."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache

from fourfold.actions.export_events import FORMATS, export_events
from fourfold.actions.verify_chains import verify_chains
from fourfold.errors import NotFound
from fourfold.records.chain_anchor import public_key, read_key
from fourfold.records.models import Chain
from fourfold.records.queries.audit import (
    AuditPage,
    BadFilter,
    Filter,
    audit_of,
    find_audited,
    organisations_audited,
    read_filter,
)
from fourfold.web.components.event import shown
from fourfold.web.components.numbers import plural
from fourfold.web.requests import Request, counted, signed_in, signed_in_form

_FIELDS: Final = ("person", "action", "object", "since", "until", "text")
_TYPES: Final = {"jsonl": "application/x-ndjson", "csv": "text/csv"}


@signed_in
def audit_home(request: Request) -> HttpResponseBase:
    """To the log of the first organisation whose log the person reads."""
    found = organisations_audited(request.user)
    if not found:
        raise NotFound("There is no log that you may read.")
    return redirect("audit", found[0].code)


@never_cache
@signed_in
def audit(request: Request, organisation: str) -> HttpResponse:
    """The events that the filter in the address wants, newest first, `before` a number."""
    typed = _typed(request)
    try:
        wanted, error = read_filter(**typed), None
    except BadFilter as problem:
        find_audited(request.user, organisation)
        wanted, error = Filter(), problem
    page = audit_of(request.user, organisation, wanted, before=_number(request.GET.get("before", "")))
    return render(
        request, "web/audit.html", _context(request, page, typed, error), status=200 if error is None else 422
    )


@never_cache
@signed_in_form
@counted
def audit_export(request: Request, organisation: str) -> HttpResponseBase:
    """POST streams the events of the filter as a file; a GET leads to the page."""
    form = request.POST.get("format", "")
    if request.method != "POST" or form not in FORMATS:
        find_audited(request.user, organisation)
        return redirect("audit", organisation)
    try:
        wanted = read_filter(**{name: request.POST.get(name, "") for name in _FIELDS})
    except BadFilter as problem:
        messages.error(request, str(problem))
        find_audited(request.user, organisation)
        return redirect("audit", organisation)
    lines = export_events(by=request.user, organisation=organisation, wanted=wanted, form=form).value or iter(())
    response = StreamingHttpResponse(lines, content_type=f"{_TYPES[form]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="events.{form}"'
    return response


@never_cache
@signed_in_form
@counted
def audit_verification(request: Request, organisation: str) -> HttpResponseBase:
    """POST follows the chain of the organisation and says what was found; a GET leads to the page."""
    find_audited(request.user, organisation)
    if request.method == "POST":
        key = read_key(settings.AUDIT_KEY_FILE)
        keys = () if key is None else (public_key(key),)
        found = verify_chains(
            by=request.user, organisation=organisation, anchors=settings.AUDIT_ANCHORS, keys=keys
        ).value
        assert found is not None
        for verdict in found.verdicts:
            said = f"{verdict.wrong}." if verdict.wrong else f"{plural(verdict.seq, 'event')} verified: all hold."
            messages.info(request, said[:1].upper() + said[1:])
    return redirect("audit", organisation)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:300] for name in _FIELDS}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _context(request: Request, page: AuditPage, typed: dict[str, str], error: BadFilter | None) -> dict[str, Any]:
    kept = {name: value for name, value in typed.items() if value}
    at = reverse("audit", args=[page.organisation.code])
    return {
        "title": "Audit log",
        "organisation_name": page.organisation.name,
        "organisation": page.organisation,
        "events": [] if error else [shown(event) for event in page.events],
        "whole": page.whole,
        "chain": _status(page.chain),
        "typed": typed,
        "error": error,
        "is_filtered": bool(kept),
        "newest_url": f"{at}?{urlencode(kept)}" if request.GET.get("before") else "",
        "older_url": f"{at}?{urlencode(kept | {'before': page.older})}" if page.older else "",
        "others": [o for o in organisations_audited(request.user) if o != page.organisation],
    }


def _status(chain: Chain | None) -> dict[str, str] | None:
    """What is known about the chain, in two sentences; None for who does not read the whole."""
    if chain is None:
        return None
    if chain.verified_at is None:
        return {"said": f"{plural(chain.seq, 'event')}, not verified yet.", "wrong": ""}
    at = localtime(chain.verified_at)
    when = f"{at.day} {at:%b %Y, %H:%M}"
    return {
        "said": f"{plural(chain.seq, 'event')}. Verified up to number {chain.verified_seq:,} on {when}.",
        "wrong": f"{chain.wrong[:1].upper()}{chain.wrong[1:]}." if chain.wrong else "",
    }
