"""Let a feed rest, or run on by its schedule."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._sources import find_feed, next_due
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Feed, Person


def pause_feed(
    *, by: Person | None, organisation: str | None = None, feed: str, paused: bool = True, at: datetime | None = None
) -> Outcome[Feed]:
    """It runs no more by itself until it is resumed, with `paused` false; then earlier failures no longer count.

    So does a feed run by its schedule again that rests because it failed too often.
    """
    place = find_organisation(by, organisation)
    require(by, Action.EDIT_SOURCE, place)
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        place = lock(place)
        row = find_feed(place, feed)
        if (row.paused_at is not None) != paused or (row.rests and not paused):
            row.paused_at = moment if paused else None
            row.next_at = None if paused else next_due(row.schedule, row.time_zone, moment)
            row.failures = row.failures if paused else 0
            row.save(update_fields=("paused_at", "next_at", "failures"))
            note_event(place, by, "feed.pause" if paused else "feed.resume", f"feed {feed}", at=moment)
    return Outcome(f"{row.name} rests" if paused else f"{row.name} runs again", row)
