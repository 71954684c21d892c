"""Streams of changes to open pages: one relay in each process reads the outbox for all of them.

A stream holds no thread and no connection to the database. It is begun by the page `live`, which sees to it who may;
from then on the relay writes to it what is new to its listener, and ends it when they are signed out or have other
rights. A stream whose browser does not keep up is ended too: it comes back and is told from where it was.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar

from a2wsgi.asgi_typing import Receive, Scope, Send
from django.db import DatabaseError, close_old_connections, connection

from fourfold.records.queries.live import Listener, News, news, over
from fourfold.records.wake import listen, no_longer, when_told
from fourfold.web.pages.live import LISTENER, message

#: Seconds without a word after which a stream says that it is there: less than any proxy waits.
HEARTBEAT: Final = 15.0
#: Seconds between two looks at who may still listen, and how long that may be unknown.
CHECKED, UNCHECKED = 10.0, 50.0
#: Seconds between two looks into the outbox, where nobody says that there is something new in it.
LOOKED: Final = {"sqlite": 0.1, "postgresql": 1.0}
#: Seconds between two times that streams are written to: changes that come faster are told together.
APART: Final = 0.2
#: Changes that a stream may be behind.
MOST: Final = 64
#: Streams of one session: each tab has one where tabs cannot share.
MOST_OF_ONE: Final = 12
#: Streams of a process. Whoever comes after hears how things stand, and asks again.
MOST_OF_ALL: Final = 3_000
_BEAT: Final = b": \n\n"
_log: Final = logging.getLogger(__name__)

T = TypeVar("T")
Pages = Callable[[Scope, Receive, Send], Any]


class Stream:
    """What is still to be written to one browser."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.ended = False
        self.spoken = time.monotonic()
        self._waiting: list[bytes] = []
        self._news = asyncio.Event()

    def put(self, text: bytes) -> None:
        """One more change; a browser that is too far behind is let go."""
        self._waiting.append(text)
        self.spoken = time.monotonic()
        if len(self._waiting) > MOST:
            self.end()
        self._news.set()

    def end(self) -> None:
        """Nothing more."""
        self.ended = True
        self._waiting.clear()
        self._news.set()

    async def take(self) -> bytes:
        """What has come since it was asked last, once something has; nothing at the end."""
        await self._news.wait()
        self._news.clear()
        waiting, self._waiting = self._waiting, []
        return b"".join(waiting)


class Relay:
    """The streams of this process, and what reads the outbox for them while there are any."""

    def __init__(self) -> None:
        self.streams: dict[Listener, Stream] = {}
        self._told = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="relay")
        self._checked = 0.0

    def join(self, listener: Listener) -> Stream:
        """Begin a stream; the oldest of a session that has too many is ended."""
        of_one = [stream for each, stream in self.streams.items() if each.session == listener.session]
        if len(of_one) >= MOST_OF_ONE:
            of_one[0].end()
        if not self.streams:
            self._checked = time.monotonic()
        self.streams[listener] = stream = Stream(listener)
        self._told.set()
        return stream

    def leave(self, stream: Stream) -> None:
        """The stream is over."""
        self.streams.pop(stream.listener, None)

    def end(self) -> None:
        """End all streams; the browsers come back, to whoever serves then."""
        for stream in self.streams.values():
            stream.end()

    async def run(self) -> None:
        """Tell everybody what is new to them, until this is cancelled."""
        loop, stopped = asyncio.get_running_loop(), threading.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(self._told.set)

        self._told = asyncio.Event()  # of this loop
        when_told(wake)
        if connection.vendor == "postgresql":
            threading.Thread(target=listen, args=(stopped,), name="listen", daemon=True).start()
        try:
            while True:
                await self._pause()
                if await self._round():
                    await asyncio.sleep(APART)
        finally:
            no_longer(wake)
            stopped.set()

    async def _pause(self) -> None:
        """Until something may be new."""
        try:
            async with asyncio.timeout(LOOKED[connection.vendor] if self.streams else None):
                await self._told.wait()
        except TimeoutError:
            pass
        self._told.clear()

    async def _round(self) -> bool:
        """Look once, and say whether there was something to tell.

        Where the database does not answer, streams wait for it, but not longer than rights may be old.
        """
        listeners, now, found = tuple(self.streams), time.monotonic(), list[News]()
        try:
            found, newest = await self._ask(partial(news, listeners))
            for each in found:
                self._tell(each.listeners, message("change", each.told, number=each.number).encode())
            for listener in listeners:
                listener.after = max(listener.after, newest.get(listener.organisation, 0))
            if listeners and now - self._checked >= CHECKED:
                for listener in await self._ask(partial(over, listeners, now=datetime.now(UTC))):
                    if stream := self.streams.get(listener):
                        stream.end()
                self._checked = now
        except DatabaseError:
            _log.warning("the outbox could not be read; trying again", exc_info=True)
            await asyncio.sleep(1)
        if now - self._checked > UNCHECKED:
            self.end()
        self._tell([each for each in listeners if self._is_silent(each, now)], _BEAT)
        return bool(found)

    def _tell(self, listeners: Iterable[Listener], text: bytes) -> None:
        """Write the same to each of those who still listen."""
        for listener in listeners:
            if stream := self.streams.get(listener):
                stream.put(text)

    def _is_silent(self, listener: Listener, now: float) -> bool:
        return (stream := self.streams.get(listener)) is not None and now - stream.spoken >= HEARTBEAT

    async def _ask(self, call: Callable[[], T]) -> T:
        """Call in the one thread that asks the database, whose connection is kept while it holds."""

        def asked() -> T:
            close_old_connections()
            return call()

        return await asyncio.get_running_loop().run_in_executor(self._thread, asked)


RELAY: Final = Relay()


async def answer(pages: Pages, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the page does; where that began a stream, go on until it ends or the browser is gone."""

    async def begin(sent: Any) -> None:
        if LISTENER in scope and sent["type"] == "http.response.start":
            sent["headers"] = [(name, value) for name, value in sent["headers"] if name != b"content-length"]
        elif LISTENER in scope:
            sent = sent | {"more_body": True}
        await send(sent)

    await pages(scope, receive, begin)
    listener = scope.get(LISTENER)
    if isinstance(listener, Listener):
        if len(RELAY.streams) < MOST_OF_ALL:
            await _follow(RELAY.join(listener), receive, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _follow(stream: Stream, receive: Receive, send: Send) -> None:
    gone = asyncio.create_task(_gone(stream, receive))
    try:
        while not stream.ended:
            if body := await stream.take():
                await send({"type": "http.response.body", "body": body, "more_body": True})
    finally:
        gone.cancel()
        RELAY.leave(stream)


async def _gone(stream: Stream, receive: Receive) -> None:
    """End the stream when the browser has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()
