"""Let in somebody whom a directory vouches for."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.directory import Directory, Visitor
from fourfold.actions._members import add_member, give_roles
from fourfold.actions._steps import lock, note_event
from fourfold.actions.outcome import Outcome
from fourfold.errors import ConfigurationError, Forbidden
from fourfold.records.models import Identity, Organisation, Person
from fourfold.records.models.person import tidy_email


def admit_person(
    *, by: Person | None, directory: Directory, visitor: Visitor, at: datetime | None = None
) -> Outcome[Person]:
    """The account of a visitor, with the roles of their groups: known, else taken over by e-mail, else made.

    An account is taken over only with a verified address, where the directory may, where it belongs to this
    organisation and no other, and to nobody else in the directory. From then on it has no password. Raises
    `Forbidden` with the reason and whom to ask where there is no account to sign in to; nothing is changed then.
    """
    moment = at or datetime.now(UTC)
    place = Organisation.objects.filter(code=directory.organisation).first()
    if place is None:
        message = f"The directory {directory.code} is for the organisation {directory.organisation}, which is not here."
        raise ConfigurationError(message, hint="Load it, or mend the file of directories.")
    with transaction.atomic():
        place = lock(place)
        known = Identity.objects.filter(organisation=place, issuer=visitor.issuer, subject=visitor.subject)
        identity = known.select_related("person").first()
        person = identity.person if identity else _account(place, directory, visitor)
        if not person.is_active:
            raise Forbidden(f"The account of {person.name} is switched off.", hint=_ask(directory, "switch it on"))
        if identity is None:
            Identity.objects.create(
                organisation=place, person=person, directory=directory.code, issuer=visitor.issuer,
                subject=visitor.subject, made_at=moment, seen_at=moment,
            )  # fmt: skip
        else:
            known.update(seen_at=moment, directory=directory.code)
        given, taken = give_roles(place, person, directory, visitor.groups)
        if identity is None or given or taken:
            after = {"directory": directory.code, "given": given, "taken": taken}
            note_event(place, person, "person.admit", f"person {person.pk}", at=moment, after=after)
    return Outcome(f"{person.name} comes from {directory.name}", person)


def _account(place: Organisation, directory: Directory, visitor: Visitor) -> Person:
    """An account for somebody who comes for the first time."""
    is_verified = visitor.email_verified or directory.trust_email
    address = tidy_email(visitor.email) if is_verified else None
    holder = Person.objects.filter(email=address).first() if address else None
    if holder is not None:
        return _taken_over(place, directory, holder)
    if not directory.create:
        raise Forbidden(f"{_who(visitor)} has no account here.", hint=_ask(directory, "invite you"))
    if directory.groups and not directory.roles(visitor.groups):
        raise Forbidden(f"None of your groups in {directory.name} gives a role here.", hint=_ask(directory, "add you"))
    return add_member(place, name=visitor.name or address or visitor.subject, email=address)


def _taken_over(place: Organisation, directory: Directory, holder: Person) -> Person:
    """The account with the address, unless it is somebody else's who had that address before."""
    belongs = set(holder.memberships.values_list("organisation", flat=True))
    is_other = holder.identities.filter(organisation=place, directory=directory.code).exists()
    if not directory.link_by_email or belongs != {place.pk} or is_other:
        message = f"There is an account with the address {holder.email} already; it is not yours in {directory.name}."
        raise Forbidden(message, hint=_ask(directory, "look into it"))
    holder.set_unusable_password()
    holder.save(update_fields=("password",))
    return holder


def _who(visitor: Visitor) -> str:
    return visitor.email or visitor.name or visitor.subject


def _ask(directory: Directory, what: str) -> str:
    return f"Ask {directory.contact or 'an administrator of your organisation'} to {what}."
