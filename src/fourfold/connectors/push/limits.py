"""How much a program may send at once, and in which forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fourfold.engine.measurements import COLUMNS
from fourfold.engine.measurements.events import AT
from fourfold.engine.words import choices
from fourfold.errors import FourfoldError

#: Bytes and rows of one request; whoever has more sends several.
LARGEST: Final = 20_000_000
MOST_ROWS: Final = 100_000
#: What a row may say.
FIELDS: Final = (*COLUMNS, AT)
#: What findings call what was sent.
BODY: Final = "the body"


class TooLarge(FourfoldError):
    """What was sent is too large."""

    def __init__(self) -> None:
        """Say what one request takes."""
        hint = f"A request takes {LARGEST / 1e6:,.0f} MB and {MOST_ROWS:,} rows at most: send several."
        super().__init__(hint=hint)


class UnknownForm(FourfoldError):
    """The body is in a form that is not read."""

    def __init__(self, form: str, known: Sequence[str]) -> None:
        """Say which ones are."""
        message = f"A body of the kind {form[:60]!r} is not read." if form else "Nothing says what kind of body it is."
        super().__init__(message, hint=f"Send Content-Type {choices(known)}.")
