"""Send an invitation again."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._invitations import find_invited, issue_invitation, needs_invitation
from fourfold.actions._steps import find_organisation, lock
from fourfold.actions.outcome import Outcome
from fourfold.errors import Conflict
from fourfold.records.models import Invitation, Person


def renew_invitation(
    *, by: Person | None, email: str, organisation: str | None = None, at: datetime | None = None
) -> Outcome[Invitation]:
    """Give somebody who cannot sign in yet a new link; the one they had before no longer works."""
    place = find_organisation(by, organisation)
    person = find_invited(by, place, email)
    if not needs_invitation(person):
        raise Conflict(
            f"{person.email} needs no invitation.",
            hint="The account has a password, belongs to a directory, or is switched off.",
        )
    with transaction.atomic():
        invitation = issue_invitation(lock(place), person, by, at=at or datetime.now(UTC))
    return Outcome(f"{person.email} is invited until {invitation.ends_at:%Y-%m-%d}", invitation)
