"""What programs send, cut, slow, twice, or while the server is killed: all of a push is there or nothing."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from fourfold.project.asgi import in_time
from tests.faults.writing import Writer, served, written
from tests.project.installations import Installation, New
from tests.project.installations import new as new

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
MONTHS = [f"{year}-{month:02}" for year in range(1950, 2024) for month in range(1, 13)]
ROWS = [
    {"kpi": kpi, "unit": unit, "period": month, "value": n % 97 + 1}
    for kpi in ("sales", "costs", "staff") for unit in ("north",) for n, month in enumerate(MONTHS)
]  # fmt: skip
PATH = "/api/v1/organisations/bakery/measurements/bulk"


def figures(made: Installation) -> int:
    return int(made.sql("SELECT count(*) FROM records_measurement")[0][0])


def push(writer: Writer, rows: list[dict[str, Any]], key: str) -> tuple[int, dict[str, Any]]:
    """Status and answer; 0 where there was none."""
    headers = {"Authorization": f"Bearer {writer.token}", "Content-Type": "application/json", "Idempotency-Key": key}
    asked = urllib.request.Request(f"{writer.url}{PATH}", json.dumps(rows).encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(asked, timeout=120) as answer:
            return int(answer.status), json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except (OSError, http.client.HTTPException):
        return 0, {}


def push_until_answered(writer: Writer, rows: list[dict[str, Any]], key: str) -> int:
    """The status of the same push when it is no more told to wait: nobody knows of the first try for a minute."""
    end = time.monotonic() + 150
    while (status := push(writer, rows, key)[0]) == 409 and time.monotonic() < end:
        time.sleep(2)
    return status


def cut(writer: Writer, content: bytes, length: int) -> bytes:
    """What comes back for a body that says it is longer than it is, after which nothing more is sent."""
    place = writer.url.removeprefix("http://").partition(":")
    with socket.create_connection((place[0], int(place[2])), timeout=60) as program:
        head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {writer.token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        program.sendall(head.encode() + content)
        program.shutdown(socket.SHUT_WR)
        try:
            return program.recv(10_000)
        except OSError:
            return b""


def test_f08_f11_a_push_that_comes_twice_at_once_or_is_cut_is_there_once_or_not_at_all(
    new: New, tmp_path: Path
) -> None:
    made = new("twice")
    with served(made, tmp_path) as writer:
        before = figures(made)
        whole = json.dumps(ROWS).encode()
        for share in (2, 3, 7):
            assert b"200 OK" not in cut(writer, whole[: len(whole) // share], len(whole))
        assert b"200 OK" not in cut(writer, b"[" + whole[1 : whole.index(b"}") + 1] + b"]", len(whole))
        assert figures(made) == before, "nothing of a body that was cut is there"
        statuses: list[int] = []
        threads = [threading.Thread(target=lambda: statuses.append(push(writer, ROWS, "k")[0])) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(statuses) <= {200, 409, 503} and 200 in statuses, statuses
        assert push(writer, ROWS, "k")[0] == 200
        assert figures(made) == before + len(ROWS)
        assert len(made.sql("SELECT 1 FROM records_import WHERE kind = 'push'")) == 1


@pytest.mark.parametrize("size", [1, 300_000])
def test_f02_a_server_killed_in_a_push_leaves_all_or_nothing_and_the_same_push_brings_all(
    new: New, tmp_path: Path, size: int
) -> None:
    made = new("killed")
    with served(made, tmp_path) as writer:
        before = figures(made)
        thread = threading.Thread(target=push, args=(writer, ROWS, "k"))
        begun = written(made)
        thread.start()
        end = time.monotonic() + 60
        while thread.is_alive() and time.monotonic() < end and written(made) < begun + size:
            time.sleep(0.001)
        for pid in servers(made.data):
            os.kill(pid, signal.SIGKILL)
        thread.join()
        assert figures(made) in (before, before + len(ROWS))
    (tmp_path / "again").mkdir()
    with served(made, tmp_path / "again") as writer:
        assert push_until_answered(writer, ROWS, "k") == 200
        assert figures(made) == before + len(ROWS)
        assert len(made.sql("SELECT 1 FROM records_import WHERE kind = 'push'")) == 1
    assert made.run("verify").returncode == 0


def servers(data: Path) -> list[int]:
    """The processes that serve this data folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            is_server = b"fourfold.project.server" in (path / "cmdline").read_bytes()
            is_ours = str(data).encode() in (path / "environ").read_bytes()
        except OSError:
            continue
        if is_server and is_ours:
            found.append(int(path.name))
    return found


def test_f12_a_body_that_drips_is_taken_for_cut_off() -> None:
    async def drip() -> Any:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def read() -> tuple[int, Any]:
        receive, count = in_time(drip, patience=0.2, pace=50_000), 0
        while (message := await receive())["type"] == "http.request":
            count += 1
        return count, message

    count, message = asyncio.run(asyncio.wait_for(read(), 10))
    assert message == {"type": "http.disconnect"} and count >= 1


def test_a_body_that_is_asked_for_late_since_its_request_had_to_wait_is_whole() -> None:
    async def come() -> Any:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"figures", "more_body": False}

    async def read() -> Any:
        receive = in_time(come, patience=0.2, pace=50_000)
        await asyncio.sleep(0.4)
        return await receive()

    assert asyncio.run(read())["body"] == b"figures"
