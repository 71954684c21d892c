"""Remove the second factors of somebody who lost them."""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from fourfold.actions._people import called, end_sessions_of, find_person, note_for_person
from fourfold.actions.outcome import Outcome
from fourfold.errors import Forbidden
from fourfold.records.models import Person


def remove_second_factors(
    *, by: Person | None, email: str = "", number: int | None = None, at: datetime | None = None
) -> Outcome[int]:
    """Remove apps, passkeys and recovery codes of an account; its sessions end. For oneself there is a page.

    Whoever does this has made sure that it is the person who asks.
    """
    person = find_person(by, email, number)
    if by is not None and by == person:
        raise Forbidden("Your own second factors are changed on your account page.")
    with transaction.atomic():
        factors = Authenticator.objects.filter(user=person)
        kinds = sorted({str(kind) for kind in factors.values_list("type", flat=True)})
        count, _ = factors.delete()
        if count:
            end_sessions_of(person)
            note_for_person(person, by, "factor.reset", at=at or datetime.now(UTC), before={"kinds": kinds})
    said = "has no second factor any more" if count else "had no second factor"
    return Outcome(f"{called(person)} {said}", count)
