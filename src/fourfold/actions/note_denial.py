"""Write down that somebody was not let in, or asked for what is not there or not theirs; a flood becomes a number.

The first few in a minute, for each who asks, are events of their own. Those after them are counted, and the count is
one event when the minute is over. So nothing is left out of the log, and nobody can fill it. Each process of the server
counts for itself; one that is killed loses the counts of its last minute.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from django.db import DatabaseError, transaction

from fourfold.actions._events import note_event
from fourfold.actions.origin import Origin as From
from fourfold.actions.origin import coming_from, origin
from fourfold.actions.outcome import Outcome
from fourfold.records.chain import stamp
from fourfold.records.models import Organisation, Person
from fourfold.records.read_only import ReadOnly, is_read_only
from fourfold.records.scope import principal_of

MINUTE: Final = timedelta(minutes=1)
EACH: Final = 5  # events of their own a minute, for one who asks in one way
ALL: Final = 60  # the same for all who ask of this process
MOST: Final = 1000  # who are told apart in a minute; all others are counted together

_log: Final = logging.getLogger(__name__)
_Key = tuple[str, int | None, str]  # action, person, network


@dataclass(slots=True)
class _Minute:
    """What was denied to one who asks since `since`: how often it was written, and how often only counted."""

    since: datetime
    place: From
    person: Person | None
    written: int = 0
    counted: int = 0
    newest: str = ""
    until: datetime | None = None
    chains: set[int | None] = field(default_factory=set)


_MINUTES: Final[dict[_Key, _Minute]] = {}
_LOCK: Final = Lock()


def note_denial(
    *, by: Person | None, action: str, thing: str, about: Person | None = None, at: datetime | None = None
) -> Outcome[bool]:
    """Write or count that `action` (such as `access.deny`) was denied; the outcome says whether it was written.

    It stands in the chains of the organisations of the person who asks, or of `about`, whose account it is, and in that
    of the installation where there are none. It never fails: what cannot be written now is counted.
    """
    moment = at or datetime.now(UTC)
    note_counted_denials(by=None, at=moment)
    chains = _chains(by or about)
    with _LOCK:
        minute, writes = _minute(by, action, moment)
        if writes:
            minute.written += 1
        else:
            minute.counted, minute.newest, minute.until = minute.counted + 1, thing, moment
            minute.chains |= set(chains)
    if writes and not _write(chains, by, action, thing, at=moment):
        with _LOCK:
            minute.counted, minute.newest, minute.until = minute.counted + 1, thing, moment
            minute.chains |= set(chains)
    return Outcome("written" if writes else "counted", writes)


def note_counted_denials(*, by: None = None, at: datetime | None = None, even_now: bool = False) -> Outcome[int]:
    """Write the counts of minutes that are over (with `even_now` of all): how many events were written."""
    moment = at or datetime.now(UTC)
    if is_read_only():  # they stay counted until somebody may write again
        return Outcome("nobody may write")
    with _LOCK:
        over = [key for key, minute in _MINUTES.items() if even_now or moment - minute.since >= MINUTE]
        ended = [(key[0], _MINUTES.pop(key)) for key in over]
    count = 0
    for action, minute in ended:
        if not minute.counted:
            continue
        told = {"count": minute.counted, "since": stamp(minute.since), "until": stamp(minute.until or moment)}
        with coming_from(minute.place):
            done = _write(minute.chains, minute.person, f"{action}.more", minute.newest, at=moment, after=told)
        count += done
        if not done:
            _log.error("%s more %s of a minute could not be written", minute.counted, action)
    return Outcome(f"{count} counts written", count)


def forget_denials() -> None:
    """Begin as a new process does."""
    with _LOCK:
        _MINUTES.clear()


def _minute(by: Person | None, action: str, at: datetime) -> tuple[_Minute, bool]:
    """The minute that is counted in, and whether there is room for an event of its own."""
    place = origin()
    key: _Key = (action, by.pk if by else None, "" if by else place.address)
    if key not in _MINUTES and len(_MINUTES) >= MOST:
        key, by, place = (action, None, "elsewhere"), None, From(place.via, "nobody")
    minute = _MINUTES.setdefault(key, _Minute(at, place, by))
    room = sum(other.written for other in _MINUTES.values()) < ALL
    return minute, room and minute.written < EACH and key[2] != "elsewhere"


def _chains(person: Person | None) -> tuple[int | None, ...]:
    return tuple(sorted(principal_of(person).organisations)) or (None,) if person else (None,)


def _write(
    chains: Iterable[int | None], by: Person | None, action: str, thing: str, *, at: datetime, after: object = None
) -> bool:
    try:
        with transaction.atomic():
            for pk in sorted(chains, key=lambda chain: chain or 0):
                organisation = None if pk is None else Organisation.objects.get(pk=pk)
                note_event(organisation, by, action, thing, at=at, after=after, agent="nobody")
    except (DatabaseError, ReadOnly):
        _log.exception("A denial could not be written to the log of events")
        return False
    return True
