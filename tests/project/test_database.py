"""What a commit is worth: the settings of SQLite and PostgreSQL as the database itself reports them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.db import connection

from fourfold.engine.definitions.write import write
from fourfold.project.environment import SQLITE_OPTIONS
from fourfold.testing.bakery import bakery

from .commands import begin, fourfold

pytestmark = pytest.mark.django_db


def pragma(name: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


def test_sqlite_keeps_what_was_committed_through_a_power_cut() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    assert pragma("synchronous") == 2  # FULL
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") == 10_000
    assert connection.transaction_mode == "IMMEDIATE"  # type: ignore[attr-defined]


def test_a_file_of_sqlite_has_a_write_ahead_log(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "file.sqlite3") as file:
        for statement in SQLITE_OPTIONS["init_command"].split(";"):
            file.execute(statement)
        assert file.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert file.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_postgresql_syncs_every_commit() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone()[0] == "on"
        cursor.execute("SHOW fsync")
        assert cursor.fetchone()[0] == "on"


def test_processes_that_write_at_once_wait_for_one_another(tmp_path: Path) -> None:
    """Three loads of one organisation, each with a figure of its own: all three are there, and counted one by one."""
    folders = []
    for month in ("01", "02", "03"):
        folder = tmp_path / month
        (folder / "measurements").mkdir(parents=True)
        for name, text in write(bakery()).items():
            (folder / name).write_text(text, encoding="utf-8")
        table = f"kpi,unit,period,value\nstaff,north,2026-{month},{int(month)}\n"
        (folder / "measurements" / "figures.csv").write_text(table)
        folders.append(str(folder))
    data = tmp_path / "data"
    assert fourfold("load", folders[0], data=data).returncode == 0
    loads = [begin("load", folder, data=data) for folder in folders[1:]]
    for load in loads:
        out, err = load.communicate(timeout=120)
        assert load.returncode == 0, out + err
    with sqlite3.connect(data / "fourfold.sqlite3") as file:
        assert file.execute("SELECT count(*) FROM records_measurement").fetchone() == (3,)
        assert [seq for (seq,) in file.execute("SELECT seq FROM records_event ORDER BY seq")] == [1, 2, 3]
        newest = "SELECT input_version FROM records_evaluation ORDER BY input_version DESC"
        assert file.execute(newest).fetchone() == file.execute("SELECT version FROM records_organisation").fetchone()
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
