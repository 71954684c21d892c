"""Guest links that hold, and who looks through them."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from fourfold.access.guests import guest, may_share
from fourfold.records.models import GuestLink, Person, Unit
from fourfold.records.scope import principal_of

#: By this people and programs that look for leaked secrets know a link of ours.
START: Final = "fourfold_guest"


def new_link() -> tuple[str, str]:
    """The secret part of a link, shown once, and its prefix: `fourfold_guest_3f9c2a1b_` and 256 random bits."""
    prefix = secrets.token_hex(4)
    return f"{START}_{prefix}_{secrets.token_urlsafe(32)}", prefix


def find_link(digest: str, at: datetime) -> GuestLink | None:
    """The link with this hash, where it holds at this moment."""
    rows = GuestLink.objects.select_related("organisation", "unit", "kpi", "made_by")
    found = rows.filter(digest=digest, revoked_at=None, expires_at__gt=at).first()
    return found if found is not None and holds(found) else None


def guest_of(link: GuestLink) -> Person:
    """Who looks through the link: a person without a name, who is in no table."""
    below = Unit.objects.filter(parent=link.unit_id).values_list("path", flat=True)
    somebody = Person(is_active=True)
    somebody.__dict__["principal"] = guest(
        link.organisation_id, link.unit.path, below, link.prefix, statuses_only=link.statuses_only
    )
    return somebody


def holds(link: GuestLink) -> bool:
    """False where the right to make it is gone: its maker may not share the unit any more, or was switched off."""
    if link.made_by is None:  # the administrator of the machine
        return True
    return may_share(principal_of(link.made_by), link.organisation_id, link.unit.path)
