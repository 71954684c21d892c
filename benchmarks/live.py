"""How long after a commit the open pages hear of it: 500 streams, one figure a second through the API.

Counted from the moment that the program has its answer, shortly after the commit, to the moment that the event has
been read from the socket; and, as the most that it can be, from the moment that it sent the figure. 500 readers in one
process of this machine read beside the server, on the same processors.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from sample import sample
from serving import WHO, Browser, environment, free_port, load, run, serving
from verdict import Line, show

STREAMS, SESSIONS, COMMITS = 500, 50, 30
LIMIT, MOST_MEMORY = 250.0, 400.0
SIGN_IN = """
from fourfold.cli.django_setup import set_up
set_up()
from django.test import Client
from fourfold.records.models import Person
for _ in range({count}):
    client = Client()
    client.force_login(Person.objects.get(email="{who}"))
    print(client.session.session_key)
"""


async def listen(port: int, key: str, organisation: str, heard: list[tuple[int, float]], ready: asyncio.Event) -> None:
    """One open page: note when it hears of each change."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET /live/{organisation}/ HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: fourfold_session={key}\r\n\r\n"
    writer.write(head.encode())
    number = 0
    while line := await reader.readline():
        if line.startswith(b"id: "):
            number = int(line[4:])
        elif line.startswith(b"data: "):
            if ready.is_set():
                heard.append((number, time.time()))
            ready.set()


async def measure(
    port: int, keys: list[str], organisation: str, place: str, token: str
) -> tuple[list[tuple[int, float]], list[tuple[float, float]]]:
    """All that the streams hear while figures are recorded, and when each figure was sent and answered."""
    recorded: list[tuple[float, float]] = []
    heard: list[tuple[int, float]] = []
    signs = [asyncio.Event() for _ in range(STREAMS)]
    begun = time.perf_counter()
    tasks = [
        asyncio.create_task(listen(port, keys[i % SESSIONS], organisation, heard, sign)) for i, sign in enumerate(signs)
    ]
    for sign in signs:
        await sign.wait()
    print(f"{STREAMS} streams are open after {time.perf_counter() - begun:.1f} s.", flush=True)
    for number in range(COMMITS):
        sent = time.time()
        await asyncio.to_thread(record, port, place, token, number)
        recorded.append((sent, time.time()))
        await asyncio.sleep(1)
    await asyncio.sleep(1)
    for task in tasks:
        task.cancel()
    return heard, recorded


def record(port: int, place: str, token: str, number: int) -> None:
    """One new figure."""
    path, unit, period = place.split(" ")
    body = json.dumps({"unit": unit, "period": period, "value": str(1000 + number)})
    connection = Browser(port, {}).connection
    headers = {"Host": f"localhost:{port}", "Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()


if __name__ == "__main__":
    made = sample(48, 5, 36)
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder), free_port()
        load(made.definitions, made.rows, data, port)
        script = SIGN_IN.format(count=SESSIONS, who=WHO)
        command = [sys.executable, "-c", script]
        keys = subprocess.run(command, env=environment(data, port), capture_output=True, text=True).stdout.split()
        told = run("token", "make", "Live", "--person", WHO, "--scope", "record", data=data, port=port)
        token = next(word for word in told.split() if word.startswith("fourfold_"))
        plain = made.rows.filter(made.rows["value"].is_not_null()) if "value" in made.rows.columns else made.rows
        last = plain.row(-1, named=True)
        code = made.definitions.organisation.code
        place = f"/api/v1/organisations/{code}/kpis/{last['kpi']}/measurements {last['unit']} {last['period']}"
        with serving(data, port) as server:
            before = server.processor()
            heard, recorded = asyncio.run(measure(port, keys, code, place, token))
            used, memory = server.processor() - before, server.memory()
        numbers = sorted({number for number, _ in heard})
        if len(numbers) != COMMITS:
            sys.exit(f"{len(numbers)} changes were told of {COMMITS}.")
        times = dict(zip(numbers, recorded, strict=True))
        since_sent, late = ([1000 * max(0.0, moment - times[number][i]) for number, moment in heard] for i in (0, 1))
        changes = len(numbers)
        print(f"{len(heard):,} events of {changes} changes; all would be {changes * STREAMS:,}.", flush=True)
        print(f"The server used {used:.1f} s of processor time, {os.cpu_count()} processors shared with its readers.")
        show(
            "Live",
            [
                Line("commit to event, p50", statistics.median(late), LIMIT, "ms"),
                Line("commit to event, p95", statistics.quantiles(late, n=20)[-1], LIMIT, "ms"),
                Line("commit to event, p99", statistics.quantiles(late, n=100)[-1], LIMIT, "ms"),
                Line("sent to event, p95", statistics.quantiles(since_sent, n=20)[-1], LIMIT, "ms"),
                Line("memory of the server", memory, MOST_MEMORY, "MB"),
            ],
        )
        if len(heard) != changes * STREAMS:
            sys.exit("Some were not told, or twice.")
