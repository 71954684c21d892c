from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from fourfold.engine.definitions.write import write
from fourfold.testing.bakery import bakery
from tests.project.commands import fourfold


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with Harbour Bakery in it, and one who was invited under a name like a formula."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("bakery")
    for file, text in write(bakery()).items():
        (folder / file).write_text(text, encoding="utf-8")
    assert fourfold("load", str(folder), data=data).returncode == 0
    for name in ("=HYPERLINK(1)", "Bob"):
        who = f"{len(name)}@example.org"
        assert fourfold("invite", who, "--name", name, data=data).returncode == 0
    return data


@pytest.fixture
def change(data: Path) -> Callable[[str], None]:
    def run(statement: str) -> None:
        with sqlite3.connect(data / "fourfold.sqlite3") as file:
            file.executescript(statement)

    return run


def test_it_verifies_anchors_and_verifies_against_the_anchor(data: Path) -> None:
    said = fourfold("audit", "verify", data=data)
    assert said.returncode == 0
    assert "5 events hold, head" in said.stdout and "without an anchor" in said.stdout
    made = fourfold("audit", "anchor", data=data)
    assert json.loads(made.stdout)["seq"] == 5
    assert (data / "anchors").is_dir() and str(data / "anchors") in made.stderr
    assert "against 1 anchor," in fourfold("audit", "verify", data=data).stdout
    key = fourfold("audit", "anchor", "--show-key", data=data).stdout.strip()
    assert json.loads(made.stdout)["key"] == key
    assert fourfold("audit", "verify", "--key", key, data=data).returncode == 0
    assert fourfold("audit", "verify", "--key", "0" * 64, data=data).returncode == 1
    missing = fourfold("audit", "verify", "--anchors", "nowhere.jsonl", data=data)
    assert (missing.returncode, "There are no anchors at nowhere.jsonl" in missing.stderr) == (2, True)


def test_a_line_of_the_export_is_enough_to_follow_the_chain_without_us(data: Path) -> None:
    lines = fourfold("audit", "export", data=data).stdout.splitlines()
    head = bytes(32)
    for line in lines:
        event = json.loads(line)
        written = event.pop("hash")
        text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        head = hashlib.sha256(head + text.encode()).digest()
        assert head.hex() == written
    invited = ["person.invite", "invitation.make"] * 2
    assert [json.loads(line)["action"] for line in lines[:5]] == ["folder.load", *invited]
    assert json.loads(lines[-1])["action"] == "audit.export"


def test_a_filter_leaves_out_the_rest(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"
    said = fourfold("audit", "export", "--action", "person", "--out", str(out), data=data)
    assert said.stdout.strip() == f"{out}: 2 lines"
    assert {json.loads(line)["action"] for line in out.read_text().splitlines()} == {"person.invite"}
    assert fourfold("audit", "export", "--until", "2020-01-01", data=data).stdout == ""
    wrong = fourfold("audit", "export", "--since", "yesterday", data=data)
    assert (wrong.returncode, "“yesterday” is not a day." in wrong.stderr) == (2, True)
    assert fourfold("audit", "export", "--format", "xml", data=data).returncode == 2


def test_no_cell_of_the_table_begins_like_a_formula(data: Path) -> None:
    table = list(csv.reader(io.StringIO(fourfold("audit", "export", "--format", "csv", data=data).stdout)))
    assert table[0][:4] == ["seq", "ts", "actor", "name"]
    assert not [cell for row in table for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_what_somebody_changed_in_the_database_ends_with_1_and_says_what(
    data: Path, change: Callable[[str], None]
) -> None:
    change("DROP TRIGGER event_refuses_update; UPDATE records_event SET object = 'person 1' WHERE seq = 2")
    said = fourfold("audit", "verify", data=data)
    assert said.returncode == 1
    assert "event 2 is not what was written" in said.stdout and "its triggers are gone" in said.stdout
