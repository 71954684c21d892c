"""Let somebody no longer stand in."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._steps import lock, note_event
from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.models import Deputy, Person


def end_deputy(*, by: Person, deputy: int, at: datetime | None = None) -> Outcome[Deputy]:
    """End what one arranged, or what one was named for; from the next request on. What was done stays as it is."""
    found = Deputy.objects.filter(pk=deputy, ended_at=None).select_related("organisation", "person", "deputy").first()
    if found is None or by not in (found.person, found.deputy):
        raise NotFound("There is no such deputy.")
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        place = lock(found.organisation)
        found.ended_at = moment
        found.save(update_fields=("ended_at",))
        note_event(place, by, "deputy.end", f"person {found.deputy_id}", at=moment)
    return Outcome(f"{found.deputy.name} no longer stands in for {found.person.name}", found)
