"""Remove the rows of sessions that have ended by themselves."""

from __future__ import annotations

from datetime import UTC, datetime

from fourfold.actions.outcome import Outcome
from fourfold.records.models import Person, Session


def remove_sessions(*, by: Person | None = None, at: datetime | None = None) -> Outcome[int]:
    """Nothing ends by this: a row whose time is over signs nobody in. It only makes room."""
    removed, _ = Session.objects.filter(expire_date__lt=at or datetime.now(UTC)).delete()
    return Outcome(f"{removed} removed", removed)
