"""The server's entry point: one ASGI application that hands pages to Django's WSGI handler in threads.

See docs/decisions/2026-11-23-one-process-asgi-outside-wsgi-inside.md for why.
"""

from __future__ import annotations

from typing import Any, Final, cast

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import Receive, Scope, Send

from fourfold.project.settings import THREADS
from fourfold.project.wsgi import application as pages

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
    """There is nothing to start or stop: say so."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
