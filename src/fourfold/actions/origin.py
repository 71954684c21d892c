# house: where a change comes from, which every event says; not an action
"""Where what is being done comes from: the page, the API, the command line or a job; network and request.

The doors of the product set it once (`with coming_from(…)`), and every event that is written inside has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from fourfold.records.models import Person


@dataclass(frozen=True, slots=True)
class Origin:
    """`agent` is who acts where no person does; `address` a network, never a whole address."""

    via: str = "job"
    agent: str = "machine"
    address: str = ""
    request_id: str = ""
    on_behalf_of: Person | None = None


_ORIGIN: ContextVar[Origin] = ContextVar("origin")
_EVERYWHERE = Origin()


def origin() -> Origin:
    """Where this thread's work comes from; from a job of the server where nobody said."""
    return _ORIGIN.get(_EVERYWHERE)


def begin_at(place: Origin) -> None:
    """From here on everything of this thread comes from there: for a command, which does one thing."""
    _ORIGIN.set(place)


@contextmanager
def acting_for(absent: Person | None) -> Iterator[None]:
    """What is done inside is done on behalf of this person, by their deputy; for oneself where it is nobody."""
    with coming_from(replace(origin(), on_behalf_of=absent)):
        yield


@contextmanager
def coming_from(place: Origin) -> Iterator[None]:
    """What is done inside comes from there."""
    token = _ORIGIN.set(place)
    try:
        yield
    finally:
        _ORIGIN.reset(token)
