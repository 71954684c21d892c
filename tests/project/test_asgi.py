from __future__ import annotations

import asyncio
from typing import Any

import pytest

from fourfold.project.asgi import application


def ask(path: str) -> tuple[int, dict[str, str]]:
    """Status and headers of a GET, asked as a server asks."""
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"localhost")], "server": ("localhost", 8000), "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def run() -> None:
        await asyncio.wait_for(application(scope, receive, send), 60)  # type: ignore[arg-type]

    asyncio.run(run())
    start = sent[0]
    return start["status"], {k.decode().lower(): v.decode() for k, v in start["headers"]}


@pytest.mark.django_db(transaction=True)
def test_a_page_comes_through_with_its_security_headers() -> None:
    status, headers = ask("/accounts/login/")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"


def test_the_server_may_start_and_stop_it() -> None:
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[str] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(application({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send))  # type: ignore[arg-type, typeddict-item]
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
