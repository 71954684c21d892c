"""The date of a source, as exact as it is known: a day, a month or a year."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_FORM: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def first_day(text: str) -> date | None:
    """The first day that the date may be; None where it is no day, month or year.

    >>> first_day("2026-03"), first_day("2026-02-30")
    (datetime.date(2026, 3, 1), None)
    """
    if (found := _FORM.fullmatch(text)) is None:
        return None
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def date_words(text: str) -> str:
    """As people read it; a text that is no such date stays as it is.

    >>> date_words("2026-03-31"), date_words("2026-03"), date_words("2026")
    ('31 Mar 2026', 'Mar 2026', '2026')
    """
    if (day := first_day(text)) is None:
        return text
    return (text, f"{day:%b %Y}", f"{day.day} {day:%b %Y}")[text.count("-")]


def cited(source: str, dated: str | None) -> str:
    """A source with its date.

    >>> cited("Peer median", "2026-03"), cited("Peer median", None)
    ('Peer median, Mar 2026', 'Peer median')
    """
    return ", ".join(filter(None, (source.strip(), date_words(dated) if dated else "")))
