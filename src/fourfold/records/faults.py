"""What a database that cannot do its work means: the disk is full, nobody may write, it is busy, or it is gone."""

from __future__ import annotations

from enum import StrEnum

from django.db import DatabaseError, InterfaceError, OperationalError


class Fault(StrEnum):
    """One of the ways in which it is no mistake of ours."""

    FULL = "full"
    READ_ONLY = "read_only"
    BUSY = "busy"
    GONE = "gone"


def fault_of(error: BaseException | None) -> Fault | None:
    """Which of them an exception tells of; None for any other.

    >>> fault_of(OperationalError("database or disk is full"))
    <Fault.FULL: 'full'>
    """
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    text = str(error).lower()
    if "disk is full" in text or "no space left" in text:
        return Fault.FULL
    if "readonly database" in text or "read-only" in text:
        return Fault.READ_ONLY
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    return Fault.BUSY if "locked" in text else Fault.GONE
