"""The text of tokens, and the account a token stands for."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Final

from fourfold.access.scopes import Scope, narrowed
from fourfold.records.models import Person, Token

#: By this people and programs that look for leaked secrets know a token of ours.
START: Final = "fourfold"


def new_token() -> tuple[str, str]:
    """A token, which is shown once, and its prefix: `fourfold_3f9c2a1b_` and 256 random bits."""
    prefix = f"{START}_{secrets.token_hex(4)}"
    return f"{prefix}_{secrets.token_urlsafe(32)}", prefix


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def scopes_of(token: Token) -> frozenset[Scope]:
    """Its scopes; words that this version does not know allow nothing."""
    return frozenset(Scope(word) for word in token.scopes.split(",") if word in set(Scope))


def find_token(text: str, at: datetime) -> Token | None:
    """The token that this is, where it holds at this moment and its person may still come in."""
    if not text.startswith(f"{START}_") or len(text) > 200:
        return None
    found = Person.objects.with_token(Token.objects.filter(digest=digest_of(text), revoked_at=None))
    return found if found is not None and found.expires_at > at and found.person.is_active else None


def person_of(token: Token) -> Person:
    """The person of the token with no more rights than its scopes."""
    person = token.person
    person.__dict__["principal"] = narrowed(person.principal, scopes_of(token))
    return person
