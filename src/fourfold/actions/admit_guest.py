"""Let in whoever has a guest link."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.hashers import check_password
from django.db.models import F, Q

from fourfold.actions.note_denial import note_denial
from fourfold.actions.outcome import Outcome
from fourfold.records.guests import find_link
from fourfold.records.models import GuestLink
from fourfold.records.read_only import is_read_only


def admit_guest(
    *, by: None = None, digest: str, password: str | None = None, at: datetime | None = None
) -> Outcome[GuestLink]:
    """Count one view of the link with this hash; the outcome is without a value where it does not hold.

    A link is not opened, or wrong, or over: whoever has it learns no more than that. Each refusal is an event.
    """
    moment = at or datetime.now(UTC)
    link = find_link(digest, moment)
    if link is not None and (not link.password or check_password(password or "", link.password)):
        if is_read_only() and link.most_views is None:  # people go on reading
            return Outcome("in", link)
        room = Q(most_views=None) | Q(views__lt=F("most_views"))
        counted = GuestLink.objects.filter(room, pk=link.pk, revoked_at=None)
        if counted.update(views=F("views") + 1, used_at=moment):
            return Outcome("in", link)
    thing, maker = ("something else", None) if link is None else (f"guest link {link.pk}", link.made_by)
    note_denial(by=None, action="guest_link.refuse", thing=thing, about=maker, at=moment)
    return Outcome("this link does not work")
