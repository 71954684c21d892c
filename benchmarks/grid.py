"""How long the grid of 200 rows takes to open, a cell to be checked, and fifteen figures to be recorded together.

Whole requests through Django in this process, signed in, on SQLite with every commit synced to the disk. `first` is the
first opening after a change, when nothing of the page is kept in memory; `again` what everybody else gets.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from entry import set_up
from sample import sample
from verdict import Line, show

from fourfold.engine.definitions.write import write

KPIS, UNITS, MONTHS, ROWS = 330, 4, 24, 200
TIMES = 40


def measured(name: str, limit: float, ask: Callable[[int], Any], times: int = TIMES) -> list[Line]:
    """The lines of some requests; the first three are left out."""
    passed, worked = [], []
    for i in range(times + 3):
        clock, processor = time.perf_counter(), time.process_time()
        response = ask(i)
        passed.append(1000 * (time.perf_counter() - clock))
        worked.append(1000 * (time.process_time() - processor))
        assert response.status_code in (200, 302), response.content[-3000:]
    ways = {"": passed[3:], ", processor": worked[3:]}
    return [
        Line(f"{name}, {which}{way}", of(some), limit, "ms")
        for way, some in ways.items()
        for which, of in (("p50", statistics.median), ("p95", lambda times: statistics.quantiles(times, n=20)[-1]))
    ]


def main(data: Path) -> None:
    """Load the sample, then ask."""
    set_up(data)
    import logging

    from django.conf import settings
    from django.test import Client

    from fourfold.actions.load_folder import load_folder
    from fourfold.project.server import settle
    from fourfold.records.models import Unit
    from fourfold.records.queries.kept import forget
    from fourfold.records.queries.scope import scope_of
    from fourfold.records.queries.updates import grid_of

    logging.disable(logging.INFO)
    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    made = sample(KPIS, UNITS, MONTHS)
    folder = data / "sample"
    (folder / "measurements").mkdir(parents=True)
    for name, text in write(made.definitions).items():
        (folder / name).write_text(text, "utf-8")
    made.rows.write_parquet(folder / "measurements" / "figures.parquet")
    loaded = load_folder(by=None, path=folder, at=made.as_of)
    assert loaded.ok and loaded.value, loaded.findings[:5]
    person = enterer(loaded.value)
    unit = Unit.objects.filter(organisation=loaded.value).order_by("-pk").first()
    assert unit is not None
    client = Client()
    client.force_login(person)
    rows = grid_of(scope_of(person, unit.code)).cells[:ROWS]
    kpis = ",".join(str(row.pk) for row in rows)
    address = f"/s/{unit.code}/updates/?kpi={kpis}"
    page = client.get(address).content
    settle()  # as a server does
    print(f"{len(rows)} rows, {len(page) / 1000:,.0f} kB")

    def first(_: int) -> Any:
        forget()
        return client.get(address)

    chance = random.Random(1)
    plain = [row for row in rows if not row.is_ratio and row.now is not None and row.now.value is not None]

    def figures(some: list[Any]) -> dict[str, str]:
        sent = {}
        for row in some:
            now = grid_of(scope_of(person, unit.code), [row.pk]).cells[0].now
            value = float(now.value) * chance.uniform(0.99, 1.01)
            sent |= {f"value:{row.key}": f"{value:.2f}", f"version:{row.key}": now.version, f"sure:{row.key}": "yes",
                     f"note:{row.key}": "A note that is long enough to count."}  # fmt: skip
        return sent

    checks = [figures([row]) for row in plain[:TIMES]]
    many = [figures(plain[i : i + 15]) for i in (0, 15, 30, 45, 60)]
    check = f"/s/{unit.code}/updates/checks/"
    show("The grid of figures", [
        *measured("open 200 rows, again", 150, lambda _: client.get(address)),
        *measured("open 200 rows, first", 150, first, 20),
        *measured("check one cell", 60, lambda i: client.post(check, checks[i % len(checks)])),
        *measured("record 15 figures", 2000, lambda i: client.post(address, many[i]), 2),
    ])  # fmt: skip


def enterer(organisation: Any) -> Any:
    """Somebody who may enter all figures."""
    from fourfold.access.roles import Role
    from fourfold.records.models import Grant, Membership, Person

    person = Person.objects.create_person(name="Bob", email="bob@sample.example")
    Membership.objects.create(organisation=organisation, person=person, code="bob-of-the-sample")
    Grant.objects.create(organisation=organisation, person=person, role=Role.CONTRIBUTOR)
    return person


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as data:
        main(Path(data))
