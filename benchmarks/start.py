"""How long things take to start, and what a server holds that has nothing to do.

`import fourfold` in a new process; the demo with its database there already, until its first page has arrived; the
memory of all its processes after every kind of page was looked at and nobody asks for another.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from serving import free_port, plain, run, serving, sign_in
from verdict import RUNS, Line, show

from fourfold.cli.demo import FOLDER, WHO

CLOCK = "import time; begin = time.perf_counter(); {}; print(time.perf_counter() - begin)"
DEMO = ("demo", "--folder", str(Path(__file__).parents[1] / FOLDER))
PAGES = ("", "scorecard/", "map/", "alignment/", "initiatives/")


def main() -> None:
    first, later, memory = demo()
    lines = [
        Line("import fourfold", started("import fourfold"), 0.25, "s"),
        Line("fourfold demo, to the first page", later, 4.0, "s"),
        Line("idle server, all processes", memory, 160.0, "MB"),
    ]
    show(f"Starting (median of {RUNS} processes; building the demo took {first:.1f} s)", lines)


def started(statement: str) -> float:
    """Seconds a statement takes in a fresh interpreter, the interpreter's own start not counted."""
    command = [sys.executable, "-c", CLOCK.format(statement)]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(RUNS)]
    return statistics.median(float(text) for text in runs)


def demo() -> tuple[float, float, float]:
    """Seconds to build the demo, seconds of a later start to the first page, MB when idle."""
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder), free_port()
        begun = time.perf_counter()
        run(*DEMO, "--only-build", data=data, port=port)
        built = time.perf_counter() - begun
        starts, sizes = [], []
        for _ in range(RUNS):
            with serving(data, port, *DEMO) as server:
                starts.append(server.started)
                look_around(data, port)
                sizes.append(server.memory())
    return built, statistics.median(starts), statistics.median(sizes)


def look_around(data: Path, port: int) -> None:
    """Sign in and look at every kind of page, so that all that is loaded when needed is loaded."""
    browser = sign_in(port, WHO, run("password", WHO, data=data, port=port).split()[-1])
    paths = [f"/s/group/{page}" for page in PAGES]
    for noun, where in (("kpi", "scorecard/"), ("objective", "map/")):
        page = plain(browser.ask(f"/s/group/{where}")[1]).decode()
        found = re.search(rf"/{noun}/\d+-[\w-]+/", page)
        assert found, f"{where} leads to no {noun}"
        paths.append(found[0])
    for path in paths:
        status, _, _ = browser.ask(path)
        if status != 200:
            sys.exit(f"{path} was answered with {status}.")
    time.sleep(1)


if __name__ == "__main__":
    main()
