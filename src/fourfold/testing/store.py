"""A store that speaks like Amazon S3, for tests of whatever fetches from one: it gives objects to who signs for them.

It checks a signature as the reference of Amazon S3 describes it for servers, and answers in its words: 403
`SignatureDoesNotMatch`, 404 `NoSuchKey`, 503 `SlowDown` for the first request of `busy`, half an object for `cut`.
"""

from __future__ import annotations

import hashlib
import hmac
import http.server
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import unquote, urlsplit

from fourfold.testing.listening import listening

KEY: Final = "AKIAEXAMPLE"
SECRET: Final = "sesame/canary+7319"
REGION: Final = "eu-central-1"
_SAID: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<scope>(?P<day>\d{8})/(?P<region>[^/]+)/s3/aws4_request), "
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


class Store(http.server.ThreadingHTTPServer):
    """One bucket on a free port of this machine: its `objects` by name, and the names that were asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.objects: dict[str, bytes] = {}
        self.seen: list[str] = []

    @property
    def url(self) -> str:
        """Where the bucket is."""
        return f"http://127.0.0.1:{self.server_port}/bucket"


@contextmanager
def store() -> Iterator[Store]:
    """A store that answers until the end of the block."""
    with listening(Store()) as server:
        yield server


class _Answer(http.server.BaseHTTPRequestHandler):
    server: Store
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """An object, or what stands against giving it."""
        name = unquote(urlsplit(self.path).path).removeprefix("/bucket").lstrip("/")
        self.server.seen.append(name)
        with suppress(ConnectionError):
            if not self._is_signed():
                self._give(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
            elif name == "busy" and self.server.seen.count("busy") == 1:
                self._give(503, b"<Error><Code>SlowDown</Code></Error>")
            elif name in ("", "/"):
                self._give(200, b"<ListBucketResult/>")
            elif name not in self.server.objects:
                self._give(404, b"<Error><Code>NoSuchKey</Code></Error>")
            else:
                self._give(200, self.server.objects[name], is_cut=name == "cut")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _give(self, status: int, content: bytes, *, is_cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if status == 503:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if is_cut else content)
        self.close_connection = is_cut

    def _is_signed(self) -> bool:
        said, moment = _SAID.fullmatch(self.headers.get("Authorization", "")), self.headers.get("x-amz-date", "")
        if said is None or not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(said["names"].split(";")):
            return False
        sent = datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs(datetime.now(UTC) - sent) > timedelta(minutes=15) or said["region"] != REGION or said["key"] != KEY:
            return False
        path, _, query = self.path.partition("?")
        lines = [self.command, path, "&".join(sorted(query.split("&"))) if query else ""]
        lines += [f"{name}:{' '.join(self.headers[name].split())}" for name in said["names"].split(";")]
        lines += ["", said["names"], self.headers["x-amz-content-sha256"]]
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        key = b"AWS4" + SECRET.encode()
        for part in said["scope"].split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        text = f"AWS4-HMAC-SHA256\n{moment}\n{said['scope']}\n{digest}"
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest() == said["signature"]
