"""The links of reminders: signed with the secret key, never kept, good for entering their figures and nothing else."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from fourfold.access.scopes import Scope, narrowed
from fourfold.errors import NotFound
from fourfold.records.models import Organisation, Person, Reminder
from fourfold.records.queries.due_updates import DueGroup, due_from
from fourfold.records.queries.structure import structure_of
from fourfold.records.queries.tokens import administered


def link_of(reminder: Reminder) -> str:
    """The number of the reminder and its signature: 256 bits."""
    digest = salted_hmac("fourfold.reminder", f"{reminder.pk}.{reminder.person_id}", algorithm="sha256").digest()
    return f"{reminder.pk}.{urlsafe_b64encode(digest).decode().rstrip('=')}"


def address_of(reminder: Reminder) -> str:
    """The whole link, as it is mailed."""
    return f"{settings.PUBLIC_URL}{reverse('reminder')}?link={link_of(reminder)}"


def open_reminder(person: Person, link: str, *, at: datetime) -> Reminder:
    """The reminder of this person with this link, while it works. Raises `NotFound` for any other."""
    found = reminder_of(link, at=at, signed_in=True)
    if found is None or found.person_id != person.pk:
        raise NotFound("This link is over, or was sent to somebody else.")
    return found


# house: whoever has the link has nothing else to show, and its signature says that it is ours
def reminder_of(link: str, *, at: datetime, signed_in: bool = False) -> Reminder | None:
    """The reminder with this link while it works; its person may do nothing by it but see and enter figures.

    Where the organisation wants people to sign in first, it works for those alone who are `signed_in`.
    """
    pk = link.partition(".")[0]
    rows = Reminder.objects.filter(revoked_at=None, ends_at__gt=at, person__is_active=True)
    is_number = pk.isascii() and pk.isdigit() and len(pk) < 19
    found = rows.select_related("organisation", "person").filter(pk=int(pk)).first() if is_number else None
    if found is None or not constant_time_compare(link, link_of(found)):
        return None
    if not signed_in and not enters(found.organisation):
        return None
    found.person.principal = narrowed(found.person.principal, [Scope.RECORD])
    return found


def enters(organisation: Organisation) -> bool:
    """Whether the organisation lets links of reminders enter figures without signing in."""
    return structure_of(organisation).organisation.reminder_links == "enter"


# house: administrators look after the accounts of others, and see no figure by it
def reminders_beside(person: Person, *, at: datetime) -> QuerySet[Reminder]:
    """Those of others whose links work, where the person administers the organisation; the newest first."""
    places = [place.pk for place in administered(person)]
    rows = Reminder.objects.filter(organisation__in=places, revoked_at=None, ends_at__gt=at).exclude(person=person)
    return rows.select_related("organisation", "person").order_by("-pk")


def reminders_of(person: Person) -> QuerySet[Reminder]:
    """All that are kept of the person, the newest first."""
    return Reminder.objects.visible_to(person).select_related("organisation", "person").order_by("-pk")


def still_due(reminder: Reminder, *, at: datetime) -> list[DueGroup]:
    """Of its figures those that are due from the person still."""
    wanted = {(unit, pk, period) for unit, pk, period in reminder.figures}
    left = []
    for group in due_from(reminder.person, reminder.organisation, at):
        figures = tuple(due for due in group.figures if (due.unit, due.pk, due.period.id) in wanted)
        if figures:
            left.append(group._replace(figures=figures))
    return left
