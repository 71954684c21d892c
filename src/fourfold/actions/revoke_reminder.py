"""Take back the link of a reminder."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._events import note_event
from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.models import Person, Reminder
from fourfold.records.queries.tokens import administered


def revoke_reminder(*, by: Person | None, reminder: int, at: datetime | None = None) -> Outcome[Reminder]:
    """From now on its link enters nothing, also for whoever has just opened it.

    People revoke their own, and those of others where they administer the organisation.
    """
    moment = at or datetime.now(UTC)
    seen = Reminder.objects.all()
    if by is not None:
        seen = Reminder.objects.visible_to(by) | Reminder.objects.filter(organisation__in=administered(by))
    found = seen.select_related("organisation").filter(pk=reminder).first()
    if found is None:
        raise NotFound("There is no such reminder, or it is not yours.")
    with transaction.atomic():
        if not Reminder.objects.filter(pk=found.pk, revoked_at=None).update(revoked_at=moment):
            return Outcome("its link was over already", found)
        found.revoked_at = moment
        thing = f"person {found.person_id}"
        note_event(found.organisation, by, "reminder.revoke", thing, at=moment, before={"day": found.day.isoformat()})
    return Outcome("the link enters nothing any more", found)
