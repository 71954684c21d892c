"""Where Django keeps sessions: rows that say whose they are, and that end by themselves.

A session of somebody who is signed in ends after `IDLE` without a request and `LONGEST` after signing in, whatever
happens in between. Each is one row, so that to end it is to remove the row, and its next request finds nobody.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.http import HttpRequest
from django.utils import timezone

from fourfold.records.models import Session

IDLE: Final = timedelta(hours=8)
LONGEST: Final = timedelta(days=7)
#: A request is written down when the last one that was is this old: one write in five minutes, not one per page.
NOTED_EVERY: Final = timedelta(minutes=5)


class SessionStore(DatabaseSessionStore):
    """Django's store of sessions in the database, with a person and an end of its own."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row: what is listed for people repeats what the session holds."""
        row = cast(Session, super().create_model_instance(data))
        row.person_id = data.get("_auth_user_id")
        row.started_at, row.seen_at = _moment(data.get("started")), _moment(data.get("seen"))
        row.address, row.browser = data.get("address", ""), data.get("browser", "")
        return row

    def get_expiry_date(self, **_: Any) -> datetime:
        """When it ends, counted from this request on."""
        idle = timezone.now() + IDLE
        started = _moment(self.get("started"))
        return idle if started is None else min(idle, started + LONGEST)

    def get_expiry_age(self, **_: Any) -> int:
        """The same in seconds, for the cookie."""
        return max(0, int((self.get_expiry_date() - timezone.now()).total_seconds()))


def begin(session: SessionBase, request: HttpRequest, *, address: str, at: datetime) -> None:
    """Write down where and when somebody signed in."""
    session["started"] = at.timestamp()
    _see(session, request, address, at)


def note_request(session: SessionBase, request: HttpRequest, *, address: str, at: datetime) -> None:
    """Write down that the session is in use, once in a while."""
    seen = _moment(session.get("seen"))
    if seen is not None and at - seen >= NOTED_EVERY:
        _see(session, request, address, at)


def _see(session: SessionBase, request: HttpRequest, address: str, at: datetime) -> None:
    session["seen"] = at.timestamp()
    session["address"] = address
    session["browser"] = request.META.get("HTTP_USER_AGENT", "")[:200]


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
