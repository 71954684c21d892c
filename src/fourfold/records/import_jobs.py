"""Each import job belongs to one process at a time, and is heard of while it runs.

A job that records holds SQLite's one lock until it is done, so that nobody can write down how far it is: on SQLite,
where one process serves, it is kept in that process's memory; everybody else reads the row. Times are the database's.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet

from fourfold.records.job_runs import database_time
from fourfold.records.models import ImportJob

#: A process that says nothing for so long is taken for dead; one that may not write meanwhile keeps all others out too.
LEASE: Final = timedelta(seconds=20)
#: So many processes try a job; then it is given up, since it may be what ends them.
TRIES: Final = 3
_GIVEN_UP: Final = "The import ended its process each time it was tried."
_BROKE: Final = "Nothing was recorded. Split the file, or look into the log of the server."


class Stage(NamedTuple):
    """What is being done, how much of it is done, and of how much, 0 where nobody knows."""

    name: str
    done: int
    total: int


_heard: Final[dict[UUID, Stage]] = {}
_to_stop: Final[set[UUID]] = set()


def claim_job() -> ImportJob | None:
    """The oldest job that nobody does, for this process to do."""
    moment = database_time()
    free = ImportJob.objects.open().filter(Q(lease_until=None) | Q(lease_until__lt=moment))
    if not free.exists():
        return None
    with transaction.atomic():
        for job in free.select_for_update(skip_locked=True):
            if job.stopped_at is not None:
                end_with(job, "It was stopped.", "Nothing of it is recorded.")
            elif job.tries >= TRIES:
                end_with(job, _GIVEN_UP, _BROKE)
            else:
                job.token, job.lease_until, job.tries = secrets.token_hex(16), moment + LEASE, job.tries + 1
                job.stage, job.done, job.total = "", 0, 0
                job.save(update_fields=("token", "lease_until", "tries", "stage", "done", "total"))
                return job
    return None


def hear(job: ImportJob, stage: Stage) -> None:
    """The process that does the job says how far it is."""
    _heard[job.pk] = stage


def stage_of(job: ImportJob) -> Stage:
    """How far it is, as far as anybody knows."""
    return _heard.get(job.pk) or Stage(job.stage, job.done, job.total)


def ask_to_stop(pk: UUID) -> None:
    """The process that looks after the job, where it is this one, hears at once that it is to be stopped."""
    _to_stop.add(pk)


def keep(job: ImportJob) -> bool:
    """Say that this process is at it, and how far; False where it is to be stopped, or another process has it.

    Where the database takes no writes at the moment, it is said the next time.
    """
    if job.pk in _to_stop:
        return False
    stage = stage_of(job)
    try:
        with _without_waiting():
            mine = _mine(job).filter(stopped_at=None)
            return bool(mine.update(
                lease_until=database_time() + LEASE, stage=stage.name[:40], done=stage.done, total=stage.total
            ))  # fmt: skip
    except OperationalError:
        return True


def end_with(job: ImportJob, failure: str, remedy: str) -> None:
    """It ended this way, unless everything was recorded by then, or it has ended otherwise."""
    moment, told = database_time(), {"failure": failure[:500], "remedy": remedy[:500]}
    _mine(job).filter(outcome=None).update(ended_at=moment, **told)
    _mine(job).update(ended_at=moment)


def release(job: ImportJob, *, counts: bool) -> None:
    """It is for any process to try again; with `counts`, this try was one of those that it has."""
    _mine(job).update(lease_until=None, tries=F("tries") - (0 if counts else 1))


def forget(job: ImportJob) -> None:
    """This process looks after it no more."""
    _heard.pop(job.pk, None)
    _to_stop.discard(job.pk)


def _mine(job: ImportJob) -> QuerySet[ImportJob]:
    return ImportJob.objects.open().filter(pk=job.pk, token=job.token)


@contextmanager
def _without_waiting() -> Iterator[None]:
    """SQLite refuses at once what it would wait for ten seconds."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout={usual:d}")
