"""Change the e-mail address with which somebody signs in."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._invitations import issue_invitation, may_hold_link, needs_invitation
from fourfold.actions._members import describe
from fourfold.actions._people import (
    called,
    check_address,
    end_sessions_of,
    find_person,
    note_for_person,
    tell_address_before,
)
from fourfold.actions._steps import advance, lock
from fourfold.actions.outcome import Outcome
from fourfold.errors import Conflict, Forbidden
from fourfold.records.models import Invitation, Mail, Organisation, Person
from fourfold.records.models.person import tidy_email


def change_email(
    *, by: Person | None, new: str, email: str = "", number: int | None = None, at: datetime | None = None
) -> Outcome[Person]:
    """Give an account another address. Sessions end, and links that were sent to the address before open nothing.

    Whoever administers all organisations of the person may, and nobody for themselves. The address before is told of
    it. Somebody who cannot sign in yet is invited anew instead, at the new address. Addresses of a directory that says
    by itself who is there are changed there.
    """
    person = find_person(by, email, number)
    if by is not None and by == person:
        raise Forbidden("You cannot change your own address.", hint="Another administrator can.")
    address = tidy_email(new) or ""
    if findings := check_address(address):
        return Outcome("the address was not changed", findings=findings)
    if address == person.email:
        return Outcome(f"{address} is the address already", person)
    if person.entries.exists():
        raise Conflict(f"The address of {person.name} comes from a directory.", hint="Change it there.")
    moment, before = at or datetime.now(UTC), person.email
    with transaction.atomic():
        for place in Organisation.objects.filter(membership__person=person).order_by("pk"):
            describe(lock(place), person, name=person.name, email=address)
            advance(place, definitions=True)
        end_sessions_of(person)
        note_for_person(person, by, "person.email", at=moment, before={"email": before}, after={"email": address})
        _send_elsewhere(person, by, moment)
        if not needs_invitation(person):
            tell_address_before(person, before, at=moment)
    return Outcome(f"{called(person)} is the address of {person.name} now", person)


def _send_elsewhere(person: Person, by: Person | None, at: datetime) -> None:
    """Mails that wait go to the new address; an invitation that went to the old one ends, and another is sent."""
    Mail.objects.filter(reminder__person=person, sent_at=None).update(address=person.email)
    opened = Invitation.objects.filter(person=person, accepted_at=None, revoked_at=None)
    places = [invitation.organisation for invitation in opened.select_related("organisation")]
    Mail.objects.filter(invitation__in=opened, sent_at=None).delete()
    opened.update(revoked_at=at, link_hash=None)
    for place in places:
        if needs_invitation(person) and may_hold_link(by, person):
            issue_invitation(lock(place), person, by, at=at)
