"""Remove a feed and its run log; the figures that it brought stay."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._sources import find_feed
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Person


def remove_feed(
    *, by: Person | None, organisation: str | None = None, feed: str, at: datetime | None = None
) -> Outcome[str]:
    """It runs no more."""
    place = find_organisation(by, organisation)
    require(by, Action.EDIT_SOURCE, place)
    with transaction.atomic():
        place = lock(place)
        row = find_feed(place, feed)
        before = {"name": row.name, "connection": row.connection.code}
        row.delete()
        note_event(place, by, "feed.remove", f"feed {feed}", at=at or datetime.now(UTC), before=before)
    return Outcome(f"{row.name} was removed", row.name)
