"""Make room: sessions that have ended."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from fourfold.actions.remove_sessions import remove_sessions as remove


def remove_sessions(*, now: datetime) -> int:
    """How many rows were removed."""
    try:
        return remove(by=None, at=now).value or 0
    finally:
        if not connection.in_atomic_block:
            connection.close()
