"""A fake that listens on this machine while a test asks it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import TypeVar

_S = TypeVar("_S", bound=BaseServer)


@contextmanager
def listening(server: _S) -> Iterator[_S]:
    """The server, answering until the end of the block."""
    with server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
