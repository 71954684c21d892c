"""Write down that somebody looked at a KPI: its role and the day, and nothing of who it was.

Whoever opens a page does not wait for it: a look is kept in memory, each once, and written by the job of the next
minute. A process that is killed loses the looks of its last minute; nobody may write for a while, and they wait.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple

from django.db import transaction

from fourfold.access.rules import role_at
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Kpi, Look, Organisation, Person
from fourfold.records.queries.structure import Structure, UnitPlace, structure_of
from fourfold.records.read_only import is_read_only
from fourfold.records.scope import principal_of

#: So many looks wait at most; more than that in the time that nobody may write are not kept.
MOST: Final = 100_000


class _Look(NamedTuple):
    organisation: int
    kpi: int
    role: str
    day: date


_WAITING: Final[set[_Look]] = set()
_WRITTEN: Final[set[_Look]] = set()  # of yesterday and today, so that a look is written once and not each minute
_LOCK: Final = Lock()


def note_look(
    *, by: Person, structure: Structure, unit: UnitPlace, kpi: int, at: datetime | None = None
) -> Outcome[bool]:
    """Keep that a person looks at a KPI (its row id) in a unit; the outcome says whether it is to be written.

    The day is that of the organisation. It never fails and asks the database nothing.
    """
    role = role_at(principal_of(by), structure.pk, unit.path)
    if role is None:
        return Outcome("seen by no role", False)
    look = _Look(structure.pk, kpi, role, (at or datetime.now(UTC)).astimezone(structure.zone).date())
    with _LOCK:
        is_new = look not in _WRITTEN and len(_WAITING) < MOST
        if is_new:
            _WAITING.add(look)
    return Outcome("waits" if is_new else "known", is_new)


def note_waiting_looks(*, by: None = None, at: datetime | None = None, is_last: bool = False) -> Outcome[int]:
    """Write the looks that wait, and, unless it is the last time, from which day on there are any: how many there were.

    What cannot be written waits on; looks at a KPI that is gone go with it.
    """
    if is_read_only():
        return Outcome("nobody may write", 0)
    moment = at or datetime.now(UTC)
    if not is_last:
        _begin(moment)
    with _LOCK:
        waiting = sorted(_WAITING)
    if not waiting:
        return Outcome("no looks wait", 0)
    with transaction.atomic():
        there = set(Kpi.objects.filter(pk__in={look.kpi for look in waiting}).values_list("pk", flat=True))
        rows = [Look(organisation_id=o, kpi_id=k, role=role, day=day) for o, k, role, day in waiting if k in there]
        Look.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    yesterday = (moment - timedelta(days=1)).date()
    with _LOCK:
        _WAITING.difference_update(waiting)
        _WRITTEN.update(waiting)
        _WRITTEN.intersection_update({look for look in _WRITTEN if look.day >= yesterday})
    return Outcome(f"{len(waiting)} looks written", len(waiting))


def forget_looks() -> None:
    """Begin as a new process does."""
    with _LOCK:
        _WAITING.clear()
        _WRITTEN.clear()


def _begin(at: datetime) -> None:
    """Note in organisations that are new here from which day on looks at their KPIs are written."""
    for organisation in Organisation.objects.filter(looks_since=None):
        day = at.astimezone(structure_of(organisation).zone).date()
        Organisation.objects.filter(pk=organisation.pk, looks_since=None).update(looks_since=day)
