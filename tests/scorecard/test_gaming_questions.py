"""The questions to the owner of a KPI, from a folder: what raises them, and what nobody can ask yet."""

from __future__ import annotations

from pathlib import Path

import pytest

import fourfold
from fourfold.errors import NotFound

DEFINITIONS = """
organisation: {code: mill, name: Mill}
people: [{code: AL, name: Alice}]
units: [{code: mill, name: Mill}]
strategy: {code: s, name: S}
perspectives: [{code: p, name: P}]
objectives: [{code: o, name: Mill well, perspective: p, owner: AL, kpis: [wait, {kpi: errors, monitor_only: true}]}]
kpis:
  - {code: wait, name: Wait, kind: stock, polarity: lower_better, unit: min, paired_with: [errors], owner: AL,
     targets: [{since: 2024-01, value: 20, red_line: 30},
               {since: 2025-10, value: 26, red_line: 30, reason: scope_change}]}
  - {code: errors, name: Errors, kind: stock, polarity: lower_better, unit: per day}
"""
#: The wait falls in the last 9 months, and errors rise in them; in September it was far off, and the target was eased.
WAITS = [24, 27, 23, 26, 28, 24, 25, 27, 23, 26, 24, 27, 21, 20, 20, 20, 20, 20, 35, 20, 20, 20, 20, 20]
ERRORS = [4, 5, 3, 4, 5, 4, 3, 5, 4, 4, 5, 3, 4, 5, 9, 9, 8, 9, 9, 8, 9, 9, 8, 9]


def periods(count: int) -> list[str]:
    return [f"{2024 + n // 12}-{n % 12 + 1:02}" for n in range(3, 3 + count)]


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory) -> fourfold.Scorecard:
    folder: Path = tmp_path_factory.mktemp("mill")
    (folder / "scorecard.yaml").write_text(DEFINITIONS)
    (folder / "measurements").mkdir()
    lines = ["kpi,unit,period,value,recorded_at"]
    for period, wait, error in zip(periods(24), WAITS, ERRORS, strict=True):
        year, month = map(int, period.split("-"))
        then = f"{year + month // 12}-{month % 12 + 1:02}"
        lines += [f"wait,mill,{period},{wait + 3},{then}-02T09:00:00Z"]
        lines += [f"wait,mill,{period},{wait},{then}-20T09:00:00Z"]
        lines += [f"errors,mill,{period},{error},{then}-02T09:00:00Z"]
    (folder / "measurements" / "a.csv").write_text("\n".join(lines) + "\n")
    return fourfold.load(folder)


def test_each_question_says_what_it_rests_on(mill: fourfold.Scorecard) -> None:
    found = mill.gaming("wait", as_of="2026-04-28")
    raised = {flag.code: flag.evidence for flag in found.flags if flag.raised}
    assert set(raised) >= {"G5", "G8"}
    assert "the target was eased by" in raised["G8"]
    assert "24 of 24" in raised["G5"], raised["G5"]
    text = str(found)
    assert "Questions to the owner: Wait, Mill" in text and "no accusations" in text


def test_programs_read_one_row_for_each_test(mill: fourfold.Scorecard) -> None:
    frame = mill.gaming("wait", as_of="2026-04-28").frame
    rows = {row["test"]: row for row in frame.iter_rows(named=True)}
    assert rows["G5"]["raised"] == "yes" and rows["G1"]["raised"] is None
    assert all(row["question"] for row in rows.values() if row["raised"] == "yes")


def test_what_was_recorded_later_is_not_known_yet(mill: fourfold.Scorecard) -> None:
    found = {f.code: f for f in mill.gaming("wait", as_of="2024-08-10").flags}
    assert found["G5"].raised is None, "3 corrections are too few to ask about"


def test_a_kpi_that_is_not_there_is_named(mill: fourfold.Scorecard) -> None:
    with pytest.raises(NotFound):
        mill.gaming("weit")


def test_what_a_question_rests_on_can_be_asked_and_made_again_from_its_figures(mill: fourfold.Scorecard) -> None:
    found = mill.gaming("wait", as_of="2026-04-28")
    body = found.explain().to_json()
    assert fourfold.replay(body) == body["answer"]
    assert [row["raised"] for row in body["answer"]["wait"]] == [flag.raised for flag in found.flags]
    text = str(found.explain())
    assert text.startswith("Wait: 24 figures, ") and "G5 asked: 24 of 24 corrections" in text


def test_of_an_objective_each_of_its_kpis_is_asked_about(mill: fourfold.Scorecard) -> None:
    body = mill.explain_gaming("objective:o", as_of="2026-04-28").to_json()
    assert list(body["answer"]) == ["wait", "errors"] and fourfold.replay(body) == body["answer"]
    with pytest.raises(NotFound, match="no objective"):
        mill.explain_gaming("objective:x")
