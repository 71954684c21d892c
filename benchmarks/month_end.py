"""The last day of a month: 12 entries a second for five minutes while 500 pages are open, on SQLite or PostgreSQL.

`.venv/bin/python benchmarks/month_end.py` measures on SQLite, `.venv/bin/python .ci/postgres.py .venv/bin/python
benchmarks/month_end.py` on PostgreSQL. `--minutes` makes it shorter. An entry is a figure sent to the API with a key of
its own, by one of twelve tokens, timed from the moment it was due, so that a queue counts against the server: whole
requests, through TCP. Whoever sends and 500 readers of streams share the processors with the server.

A machine that takes n times as long as that of the limits (`yardstick.py`) is sent 12 / n a second, and has n times as
long for each: the same test in slow motion. `--rate 12` sends as many whatever the machine, a harder test there. Either
way the rate is printed, and how much of a processor 12 a second would take on the machine of the limits.

At the end: every figure that was acknowledged is there once, no other, and every stream heard of the last one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from live import SESSIONS, SIGN_IN, STREAMS, listen
from sample import sample
from serving import MORE, WHO, Browser, Server, environment, free_port, load, serving
from verdict import Line, here, show

RATE, SENDERS, TOKEN_COUNT = 12.0, 24, 12
LIMITS = {"sqlite": 800.0, "postgresql": 400.0}
TOKENS = """
from fourfold.cli.django_setup import set_up
set_up()
from fourfold.access.scopes import Scope
from fourfold.actions.make_token import make_token
from fourfold.records.models import Person
owner = Person.objects.get(email="{who}")
for n in range({count}):
    print(make_token(by=owner, name=f"Number {{n}}", scopes={{Scope.RECORD}}).value.text)
"""
#: Prints what was entered and counts, and how much was entered in all.
COUNT = """
from fourfold.cli.django_setup import set_up
set_up()
from fourfold.records.models import Measurement
entered = Measurement.objects.filter(import_run=None)
print(entered.count())
for row in entered.current().values_list("kpi__code", "unit__code", "period", "value"):
    print(*row)
"""


class Entry(NamedTuple):
    """A figure that somebody enters."""

    kpi: str
    unit: str
    period: str
    value: int


class Sent(NamedTuple):
    """What became of one: its status, and milliseconds from when it was due to its answer."""

    entry: Entry
    status: int
    late: float


def send(port: int, token: str, organisation: str, entry: Entry, due: float) -> Sent:
    """Enter a figure; 0 where nobody answers."""
    headers = {"Host": f"localhost:{port}", "Authorization": f"Bearer {token}", "Content-Type": "application/json",
               "Idempotency-Key": f"month-end-{entry.value}"}  # fmt: skip
    body = json.dumps({"unit": entry.unit, "period": entry.period, "value": str(entry.value)})
    connection = Browser(port, {}).connection
    try:
        connection.request("POST", f"/api/v1/organisations/{organisation}/kpis/{entry.kpi}/measurements", body, headers)
        answer = connection.getresponse()
        answer.read()
        status = answer.status
    except OSError:
        status = 0
    finally:
        connection.close()
    return Sent(entry, status, 1000 * (time.perf_counter() - due))


async def measure(
    server: Server, keys: list[str], code: str, tokens: list[str], entries: list[Entry], rate: float
) -> tuple[list[Sent], int, float]:
    """What became of each entry, how many streams heard of a change after the last one, its processor time."""
    port = server.port
    heard: list[list[tuple[int, float]]] = [[] for _ in range(STREAMS)]
    signs = [asyncio.Event() for _ in range(STREAMS)]
    streams = [
        asyncio.create_task(listen(port, keys[i % SESSIONS], code, heard[i], sign)) for i, sign in enumerate(signs)
    ]
    for sign in signs:
        await sign.wait()
    print(f"{STREAMS} streams are open.", flush=True)
    before = server.processor()
    loop, begun, sent = asyncio.get_running_loop(), time.perf_counter(), []
    with ThreadPoolExecutor(SENDERS) as pool:
        for number, entry in enumerate(entries):
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sent.append(loop.run_in_executor(pool, send, port, tokens[number % TOKEN_COUNT], code, entry, due))
        ended = time.time()
        done = await asyncio.gather(*sent)
    await asyncio.sleep(10)
    for task in streams:
        task.cancel()
    hearing = sum(any(moment > ended for _, moment in each) for each in heard)
    return list(done), hearing, server.processor() - before


def made_database(url: str) -> str:
    """The address of a database on that server that was made for this."""
    import psycopg

    server, name = url.rsplit("/", 1)[0], f"month_end_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


def main() -> None:
    """Make the organisation, serve it, enter, count."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=5)
    options.add_argument("--rate", type=float, help="entries a second; 12 / n without it")
    asked = options.parse_args()
    minutes, rate = asked.minutes, asked.rate or round(RATE / here(), 1)
    print(f"{rate:g} entries a second: this machine takes {here():.2f} times as long as the limits' own.", flush=True)
    made = sample(48, 5, 36)
    code = made.definitions.organisation.code
    places = [(r["kpi"], r["unit"], r["period"]) for r in made.rows.iter_rows(named=True) if r.get("value") is not None]
    newest = sorted(places, key=lambda place: place[2])[-240:]
    entries = [Entry(*newest[n % len(newest)], 900_000 + n) for n in range(int(rate * 60 * minutes))]
    kind = "sqlite"
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        kind = "postgresql"
        MORE["DATABASE_URL"] = made_database(os.environ["DATABASE_URL"])
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder), free_port()
        load(made.definitions, made.rows, data, port)
        command = [sys.executable, "-c", SIGN_IN.format(count=SESSIONS, who=WHO)]
        keys = subprocess.run(command, env=environment(data, port), capture_output=True, text=True).stdout.split()
        command = [sys.executable, "-c", TOKENS.format(count=TOKEN_COUNT, who=WHO)]
        tokens = subprocess.run(command, env=environment(data, port), capture_output=True, text=True).stdout.split()
        with serving(data, port) as server:
            done, hearing, used = asyncio.run(measure(server, keys, code, tokens, entries, rate))
            memory = server.memory()
        command = [sys.executable, "-c", COUNT]
        count = subprocess.run(command, env=environment(data, port), capture_output=True, text=True).stdout.split("\n")
    taken = [each for each in done if each.status == 201]
    last = {each.entry[:3]: each.entry.value for each in sorted(taken, key=lambda each: each.entry.value)}
    there, kept = [line.split() for line in count[1:] if line], int(count[0])
    others = sorted({each.status for each in done} - {201})
    print(f"{len(taken):,} of {len(entries):,} entries were taken, {kept:,} are kept; other answers: {others}.")
    busy = " ".join(f"{each:.0f}" for each in os.getloadavg())
    each = used / len(entries)
    print(f"{1000 * each:.0f} ms of processor time for each, with its streams; load {busy}.")
    print(f"{hearing} of {STREAMS} streams heard of the last ones.")
    late = [each.late for each in done]
    show(f"Month end on {kind}, {rate:g} entries a second for {minutes:g} minutes, {STREAMS} pages", [
        Line("entry, p50", statistics.median(late), LIMITS[kind], "ms"),
        Line("entry, p95", statistics.quantiles(late, n=20)[-1], LIMITS[kind], "ms"),
        Line("memory of the server", memory, 500.0, "MB"),
    ])  # fmt: skip
    fair = each / here()
    print(f"On the machine of the limits {1000 * fair:.0f} ms: {RATE:g} a second are {RATE * fair:.2f} processors.")
    if kept != len(taken) or len(there) != len(last):
        sys.exit(f"{len(last):,} figures should count, and {len(there):,} do: some were lost, or are there twice.")
    if hearing != STREAMS:
        sys.exit("Some pages heard nothing.")


if __name__ == "__main__":
    main()
