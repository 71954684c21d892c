"""Take a token back."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._events import note_event
from fourfold.actions.make_token import chains_of
from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.models import Person, Token


def revoke_token(*, by: Person | None, prefix: str, at: datetime | None = None) -> Outcome[Token]:
    """From now on nobody gets in with it: one's own, or a service key of an organisation one administers."""
    seen = Token.objects.all() if by is None else Token.objects.visible_to(by)
    token = seen.filter(prefix=prefix).first()
    if token is None:
        raise NotFound(f"There is no token {prefix}.")
    if token.revoked_at is not None:
        return Outcome(f"{prefix} was revoked already", token)
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        token.revoked_at = moment
        token.save(update_fields=("revoked_at",))
        for place in chains_of(token):
            note_event(place, by, "token.revoke", f"token {token.pk}", at=moment, before={"prefix": prefix})
    return Outcome(f"{prefix} no longer lets anybody in", token)
