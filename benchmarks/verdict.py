"""What every benchmark prints: one table with the ratio to a peer or a limit, and a verdict.

A limit of time is one for the machine it was set on: `yardstick.py` says how much longer this one takes, at the
beginning and at the end of the run, and the limit is that much longer here. A limit of anything else stays as it is.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yardstick import pace

RUNS = 5
TIMES = ("ms", "s")
_paces = [pace()]


@dataclass(frozen=True)
class Line:
    """One measurement beside what it is measured against; `need` says what the ratio must be at least."""

    what: str
    measured: float
    against: float
    unit: str
    peer: str = ""  # a limit without one
    need: float = 1.0

    @property
    def allowed(self) -> float:
        """What the peer takes, or the limit on this machine."""
        return self.against * here() if not self.peer and self.unit in TIMES else self.against

    @property
    def ratio(self) -> float:
        """How many times better than the peer or limit."""
        return self.allowed / self.measured

    @property
    def met(self) -> bool:
        """True where it is good enough."""
        return self.ratio >= self.need

    def cells(self) -> tuple[str, ...]:
        """The columns as text."""
        against = f"{self.peer} {_short(self.against, self.unit)}" if self.peer else _short(self.allowed, self.unit)
        needed = f"{self.need:g} × faster" if self.peer else f"at most {_short(self.against, self.unit)}"
        word = "met" if self.met else "missed"
        return self.what, _short(self.measured, self.unit), against, f"{self.ratio:.1f}", needed, word


def here() -> float:
    """How many times as long as on the machine of the limits work takes here: before what is shown and after it."""
    return statistics.mean(_paces[-2:])


def _short(number: float, unit: str) -> str:
    return f"{number:,.0f} {unit}" if number >= 100 else f"{number:.3g} {unit}"


def show(title: str, lines: Sequence[Line]) -> None:
    """Print the table; how fast the machine is now is part of it, as it changes within minutes."""
    _paces.append(pace())
    head = ("what", "measured", "peer or limit here", "ratio", "needed", "verdict")
    rows = [head, *(line.cells() for line in lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    print(f"{title}\n")
    if any(not line.peer and line.unit in TIMES for line in lines):
        print(f"This machine takes {here():.2f} times as long as the one the limits are for (yardstick.py).\n")
    for i, row in enumerate(rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if i == 0:
            print("  ".join("-" * width for width in widths))
    print()


def insist(lines: Sequence[Line]) -> None:
    """End with an error that names what was missed: for promises about answers, which no slow machine excuses."""
    missed = [line.what for line in lines if not line.met]
    if missed:
        sys.exit(f"Missed: {', '.join(missed)}.")


@dataclass(frozen=True)
class Taken:
    """Medians of some runs in seconds: on the clock, and of all processors together."""

    clock: float
    processor: float


def seconds(run: Callable[[], object], runs: int = RUNS) -> Taken:
    """How long so many runs take."""
    return _medians([_once(run) for _ in range(runs)])


def around(ours: Callable[[], object], peer: Callable[[], object], runs: int, peer_runs: int) -> tuple[Taken, Taken]:
    """How long ours takes, so many runs before the peer and as many after it, and how long the peer takes."""
    before = [_once(ours) for _ in range(runs)]
    theirs = seconds(peer, peer_runs)
    return _medians(before + [_once(ours) for _ in range(runs)]), theirs


def _once(run: Callable[[], object]) -> tuple[float, float]:
    begin, before = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - begin, time.process_time() - before


def _medians(taken: Sequence[tuple[float, float]]) -> Taken:
    clock, processor = zip(*taken, strict=True)
    return Taken(statistics.median(clock), statistics.median(processor))
