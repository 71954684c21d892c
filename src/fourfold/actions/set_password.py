"""Give a person a new password."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._people import check_password, end_sessions_of, find_person, note_for_person
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Person


def set_password(
    *, by: Person | None, email: str, password: str, session: str | None = None, at: datetime | None = None
) -> Outcome[Person]:
    """Set the password of the account with this address; sessions that the person has open end, but for `session`.

    A person may set their own; an administrator that of people who belong to no other organisation than theirs.
    """
    person = find_person(by, email)
    if findings := check_password(password, person):
        return Outcome("the password was not changed", findings=findings)
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=("password",))
        end_sessions_of(person, keep=session)
        note_for_person(person, by, "person.password", at=at or datetime.now(UTC))
    return Outcome(f"{person.email} has a new password", person)
