"""Every minute what was counted of denials becomes events."""

from __future__ import annotations

from datetime import datetime

from fourfold.actions.note_denial import note_counted_denials


def note_denials(*, now: datetime, even_now: bool = False) -> int:
    """How many events were written; with `even_now`, as when the server stops, also of the minute that runs."""
    return note_counted_denials(at=now, even_now=even_now).value or 0
