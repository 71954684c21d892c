"""Days and moments as people write them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.timezone import localtime


def day_text(day: date | str) -> str:
    """A day: `26 Nov 2026`. A text that is an ISO day becomes one, any other text stays as it is.

    >>> day_text("2026-11-26"), day_text("next spring")
    ('26 Nov 2026', 'next spring')
    """
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError:
            return str(day)
    return f"{day.day} {day:%b %Y}"


def moment_text(moment: datetime) -> str:
    """A moment in the server's time zone: `26 Nov 2026, 14:05`."""
    local = localtime(moment)
    return f"{day_text(local.date())}, {local:%H:%M}"


def day_of_moment(moment: datetime) -> str:
    """The day of a moment in the server's time zone: `26 Nov 2026`."""
    return day_text(localtime(moment).date())
