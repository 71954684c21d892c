"""An import ended at every batch, and what others do in the midst of one: all of it is there or nothing, and once."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults.writing import PERIODS, lost_or_double, served
from tests.project.installations import Installation, New, bakery_folder
from tests.project.installations import new as new

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PLACES = [(kpi, unit) for kpi in ("sales", "costs") for unit in ("north", "south")]
MONTHS = [f"{year}-{month:02}" for year in range(2000, 2020) for month in range(1, 13)]
#: Brings in a file in small batches; what it hears of its way is given to `heard`, which the test says.
PROGRAM = """
import os, signal, sys, time
import django
django.setup()
from pathlib import Path
import polars as pl
from fourfold.actions.import_measurements import import_measurements
from fourfold.records.frames import imports
imports._PART = 200
path, heard, calls = sys.argv[1], sys.argv[2], 0
def tell(stage, done, total):
    global calls, heard
    calls += 1
    if heard == "slow" and stage == "Recorded":
        print("recording", flush=True)
        time.sleep(1)
    elif heard == "wait" and stage == "Checked":
        heard = ""
        print("checked", flush=True)
        sys.stdin.readline()
    elif heard.isdigit() and calls == int(heard):
        os.kill(os.getpid(), signal.SIGKILL)
outcome = import_measurements(by=None, rows=pl.read_csv(path, infer_schema=False), source="history.csv", tell=tell)
assert outcome.ok, outcome.findings[:3]
print(outcome.summary)
"""


def history(folder: Path) -> Path:
    path = folder / "history.csv"
    lines = [f"{kpi},{unit},{month},{n % 97}" for kpi, unit in PLACES for n, month in enumerate(MONTHS)]
    path.write_text("\n".join(["kpi,unit,period,value", *lines]))
    return path


def bringing(made: Installation, path: Path, heard: str) -> subprocess.Popen[str]:
    settings = {"FOURFOLD_DATA": str(made.data), "DATABASE_URL": made.url,
                "DJANGO_SETTINGS_MODULE": "fourfold.project.settings", "PATH": ""}  # fmt: skip
    command = [sys.executable, "-c", PROGRAM, str(path), heard]
    pipes: Any = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(command, env=settings, **pipes, text=True)


#: Closes a month of the north; where the database is busy, again.
CLOSE = """
import django
django.setup()
from django.db import OperationalError
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.period_states import PeriodState
while True:
    try:
        done = set_period_state(
            by=None, organisation="bakery", unit="north", period="2010-05", state=PeriodState.CLOSED, reason="Over."
        )
        break
    except OperationalError:
        pass
assert done.ok, done.findings
"""


def closing(made: Installation) -> subprocess.Popen[str]:
    settings = {"FOURFOLD_DATA": str(made.data), "DATABASE_URL": made.url,
                "DJANGO_SETTINGS_MODULE": "fourfold.project.settings", "PATH": ""}  # fmt: skip
    return subprocess.Popen([sys.executable, "-c", CLOSE], env=settings, stderr=subprocess.PIPE, text=True)


def figures(made: Installation) -> int:
    return int(made.sql("SELECT count(*) FROM records_measurement")[0][0])


def test_f01_an_import_killed_at_every_batch_leaves_all_or_nothing_and_at_last_everything_once(
    new: New, tmp_path: Path
) -> None:
    made = new("killed")
    assert made.run("load", bakery_folder(tmp_path / "bakery")).returncode == 0
    path, before = history(tmp_path), figures(made)
    events = made.sql("SELECT count(*) FROM records_event")[0][0]
    whole, batches = before + len(PLACES) * len(MONTHS), 0
    for batches in range(1, 40):
        process = bringing(made, path, str(batches))
        said, wrong = process.communicate(timeout=300)
        there = figures(made)
        assert there in (before, whole), f"half of it is there after batch {batches}"
        assert len(made.sql("SELECT 1 FROM records_import WHERE kind = 'file'")) == (there == whole)
        assert made.sql("SELECT count(*) FROM records_event")[0][0] == events + (there == whole)
        if process.returncode == 0:
            break
        assert process.returncode == -9, wrong
    assert batches > 8 and figures(made) == whole, said
    assert made.run("verify").returncode == 0


def test_f15_a_figure_entered_in_the_midst_of_an_import_is_acknowledged_once_or_refused(
    new: New, tmp_path: Path
) -> None:
    made = new("beside")
    with served(made, tmp_path) as writer:
        before = figures(made)
        process = bringing(made, history(tmp_path), "slow")
        assert process.stdout is not None and process.stdout.readline() == "recording\n"
        statuses = [writer.send(period) for period in PERIODS[:3]]
        _, wrong = process.communicate(timeout=300)
        assert process.returncode == 0, wrong
        assert set(statuses) <= {201, 503}, statuses
        end = time.monotonic() + 60
        while len(writer.acknowledged) < 3 and time.monotonic() < end:
            for period in PERIODS[:3]:
                if period not in writer.acknowledged:
                    writer.send(period)
        assert not lost_or_double(made, writer.acknowledged)
        assert figures(made) == before + len(PLACES) * len(MONTHS) + 3
    assert made.run("verify").returncode == 0


def test_f17_a_month_is_closed_before_an_import_that_is_refused_then_or_after_one_that_is_whole(
    new: New, tmp_path: Path
) -> None:
    made = new("closing")
    assert made.run("load", bakery_folder(tmp_path / "bakery")).returncode == 0
    path, before = history(tmp_path), figures(made)
    recording = bringing(made, path, "slow")
    assert recording.stdout is not None and recording.stdout.readline() == "recording\n"
    closer = closing(made)
    _, wrong = recording.communicate(timeout=300)
    assert recording.returncode == 0, wrong
    assert closer.wait(300) == 0 and figures(made) == before + len(PLACES) * len(MONTHS)
    actions = [action for (action,) in made.sql("SELECT action FROM records_event ORDER BY id")]
    assert actions[-2] == "measurement.import" and actions[-1].startswith("period"), "closed when all of it was there"
    path.write_text(path.read_text().replace(",2010-05,", ",2010-05,1"))
    assert "is closed" in bringing(made, path, "").communicate(timeout=300)[1]
    assert figures(made) == before + len(PLACES) * len(MONTHS)


def test_f17_a_month_that_another_process_closes_while_an_import_checks_takes_nothing_of_it(
    new: New, tmp_path: Path
) -> None:
    made = new("checking")
    assert made.run("load", bakery_folder(tmp_path / "bakery")).returncode == 0
    path, before = history(tmp_path), figures(made)
    checking = bringing(made, path, "wait")
    assert checking.stdout is not None and checking.stdout.readline() == "checked\n"
    assert closing(made).wait(300) == 0
    _, wrong = checking.communicate("on\n", timeout=300)
    assert "is closed" in wrong and figures(made) == before
