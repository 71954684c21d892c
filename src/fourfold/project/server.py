"""The server's process, which `fourfold serve` becomes: granian within this process, the only one there is.

Granian's own command starts a second process that serves and keeps the first to wait for it: 29 MB that do nothing
here, since one worker that fails ends both. See docs/decisions/2026-11-28-granian-in-the-one-process.md.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import sys
from typing import Any, Final, cast

#: Seconds that requests have to end in once the server is told to; what they were writing is a transaction.
GRACE: Final = 10
#: Seconds between two looks whether it listens yet.
PAUSE: Final = 0.05
#: Requests that may be open at once: the streams of open pages (see `live`), and pages beside them.
OPEN: Final = 4_096
#: New objects after which those are searched for what may be freed, and the older ones after how many such searches.
SEARCHED: Final = (5_000, 10, 10)


def main() -> None:
    """Serve until a signal says to end: SIGTERM, or SIGINT from Ctrl C."""
    parser = argparse.ArgumentParser(prog="fourfold.project.server")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    told = parser.parse_args()
    # Until it serves there is nothing to finish: either signal ends the process at once.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # held back since before this process was another
    asyncio.run(serve(told.host, told.port))


async def serve(host: str, port: int) -> None:
    """Answer until a signal says to end; requests that are being answered are finished first."""
    # A server draws in no terminal; structlog would load what does that, 6 MB, for tracebacks in colour.
    sys.modules["rich"] = cast(Any, None)
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server.embed import Server

    from fourfold.project.asgi import application
    from fourfold.project.live import RELAY
    from fourfold.project.settings import PUBLIC_URL

    settle()
    server: Any = Server(
        application, address=host, port=port, interface=Interfaces.ASGI, websockets=False, log_level=LogLevels.error,
        backlog=1024, backpressure=OPEN,
    )  # fmt: skip

    def stop() -> None:
        RELAY.end()  # a stream would never be finished
        server.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    greeting = asyncio.create_task(greet(host, port, PUBLIC_URL))
    await server.serve()
    greeting.cancel()
    if unfinished := asyncio.all_tasks() - {asyncio.current_task()}:
        _, stuck = await asyncio.wait(unfinished, timeout=GRACE)
        if stuck:
            os._exit(0)  # a thread that never ends would be waited for, for ever


async def greet(host: str, port: int, url: str) -> None:
    """Say what address people open, as soon as somebody is there to answer: not while all is still being loaded."""
    while True:
        try:
            _, answering = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(PAUSE)
        else:
            answering.close()
            print(f"Fourfold is at {url}\nCtrl C stops it.", flush=True)
            return


def settle() -> None:
    """Leave what is loaded by now out of every later search for memory that may be freed: it stays until the end.

    It is most of what there is, and looking through it held up a request every now and then for as long as a page
    takes. A page makes more objects than there are between two searches by default, so they are rarer too.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCHED)


if __name__ == "__main__":
    main()
