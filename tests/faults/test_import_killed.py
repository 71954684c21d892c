"""An import that is killed while it writes: nothing half is there, and the same file brings all of it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.faults.writing import written
from tests.project.installations import Installation, New, bakery_folder
from tests.project.installations import new as new

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
MONTHS = [f"{year}-{month:02}" for year in range(1950, 2024) for month in range(1, 13)]
PLACES = list(itertools.product(("sales", "costs", "staff"), ("bakery", "north", "south")))


@pytest.mark.parametrize("size", [50_000, 1_000_000])
def test_f01_a_killed_import_leaves_nothing_half_and_the_next_one_brings_everything(
    new: New, tmp_path: Path, size: int
) -> None:
    made = new("killed")
    assert made.run("load", bakery_folder(tmp_path / "bakery")).returncode == 0
    before, events = figures(made), made.sql("SELECT count(*) FROM records_event")
    table = tmp_path / "history.csv"
    pairs = itertools.product(PLACES, enumerate(MONTHS))
    lines = [f"{kpi},{unit},{month},{n % 97}" for (kpi, unit), (n, month) in pairs]
    table.write_text("\n".join(["kpi,unit,period,value", *lines]))
    begun = written(made)
    process = made.begin("import", table)
    while process.poll() is None and written(made) < begun + size:
        pass
    process.kill()
    process.wait()
    assert figures(made) in (before, before + len(lines))
    is_there = figures(made) > before
    assert len(made.sql("SELECT 1 FROM records_import WHERE kind = 'file'")) == is_there
    assert made.sql("SELECT count(*) FROM records_event")[0][0] == events[0][0] + is_there
    done = made.run("import", table)
    assert done.returncode == 0, done.stdout + done.stderr
    assert figures(made) == before + len(lines)
    assert made.run("verify").returncode == 0


def figures(made: Installation) -> int:
    """How many are recorded."""
    return int(made.sql("SELECT count(*) FROM records_measurement")[0][0])
