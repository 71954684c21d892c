"""Switch an account on again."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._people import called, find_person, note_for_person
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Person


def reactivate_person(
    *, by: Person | None, email: str = "", number: int | None = None, at: datetime | None = None
) -> Outcome[Person]:
    """The person can sign in again, with the password, second factors and roles they had."""
    person = find_person(by, email, number)
    if person.is_active:
        return Outcome(f"{called(person)} is switched on already", person)
    with transaction.atomic():
        person.is_active = True
        person.save(update_fields=("is_active",))
        note_for_person(person, by, "person.reactivate", at=at or datetime.now(UTC))
    return Outcome(f"{called(person)} is switched on", person)
