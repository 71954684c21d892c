"""The server's entry point: one ASGI application that hands pages to Django's WSGI handler in threads.

Beside the pages it sees to it that a new day is evaluated, since other figures are due then, that periods are closed on
the day the calendar says, that feeds run when they are due, that large files are brought in, that the chains of events
are verified and anchored once a day, that e-mails are sent, that counts of denials and looks at KPIs are written, and
that what is over is removed.
Streams of changes to open pages go on here once their page has let them in.

See docs/decisions/2026-11-23-one-process-asgi-outside-wsgi-inside.md for why.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, cast

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import Receive, Scope, Send

from fourfold.project.settings import SENDS_EMAIL, THREADS
from fourfold.project.wsgi import application as pages  # sets Django up, which what comes next needs

from fourfold.actions import follow_outlooks  # isort: skip
from fourfold.jobs.anchor_chains_daily import anchor_chains_daily  # isort: skip
from fourfold.jobs.close_due_periods import close_due_periods  # isort: skip
from fourfold.jobs.evaluate_new_day import evaluate_new_day  # isort: skip
from fourfold.jobs.make_room import make_room  # isort: skip
from fourfold.jobs.note_denials import note_denials  # isort: skip
from fourfold.jobs.note_looks import note_last_looks, note_looks  # isort: skip
from fourfold.jobs.remind_people import remind_people  # isort: skip
from fourfold.jobs.run_due_feeds import run_due_feeds  # isort: skip
from fourfold.jobs.run_import_jobs import end_import_jobs, run_import_jobs  # isort: skip
from fourfold.jobs.send_mail import send_mail  # isort: skip
from fourfold.project.clocks import Job, alone, done, here, in_turn  # isort: skip
from fourfold.project.live import RELAY, answer  # isort: skip

#: Jobs that one process does for all, with how often they are due.
SHARED: Final[tuple[tuple[timedelta, Job], ...]] = (
    (timedelta(minutes=1), evaluate_new_day),
    (timedelta(minutes=15), close_due_periods),
    (timedelta(minutes=1), run_due_feeds),
    (timedelta(hours=1), anchor_chains_daily),
    (timedelta(hours=1), make_room),
    *([(timedelta(minutes=15), remind_people)] if SENDS_EMAIL else []),
)
#: Jobs of each process: its own counts and looks, and mails and files, each of which is claimed by itself.
OWN: Final[tuple[tuple[timedelta, Job], ...]] = (
    (timedelta(minutes=1), note_denials),
    (timedelta(minutes=1), note_looks),
    (timedelta(seconds=1), run_import_jobs),
    *([(timedelta(seconds=10), send_mail)] if SENDS_EMAIL else []),
)

#: A body comes at so many bytes a second at least, after so many seconds; a slower one is taken for cut off, since it
#: holds one of few threads.
PATIENCE, PACE = 20.0, 50_000

_wsgi: Final = WSGIMiddleware(cast(Any, pages), workers=THREADS)


async def _pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Pages, whose bodies come in time."""
    await _wsgi(scope, in_time(receive), send)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Pages, and the server's own questions about starting and stopping."""
    if scope["type"] == "http":
        await answer(_pages, scope, _coroutine(receive), send)
    elif scope["type"] == "lifespan":
        await _live(receive, send)


def _coroutine(receive: Receive) -> Receive:
    """The server's `receive` is awaitable but no coroutine, and the bridge to WSGI schedules nothing else."""

    async def receive_one() -> Any:
        return await receive()

    return receive_one


def in_time(receive: Receive, patience: float = PATIENCE, pace: float = PACE) -> Receive:
    """What receives a body, until its sender is too slow; then the sender is as good as gone.

    Its time begins when it is first asked for: before that, the request has waited for one of the threads.
    """
    begun, came = 0.0, 0

    async def receive_one() -> Any:
        nonlocal begun, came
        begun = begun or time.monotonic()
        left = begun + patience + came / pace - time.monotonic()
        try:
            message: Any = await asyncio.wait_for(receive(), max(left, 0))
        except TimeoutError:
            return {"type": "http.disconnect"}
        came += len(message.get("body", b""))
        return message

    return receive_one


async def _live(receive: Receive, send: Send) -> None:
    """Run the jobs from start to stop."""
    clocks: list[asyncio.Task[None]] = []
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            told = [*(in_turn(every, job) for every, job in SHARED), *(here(every, job) for every, job in OWN)]
            clocks = [asyncio.create_task(clock) for clock in (*told, RELAY.run())]
            follow_outlooks.begin()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            RELAY.end()
            end_import_jobs()
            await asyncio.to_thread(follow_outlooks.end)
            for clock in clocks:
                clock.cancel()
            await alone(partial(note_denials, now=datetime.now(UTC), even_now=True))
            await done(note_last_looks)
            await send({"type": "lifespan.shutdown.complete"})
            return
