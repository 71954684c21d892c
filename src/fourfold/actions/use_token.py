"""Come in with a token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from fourfold.actions.note_denial import note_denial
from fourfold.actions.origin import origin
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Person, Token
from fourfold.records.tokens import START, find_token, person_of

#: The newest use is written no more often than this.
_KEPT_EVERY: Final = timedelta(minutes=1)


def use_token(*, by: None = None, text: str, at: datetime | None = None) -> Outcome[tuple[Token, Person]]:
    """The token and its person with the rights of its scopes; None for one that does not hold, which is an event.

    What was sent is not kept: of something that looks like a token of ours its prefix, of anything else nothing.
    """
    moment = at or datetime.now(UTC)
    token = find_token(text, moment)
    if token is None:
        start = "_".join(text.split("_")[:2])[:17] if text.startswith(f"{START}_") else "something else"
        note_denial(by=None, action="token.refuse", thing=start, at=moment)
        return Outcome("this token does not hold")
    if token.used_at is None or moment - token.used_at >= _KEPT_EVERY:
        Token.objects.filter(pk=token.pk).update(used_at=moment, used_from=origin().address)
    return Outcome("in", (token, person_of(token)))
