"""A server that is killed, started again or told to stop while it brings in a large file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.test_import_batches import figures
from tests.faults.test_push import servers
from tests.faults.writing import served
from tests.project.installations import Installation, New
from tests.project.installations import new as new

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ROWS = [f"{kpi},{unit},{year}-{month:02},{month}" for kpi in ("sales", "costs", "staff") for unit in ("north",)
        for year in range(1900, 2024) for month in range(1, 13)]  # fmt: skip
#: Hands over a file as Bob and begins its job, or stops it.
PROGRAM = """
import sys
import django
django.setup()
from pathlib import Path
from fourfold.actions.begin_import_job import begin_import_job
from fourfold.actions.keep_upload import keep_upload
from fourfold.actions.stop_import_job import stop_import_job
from fourfold.records.models import ImportJob, Person
bob = Person.objects.get(email="bob@bakery.example")
if sys.argv[1] == "stop":
    stop_import_job(by=bob, job=ImportJob.objects.get().pk)
    sys.exit()
text = Path(sys.argv[1]).read_bytes()
kept = keep_upload(by=bob, name="history.csv", content=[text], size=len(text)).value
read = {"columns": {name: name for name in ("kpi", "unit", "period", "value")}, "decimal": "."}
begin_import_job(by=bob, upload=kept.pk, mapping=read, way="import")
"""


def act(made: Installation, what: object) -> None:
    settings = {"FOURFOLD_DATA": str(made.data), "DATABASE_URL": made.url,
                "DJANGO_SETTINGS_MODULE": "fourfold.project.settings", "PATH": ""}  # fmt: skip
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(what)], env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def until(holds: Callable[[], bool], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it does not come to that"
        time.sleep(0.05)


def job(made: Installation) -> tuple[bool, str, int]:
    """Whether it has ended, how it failed, how often it was tried."""
    ((ended, failure, tries),) = made.sql("SELECT ended_at, failure, tries FROM records_importjob")
    return ended is not None, failure, tries


def history(folder: Path) -> Path:
    path = folder / "history.csv"
    path.write_text("\n".join(["kpi,unit,period,value", *ROWS]))
    return path


def test_f01_a_server_killed_while_it_brings_in_a_file_brings_all_of_it_when_it_is_back(
    new: New, tmp_path: Path
) -> None:
    made = new("job")
    with served(made, tmp_path):
        before = figures(made)
        act(made, history(tmp_path))
        until(lambda: job(made)[2] == 1)
        for pid in servers(made.data):
            os.kill(pid, signal.SIGKILL)
    (tmp_path / "again").mkdir()
    with served(made, tmp_path / "again"):
        until(lambda: job(made)[0])
    assert job(made)[1] == "" and figures(made) == before + len(ROWS)
    assert len(made.sql("SELECT 1 FROM records_import WHERE kind = 'file'")) == 1
    assert made.run("verify").returncode == 0


def test_a_file_that_is_stopped_leaves_nothing_or_all_and_says_which(new: New, tmp_path: Path) -> None:
    made = new("stopped")
    with served(made, tmp_path):
        before = figures(made)
        act(made, history(tmp_path))
        until(lambda: job(made)[2] == 1)
        act(made, "stop")
        until(lambda: job(made)[0])
        there = figures(made)
    assert (job(made)[1], there) in {("It was stopped.", before), ("", before + len(ROWS))}
    assert made.run("verify").returncode == 0
