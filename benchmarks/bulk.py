"""How fast figures come in from programs: whole requests of the bulk API against a running server, on SQLite.

The organisation has 40 KPIs of every day in 25 shops under one roof. Requests of 50,000 figures that are not known yet
are sent one after another in each of the forms that are taken, each over months of its own; then the last one comes
again, of which nothing is new. What is timed is all of it: the body sent, each row checked, recorded and synced to the
disk, the outcome of each row answered. The limit is 15,000 figures a second. What they change is evaluated within a
minute afterwards, beside the requests that come then.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import polars as pl
from importing import KPIS, SHOPS, definitions, rows
from serving import WHO, free_port, load, run, serving
from verdict import Line, show

FIGURES, A_SECOND = 50_000, 15_000
ARROW = "application/vnd.apache.arrow.stream"


def table(part: int) -> pl.DataFrame:
    """So many figures of days that no other part has."""
    found = islice(rows((part + 1) * FIGURES), part * FIGURES, None)
    return pl.DataFrame(list(found), schema=("kpi", "unit", "period", "value"), orient="row")


def body(frame: pl.DataFrame, form: str) -> bytes:
    """As a program sends it."""
    if form == "text/csv":
        return frame.write_csv().encode()
    if form == ARROW:
        target = io.BytesIO()
        frame.write_ipc_stream(target)
        return target.getvalue()
    return (frame.write_json() if form == "application/json" else frame.write_ndjson()).encode()


def send(port: int, token: str, content: bytes, form: str) -> tuple[float, dict[str, object]]:
    """Seconds until the answer was there, and what it says."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": form, "Host": f"localhost:{port}"}
    begun = time.perf_counter()
    connection.request("POST", "/api/v1/organisations/bakery/measurements/bulk", content, headers)
    answer = connection.getresponse()
    said = answer.read()
    took = time.perf_counter() - begun
    if answer.status != 200:
        sys.exit(f"{form} was answered with {answer.status}: {said[:500]!r}")
    return took, json.loads(said)


def main() -> None:
    """Run it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", type=int, default=2, help="requests in each form")
    given = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory(prefix="fourfold-bulk-") as folder:
        data, port = Path(folder), free_port()
        known = definitions()
        load(known, table(0).head(KPIS * SHOPS), data, port)
        made = run("token", "make", "Till", "--scope", "record", "--person", WHO, data=data, port=port)
        token = next(word for word in made.split() if word.startswith("fourfold_") and word.count("_") >= 2)
        with serving(data, port) as server:
            part = 1
            for form in ("application/json", "application/x-ndjson", "text/csv", ARROW):
                taken = []
                for _ in range(given.parts):
                    content = body(table(part), form)
                    took, said = send(port, token, content, form)
                    assert said["recorded"] == FIGURES, said
                    taken.append(took)
                    part += 1
                each = ", ".join(f"{FIGURES / took:,.0f}" for took in taken)
                print(f"{form}: {each} figures/s; {server.memory():.0f} MB", flush=True)
                lines.append(Line(f"{form}, {FIGURES:,} new", sum(taken) / len(taken), FIGURES / A_SECOND, "s"))
            took, said = send(port, token, content, form)
            assert said["unchanged"] == FIGURES, said
            lines.append(Line("the same again", took, FIGURES / A_SECOND, "s"))
            lines.append(Line("memory of the server", server.memory(), 700, "MB"))
    show("Bulk requests on SQLite", lines)


if __name__ == "__main__":
    main()
