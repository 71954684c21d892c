"""The step that inviting somebody and inviting them again share: a new link, and the mail with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from fourfold.access.giving import gives
from fourfold.access.roles import Role
from fourfold.actions._steps import note_event
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Invitation, Mail, Organisation, Person
from fourfold.records.models.person import tidy_email
from fourfold.records.queries.invitation import hash_of, link_of
from fourfold.records.queries.people import manages_all, manages_people
from fourfold.records.scope import principal_of

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

    The mail is a row of the same transaction: it is there when the invitation is, and is sent after the commit. Without
    mail the link is shown to `by`, who could then sign in as the person: `Forbidden` where that would be a gain.
    """
    mails = bool(settings.SENDS_EMAIL and person.email)
    if not mails and not may_hold_link(by, person):
        message = f"You would be shown a link to an account that may do more than you may give, that of {person.name}."
        raise Forbidden(message, hint="Somebody who may give all roles of the account can invite them.")
    known = Invitation.objects.filter(organisation=organisation, person=person, accepted_at=None, revoked_at=None)
    before = known.first()
    if before is not None:
        Mail.objects.filter(invitation=before, sent_at=None).delete()
    if before is not None and before.by != by:  # whose link it is, is whose rights count when it is taken up
        known.update(revoked_at=at, link_hash=None)
    invitation, is_new = known.get_or_create(
        organisation=organisation, person=person, accepted_at=None, revoked_at=None,
        defaults={"by": by, "made_at": at, "ends_at": at + LASTS},
    )  # fmt: skip
    invitation.issue += 0 if is_new else 1
    invitation.ends_at = at + LASTS
    invitation.link_hash = hash_of(link_of(invitation))
    invitation.save()
    if mails:
        Mail.objects.create(
            kind=Mail.Kind.INVITATION, address=person.email or "", invitation=invitation, made_at=at, due_at=at
        )
    action = "invitation.renew" if before else "invitation.make"
    note_event(organisation, by, action, f"person {person.pk}", at=at, after={"until": invitation.ends_at.isoformat()})
    return invitation


def may_hold_link(by: Person | None, person: Person) -> bool:
    """True where whoever has the link of an account gains nothing by it: they may give every role that it has."""
    if by is None:
        return True
    rows = person.grant_rows.exclude(role="").values_list("organisation", "role", "unit__path")
    return all(Role(role) in gives(principal_of(by), pk, path) for pk, role, path in rows)


def is_safe_link(invitation: Invitation) -> bool:
    """True where the link went to the person alone, or to somebody who still gains nothing by it."""
    was_mailed = Mail.objects.filter(invitation=invitation).exists()
    return was_mailed or may_hold_link(invitation.by, invitation.person)


def needs_invitation(person: Person) -> bool:
    """True for an account that nobody can sign in to yet, by a password or by a directory."""
    can_sign_in = person.has_usable_password() or person.identities.exists()
    return bool(person.email and person.is_active and not can_sign_in)
