"""Sign devices out."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._people import end_sessions_of, find_person, note_for_person
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Person, Session


def end_sessions(
    *,
    by: Person | None,
    email: str = "",
    number: int | None = None,
    only: str | None = None,
    keep: str | None = None,
    at: datetime | None = None,
) -> Outcome[int]:
    """End the sessions of an account: all, all but the one with the key `keep`, or `only` one, named by its hash.

    A person ends their own, an administrator those of people they manage. What a device asks for next is refused.
    """
    person = find_person(by, email, number)
    with transaction.atomic():
        if only is None:
            ended = end_sessions_of(person, keep=keep)
        else:
            keys = [s.session_key for s in Session.objects.filter(person=person) if s.name == only]
            ended, _ = Session.objects.filter(session_key__in=keys).delete()
        if ended:
            note_for_person(person, by, "session.end", at=at or datetime.now(UTC), after={"count": ended})
    return Outcome(f"{ended} {'session' if ended == 1 else 'sessions'} ended", ended)
