"""Remove reminders whose links have ended, with the e-mails that brought them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from fourfold.actions.outcome import Outcome
from fourfold.records.models import Person, Reminder

#: So long after its link ended a reminder is kept: who was reminded of what can be looked up. The event stays for good.
KEPT: Final = timedelta(days=90)


def remove_reminders(*, by: Person | None = None, at: datetime | None = None) -> Outcome[int]:
    """It only makes room: a link that has ended opens nothing."""
    rows = Reminder.objects.filter(ends_at__lt=(at or datetime.now(UTC)) - KEPT)
    with transaction.atomic():
        count = rows.delete()[1].get(Reminder._meta.label, 0)
    return Outcome(f"{count} removed", count)
