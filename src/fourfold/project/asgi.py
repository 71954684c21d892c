"""The server's entry point: one ASGI application that hands pages to Django's WSGI handler in threads.

Beside the pages it sees to it that a new day is evaluated, since other figures are due then, and that the chains of
events are verified and anchored once a day.

See docs/decisions/2026-11-23-one-process-asgi-outside-wsgi-inside.md for why.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any, Final, cast

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import Receive, Scope, Send

from fourfold.project.settings import THREADS
from fourfold.project.wsgi import application as pages  # sets Django up, which what comes next needs

from fourfold.jobs.anchor_chains_daily import anchor_chains_daily  # isort: skip
from fourfold.jobs.evaluate_new_day import evaluate_new_day  # isort: skip

HOUR: Final = 3600

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
    """Look for a new day from start to stop."""
    clock: asyncio.Task[None] | None = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            clock = asyncio.create_task(_every_hour())
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if clock is not None:
                clock.cancel()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _every_hour() -> None:
    """A failure is written to the log and tried again an hour later; pages are served all the while."""
    while True:
        for job in (evaluate_new_day, anchor_chains_daily):
            try:
                await asyncio.to_thread(job, now=datetime.now(UTC))
            except Exception:
                _log.exception("%s failed; trying again in an hour", job.__name__)
        await asyncio.sleep(HOUR)
