"""Real files of others, as dirty as they are: every cell of figures is read or named, and nothing is guessed."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fourfold.connectors.files.grid import Grid, read_grid
from fourfold.connectors.files.layout import lay_out
from fourfold.connectors.files.mapping import Mapping
from fourfold.connectors.files.propose import codes_of, propose
from fourfold.engine.definitions import Definitions
from fourfold.engine.measurements import check_each
from fourfold.testing.bakery import bakery

pytestmark = pytest.mark.data


def company(units: list[str], kpis: list[dict[str, Any]], month: int = 1) -> Definitions:
    """An organisation of these units and KPIs."""
    places: list[dict[str, Any]] = [{"code": "all", "name": "All", "kind": "corporate"}]
    places += [{"code": unit, "name": unit, "parent": "all"} for unit in units]
    names = ("people", "objectives", "links", "uses", "targets", "initiatives", "notes")
    rest: dict[str, Any] = {name: [] for name in names}
    own = {"code": "all", "name": "All", "fiscal_year_start": month}
    return bakery(units=places, kpis=kpis, organisation=own, **rest)


def opened(path: Path, tmp_path: Path, **given: str) -> Grid:
    if path.suffix == ".gz":
        plain = tmp_path / path.stem
        plain.write_bytes(gzip.decompress(path.read_bytes()))
        path = plain
    grid, findings = read_grid(path, path.name, **given)
    assert grid is not None, findings
    return grid


def laid(grid: Grid, reading: Mapping, known: Definitions) -> tuple[pl.DataFrame, dict[int, str]]:
    """The rows, and for each that is rejected the check that says so; those neither right nor rejected say nothing."""
    codes = codes_of(known.kpis, known.units)
    proposal = propose(grid, known, codes, reading)
    assert not proposal.open, proposal.open
    rows = lay_out(grid, proposal.reading, known, codes)
    checked = check_each(rows.drop("wrong"), known, file=grid.file)
    rejected = {reason.at: reason.code for reason in checked.reasons}
    assert checked.is_usable and not {*checked.rows["index"]} & {*rejected}
    assert len(checked.rows) + len(rejected) <= len(rows)
    return rows, rejected


def test_nhs_accident_and_emergency_of_one_type_is_read_to_the_last_row(public_data: Path, tmp_path: Path) -> None:
    grid = opened(public_data / "nhs_ae_england" / "ae_attendances.csv.gz", tmp_path)
    units = sorted(set(grid.cells["1"].to_list()[1:]))
    known = company(units, [{"code": "ae", "name": "Attendances", "kind": "flow"},
                            {"code": "adm", "name": "Admissions", "kind": "flow"}])  # fmt: skip
    rows, rejected = laid(grid, Mapping(where={"type": "1"}), known)
    assert not rejected
    of_type = grid.cells.filter(pl.col("2") == "1")
    assert len(rows) == 2 * len(of_type)
    given = of_type["3"].cast(pl.Float64).sum()
    assert rows.filter(pl.col("kpi") == "ae")["value"].cast(pl.Float64).sum() == given


def test_deliveries_with_words_among_the_numbers_name_each_of_them(public_data: Path, tmp_path: Path) -> None:
    grid = opened(public_data / "scms_delivery" / "SCMS_Delivery_History_Dataset.csv.gz", tmp_path)
    header = grid.cells.row(0)
    country, weight, freight = (str(header.index(name)) for name in ("ID", "Weight (Kilograms)", "Freight Cost (USD)"))
    units = grid.cells[country].to_list()[1:]
    kpis = [{"code": code, "name": code, "kind": "flow", "frequency": "day"} for code in ("weight", "freight")]
    reading = Mapping(
        columns={"unit": "ID", "period": "Delivery Recorded Date"},
        cells={"Weight (Kilograms)": {"kpi": "weight"}, "Freight Cost (USD)": {"kpi": "freight"}}, dates="mdy",
    )  # fmt: skip
    rows, rejected = laid(grid, reading, company(units, kpis))
    number = r"^[0-9]+(\.[0-9]+)?$"
    body = grid.cells.slice(1)
    words = sum(int((~body[c].drop_nulls().str.contains(number)).sum()) for c in (weight, freight))
    assert len(rows) == sum(body[c].len() - body[c].null_count() for c in (weight, freight))
    assert len(rejected) == words > 5_000 and {*rejected.values()} == {"ROW-NUMBER"}


def test_a_citys_measures_of_years_are_read_or_named(public_data: Path, tmp_path: Path) -> None:
    grid = opened(public_data / "austin_eperf" / "2016_EPERF_DOWNLOAD_9-22-16.xlsx", tmp_path)
    column = str(grid.cells.row(0).index("MEASURE_ID"))
    codes = grid.cells[column].to_list()[1:]
    kpis = [{"code": code, "name": code, "kind": "flow", "frequency": "year"} for code in codes]
    reading = Mapping(
        columns={"kpi": "MEASURE_ID"}, fixed={"unit": "all"},
        cells={f"PFY{i}_ACTUAL": {"period": f"FY{2016 - i}"} for i in range(1, 6)},
    )  # fmt: skip
    rows, rejected = laid(grid, reading, company([], kpis, month=10))
    texts = rows["value"].to_list()
    assert {texts[at] for at in rejected} >= {"No Data", "New Meas."}
    assert not any(text.replace(".", "", 1).isdigit() for text in (texts[at] for at in rejected))


def test_a_workbook_with_its_header_in_line_14_is_read_below_it(public_data: Path, tmp_path: Path) -> None:
    grid = opened(
        public_data / "nhs_rtt_excel" / "NonAdmitted-Provider-Sep25-XLSX-4M-87700.xlsx", tmp_path, sheet="Provider"
    )
    body = grid.cells.filter(pl.col("row") > 14)
    known = company(sorted(set(body["1"].drop_nulls())), [{"code": "week1", "name": "First week", "kind": "flow"}])
    reading = Mapping(
        columns={"unit": "Provider Code"}, fixed={"period": "2025-09"}, cells={">0-1": {"kpi": "week1"}},
        where={"Treatment Function": "General Surgery Service"},
    )  # fmt: skip
    rows, rejected = laid(grid, reading, known)
    assert not rejected and rows["row"].min() == 15 and len(rows) > 100
