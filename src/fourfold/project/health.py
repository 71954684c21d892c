"""Whether this server can serve: for load balancers and containers, without signing in."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fourfold.records.schema import missing_migrations


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503; it says nothing else about the installation."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _answer("the database does not answer", 503)
    return _answer("ok", 200)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 where requests should be sent here: the database answers, and its schema is that of this version."""
    try:
        missing = missing_migrations()
    except DatabaseError:
        return _answer("the database does not answer", 503)
    return _answer("the schema is being changed", 503) if missing else _answer("ready", 200)


def _answer(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", content_type="text/plain", status=status, headers={"Cache-Control": "no-store"})
