"""Give a person a new password."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.actions._steps import lock, note_event
from fourfold.actions.outcome import Outcome
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Organisation, Person
from fourfold.records.models.person import tidy_email


def set_password(*, by: Person | None, email: str, password: str, at: datetime | None = None) -> Outcome[Person]:
    """Set the password of the account with this address; sessions that the person has open end.

    A person may set their own; an administrator that of people who belong to no other organisation than theirs.
    """
    person = _find(by, email)
    try:
        validate_password(password, person)
    except ValidationError as error:
        found = tuple(Finding("PASSWORD", Level.ERROR, Place(thing="password"), text) for text in error.messages)
        return Outcome("the password was not changed", findings=found)
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=("password",))
        for organisation in Organisation.objects.filter(membership__person=person).order_by("pk"):
            moment = at or datetime.now(UTC)
            note_event(lock(organisation), by, "person.password", f"person {person.pk}", at=moment)
    return Outcome(f"{person.email} has a new password", person)


def _find(by: Person | None, email: str) -> Person:
    address = tidy_email(email)
    seen = Person.objects.all() if by is None else Person.objects.visible_to(by)
    person: Person | None = seen.filter(email=address).first() if address else None
    if person is None:
        raise NotFound(f"There is nobody with the address {email}.", hint=_known() if by is None else None)
    if by is not None and by != person:
        _require_managed(by, person)
    return person


def _require_managed(by: Person, person: Person) -> None:
    """An account of several organisations is nobody's but its own."""
    organisations = person.memberships.values_list("organisation", flat=True)
    if not all(can(by.principal, Action.ADMINISTER, Thing(pk)) for pk in organisations):
        raise Forbidden("You may not set the password of this person.", hint="They can ask for a new one themselves.")


def _known() -> str:
    some = list(Person.objects.exclude(email=None).order_by("pk").values_list("email", flat=True)[:5])
    return f"Some that are known: {', '.join(some)}." if some else "Load an organisation first: fourfold load FOLDER"
