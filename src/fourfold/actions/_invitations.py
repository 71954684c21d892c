"""The step that inviting somebody and inviting them again share: a new link, and the mail with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from fourfold.actions._steps import note_event
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Invitation, Mail, Organisation, Person
from fourfold.records.models.person import tidy_email
from fourfold.records.queries.invitation import hash_of, link_of
from fourfold.records.queries.people import manages_all, manages_people

#: So long a link works.
LASTS: Final = timedelta(days=7)


def require_to_manage_people(by: Person | None, organisation: Organisation) -> None:
    """Raise `Forbidden` where the person manages nobody in the organisation, which they see."""
    if by is not None and not manages_people(by, organisation.pk):
        hint = "An administrator of the organisation can give you the role."
        raise Forbidden("You may not manage people here.", hint=hint)


def find_invited(by: Person | None, organisation: Organisation, email: str) -> Person:
    """A member by address; whoever manages a part of the organisation finds those whom they invited themselves."""
    require_to_manage_people(by, organisation)
    found = Person.objects.filter(memberships__organisation=organisation, email=tidy_email(email))
    if by is not None and not manages_all(by, organisation.pk):
        found = found.filter(invitations__organisation=organisation, invitations__by=by)
    person: Person | None = found.distinct().first()
    if person is None:
        raise NotFound(f"There is nobody with the address {email} whom you could invite.")
    return person


def issue_invitation(organisation: Organisation, person: Person, by: Person | None, *, at: datetime) -> Invitation:
    """A link that works from now on, in the locked organisation; one that was sent before no longer does.

    The mail is a row of the same transaction: it is there when the invitation is, and is sent after the commit.
    """
    invitation, is_new = Invitation.objects.get_or_create(
        organisation=organisation, person=person, accepted_at=None, revoked_at=None,
        defaults={"by": by, "made_at": at, "ends_at": at + LASTS},
    )  # fmt: skip
    if not is_new:
        invitation.issue += 1
        Mail.objects.filter(invitation=invitation, sent_at=None).delete()
    invitation.ends_at = at + LASTS
    invitation.link_hash = hash_of(link_of(invitation))
    invitation.save()
    if settings.SENDS_EMAIL and person.email:
        Mail.objects.create(
            kind=Mail.Kind.INVITATION, address=person.email, invitation=invitation, made_at=at, due_at=at
        )
    action = "invitation.make" if is_new else "invitation.renew"
    note_event(organisation, by, action, f"person {person.pk}", at=at, after={"until": invitation.ends_at.isoformat()})
    return invitation


def needs_invitation(person: Person) -> bool:
    """True for an account that nobody can sign in to yet, by a password or by a directory."""
    can_sign_in = person.has_usable_password() or person.identities.exists()
    return bool(person.email and person.is_active and not can_sign_in)
