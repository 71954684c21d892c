"""How long things take to start: `import fourfold`, in a new process."""

from __future__ import annotations

import statistics
import subprocess
import sys

from verdict import RUNS, Line, show

CLOCK = "import time; begin = time.perf_counter(); {}; print(time.perf_counter() - begin)"


def main() -> None:
    lines = [Line("import fourfold", started("import fourfold"), 0.25, "s")]
    show(f"Starting (median of {RUNS} processes)", lines)


def started(statement: str) -> float:
    """Seconds a statement takes in a fresh interpreter, the interpreter's own start not counted."""
    command = [sys.executable, "-c", CLOCK.format(statement)]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(RUNS)]
    return statistics.median(float(text) for text in runs)


if __name__ == "__main__":
    main()
