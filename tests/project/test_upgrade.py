"""Upgrades: data of every version that was released, restored, brought up to date, and found the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection

from tests.project.installations import Installation, New, new

__all__ = ["new"]  # fixtures
pytestmark = pytest.mark.django_db

RELEASES = Path(__file__).parent / "releases"
VERSIONS = sorted({path.name.split("_")[0] for path in RELEASES.glob("*.backup")})


def test_there_is_data_of_every_version_on_both_databases() -> None:
    assert VERSIONS
    for version in VERSIONS:
        for engine in ("sqlite", "postgresql"):
            assert (RELEASES / f"{version}_{engine}.backup").exists(), f"tests/project/releases/make.py makes {version}"


@pytest.mark.parametrize("version", VERSIONS)
def test_data_of_an_earlier_version_is_brought_up_to_date_and_is_the_same(version: str, new: New) -> None:
    made = new("old")
    restored = made.run("restore", RELEASES / f"{version}_{connection.vendor}.backup")
    assert restored.returncode == 0, restored.stderr
    looked = made.run("verify", "--json")
    assert looked.returncode == 0, looked.stdout + looked.stderr
    things = {each["thing"] for each in json.loads(looked.stdout)}
    assert {"schema", "database", "keys"} < things
    (figures,) = made.sql("SELECT count(*), count(source_row) FROM records_measurement")
    assert figures[0] and not figures[1], "of figures from before nobody knows the row"
    exported = made.run("export", made.data / "out")
    assert exported.returncode == 0, exported.stderr
    again = made.run("load", made.data / "out")
    assert again.returncode == 0 and "nothing new" in again.stdout, again.stdout


def test_two_that_start_together_migrate_once(new: New) -> None:
    made = new("twice")
    started = [made.begin("migrate") for _ in range(3)]
    said = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    assert sorted(out.strip().endswith("applied") for out, _ in said) == [False, False, True], said
    assert made.run("verify").returncode == 0


def older(made: Installation) -> None:
    """Make it look as an earlier version left it."""
    made.sql("DROP TABLE records_backup")
    made.sql("DELETE FROM django_migrations WHERE app = 'records' AND name LIKE '%_backup_and_secret'")


def test_an_older_database_is_refused_unless_somebody_says_so(new: New) -> None:
    made = new("older")
    assert made.run("migrate").returncode == 0
    older(made)
    for command in (("export", made.data / "x"), ("serve", "--no-migrate", "--port", "8999")):
        refused = made.run(*command)
        assert refused.returncode == 3, refused.stderr
        assert "earlier version" in refused.stderr and "fourfold migrate" in refused.stderr
    looked = made.run("verify")
    assert looked.returncode == 1 and "1 migrations missing" in looked.stdout


def test_the_doctor_says_what_is_wrong_and_what_to_do(new: New) -> None:
    made = new("ill")
    assert made.run("migrate").returncode == 0
    ill = made.run("doctor")
    assert ill.returncode == 1 and "WRONG  backup: none was made here" in ill.stdout
    assert "fourfold backup FOLDER" in ill.stdout
    assert made.run("backup", made.data / "one").returncode == 0
    assert made.run("verify", made.data / "one").returncode == 0
    well = made.run("doctor")
    assert well.returncode == 0 and "WRONG" not in well.stdout, well.stdout
    older(made)
    assert "fourfold migrate" in made.run("doctor").stdout
