"""Northwind: a scorecard that asks a database gives the 1,931 cells that were computed elsewhere."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

import fourfold
from fourfold.engine.findings import errors
from tests.house.source import ROOT

pytestmark = pytest.mark.data

FOLDER = ROOT / "examples" / "northwind"
END = datetime(1998, 5, 31, 23, 59, 59, tzinfo=UTC)
COUNTS = ["C1_active_customers", "I3_open_orders_eom"]
CELL = ["kpi", "unit", "period"]


@pytest.fixture(scope="module")
def database(public_data: Path) -> Path:
    return public_data / "northwind" / "northwind.sqlite.gz"


@pytest.fixture(scope="module")
def golden(public_data: Path) -> pl.DataFrame:
    """The true cells: kpi, unit, period, numerator, denominator, value."""
    return pl.read_csv(public_data / "northwind" / "case" / "golden.csv")


@pytest.fixture(scope="module")
def scorecard(database: Path) -> fourfold.Scorecard:
    return fourfold.load(FOLDER, sources={"northwind": database})


@pytest.fixture(scope="module")
def results(scorecard: fourfold.Scorecard) -> pl.DataFrame:
    return cells(scorecard.evaluate(as_of=END).results)


def cells(results: pl.DataFrame) -> pl.DataFrame:
    """The cells of KPIs that hold a number, under the names that the true cells have."""
    kpis = results.filter(pl.col("node").str.starts_with("kpi:"), pl.col("value").is_not_null())
    return kpis.with_columns(pl.col("node").str.strip_prefix("kpi:").alias("kpi"), pl.col("period").str.slice(2))


def compare(golden: pl.DataFrame, results: pl.DataFrame) -> int:
    """How many true cells are met, each by exactly one result and none left over; a count must be met exactly."""
    both = golden.join(results, on=CELL, suffix="_here", validate="1:1", maintain_order="left")
    missed = golden.join(results, on=CELL, how="anti")
    extra = results.join(golden, on=CELL, how="anti")
    assert missed.is_empty(), missed
    assert extra.is_empty(), extra
    apart = (pl.col("value") - pl.col("value_here")).abs()
    allowed = pl.when(pl.col("kpi").is_in(COUNTS)).then(0.0).otherwise(1e-6 * pl.max_horizontal(1.0, pl.col("value")))
    wrong = both.filter(apart > allowed)
    assert wrong.is_empty(), wrong
    return len(both)


def test_all_1931_cells_are_met_and_no_other_cell_has_a_number(golden: pl.DataFrame, results: pl.DataFrame) -> None:
    assert len(golden) == 1931
    assert golden["kpi"].n_unique() == 17
    assert compare(golden, results) == 1931


def test_numerators_and_denominators_of_the_ratios_are_met_as_well(
    golden: pl.DataFrame, results: pl.DataFrame
) -> None:
    both = golden.join(results.filter(pl.col("denominator").is_not_null()), on=CELL, suffix="_here")
    assert both["kpi"].n_unique() == 13
    for part in ("numerator", "denominator"):
        apart = (both[part] - both[f"{part}_here"]).abs() / both[part].abs().clip(1.0)
        assert apart.max() <= 1e-6  # the true cells are rounded to eight decimals


def test_the_command_line_gives_the_same_cells(golden: pl.DataFrame, database: Path, tmp_path: Path) -> None:
    out = tmp_path / "northwind.csv"
    options = ["--source", f"northwind={database}", "--as-of", "1998-05-31", "--format", "csv", "--out", str(out)]
    program = [sys.executable, "-c", "from fourfold.cli import main; main()"]
    done = subprocess.run([*program, "evaluate", str(FOLDER), *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert compare(golden, cells(pl.read_csv(out))) == 1931


def test_the_comparison_notices_one_changed_one_lacking_and_one_added_cell(
    golden: pl.DataFrame, results: pl.DataFrame
) -> None:
    value = pl.col("value")
    for wrong in (
        results.with_row_index().with_columns(pl.when(pl.col("index") == 700).then(value + 0.001).otherwise(value)),
        results.slice(1),
        pl.concat([results, results.head(1).with_columns(pl.lit("1996-06").alias("period"))]),
    ):
        with pytest.raises(AssertionError):
            compare(golden, wrong)


def test_the_checks_find_nothing_wrong(scorecard: fourfold.Scorecard) -> None:
    assert errors(scorecard.check()) == []


def test_customers_of_the_regions_are_more_than_those_of_the_whole(results: pl.DataFrame) -> None:
    customers = results.filter(pl.col("kpi") == "C1_active_customers")
    whole = customers.filter(pl.col("unit") == "ALL").sort("period")["value"].to_list()
    parts = customers.filter(pl.col("unit") != "ALL").group_by("period").agg(pl.col("value").sum()).sort("period")
    assert sum(p > w for p, w in zip(parts["value"], whole, strict=True)) == 23  # in every month


def test_a_region_without_an_order_is_missing_and_the_whole_says_that_it_covers_less(
    scorecard: fourfold.Scorecard,
) -> None:
    june = datetime(1998, 6, 1, 7, tzinfo=UTC)  # midnight in Los Angeles: May is over there
    may = scorecard.evaluate(as_of=june, first="1998-05", last="1998-05").results
    last = may.filter(pl.col("node") == "kpi:F1_net_sales")
    said = {unit: (value, coverage) for unit, value, coverage in last.select("unit", "value", "coverage").iter_rows()}
    assert said["Southern"][0] is None
    assert said["ALL"][1] == 0.75
    assert said["ALL"][0] == pytest.approx(18333.6305)


def test_sales_to_date_of_the_view_are_those_of_the_statement(
    scorecard: fourfold.Scorecard, golden: pl.DataFrame
) -> None:
    view = cells(scorecard.evaluate(as_of=END, view="ytd").results).filter(pl.col("kpi") == "F1_net_sales")
    stated = golden.filter(pl.col("kpi") == "F5_net_sales_ytd").with_columns(pl.lit("F1_net_sales").alias("kpi"))
    both = stated.join(view, on=CELL, suffix="_view")
    assert len(both) == len(stated) == 114
    assert (both["value"] - both["value_view"]).abs().max() < 1e-6
