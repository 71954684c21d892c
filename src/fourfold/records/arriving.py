"""Rows of a large import on SQLite, made ready before the lock is taken, so that who enters a figure waits less for it.

SQLite lets one connection write at a time. What costs an import most is to compare its rows and to hand them over, and
neither needs the lock: fresh rows go to a table of this connection's own first, and from there all at once to where
they belong. What somebody records meanwhile is found by its row ids; where it is about the same figures, or a period
was closed, what was made ready is thrown away, and everything is done under the lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connection

from fourfold.engine.progress import Progress
from fourfold.records.closed_periods import closed_places
from fourfold.records.frames.imports import Checked, Refuse, Settled, insert_fresh, settle_part
from fourfold.records.frames.measurement import Planned, newest_row, places_since, write_planned
from fourfold.records.models import Import, Organisation, Person
from fourfold.records.own_tables import own_table, own_transaction
from fourfold.records.ready import Ready

#: Fewer rows are written as fast as they are made ready.
_MANY: Final = 5_000
_MEANWHILE: Final = 1_000  # figures that are compared with those of the import


@dataclass
class Arriving:
    """What importing comes to as of the row `newest`, and what is planned for cells of which more is known.

    `asked` are units and periods that get a figure.
    """

    table: str
    newest: int
    settled: Settled = field(default_factory=Settled)
    planned: list[Planned] = field(default_factory=list)
    asked: set[tuple[int, str]] = field(default_factory=set)


@contextmanager
def made_ready(
    organisation: Organisation, ready: Ready, checked: Checked, *, by: Person | None, at: datetime,
    quarantine: bool, few: int, refuse: Refuse | None, tell: Progress | None,
) -> Iterator[Arriving | None]:  # fmt: skip
    """The rows of an import made ready while it lasts; None where that gains nothing: few, or on another database."""
    total = sum(map(len, checked.parts))
    if connection.vendor != "sqlite" or connection.in_atomic_block or total < _MANY:
        yield None
        return
    with own_table("SELECT * FROM records_measurement") as table:
        arriving, done = Arriving(table, newest_row(organisation)), 0
        for part in checked.parts:
            if tell:
                tell("Recorded", done, total)
            done += len(part)
            if not len(part):
                continue
            fresh, planned = settle_part(
                organisation, ready, part, arriving.settled, by=by, at=at, few=few, refuse=refuse
            )
            if quarantine or not arriving.settled.reasons:
                with own_transaction():
                    insert_fresh(organisation, ready, fresh, by=by, at=at, run=None, table=table)
                arriving.planned.append(planned)
                arriving.asked.update(fresh.select("u", "period").unique().rows())
                arriving.asked.update(cell[1:] for cell, _ in planned.added())
        yield arriving


def move_in(
    arriving: Arriving, organisation: Organisation, ready: Ready, checked: Checked, *, run: Import, quarantine: bool
) -> Settled | None:
    """Record what was made ready, in the transaction that holds the lock; None where it does not hold any more."""
    if arriving.settled.reasons and not quarantine:
        return arriving.settled
    if _is_overtaken(arriving, organisation, ready, checked):
        return None
    checked.parts.clear()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {arriving.table} WHERE 0")
        names = [column[0] for column in cursor.description if column[0] not in ("id", "import_run_id")]
        columns = ", ".join(names)
        cursor.execute(
            f"INSERT INTO records_measurement ({columns}, import_run_id) SELECT {columns}, %s FROM {arriving.table}"
            " ORDER BY rowid", [run.pk],
        )  # fmt: skip
    for planned in arriving.planned:
        write_planned(organisation, ready, planned, by=run.by, import_run=run)
    return arriving.settled


def _is_overtaken(arriving: Arriving, organisation: Organisation, ready: Ready, checked: Checked) -> bool:
    if closed_places(organisation, ready, arriving.asked):
        return True
    places = places_since(organisation, ready, arriving.newest, most=_MEANWHILE)
    return len(places) == _MEANWHILE or checked.has_any(places)
