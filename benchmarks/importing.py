"""How fast figures come in from files: a million rows of CSV, and a workbook of 100,000, on SQLite or PostgreSQL.

The organisation has 40 KPIs of every day in 25 shops under one roof. What is timed is all of it: reading the file,
checking each row, recording it with every commit synced to the disk, and evaluating everything afterwards; the rate of
reading, checking and recording alone stands beside it. Then the same file comes again, of which nothing is new.
Memory is the most that the process held. On PostgreSQL: `python .ci/postgres.py python benchmarks/importing.py`.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import xlsxwriter
from entry import set_up
from verdict import Line, show

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.write import write
from fourfold.testing.bakery import bakery

KPIS, SHOPS, FIRST = 40, 25, date(2023, 1, 1)
#: For a million rows recorded and evaluated on SQLite and on PostgreSQL, and a workbook of 100,000; and memory.
SECONDS, ON_POSTGRES, SHEET_SECONDS, MEGABYTES = 90, 60, 60, 700


def definitions() -> Definitions:
    """One company, its shops, and KPIs of every day."""
    units = [{"code": "group", "name": "Group", "kind": "corporate"}]
    units += [{"code": f"shop-{i}", "name": f"Shop {i}", "parent": "group"} for i in range(SHOPS)]
    kpis = [{"code": f"kpi-{i}", "name": f"KPI {i}", "kind": "flow", "frequency": "day"} for i in range(KPIS)]
    uses = [{"kpi": k["code"], "objective": "delight", "monitor_only": True} for k in kpis]
    aims = [{"code": "delight", "name": "Delight customers", "perspective": "customers"}]
    none: dict[str, Any] = {"targets": [], "notes": [], "initiatives": [], "links": []}
    views = [{"code": "customers", "name": "Customers", "rank": 0}]
    return bakery(units=units, kpis=kpis, uses=uses, objectives=aims, perspectives=views, people=[], **none)


def rows(count: int) -> Iterator[tuple[str, str, str, str]]:
    """So many figures, day after day, as a till writes them."""
    for n in range(count):
        day, place = divmod(n, KPIS * SHOPS)
        kpi, shop = divmod(place, SHOPS)
        figure = f"{100 + (n * 7919) % 9000 / 100:.2f}"
        yield f"kpi-{kpi}", f"shop-{shop}", (FIRST + timedelta(days=day)).isoformat(), figure


def write_csv(path: Path, count: int) -> Path:
    """As CSV."""
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(("kpi", "unit", "period", "value"))
        writer.writerows(rows(count))
    return path


def write_sheet(path: Path, count: int) -> Path:
    """As a workbook, from another day on for which nothing is there yet."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet("Figures")
        page.write_row(0, 0, ("kpi", "unit", "period", "value"))
        for i, (kpi, unit, period, value) in enumerate(rows(count), start=1):
            shifted = date.fromisoformat(period) - timedelta(days=1000)
            page.write_row(i, 0, (kpi, unit, shifted.isoformat(), float(value)))
    return path


class Clock:
    """Stands before the database and notes when the event of the import was written, after all of its figures."""

    def __init__(self) -> None:
        """Starts now."""
        self.begun = self.recorded = time.perf_counter()
        self.memory = 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Let the statement through."""
        result = execute(sql, params, many, context)
        if 'INSERT INTO "records_event"' in sql:
            self.recorded, self.memory = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"recorded after {self.recorded - self.begun:.1f} s, {self.memory:.0f} MB at most", flush=True)
        return result

    @property
    def seconds(self) -> tuple[float, float]:
        """Until the figures were recorded, and until now."""
        whole = time.perf_counter() - self.begun
        return (self.recorded - self.begun) or whole, whole


def bring(path: Path) -> tuple[float, float, str]:
    """Import a file: seconds until the figures are there, seconds with the evaluation, and what was said."""
    from django.db import connection

    from fourfold.actions.import_measurements import import_measurements
    from fourfold.connectors.files.grid import read_grid
    from fourfold.connectors.files.layout import lay_out
    from fourfold.connectors.files.propose import codes_of, propose
    from fourfold.records.models import Organisation
    from fourfold.records.ready import ready_definitions

    ready = ready_definitions(Organisation.objects.get())
    assert ready is not None
    known, codes = ready.definitions, codes_of(ready.definitions.kpis, ready.definitions.units)
    clock = Clock()
    grid, findings = read_grid(path, path.name)
    assert grid is not None, findings
    laid = [lay_out(grid, propose(grid, known, codes).reading, known, codes)]
    del grid
    with connection.execute_wrapper(clock):  # the table belongs to who brings it in, and goes with it
        outcome = import_measurements(by=None, rows=laid.pop(), source=path.name, kind="file")
    assert outcome.ok and outcome.value is not None, outcome.findings[:5]
    return (*clock.seconds, outcome.summary)


def in_new_place(what: str, count: int, database: str) -> None:
    """Import one file into a new organisation, and print its lines; `again` where the same comes a second time."""
    with tempfile.TemporaryDirectory(prefix="fourfold-import-") as folder:
        home = Path(folder)
        set_up(home, database)
        from fourfold.actions.load_folder import load_folder

        (home / "company" / "measurements").mkdir(parents=True)
        for name, text in write(definitions()).items():
            (home / "company" / name).write_text(text, "utf-8")
        loaded = load_folder(by=None, path=home / "company")
        assert loaded.ok, [f for f in loaded.findings if f.level.name == "ERROR"][:3]
        path = write_csv(home / "f.csv", count) if what == "CSV" else write_sheet(home / "f.xlsx", count)
        before = time.process_time()
        recorded, whole, said = bring(path)
        busy = time.process_time() - before
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{what}: {said}; {whole:.1f} s, of which {recorded:.1f} s until all is recorded; {busy:.1f} s of this")
        print("process's processor time")
        limit = SHEET_SECONDS * count / 100_000
        if what == "CSV":
            limit = (ON_POSTGRES if database else SECONDS) * count / 1_000_000
        lines = [
            Line(f"{what}, {count:,} rows, recorded and evaluated", whole, limit, "s"),
            Line(f"{what}, {count:,} rows, processor time", busy, limit, "s"),
            Line(f"memory, {what}", memory, MEGABYTES, "MB"),
        ]
        if what == "CSV":
            lines.append(Line("the same again", bring(path)[1], limit, "s"))
        name = "PostgreSQL" if database else "SQLite"
        show(f"Importing on {name}: {count / recorded:,.0f} rows/s of {what} until recorded", lines)


def main() -> None:
    """Each file in a process of its own, since what the first held is counted in its memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sheet-rows", type=int, default=100_000)
    parser.add_argument("--only", choices=("CSV", "XLSX"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    database = os.environ.get("DATABASE_URL", "")
    if given.only:
        in_new_place(given.only, given.rows if given.only == "CSV" else given.sheet_rows,
                     database if database.startswith("postgres") else "")  # fmt: skip
        return
    for only in ("CSV", "XLSX"):
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--only", only], check=True)


if __name__ == "__main__":
    main()
