"""Switch an account off."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.actions._people import called, end_sessions_of, find_person, note_for_person
from fourfold.actions.outcome import Outcome
from fourfold.errors import Conflict, Forbidden
from fourfold.records.models import Invitation, Organisation, Person


def deactivate_person(
    *, by: Person | None, email: str = "", number: int | None = None, at: datetime | None = None
) -> Outcome[Person]:
    """The person cannot sign in any more and their sessions end at once; what they did and own keeps their name.

    The last administrator of an organisation cannot be switched off, nor can anybody switch off themselves.
    """
    person = find_person(by, email, number)
    if by is not None and by == person:
        raise Forbidden("You cannot switch off your own account.", hint="Another administrator can.")
    if not person.is_active:
        return Outcome(f"{called(person)} is switched off already", person)
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        for organisation in Organisation.objects.filter(membership__person=person).select_for_update():
            if _is_last_administrator(person, organisation):
                hint = "Make somebody else an administrator first."
                raise Conflict(f"{person.name} is the last administrator of {organisation.name}.", hint=hint)
        person.is_active = False
        person.save(update_fields=("is_active",))
        Invitation.objects.filter(person=person, accepted_at=None, revoked_at=None).update(
            revoked_at=moment, link_hash=None
        )
        end_sessions_of(person)
        note_for_person(person, by, "person.deactivate", at=moment)
    return Outcome(f"{called(person)} is switched off", person)


def _is_last_administrator(person: Person, organisation: Organisation) -> bool:
    def manages(somebody: Person) -> bool:
        return can(somebody.principal, Action.ADMINISTER, Thing(organisation.pk))

    others = Person.objects.filter(memberships__organisation=organisation, is_active=True).exclude(pk=person.pk)
    return manages(person) and not any(manages(other) for other in others)
