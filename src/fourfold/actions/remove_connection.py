"""Remove a connection that no feed reads, with its secret."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._sources import find_connection
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.errors import Conflict
from fourfold.records.models import Person


def remove_connection(
    *, by: Person | None, organisation: str | None = None, connection: str, at: datetime | None = None
) -> Outcome[str]:
    """It is gone; raises `Conflict` where a feed still reads it."""
    place = find_organisation(by, organisation)
    require(by, Action.EDIT_SOURCE, place)
    with transaction.atomic():
        place = lock(place)
        row = find_connection(place, connection)
        if feed := row.feeds.first():
            raise Conflict(f"The feed {feed.name} reads {row.name}.", hint="Remove the feed first.")
        row.delete()
        before = {"name": row.name, "kind": row.kind}
        moment = at or datetime.now(UTC)
        note_event(place, by, "connection.remove", f"connection {connection}", at=moment, before=before)
    return Outcome(f"{row.name} was removed", row.name)
