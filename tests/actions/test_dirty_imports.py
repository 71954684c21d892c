"""Real files of others through the database: every row is loaded, unchanged or rejected, and says why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fourfold.actions.import_measurements import import_measurements
from fourfold.connectors.files.grid import Grid, read_grid
from fourfold.connectors.files.layout import lay_out
from fourfold.connectors.files.mapping import Mapping
from fourfold.connectors.files.propose import codes_of, propose
from fourfold.engine.definitions import Definitions
from fourfold.records.frames.definition import write_definitions
from fourfold.records.frames.row_outcome import ImportResult
from fourfold.records.models import Import, Measurement, Organisation
from tests.connectors.files.test_dirty_sets import company, opened

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
#: As the deliveries of SCMS are written: words among the numbers, two ways to write a day, two deliveries on one.
DELIVERIES = """ID,Country,Delivery Recorded Date,Weight (Kilograms),Freight Cost (USD)
1,Nigeria,4-Aug-09,13037,7445.8
2,Nigeria,10/17/2014,See DN-304 (ID#:10589),Freight Included in Commodity Cost
3,Haiti,2-Jun-06,358,4521.5
4,Haiti,2-Jun-06,171,1653.78
5,Zambia,3-Jul-09,Weight Captured Separately,
6,Nowhere,3-Jul-09,12,15.5
7,Zambia,Date Not Captured,40,1
8,Zambia,6-Jul-09
"""
DAYS: list[dict[str, Any]] = [
    {"code": code, "name": code, "kind": "flow", "frequency": "day"} for code in ("weight", "freight")
]
FREIGHT = {"Weight (Kilograms)": {"kpi": "weight"}, "Freight Cost (USD)": {"kpi": "freight"}}


def brought(grid: Grid, reading: Mapping, known: Definitions) -> ImportResult:
    """The good rows are imported, the others kept apart."""
    codes = codes_of(known.kpis, known.units)
    proposal = propose(grid, known, codes, reading)
    assert not proposal.open, proposal.open
    outcome = import_measurements(
        by=None, organisation="all", rows=lay_out(grid, proposal.reading, known, codes), source=grid.file,
        quarantine=True, at=NOW,
    )  # fmt: skip
    assert outcome.value is not None
    return outcome.value


def accounted(grid: Grid, reading: Mapping, known: Definitions) -> ImportResult:
    """The result, of which every row is accounted for, in the database too; a second time brings nothing new."""
    organisation = Organisation.objects.create(code="all", name="All")
    write_definitions(organisation, known, at=NOW)
    result = brought(grid, reading, known)
    assert result.done and result.loaded
    each = list(result.each())
    assert result.read == len(each) == result.loaded + result.unchanged + result.rejected
    rejected = [row for row in each if row.outcome == "rejected"]
    assert len(rejected) == result.rejected and all(why.message and why.fix for r in rejected for why in r.reasons)
    assert all(not row.reasons for row in each if row.outcome != "rejected")
    assert Measurement.objects.filter(organisation__code="all").count() == result.loaded
    run = Import.objects.latest("pk")
    assert (run.read, run.loaded, run.rejected) == (result.read, result.loaded, result.rejected)
    assert len(run.rejects.splitlines()) > result.rejected or not result.rejected
    again = brought(grid, reading, known)
    assert (again.loaded, again.rejected) == (0, result.rejected)
    return result


def test_of_dirty_deliveries_every_row_is_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.csv"
    path.write_text(DELIVERIES, encoding="utf-8-sig")
    grid, findings = read_grid(path, path.name)
    assert grid is not None, findings
    reading = Mapping(columns={"unit": "Country", "period": "Delivery Recorded Date"}, cells=FREIGHT, dates="mdy")
    result = accounted(grid, reading, company(["Nigeria", "Haiti", "Zambia"], DAYS))
    assert (result.read, result.loaded) == (13, 2)  # the first delivery; all others have something that is not right
    codes = {why.code for row in result.each() for why in row.reasons}
    assert {"ROW-NUMBER", "ROW-UNIT"} <= codes


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize("which", ["scms", "austin", "rtt", "nhs"])
def test_of_a_whole_dirty_set_every_row_is_accounted_for(public_data: Path, tmp_path: Path, which: str) -> None:
    result = accounted(*_set(which, public_data, tmp_path))
    assert result.rejected or which in ("rtt", "nhs")


def _set(which: str, data: Path, tmp_path: Path) -> tuple[Grid, Mapping, Definitions]:
    if which == "scms":
        grid = opened(data / "scms_delivery" / "SCMS_Delivery_History_Dataset.csv.gz", tmp_path)
        countries = sorted(set(_column(grid, "Country")))
        reading = Mapping(columns={"unit": "Country", "period": "Delivery Recorded Date"}, cells=FREIGHT, dates="mdy")
        codes = {"unit": {name: f"c{i}" for i, name in enumerate(countries)}}
        return grid, reading.changed(codes=codes), company(list(codes["unit"].values()), DAYS)
    if which == "austin":
        grid = opened(data / "austin_eperf" / "2016_EPERF_DOWNLOAD_9-22-16.xlsx", tmp_path)
        kpis = [{"code": c, "name": c, "kind": "flow", "frequency": "year"} for c in _column(grid, "MEASURE_ID")]
        cells = {f"PFY{i}_ACTUAL": {"period": f"FY{2016 - i}"} for i in range(1, 6)}
        reading = Mapping(columns={"kpi": "MEASURE_ID"}, fixed={"unit": "all"}, cells=cells)
        return grid, reading, company([], kpis, month=10)
    if which == "rtt":
        name = "NonAdmitted-Provider-Sep25-XLSX-4M-87700.xlsx"
        grid = opened(data / "nhs_rtt_excel" / name, tmp_path, sheet="Provider")
        units = sorted({row["1"] for row in grid.cells.rows(named=True) if row["row"] > 14 and row["1"]})
        kpi = {"code": "week1", "name": "First week", "kind": "flow"}
        reading = Mapping(
            columns={"unit": "Provider Code"}, fixed={"period": "2025-09"}, cells={">0-1": {"kpi": "week1"}},
            where={"Treatment Function": "General Surgery Service"},
        )  # fmt: skip
        return grid, reading, company(units, [kpi])
    grid = opened(data / "nhs_ae_england" / "ae_attendances.csv.gz", tmp_path)
    both = [{"code": c, "name": n, "kind": "flow"} for c, n in (("ae", "Attendances"), ("adm", "Admissions"))]
    return grid, Mapping(where={"type": "1"}), company(sorted(set(_column(grid, "org_code"))), both)


def _column(grid: Grid, name: str) -> list[str]:
    place = str(grid.cells.row(0).index(name))
    return list(dict.fromkeys(grid.cells[place].drop_nulls().to_list()[1:]))
