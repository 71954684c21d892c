"""The clocks in a server's process: they say when a job is due, beside the pages.

A job that all processes share is claimed first, so that one of them does what is due at one time. What waits in the
memory of a process is a job of each.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, TypeAlias, TypeVar

from django.db import connection

from fourfold.records.job_runs import RENEWED, claim, due, end, renew
from fourfold.records.models import JobRun
from fourfold.records.rounds import note_job, note_round

Job: TypeAlias = Callable[..., int]
T = TypeVar("T")

#: A run whose process was killed is looked for so often.
LOOK: Final = timedelta(seconds=60)
_log: Final = logging.getLogger(__name__)


async def here(every: timedelta, job: Job) -> None:
    """Run a job of this process, again and again; a failure is written to the log, and the next round tries again."""
    note_job(job.__name__, every)
    while True:
        failure = await done(job)
        note_round(job.__name__, ended=datetime.now(UTC), failure=failure)
        await asyncio.sleep(every.total_seconds())


async def in_turn(every: timedelta, job: Job) -> None:
    """Run a job that all processes share, whenever its time comes and no other process has taken it."""
    note_job(job.__name__, every, shared=True)
    while True:
        try:
            if run := await alone(partial(claim, job.__name__, every)):
                await _held(run, job)
        except Exception:
            _log.exception("%s could not be claimed or ended; trying again", job.__name__)
        now = datetime.now(UTC)
        await asyncio.sleep(min(LOOK, due(every, now) + every - now).total_seconds())


async def alone(call: Callable[[], T]) -> T:
    """Call in a thread, which keeps no connection to the database afterwards: it may be gone tomorrow."""

    def closing() -> T:
        try:
            return call()
        finally:
            connection.close()

    return await asyncio.to_thread(closing)


async def _held(run: JobRun, job: Job) -> None:
    """Do it, and say meanwhile that this process is at it."""
    doing = asyncio.create_task(done(job))
    while not (await asyncio.wait({doing}, timeout=RENEWED.total_seconds()))[0]:
        if not await alone(partial(renew, run)):
            _log.warning("%s: another process has taken this run", run)
    await alone(partial(end, run, doing.result()))


async def done(job: Job) -> Exception | None:
    """Do it; the failure, which is in the log."""
    try:
        await alone(partial(job, now=datetime.now(UTC)))
    except Exception as error:
        _log.exception("%s failed; trying again in the next round", job.__name__)
        return error
    return None
