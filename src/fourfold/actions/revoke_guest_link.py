"""Take a guest link back."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._events import note_event
from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.models import GuestLink, Person


def revoke_guest_link(*, by: Person | None, prefix: str, at: datetime | None = None) -> Outcome[GuestLink]:
    """From now on it shows nothing to anybody, also to those who have just opened it."""
    seen = GuestLink.objects.all() if by is None else GuestLink.objects.visible_to(by)
    link = seen.select_related("organisation").filter(prefix=prefix).first()
    if link is None:
        raise NotFound(f"There is no guest link {prefix} here, or you do not manage it.")
    if link.revoked_at is not None:
        return Outcome(f"{prefix} was revoked already", link)
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        link.revoked_at = moment
        link.save(update_fields=("revoked_at",))
        told = {"prefix": prefix, "name": link.name}
        note_event(link.organisation, by, "guest_link.revoke", f"guest link {link.pk}", at=moment, before=told)
    return Outcome(f"“{link.name}” shows nothing any more", link)
