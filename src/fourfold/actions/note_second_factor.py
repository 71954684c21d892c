"""Write down that a second factor was added, removed or renewed."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from django.db import transaction

from fourfold.actions._people import end_sessions_of, note_for_person
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Person


class Change(StrEnum):
    """What was done."""

    ADD = "add"
    REMOVE = "remove"
    RENEW = "renew"


def note_second_factor(
    *, by: Person, kind: str, change: Change, session: str | None, at: datetime | None = None
) -> Outcome[None]:
    """Write the event of a change by the person themselves; one that removes a factor ends their other sessions."""
    with transaction.atomic():
        if change is Change.REMOVE:
            end_sessions_of(by, keep=session)
        note_for_person(by, by, f"factor.{change}", at=at or datetime.now(UTC), after={"kind": kind})
    return Outcome(f"{kind}: {change}")
