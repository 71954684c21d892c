"""Fifty writers at once: no gap, no fork, on either database."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from fourfold.actions.verify_chains import verify_chains
from fourfold.records.models import Event, Organisation
from tests.house.source import ROOT
from tests.project.commands import fourfold

from .writers import EACH, WRITERS, write_at_once

KEPT = [f"{number}/{turn}" for number in range(WRITERS) if number % 5 for turn in range(EACH)]


@pytest.mark.django_db(transaction=True)
def test_on_postgresql_fifty_writers_make_one_chain() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")
    organisation = Organisation.objects.create(code="bakery", name="Harbour Bakery")
    assert write_at_once(organisation.pk) == []
    written = list(Event.objects.order_by("seq").values_list("seq", "object"))
    assert [seq for seq, _ in written] == list(range(1, len(KEPT) + 1))
    assert sorted(thing for _, thing in written) == sorted(KEPT)
    found = verify_chains(by=None).value
    assert found is not None and found.ok


def test_on_sqlite_fifty_writers_make_one_chain(tmp_path: Path) -> None:
    settings = {"FOURFOLD_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "fourfold.project.settings"}
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | settings
    code = "from tests.records.writers import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
    with sqlite3.connect(tmp_path / "fourfold.sqlite3") as file:
        written = file.execute("SELECT seq, object FROM records_event ORDER BY seq").fetchall()
    assert [seq for seq, _ in written] == list(range(1, len(KEPT) + 1))
    assert sorted(thing for _, thing in written) == sorted(KEPT)
    said = fourfold("audit", "verify", data=tmp_path)
    assert (said.returncode, f"Harbour Bakery: {len(KEPT)} events hold" in said.stdout) == (0, True), said.stdout
