"""Ask for a link that sets a new password."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings

from fourfold.actions.outcome import Outcome
from fourfold.records.models import Mail
from fourfold.records.models.person import tidy_email


def request_password(*, by: None = None, email: str, at: datetime | None = None) -> Outcome[None]:
    """Note that somebody asked for a new password for this address.

    Whether there is such an account is looked up when the mail is sent, so that the answer and the time it takes are
    the same for every address. `by` is nobody: whoever forgot a password is not signed in.
    """
    address = tidy_email(email) or ""
    if settings.SENDS_EMAIL and 3 <= len(address) <= 254:
        moment = at or datetime.now(UTC)
        Mail.objects.create(kind=Mail.Kind.RESET, address=address, made_at=moment, due_at=moment)
    return Outcome("asked for")
