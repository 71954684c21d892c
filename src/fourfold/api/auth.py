"""Who asks: the person of the token in `Authorization: Bearer …`, with no more rights than its scopes."""

from __future__ import annotations

import math

from django.http import HttpRequest
from ninja.security import HttpBearer

from fourfold.actions.origin import origin
from fourfold.actions.use_token import use_token
from fourfold.errors import FourfoldError, Kind
from fourfold.records.limits import ADDRESS, REFUSED, TOKEN, Rate, seconds_to_wait
from fourfold.records.models import Person


class TooMany(FourfoldError):
    """You ask too often."""

    kind = Kind.UNAVAILABLE
    retry = True

    def __init__(self, seconds: float) -> None:
        """Say how long to wait, in whole seconds."""
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(hint=f"Wait {self.seconds} s. A token has {TOKEN.burst} requests at once, then "
                              f"{TOKEN.per_second:g} a second.")  # fmt: skip


class TokenAuth(HttpBearer):
    """A token of ours as a bearer token. Nothing is looked up for an address that asks too often."""

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        """The person; None for a token that does not hold."""
        _count("address", origin().address, ADDRESS)
        found = use_token(text=token).value
        if found is None:
            _count("refused", origin().address, REFUSED)
            return None
        _count("token", str(found[0].pk), TOKEN)
        request.token = found[0]  # type: ignore[attr-defined]
        return found[1]


def _count(kind: str, who: str, rate: Rate) -> None:
    if wait := seconds_to_wait(kind, who, rate):
        raise TooMany(wait)
