"""A service with good and bad manners, for tests of whatever asks one: pages, throttling, tokens, broken answers.

It gives the rows of `ROWS` at several paths: `/page`, `/offset`, `/cursor`, `/link` in pages of two; `/odata/Sales` as
OData v4; `/sales.csv` as a file; `/tryton/rpc/` by `search_read`, as Tryton does. `/busy` wants to be asked again at
once, `/busy-long` in an hour. `/guarded` takes a token of `/token`, the first of which has expired; `/basic` and
`/key` want what `SECRET` is. `/cut`, `/half`, `/hang`, `/drip`, `/dead`, `/round`, `/elsewhere` answer as no service
should.
"""

from __future__ import annotations

import base64
import csv
import http.server
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

ROWS: Final = tuple(
    {"region": region, "month": f"2026-{month:02}", "amount": 1000 * month + part}
    for month in (1, 2)
    for part, region in enumerate(("north", "south", "west"))
)
SECRET: Final = "sesame-canary-7319"
CLIENT: Final = "fourfold"
_SIZE: Final = 2


class Service(http.server.ThreadingHTTPServer):
    """Listens on a free port of this machine; `seen` are the addresses that it was asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.seen: list[str] = []
        self.rows: list[dict[str, Any]] = [dict(row) for row in ROWS]
        self.tokens = 0
        self.busy = 2
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        """Where it begins."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def service() -> Iterator[Service]:
    """A service that answers until the end of the block."""
    with Service() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()


class _Answer(http.server.BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer by the first part of the path."""
        self.server.seen.append(self.path)
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = parts.path.strip("/").replace("/", "_").replace(".", "_").replace("-", "_")
        with suppress(ConnectionError):
            answer = getattr(self, f"answer_{name}", None)
            if answer is None:
                self.give({"error": "there is nothing here"}, 404)
            else:
                answer()

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def give(self, said: Any, status: int = 200, *, length: int | None = None, **headers: str) -> None:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        if length is not None:
            self.close_connection = True

    def some(self, start: int) -> list[dict[str, Any]]:
        return self.server.rows[start : start + _SIZE]

    def answer_all(self) -> None:
        self.give({"data": self.server.rows})

    def answer_page(self) -> None:
        self.give(self.some((int(self.query["page"]) - 1) * _SIZE))

    def answer_offset(self) -> None:
        self.give({"data": self.some(int(self.query["offset"]))})

    def answer_cursor(self) -> None:
        start = int(self.query.get("cursor", "0"))
        following = start + _SIZE if start + _SIZE < len(self.server.rows) else None
        self.give({"data": self.some(start), "paging": {"next": following}})

    def answer_link(self) -> None:
        page = int(self.query.get("page", "1"))
        has_more = page * _SIZE < len(self.server.rows)
        link = f'<{self.server.url}/link?page={page + 1}>; rel="next"' if has_more else ""
        self.give(self.some((page - 1) * _SIZE), Link=link)

    def answer_odata_Sales(self) -> None:
        start = int(self.query.get("$skiptoken", "0"))
        said: dict[str, Any] = {"@odata.context": "$metadata#Sales", "value": self.some(start)}
        if start + _SIZE < len(self.server.rows):
            said["@odata.nextLink"] = f"{self.server.url}/odata/Sales?$skiptoken={start + _SIZE}"
        self.give(said)

    def answer_sales_csv(self) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(ROWS[0]))
        writer.writeheader()
        writer.writerows(self.server.rows)
        self.give(text.getvalue().encode(), Content_Type="text/csv")

    def answer_tryton_rpc(self) -> None:
        asked = json.loads(self.sent)
        _, start, count, _, names, _ = asked["params"]
        found = [{name: row[name] for name in names} for row in self.server.rows[start : start + count]]
        self.give({"id": asked["id"], "result": found})

    def answer_busy(self) -> None:
        self.server.busy -= 1
        if self.server.busy >= 0:
            self.give(b"", 429, Retry_After="0")
        else:
            self.answer_all()

    def answer_busy_long(self) -> None:
        self.give(b"", 429, Retry_After="3600")

    def answer_token(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(self.sent.decode()).items()}
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            return self.give({"error": "invalid_client"}, 401)
        self.server.tokens += 1
        return self.give({"access_token": f"token-{self.server.tokens}", "token_type": "Bearer"})

    def answer_guarded(self) -> None:
        if self.headers.get("Authorization") == "Bearer token-2":
            self.answer_all()
        else:
            self.give({"error": "expired"}, 401)

    def answer_basic(self) -> None:
        wanted = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        self.answer_all() if self.headers.get("Authorization") == wanted else self.give({}, 401)

    def answer_key(self) -> None:
        said = self.headers.get("X-API-Key")
        self.answer_all() if said == SECRET else self.give({"error": f"the key {said} is wrong"}, 403)

    def answer_cut(self) -> None:
        self.give(b'{"data": [', length=5_000)

    def answer_half(self) -> None:
        self.give(b'{"data": [{"region": "north", "amou')

    def answer_hang(self) -> None:
        self.server.closing.wait(20)

    def answer_drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not self.server.closing.wait(0.02):
            self.wfile.write(b" ")
            self.wfile.flush()

    def answer_dead(self) -> None:
        self.give(b"oh no", 500)

    def answer_round(self) -> None:
        self.give({"data": self.some(0), "paging": {"next": "here"}})

    def answer_elsewhere(self) -> None:
        self.give({"data": self.some(0), "paging": {"next": "http://192.0.2.1/rows"}})
