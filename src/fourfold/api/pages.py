"""Lists page by page, and parameters that must be known."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from django.http import HttpRequest
from ninja import Query

from fourfold.errors import FourfoldError
from fourfold.records.models import Person, Token

MOST = 500

Limit: TypeAlias = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
Cursor: TypeAlias = Annotated[str, Query(max_length=100, description="`next` of the page before.")]


class Unknown(FourfoldError):
    """A parameter of the address is not known."""


def asker(request: HttpRequest) -> Person:
    """Whose token it is."""
    person: Person = request.auth  # type: ignore[attr-defined]
    return person


def token_of(request: HttpRequest) -> Token:
    """The token itself."""
    token: Token = request.token  # type: ignore[attr-defined]
    return token


def known_only(request: HttpRequest, *names: str) -> None:
    """Refuse parameters that nobody reads: whoever sends one means something by it."""
    strange = sorted(set(request.GET) - set(names))
    if strange:
        takes = ", ".join(names) or "none"
        raise Unknown(f"There is no parameter “{strange[0][:40]}” here.", hint=f"There are: {takes}.")


def number_of(cursor: str) -> int | None:
    """The number that a cursor stands for; None where there is none. Raises `Unknown`."""
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 16):
        raise Unknown("The cursor is not one of ours.", hint="Send `next` of the page before, unchanged.")
    return int(cursor)


def page_of(rows: list[Any], limit: int, key: str) -> tuple[list[Any], str | None]:
    """The rows of a page, of which one more was read, and the cursor of the next page."""
    return rows[:limit], str(getattr(rows[limit - 1], key)) if len(rows) > limit else None
