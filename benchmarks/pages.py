"""How long a page takes: overview and scorecard, 48 and 200 KPIs, four viewers who never stop to read.

Each viewer asks for the next page as soon as the last one is there, on one kept connection; times are taken by the
viewers, so they hold queueing and the network of the machine as well as the server's own time. "alone" is one viewer.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from sample import sample
from serving import WHO, Browser, free_port, load, serving, sign_in

VIEWERS, REQUESTS = 4, 75
#: KPIs → limits in ms for p50 and p95 at four viewers.
LIMITS = {48: (25.0, 60.0), 200: (60.0, None)}
MOST_BYTES = 15_000


def times(port: int, cookies: dict[str, str], path: str, viewers: int, requests: int) -> list[float]:
    """Milliseconds of every request."""
    found: list[float] = []

    def look() -> None:
        browser = Browser(port, dict(cookies))
        for _ in range(requests):
            begun = time.perf_counter()
            status, _, _ = browser.ask(path)
            found.append(1000 * (time.perf_counter() - begun))
            assert status == 200, f"{path} was answered with {status}"

    threads = [threading.Thread(target=look) for _ in range(viewers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def measure(kpis: int) -> None:
    """Print the rows of one organisation."""
    made = sample(kpis, 5, 36)
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder), free_port()
        password = load(made.definitions, made.rows, data, port)
        with serving(data, port) as server:
            browser = sign_in(port, WHO, password)
            for page, path in (("overview", "/s/group/"), ("scorecard", "/s/group/scorecard/")):
                size = len(browser.ask(path)[1])
                times(port, browser.cookies, path, VIEWERS, 5)
                alone = statistics.median(times(port, browser.cookies, path, 1, 40))
                many = times(port, browser.cookies, path, VIEWERS, REQUESTS)
                p50, p95 = statistics.median(many), statistics.quantiles(many, n=20)[-1]
                low, high = LIMITS[kpis]
                ok = p50 <= low and (high is None or p95 <= high)
                limit = f"≤ {low:.0f}" + (f" / {high:.0f}" if high else "")
                verdict = "within" if ok else "OVER"
                gz = f"{size / 1000:.1f} kB" + ("" if kpis > 48 or size <= MOST_BYTES else " OVER 15")
                print(f"{kpis:>5} {page:10} {alone:8.1f} {p50:8.1f} {p95:8.1f}   {limit:10} {verdict:7} {gz}")
            print(f"      server's memory after that: {server.memory():.0f} MB")


if __name__ == "__main__":
    print(f"{'KPIs':>5} {'page':10} {'alone':>8} {'p50 ms':>8} {'p95 ms':>8}   {'limit':10} {'':7} gzipped")
    for count in LIMITS:
        measure(count)
