"""Calder Vale Hospitals, the invented company of demo, tutorial and tests: its files, and the story they tell."""

from __future__ import annotations

import csv
import re
import runpy
import shutil
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import fourfold
from fourfold.engine.findings import errors
from tests.house.source import ROOT

FOLDER = ROOT / "examples" / "calder_vale"
REVIEW = datetime(2026, 11, 13, 12, tzinfo=UTC)
OCTOBER = "M:2026-10"


@pytest.fixture(scope="module")
def generator() -> dict[str, Any]:
    return runpy.run_path(str(FOLDER / "generate.py"))


@pytest.fixture(scope="module")
def scorecard() -> fourfold.Scorecard:
    return fourfold.load(FOLDER)


@pytest.fixture(scope="module")
def results(scorecard: fourfold.Scorecard) -> pl.DataFrame:
    return scorecard.evaluate(as_of=REVIEW).results


def cell(results: pl.DataFrame, node: str, period: str = OCTOBER, unit: str = "group") -> dict[str, Any]:
    """The one result of a node, unit and period."""
    (found,) = results.filter(
        pl.col("node") == node, pl.col("unit") == unit, pl.col("period") == period
    ).iter_rows(named=True)
    return found


def test_the_generator_gives_the_committed_figures_byte_for_byte(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "generate.py", tmp_path)
    (tmp_path / "measurements").mkdir()
    runpy.run_path(str(tmp_path / "generate.py"), run_name="__main__")
    committed = sorted(p.relative_to(FOLDER) for p in (FOLDER / "measurements").iterdir())
    assert [p.as_posix() for p in committed] == ["measurements/figures.csv"]
    for file in committed:
        assert (tmp_path / file).read_bytes() == (FOLDER / file).read_bytes()


def test_it_has_no_errors_and_every_cell_that_was_reported_has_a_number(
    scorecard: fourfold.Scorecard, results: pl.DataFrame
) -> None:
    assert errors(scorecard.check()) == []
    assert results.filter(pl.col("state") == "error").is_empty()
    with (FOLDER / "measurements" / "figures.csv").open(encoding="utf-8", newline="") as file:
        monthly = [(f"kpi:{r['kpi']}", r["unit"], f"M:{r['period']}") for r in csv.DictReader(file)
                   if re.fullmatch(r"\d{4}-\d\d", r["period"])]  # fmt: skip
    numbers = results.filter(pl.col("value").is_not_null()).select("node", "unit", "period")
    assert set(monthly) <= set(numbers.iter_rows())
    assert len(monthly) > 3_000


def test_the_group_is_the_sum_over_the_sum_of_its_hospitals(results: pl.DataFrame) -> None:
    top: dict[str, float] = defaultdict(float)
    bottom: dict[str, float] = defaultdict(float)
    with (FOLDER / "measurements" / "figures.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kpi"] == "ed_4h":
                top[row["period"]] += float(row["numerator"])
                bottom[row["period"]] += float(row["denominator"])
    assert len(top) == 43
    for period in top:
        whole = cell(results, "kpi:ed_4h", f"M:{period}")["value"]
        assert whole == pytest.approx(100 * top[period] / bottom[period], rel=1e-12)


def test_the_last_four_months_of_the_group_are_as_the_story_tells_them(
    generator: dict[str, Any], results: pl.DataFrame
) -> None:
    told = 0
    for line in generator["LINES"]:
        for month, value in zip(("07", "08", "09", "10"), line.last, strict=True):
            found = cell(results, f"kpi:{line.kpi}", f"M:2026-{month}")["value"]
            assert (found is None) == (value is None)
            if value is not None:
                assert found == pytest.approx(value, abs=0.5 * 10**-line.decimals)
                told += 1
    assert told == 63
    assert cell(results, "kpi:agency_spend")["value"] == pytest.approx(2.98)
    assert cell(results, "kpi:operating_margin")["value"] == pytest.approx(1.1, abs=0.05)


# 50 points at the red line, 100 at the target, straight between and beyond: worked by hand from the rounded figures.
@pytest.mark.parametrize(
    ("kpi", "score"),
    [
        ("ed_4h", 50 + 50 * (73.9 - 70) / (78 - 70)),
        ("agency_spend", 100 - 50 * (2.98 - 2.10) / (2.60 - 2.10)),
        ("sickness", 100 - 50 * (5.4 - 4.2) / (5.2 - 4.2)),
        ("discharges_noon", 50 + 50 * (21.8 - 25) / (33 - 25)),
        ("complaints_25d", 50 + 50 * (71.3 - 75) / (85 - 75)),
    ],
)
def test_the_scores_of_the_story_can_be_worked_by_hand(results: pl.DataFrame, kpi: str, score: float) -> None:
    assert cell(results, f"kpi:{kpi}")["score"] == pytest.approx(score, abs=0.6)


def test_in_autumn_sickness_rises_agencies_fill_the_gap_and_patients_leave_later(results: pl.DataFrame) -> None:
    def course(kpi: str) -> list[float]:
        return [cell(results, f"kpi:{kpi}", f"M:2026-{month}")["value"] for month in ("07", "08", "09", "10")]

    for kpi in ("sickness", "agency_spend"):
        assert course(kpi) == sorted(course(kpi))
    for kpi in ("ed_4h", "discharges_noon", "operating_margin"):
        assert course(kpi) == sorted(course(kpi), reverse=True)
    off = {kpi for kpi in ("sickness", "agency_spend", "discharges_noon", "complaints_25d", "ed_4h", "engagement")
           if cell(results, f"kpi:{kpi}")["status"] == "off"}  # fmt: skip
    assert off == {"sickness", "agency_spend", "discharges_noon", "complaints_25d"}
    assert cell(results, "perspective:finance")["status"] == "off"


def test_the_commentary_says_the_figures_that_it_is_about(results: pl.DataFrame) -> None:
    said = (FOLDER / "notes.yaml").read_text(encoding="utf-8")
    for kpi, sentence in (
        ("discharges_noon", "Discharges before noon fell to {:.1f}%"),
        ("sickness", "Sickness reached {:.1f}%"),
    ):
        assert sentence.format(cell(results, f"kpi:{kpi}")["value"]) in said


def test_energy_of_october_is_due_a_week_after_the_month_and_then_missing(scorecard: fourfold.Scorecard) -> None:
    states = [
        cell(scorecard.evaluate(as_of=datetime(2026, 11, day, 12, tzinfo=UTC)).results, "kpi:energy_m2")["state"]
        for day in (6, 13)
    ]
    assert states == ["not_due", "missing"]


def test_a_hospital_without_an_emergency_department_has_no_figure_and_leaves_no_gap(results: pl.DataFrame) -> None:
    assert cell(results, "kpi:ed_4h", unit="hollin-park")["state"] == "not_applicable"
    assert cell(results, "kpi:ed_4h")["coverage"] == 1
