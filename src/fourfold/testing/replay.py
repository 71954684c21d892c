"""A service that says what it was told to say, and remembers what it was asked: for replaying a product's protocol."""

from __future__ import annotations

import http.server
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from fourfold.testing.listening import listening


class Asked(NamedTuple):
    """One request, its address unquoted."""

    method: str
    address: str
    headers: Mapping[str, str]
    body: str


class Said(NamedTuple):
    """An answer that is more than JSON with a status of success; `cut` of its bytes never come."""

    status: int
    body: Any = ""
    headers: Mapping[str, str] = {}
    cut: int = 0


class Replay(http.server.ThreadingHTTPServer):
    """Gives its answers one after the other; `{base}` in them is its own address."""

    daemon_threads = True

    def __init__(self, answers: Sequence[Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.waiting = list(answers)
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        """Where it begins."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def replay(*answers: Any) -> Iterator[Replay]:
    """A service with these answers, each of them JSON or a `Said`, until the end of the block."""
    with listening(Replay(answers)) as server:
        yield server


class _Answer(http.server.BaseHTTPRequestHandler):
    server: Replay
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The next answer, or 410 after the last one."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.asked.append(Asked(self.command, unquote_plus(self.path), dict(self.headers), body))
        left = self.server.waiting
        found = left.pop(0) if left else Said(410)
        said = found if isinstance(found, Said) else Said(200, found)
        content = json.dumps(said.body).replace("{base}", self.server.url).encode()
        self.send_response(said.status)
        for name, value in {"Content-Type": "application/json", **said.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) - said.cut])
        self.close_connection = said.cut > 0

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
