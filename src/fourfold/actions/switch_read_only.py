"""Stop all writing, or allow it again."""

from __future__ import annotations

from fourfold.actions.outcome import Outcome
from fourfold.errors import Forbidden
from fourfold.records.models import Person
from fourfold.records.read_only import is_read_only, switch


def switch_read_only(*, by: Person | None, on: bool, why: str = "") -> Outcome[bool]:
    """From the next request on; for the administrator of the machine. The value is whether it is on afterwards."""
    if by is not None:
        raise Forbidden("Only the administrator of the machine can make everything read-only.")
    switch(on, why)
    now = is_read_only()
    if now and not on:
        return Outcome("still read-only: FOURFOLD_READ_ONLY is set for this process", now)
    return Outcome("read-only: people read, nobody writes" if now else "open for writing", now)
