"""Take up an invitation: name and password."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._invitations import is_safe_link
from fourfold.actions._people import check_name, check_password
from fourfold.actions._steps import lock, note_event
from fourfold.actions.outcome import Outcome
from fourfold.actions.rename_person import write_name
from fourfold.errors import NotFound
from fourfold.records.models import Invitation, Person
from fourfold.records.queries.invitation import open_invitation


def accept_invitation(
    *, by: None = None, link_hash: str, name: str, password: str, at: datetime | None = None
) -> Outcome[Person]:
    """Set name and password of the invited person, once. `by` is nobody: who has the link is the person.

    Raises `NotFound` when the link was used, taken back, replaced by a newer one, or is too old, and when it was shown
    to somebody to whom the account would be a gain, since it has come to roles that they may not give.
    """
    moment = at or datetime.now(UTC)
    found = open_invitation(link_hash, at=moment)
    if found is None or not is_safe_link(found):
        raise NotFound("This invitation no longer works.", hint="Ask whoever invited you for a new one.")
    findings = (*check_name(name), *check_password(password, _renamed(found.person, name)))
    if findings:
        return Outcome("nothing was changed", findings=findings)
    with transaction.atomic():
        place = lock(found.organisation)
        taken = Invitation.objects.filter(pk=found.pk, accepted_at=None, link_hash=link_hash)
        if not taken.update(accepted_at=moment, link_hash=None):
            raise NotFound("This invitation was used just now.", hint="Sign in with the password that was set.")
        person = Person.objects.select_for_update().get(pk=found.person_id)
        person.set_password(password)
        person.save(update_fields=("password",))
        write_name(person, name)
        note_event(place, person, "invitation.accept", f"person {person.pk}", at=moment)
    return Outcome(f"{person.name} can sign in", person)


def _renamed(person: Person, name: str) -> Person:
    """The person as they will be called, for the rule that a password is not one's own name."""
    person.name = name.strip() or person.name
    return person
