"""All migrations over ugly data, killed on the way: nothing is lost, on either database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.project.installations import Installation, New, new

__all__ = ["new"]  # fixtures
pytestmark = pytest.mark.django_db


def ugly(made: Installation, *arguments: object, code: int = 0) -> str:
    """What a process of `ugly.py` says that works on this installation."""
    settings = {"DJANGO_SETTINGS_MODULE": "fourfold.project.settings", "PYTHONPATH": str(ROOT)}
    environment = {**os.environ, **settings, "FOURFOLD_DATA": str(made.data), "DATABASE_URL": made.url}
    command = [sys.executable, "-m", "tests.project.ugly", *map(str, arguments)]
    done = subprocess.run(command, env=environment, cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def filled(new: New, facts: Path) -> Installation:
    """The oldest schema full of ugly rows, which `facts` lists."""
    made = new("oldest")
    ugly(made, "fill", facts)
    return made


def taken_up_again(made: Installation, at: int, facts: Path) -> None:
    """A migration that is killed at a statement is taken up again, and nothing is lost."""
    ugly(made, "migrate", at, code=-signal.SIGKILL)
    again = made.run("migrate")
    assert again.returncode == 0, again.stderr
    assert ugly(made, "compare", facts) == ""


def test_a_migration_that_was_killed_is_taken_up_again_and_loses_nothing(new: New, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    made = filled(new, facts)
    taken_up_again(made, 300, facts)
    made.sql("UPDATE records_kpi SET name = 'another'")
    assert "records_kpi" in ugly(made, "compare", facts)  # so it would have been noticed


@pytest.mark.slow
def test_a_migration_may_be_killed_at_any_moment(new: New, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    made = filled(new, facts)
    statements = int(ugly(new("whole", like=made), "migrate"))
    for at in range(1, statements, statements // 8):
        taken_up_again(new(f"killed_{at}", like=made), at, facts)


@pytest.mark.slow
def test_migrations_keep_whatever_may_stand_in_the_tables(new: New) -> None:
    ugly(new("many"), "examples", 12)
