"""The sheet of OWASP ASVS 5.0: every requirement of levels 1 and 2 has an answer, and the evidence is there."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: How many requirements version 5.0.0 has on each level.
COUNTS = {"1": 70, "2": 183}
STATUSES = {"met", "not applicable", "open"}


@cache
def rows() -> tuple[dict[str, str], ...]:
    with (ROOT / "docs" / "asvs.csv").open(newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def written() -> str:
    return "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("level", COUNTS)
def test_every_requirement_of_the_level_has_a_row(level: str) -> None:
    ids = [row["id"] for row in rows() if row["level"] == level]
    assert len(ids) == len(set(ids)) == COUNTS[level]


def test_no_requirement_is_unknown_or_open_without_saying_what_is_missing() -> None:
    for row in rows():
        assert row["status"] in STATUSES, row
        assert len(row["control"]) > 3 and bool(row["issue"]) == (row["status"] == "open"), row


def test_code_is_no_evidence_of_itself() -> None:
    """A requirement is met by a test, or by a document, an example or a check that people run."""
    for row in rows():
        assert not [each for each in row["evidence"].split() if each.startswith("src/")], row


def test_no_requirement_of_the_first_level_is_open() -> None:
    assert not [row["id"] for row in rows() if row["level"] == "1" and row["status"] == "open"]


def test_what_is_met_has_evidence_and_the_evidence_is_there() -> None:
    for row in rows():
        evidence = row["evidence"].split()
        assert evidence or row["status"] != "met", row
        for each in evidence:
            there = f"def {each}(" in written() if each.startswith("test_") else (ROOT / each).exists()
            assert there, f"{row['id']}: {each}"
