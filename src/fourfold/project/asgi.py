"""The server's entry point: one ASGI application that hands pages to Django's WSGI handler in threads.

Beside the pages it sees to it that a new day is evaluated, since other figures are due then, that periods are closed on
the day the calendar says, that the chains of events are verified and anchored once a day, that e-mails are sent, that
counts of denials are written, and that sessions that are over are removed.

See docs/decisions/2026-11-23-one-process-asgi-outside-wsgi-inside.md for why.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import Receive, Scope, Send

from fourfold.project.settings import SENDS_EMAIL, THREADS
from fourfold.project.wsgi import application as pages  # sets Django up, which what comes next needs

from fourfold.jobs.anchor_chains_daily import anchor_chains_daily  # isort: skip
from fourfold.jobs.close_due_periods import close_due_periods  # isort: skip
from fourfold.jobs.evaluate_new_day import evaluate_new_day  # isort: skip
from fourfold.jobs.note_denials import note_denials  # isort: skip
from fourfold.jobs.remove_sessions import remove_sessions  # isort: skip
from fourfold.jobs.send_mail import send_mail  # isort: skip
from fourfold.records.rounds import note_job, note_round  # isort: skip

#: Each job with the seconds between its rounds.
JOBS: Final[tuple[tuple[Callable[..., int], int], ...]] = (
    (evaluate_new_day, 3600),
    (close_due_periods, 3600),
    (anchor_chains_daily, 3600),
    (remove_sessions, 3600),
    (note_denials, 60),
    *([(send_mail, 10)] if SENDS_EMAIL else []),
)

_log: Final = logging.getLogger(__name__)
_pages: Final = WSGIMiddleware(cast(Any, pages), workers=THREADS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Pages, and the server's own questions about starting and stopping."""
    if scope["type"] == "http":
        await _pages(scope, _coroutine(receive), send)
    elif scope["type"] == "lifespan":
        await _live(receive, send)


def _coroutine(receive: Receive) -> Receive:
    """The server's `receive` is awaitable but no coroutine, and the bridge to WSGI schedules nothing else."""

    async def receive_one() -> Any:
        return await receive()

    return receive_one


async def _live(receive: Receive, send: Send) -> None:
    """Run the jobs from start to stop."""
    clocks: list[asyncio.Task[None]] = []
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            clocks = [asyncio.create_task(_every(seconds, job)) for job, seconds in JOBS]
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            for clock in clocks:
                clock.cancel()
            await asyncio.to_thread(note_denials, now=datetime.now(UTC), even_now=True)
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _every(seconds: int, job: Callable[..., int]) -> None:
    """A failure is written to the log and tried again in the next round; pages are served all the while."""
    note_job(job.__name__, timedelta(seconds=seconds))
    while True:
        failure: Exception | None = None
        try:
            await asyncio.to_thread(job, now=datetime.now(UTC))
        except Exception as error:
            failure = error
            _log.exception("%s failed; trying again in %s seconds", job.__name__, seconds)
        note_round(job.__name__, ended=datetime.now(UTC), failure=failure)
        await asyncio.sleep(seconds)
