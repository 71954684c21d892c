"""Every minute the looks at KPIs that wait in the memory of this process are written."""

from __future__ import annotations

from datetime import datetime

from fourfold.actions.note_look import note_waiting_looks


def note_looks(*, now: datetime) -> int:
    """How many looks were written."""
    return note_waiting_looks(at=now).value or 0


def note_last_looks(*, now: datetime) -> int:
    """The same as the server stops."""
    return note_waiting_looks(at=now, is_last=True).value or 0
