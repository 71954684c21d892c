"""How long one entered figure takes: checked, recorded, everything that depends on it evaluated and stored.

Calls the action in this process, on SQLite with every commit synced to the disk. Figures are those of random measured
KPIs and units in the last three months, each different from the one before it. CPU time stands beside the time that
passes: on a busy machine the first is the fairer of the two.

What comes after the figure is stored, in a transaction of its own, is told apart: the outlooks it reaches.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from sample import sample
from verdict import Line, show

from fourfold.engine.definitions.write import write

DEMO = Path(__file__).parents[1] / "examples" / "calder_vale"
DEMO_DAY = datetime(2026, 11, 15, 12, tzinfo=UTC)
ENTRIES, WARM = 120, 5


def set_up(data: Path, database: str = "") -> None:
    """Django with a new database: on SQLite in this folder, or at an address of PostgreSQL where it is made anew."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "fourfold.project.settings",
        "FOURFOLD_DATA": str(data),
        "DATABASE_URL": database or f"sqlite:///{data / 'fourfold.sqlite3'}",
    }
    if database:
        import psycopg
        from psycopg.sql import SQL, Identifier

        server, _, name = database.rpartition("/")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def large(folder: Path) -> datetime:
    """Write the folder of 1,000 KPIs in 20 units over two years; gives the day to evaluate it on."""
    made = sample(1000, 20, 24)
    (folder / "measurements").mkdir(parents=True)
    for name, text in write(made.definitions).items():
        (folder / name).write_text(text, "utf-8")
    made.rows.write_parquet(folder / "measurements" / "figures.parquet")
    return made.as_of


def entries(organisation: str) -> Iterator[dict[str, str]]:
    """New figures for places where there is one already, a little off the old one."""
    from fourfold.records.models import Measurement

    chance = random.Random(1)
    found = Measurement.objects.filter(organisation__code=organisation, superseded_at=None, state=0).order_by("-start")
    columns = ("kpi__code", "unit__code", "period", "value", "numerator", "denominator")
    newest = found.filter(frequency="month").values_list("start", flat=True).distinct()[:3]
    rows = list(found.filter(frequency="month", start__gte=newest[2]).order_by("pk").values_list(*columns))
    for kpi, unit, period, value, top, bottom in chance.choices(rows, k=ENTRIES + WARM):
        factor = chance.randint(950, 1050)
        place = {"kpi": kpi, "unit": unit, "period": period}
        figures = {"value": value, "numerator": top, "denominator": bottom}
        changed = {n: f if n == "denominator" and top is None else round(f * factor / 1000, 3)
                   for n, f in figures.items() if f is not None}  # fmt: skip
        yield place | {name: str(figure) for name, figure in changed.items()}


def measure(name: str, folder: Path, at: datetime, limit: float) -> list[Line]:
    """Load a folder and time its entries."""
    from fourfold.actions.evaluate_outlooks import evaluate_outlooks
    from fourfold.actions.load_folder import load_folder
    from fourfold.actions.record_measurement import record_measurement

    begun = time.perf_counter()
    loaded = load_folder(by=None, path=folder, at=at)
    assert loaded.ok and loaded.value, loaded.findings[:5]
    print(f"{name}: loaded in {time.perf_counter() - begun:.1f} s.", flush=True)
    passed, worked, ahead = [], [], []
    for entry in entries(loaded.value.code):
        clock, cpu = time.perf_counter(), time.process_time()
        outcome = record_measurement(by=None, organisation=loaded.value.code, **entry, at=at)  # type: ignore[arg-type]
        passed.append(1000 * (time.perf_counter() - clock))
        worked.append(1000 * (time.process_time() - cpu))
        assert outcome.ok, outcome.findings
        clock = time.perf_counter()
        place = {"kpi": entry["kpi"], "unit": entry["unit"]}
        evaluate_outlooks(by=None, organisation=loaded.value.code, **place, as_of=at)
        ahead.append(1000 * (time.perf_counter() - clock))
    p50, p95 = statistics.median(ahead[WARM:]), _p95(ahead)
    print(f"{name}: the outlooks after a figure take {p50:.1f} ms (p50) and {p95:.1f} ms (p95).", flush=True)
    return [
        Line(f"{name}: p50", statistics.median(passed[WARM:]), limit, "ms"),
        Line(f"{name}: p95", _p95(passed), limit, "ms"),
        Line(f"{name}: processor time, p95", _p95(worked), limit, "ms"),
    ]


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times[WARM:], n=20)[-1]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as data:
        set_up(Path(data))
        lines = measure("demo", DEMO, DEMO_DAY, 40.0)
        large_folder = Path(data) / "large"
        lines += measure("1,000 KPIs × 20 units", large_folder, large(large_folder), 60.0)
        show("One figure entered", lines)
