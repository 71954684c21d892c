"""How long a page takes: overview and scorecard, 48 and 200 KPIs, four viewers at a time.

The viewers of the first kind read for half a second between pages (a hurry, for people); those of the second never
read at all, each asks again as soon as the answer is there, so that there are always four requests and every time
holds the wait for three others. Times are taken by the viewers on kept connections, and hold the network of the
machine and the viewers' own work beside the server's. CPU time is the server's alone, of all its processes, and
says the same on a busy machine. The same pages are asked for again and again; "another month" asks for each month of
each unit once, so nothing of its results has been read before. A number of KPIs as an argument runs that one alone.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from sample import months_of, sample
from serving import WHO, Browser, Server, free_port, load, serving, sign_in
from verdict import Line, show

VIEWERS, READING = 4, 0.5
MONTHS, UNITS = 36, 5
MOST_BYTES = 15_000
#: KPIs → limits in ms for p50 and p95 at four viewers.
LIMITS = {48: (25.0, 60.0), 200: (60.0, None)}
#: KPIs and page → limit in ms of CPU time for one request.
CPU = {(48, "overview"): 8.0, (48, "scorecard"): 15.0, (200, "overview"): 15.0, (200, "scorecard"): 40.0}


@dataclass(frozen=True)
class Visit:
    """What some viewers found: ms of every request on the clock, and of the server's processor on average."""

    clock: list[float]
    processor: float

    @property
    def p50(self) -> float:
        """The middle one."""
        return statistics.median(self.clock)

    @property
    def p95(self) -> float:
        """Only one in twenty takes longer."""
        return statistics.quantiles(self.clock, n=20)[-1]


def visit(server: Server, cookies: dict[str, str], plans: Sequence[Sequence[str]], reading: float = 0.0) -> Visit:
    """One viewer for each plan, who opens its pages in turn."""
    found: list[float] = []

    def look(plan: Sequence[str], start: float) -> None:
        browser = Browser(server.port, dict(cookies))
        time.sleep(start)
        for path in plan:
            begun = time.perf_counter()
            status, _, _ = browser.ask(path)
            found.append(1000 * (time.perf_counter() - begun))
            assert status == 200, f"{path} was answered with {status}"
            time.sleep(reading)

    threads = [
        threading.Thread(target=look, args=(plan, reading * i / len(plans))) for i, plan in enumerate(plans)
    ]  # not all at the same moment
    before = server.processor()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Visit(found, 1000 * (server.processor() - before) / len(found))


def other_months(tail: str) -> list[str]:
    """Every month of every unit but the first."""
    months = [period.id.removeprefix("M:") for period in months_of(MONTHS)]
    return [f"/s/site{unit:04}/{tail}?p={month}" for unit in range(UNITS - 1) for month in months[13:]]


def measure(kpis: int) -> list[Line]:
    """The lines of one organisation."""
    made = sample(kpis, UNITS, MONTHS)
    lines: list[Line] = []
    low, high = LIMITS[kpis]
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder), free_port()
        password = load(made.definitions, made.rows, data, port)
        with serving(data, port) as server:
            cookies = sign_in(port, WHO, password).cookies
            for page, tail in (("overview", ""), ("scorecard", "scorecard/")):
                path, name, cpu = f"/s/group/{tail}", f"{kpis} KPIs, {page}", CPU[kpis, page]
                size = len(Browser(port, dict(cookies)).ask(path)[1])
                visit(server, cookies, [[path] * 5] * VIEWERS)  # warm
                alone = visit(server, cookies, [[path] * 100])
                people = visit(server, cookies, [[path] * 40] * VIEWERS, READING)
                closed = visit(server, cookies, [[path] * 75] * VIEWERS)
                fresh = visit(server, cookies, [other_months(tail)])
                lines.append(Line(f"{name}: alone, p50", alone.p50, low, "ms"))
                for who, seen in (("4 who read 0.5 s", people), ("4 who never read", closed)):
                    lines.append(Line(f"{name}: {who}, p50", seen.p50, low, "ms"))
                    lines += [Line(f"{name}: {who}, p95", seen.p95, high, "ms")] if high else []
                lines.append(Line(f"{name}: CPU of a request", alone.processor, cpu, "ms"))
                lines.append(Line(f"{name}: CPU of another month", fresh.processor, low, "ms"))
                lines += [Line(f"{name}: gzipped", size / 1000, MOST_BYTES / 1000, "kB")] if kpis == min(LIMITS) else []
            print(f"{kpis} KPIs: the server holds {server.memory():.0f} MB after all pages.", flush=True)
    return lines


if __name__ == "__main__":
    counts = [int(text) for text in sys.argv[1:]] or list(LIMITS)
    show("Pages", [line for count in counts for line in measure(count)])
