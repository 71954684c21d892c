"""Set a new password with the link from an e-mail."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction

from fourfold.actions._people import check_password, end_sessions_of, note_for_person
from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.models import Person


def reset_password(
    *, by: None = None, person: int, token: str, password: str, at: datetime | None = None
) -> Outcome[Person]:
    """Set the password of the account whose link this is; it works once, since it is made from the password before.

    Raises `NotFound` when the link was used or is too old. All sessions of the person end; second factors stay.
    """
    with transaction.atomic():
        found = Person.objects.select_for_update().filter(pk=person, is_active=True).first()
        if found is None or not found.has_usable_password() or not default_token_generator.check_token(found, token):
            raise NotFound("This link no longer works.", hint="Ask for a new one.")
        if findings := check_password(password, found):
            return Outcome("the password was not changed", findings=findings)
        found.set_password(password)
        found.save(update_fields=("password",))
        end_sessions_of(found)
        note_for_person(found, found, "person.reset", at=at or datetime.now(UTC))
    return Outcome(f"{found.email} has a new password", found)
