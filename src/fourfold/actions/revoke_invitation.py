"""Take an invitation back."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._invitations import find_invited
from fourfold.actions._steps import find_organisation, lock, note_event
from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.models import Invitation, Mail, Person


def revoke_invitation(
    *, by: Person | None, email: str, organisation: str | None = None, at: datetime | None = None
) -> Outcome[Invitation]:
    """The link no longer works, and a mail with it that was not sent yet stays here. The membership remains."""
    place = find_organisation(by, organisation)
    person = find_invited(by, place, email)
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        place = lock(place)
        opened = Invitation.objects.filter(organisation=place, accepted_at=None, revoked_at=None)
        invitation = opened.filter(person=person).first()
        if invitation is None:
            raise NotFound(f"There is no open invitation of {email}.")
        invitation.revoked_at, invitation.link_hash = moment, None
        invitation.save(update_fields=("revoked_at", "link_hash"))
        Mail.objects.filter(invitation=invitation, sent_at=None).delete()
        note_event(place, by, "invitation.revoke", f"person {invitation.person_id}", at=moment)
    return Outcome(f"the invitation of {email} is taken back", invitation)
