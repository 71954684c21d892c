"""The links of reminders: signed with the secret key, never kept, good for one person and for these figures alone."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from fourfold.errors import NotFound
from fourfold.records.models import Person, Reminder
from fourfold.records.queries.due_updates import DueGroup, due_from


def link_of(reminder: Reminder) -> str:
    """The number of the reminder and its signature: 256 bits."""
    digest = salted_hmac("fourfold.reminder", f"{reminder.pk}.{reminder.person_id}", algorithm="sha256").digest()
    return f"{reminder.pk}.{urlsafe_b64encode(digest).decode().rstrip('=')}"


def address_of(reminder: Reminder) -> str:
    """The whole link, as it is mailed."""
    return f"{settings.PUBLIC_URL}{reverse('reminder')}?link={link_of(reminder)}"


def open_reminder(person: Person, link: str, *, at: datetime) -> Reminder:
    """The reminder of this person with this link, while it works. Raises `NotFound` for any other."""
    pk = link.partition(".")[0]
    rows = Reminder.objects.visible_to(person).filter(revoked_at=None, ends_at__gt=at)
    found = rows.select_related("organisation").filter(pk=int(pk)).first() if pk.isdigit() and len(pk) < 19 else None
    if found is None or not constant_time_compare(link, link_of(found)):
        raise NotFound("This link is over, or was sent to somebody else.")
    return found


def still_due(reminder: Reminder, *, at: datetime) -> list[DueGroup]:
    """Of its figures those that are due from the person still."""
    wanted = {(unit, pk, period) for unit, pk, period in reminder.figures}
    left = []
    for group in due_from(reminder.person, reminder.organisation, at):
        figures = tuple(due for due in group.figures if (due.unit, due.pk, due.period.id) in wanted)
        if figures:
            left.append(group._replace(figures=figures))
    return left
