"""What one entered figure costs in organisations of a thousand, a hundred thousand and ten million figures.

Each is a SQLite database on the disk with every commit synced; `seeding.py` says what is in it. An entry is the action
`record_measurement` in this process: checked, recorded, what depends on it evaluated and stored. The history is five
years everywhere. What grows is the number of KPIs and units; so does, with the units, what a figure of the whole is
made of.

    edit.py           10³ and 10⁵ figures
    edit.py --large   10⁷ as well: 4 GB of disk
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from entry import set_up
from seeding import Seeded, seed

MONTHS, OBJECTIVES, KPIS, UNITS = 60, 2, 5, 3  # of history; whose KPIs have results; that are edited
ENTRIES = 120
#: Figures → KPIs and units of the whole tree.
SIZES = {"10^3": (6, 4), "10^5": (200, 10), "10^7": (2_000, 100)}
LARGE = "10^7"


def entries(made: Seeded, seed: int = 1) -> Iterator[dict[str, str]]:
    """First one for each KPI and unit in the oldest month that is edited, then entries in the last three months."""
    chance = random.Random(seed)
    kpis, units, months = made.kpis[:KPIS], made.units[:UNITS], made.months[-3:]
    for kpi in kpis:
        for unit in units:
            yield _entry(kpi, unit, months[0].id, chance)
    for _ in range(ENTRIES):
        yield _entry(chance.choice(kpis), chance.choice(units), chance.choice(months).id, chance)


def _entry(kpi: str, unit: str, period: str, chance: random.Random) -> dict[str, str]:
    """A little off the figure that is there."""
    from fourfold.records.models import Measurement

    known = Measurement.objects.current().get(kpi__code=kpi, unit__code=unit, period=period)
    figures = {"value": known.value, "numerator": known.numerator, "denominator": known.denominator}
    factor = chance.randint(950, 1050)
    changed = {
        name: figure if name == "denominator" and known.value is None else round(figure * factor / 1000, 3)
        for name, figure in figures.items()
        if figure is not None
    }
    return {"kpi": kpi, "unit": unit, "period": period} | {name: str(figure) for name, figure in changed.items()}


@dataclass(frozen=True)
class Edits:
    """What one size took: ms on the clock and of the processor, and statements, of every entry that counts."""

    name: str
    made: Seeded
    seeding: float
    clock: list[float]
    processor: list[float]
    statements: list[int]

    def row(self) -> str:
        """One line of the table."""
        sizes = f"{self.made.figures:>12,} {self.made.results:>12,} {self.seeding:8.1f}"
        times = " ".join(f"{statistics.median(t):8.1f} {p95(t):8.1f}" for t in (self.clock, self.processor))
        return f"{self.name:6} {sizes} {times} {statistics.median(self.statements):11.0f}"


def p95(times: Sequence[float]) -> float:
    """Only one in twenty takes longer."""
    return statistics.quantiles(times, n=20)[-1]


def measure(name: str) -> Edits:
    """Seed a new database and make the entries."""
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        begun = time.perf_counter()
        made = seed(*SIZES[name], MONTHS, OBJECTIVES)
        edits = Edits(name, made, time.perf_counter() - begun, [], [], [])
        for i, entry in enumerate(entries(made)):
            times = _enter(made, entry)
            if i >= len(made.kpis[:KPIS]) * len(made.units[:UNITS]):  # what comes before makes the results right
                for kept, one in zip((edits.clock, edits.processor, edits.statements), times, strict=True):
                    kept.append(one)  # type: ignore[arg-type]
        return edits


def _enter(made: Seeded, entry: dict[str, str]) -> tuple[float, float, int]:
    from django.db import connection

    from fourfold.actions.record_measurement import record_measurement

    asked = 0

    def count(execute: Any, *given: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*given)

    clock, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        outcome = record_measurement(by=None, organisation=made.organisation, **entry, at=made.as_of)  # type: ignore[arg-type]
    times = 1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - cpu)
    assert outcome.ok, outcome.findings
    return *times, asked


def main(names: Sequence[str]) -> None:
    """Each size in a process and a folder of its own."""
    heads = ("figures", "results", "seed s", "p50 ms", "p95", "CPU p50", "CPU p95", "statements")
    print("       " + " ".join(f"{h:>{w}}" for h, w in zip(heads, (12, 12, 8, 8, 8, 8, 8, 11), strict=True)))
    found = []
    for name in names:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            found.append(alone.submit(measure, name).result())
        print(found[-1].row(), flush=True)
    small, large = (statistics.median(edits.processor) for edits in (found[0], found[-1]))
    print(f"{found[-1].name} takes {large / small:.2f} × the processor time of {found[0].name}.")


if __name__ == "__main__":
    main([name for name in SIZES if name != LARGE or "--large" in sys.argv])
