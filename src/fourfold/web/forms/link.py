"""After how many months a link should show, as people type it: 3, or 1 to 6."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_BETWEEN: Final = re.compile(r"(?<=\d) ?(?:to|[-–, ]) ?(?=\d)")


def months_text(lag: Iterable[object] | None) -> str:
    """A window of months as a form has it.

    >>> months_text((3, 3)), months_text(["1", "6"]), months_text(None)
    ('3', '1 to 6', '')
    """
    return " to ".join(dict.fromkeys(map(str, lag or ())))


def months_of(text: str) -> list[str]:
    """What somebody typed, as a file has it; what cannot be read stays as it is, for the check to complain about.

    >>> months_of("3"), months_of("1 to 6"), months_of("1–6"), months_of("1 to"), months_of(" ")
    (['3', '3'], ['1', '6'], ['1', '6'], ['1 to', '1 to'], [])
    """
    parts = _BETWEEN.split(" ".join(text.split())) if text.strip() else []
    return parts * 2 if len(parts) == 1 else parts
