"""Each due time of a job belongs to one process: the one whose row it is, while the lease in it lasts.

A process that is killed leaves its lease behind; when that is over another takes the run. A lease proves nothing to a
process that slept through its end, so what jobs do can be done twice without harm. Times are those of the database.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet

from fourfold.records.models import JobRun

#: A process holds a run for so long, and says again in good time that it is at it.
LEASE: Final = timedelta(seconds=60)
RENEWED: Final = LEASE / 3
#: So many processes try a run; then it is given up, since it may be what ends them.
TRIES: Final = 3
#: So long runs are remembered.
KEPT: Final = timedelta(days=30)


def database_time() -> datetime:
    """What time it is for the database, to the second at least."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        (moment,) = cursor.fetchone()
    return moment if isinstance(moment, datetime) else datetime.fromisoformat(moment).replace(tzinfo=UTC)


def due(every: timedelta, now: datetime) -> datetime:
    """When a job was last due that runs so often: on the full hour, the full quarter of one.

    >>> due(timedelta(minutes=15), datetime(2026, 3, 1, 9, 44, tzinfo=UTC)).strftime("%H:%M")
    '09:30'
    """
    return datetime.fromtimestamp(now.timestamp() // every.total_seconds() * every.total_seconds(), UTC)


def claim(job: str, every: timedelta, *, lease: timedelta = LEASE) -> JobRun | None:
    """The run that is due now, for this process to do; None where it is done, or another process is at it.

    What was due while no process ran is one run, the newest.
    """
    moment = database_time()
    at, token = due(every, moment), secrets.token_hex(16)
    there = JobRun.objects.filter(job=job, due_at=at)
    if (known := there.first()) and (known.ended_at or known.lease_until > moment):
        return None
    with transaction.atomic():
        new = JobRun(job=job, due_at=at, token=token, lease_until=moment + lease)
        JobRun.objects.bulk_create([new], ignore_conflicts=True)
        run = there.select_for_update(skip_locked=True).first()
        if run is None or run.token == token:
            return run
        if run.ended_at or run.lease_until > moment:
            return None
        if run.tries >= TRIES:
            run.ended_at, run.failure = moment, "GivenUp"
            run.save(update_fields=("ended_at", "failure"))
            return None
        run.token, run.lease_until, run.tries = token, moment + lease, run.tries + 1
        run.save(update_fields=("token", "lease_until", "tries"))
        return run


def renew(run: JobRun, *, lease: timedelta = LEASE) -> bool:
    """This process is still at it; False where another has taken it meanwhile."""
    return bool(_mine(run).update(lease_until=database_time() + lease))


def end(run: JobRun, failure: BaseException | None = None) -> bool:
    """It is done. Of a failure only its kind is kept: what it says may quote figures, and is in the log."""
    kind = "" if failure is None else type(failure).__name__
    return bool(_mine(run).update(ended_at=database_time(), failure=kind))


def _mine(run: JobRun) -> QuerySet[JobRun]:
    return JobRun.objects.filter(pk=run.pk, token=run.token, ended_at=None)
