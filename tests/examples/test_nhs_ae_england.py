"""Accident and emergency in England: 274 providers give the national figures that NHS England published."""

from __future__ import annotations

import csv
import gzip
import runpy
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

import fourfold
from fourfold.engine.findings import errors
from tests.house.source import ROOT

pytestmark = pytest.mark.data

END = datetime(2019, 4, 1, tzinfo=UTC)
#: As NHS England announced them, rounded to one decimal: all departments, by month and by quarter.
MONTHS = {"2017-09": 89.7, "2018-08": 89.7, "2018-09": 88.9, "2019-01": 84.4, "2019-02": 84.2}
QUARTERS = {"FY2018-Q2": 90.1, "FY2019-Q2": 89.3}


@pytest.fixture(scope="module")
def source(public_data: Path) -> Path:
    return public_data / "nhs_ae_england" / "ae_attendances.csv.gz"


@pytest.fixture(scope="module")
def scorecard(source: Path, tmp_path_factory: pytest.TempPathFactory) -> fourfold.Scorecard:
    folder = tmp_path_factory.mktemp("nhs") / "scorecard"
    count = runpy.run_path(str(ROOT / "examples" / "nhs_ae_england" / "build.py"))["build"](source, folder)
    loaded = fourfold.load(folder)
    assert len(loaded.rows) == count
    return loaded


@pytest.fixture(scope="module")
def results(scorecard: fourfold.Scorecard) -> pl.DataFrame:
    return scorecard.evaluate(as_of=END, last="2019-03").results


def by_period(results: pl.DataFrame, kpi: str, column: str = "value", unit: str = "ENGLAND") -> dict[str, float]:
    """Period → figure of one KPI in one unit."""
    own = results.filter(pl.col("node") == f"kpi:{kpi}", pl.col("unit") == unit)
    return dict(own.select(pl.col("period").str.split(":").list.last(), column).iter_rows())


def test_the_folder_has_274_providers_and_nothing_wrong(scorecard: fourfold.Scorecard) -> None:
    assert len([u for u in scorecard.definitions.units if u.parent]) == 274
    assert errors(scorecard.check()) == []


def test_the_national_months_are_those_that_were_announced(results: pl.DataFrame) -> None:
    england = by_period(results, "seen_4h")
    assert {month: round(england[month], 1) for month in MONTHS} == MONTHS
    assert len(england) == 36


def test_the_national_quarters_are_those_that_were_announced(scorecard: fourfold.Scorecard) -> None:
    quarters = scorecard.evaluate(as_of=END, view="quarter", last="FY2019-Q4").results
    england = by_period(quarters, "seen_4h")
    assert {quarter: round(england[quarter], 1) for quarter in QUARTERS} == QUARTERS


def test_every_national_month_is_the_sum_over_the_sum_and_not_a_mean_of_percentages(
    source: Path, results: pl.DataFrame
) -> None:
    seen: dict[str, list[float]] = defaultdict(list)
    late: dict[str, list[float]] = defaultdict(list)
    with gzip.open(source, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            seen[row["period"][:7]].append(float(row["attendances"]))
            late[row["period"][:7]].append(float(row["breaches"]))
    england, met = by_period(results, "seen_4h"), by_period(results, "seen_4h", "numerator")
    for month in seen:
        assert england[month] == pytest.approx(100 - 100 * sum(late[month]) / sum(seen[month]), rel=1e-12)
        shares = [1 - b / a for a, b in zip(seen[month], late[month], strict=True)]
        assert abs(england[month] - 100 * sum(shares) / len(shares)) > 1
    attendances = by_period(results, "attendances")
    assert sum(attendances.values()) == 72_019_402
    assert sum(attendances.values()) - sum(met.values()) == 8_295_237


def test_the_standard_is_missed_in_every_month(results: pl.DataFrame) -> None:
    assert set(by_period(results, "seen_4h", "target").values()) == {95.0}
    assert max(by_period(results, "seen_4h").values()) < 95


def test_a_provider_that_is_not_there_yet_or_no_longer_is_no_gap_and_a_month_in_between_is(
    results: pl.DataFrame,
) -> None:
    providers = results.filter(pl.col("node") == "kpi:seen_4h", pl.col("unit") != "ENGLAND")
    counted = dict(providers["state"].value_counts().iter_rows())
    assert counted == {"number": 8298, "not_applicable": 1556, "missing": 10}
    gaps = providers.filter(pl.col("state") == "missing")["period"].n_unique()
    assert sum(share < 1 for share in by_period(results, "seen_4h", "coverage").values()) == gaps
