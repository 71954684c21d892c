"""Tables of benchmarks: columns found by their words and by what stands in them, and what is not plain is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from fourfold.connectors.files.benchmark_columns import (
    BenchmarkColumns,
    BenchmarkProposal,
    fitting,
    propose_benchmarks,
    shape_of_benchmarks,
)
from fourfold.connectors.files.detect import header_of
from fourfold.connectors.files.grid import Grid, read_grid
from fourfold.connectors.files.mapping import MappingError
from fourfold.connectors.files.propose import codes_of
from fourfold.engine.definitions.complete import complete
from fourfold.scorecard.benchmark_reading import rows_of
from fourfold.scorecard.benchmark_set import BenchmarkRow
from fourfold.testing.bakery import bakery
from tests.connectors.test_stores import ods

HERE = complete(bakery())
CODES = codes_of(HERE.kpis, HERE.units)
LINES: list[list[Any]] = [["KPI", "Median", "Source", "Published"], ["Orders on time", 97, "Peers", "2026-03-31"],
                          ["Margin", 21, "Guild", "2026"]]  # fmt: skip


def grid_of(path: Path, content: str | bytes, name: str = "peers.csv") -> Grid:
    file = path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    grid, findings = read_grid(file, name)
    assert grid is not None, findings
    return grid


def rows(grid: Grid, proposal: BenchmarkProposal) -> tuple[BenchmarkRow, ...]:
    return rows_of(grid, proposal.columns, HERE.kpis)


def xlsx(path: Path) -> bytes:
    with xlsxwriter.Workbook(path / "made.xlsx") as book:
        sheet = book.add_worksheet("Peers")
        for i, line in enumerate(LINES):
            sheet.write_row(i, 0, line)
    return (path / "made.xlsx").read_bytes()


@pytest.mark.parametrize("name", ["peers.csv", "peers.tsv", "peers.xlsx", "peers.ods"])
def test_a_set_is_the_same_in_every_kind_of_file(tmp_path: Path, name: str) -> None:
    mark = "\t" if name.endswith("tsv") else ","
    text = "\n".join(mark.join(map(str, line)) for line in LINES)
    content = {"xlsx": xlsx(tmp_path), "ods": ods(LINES)}.get(name[-4:].strip("."), text)
    grid = grid_of(tmp_path, content, name)
    proposal = propose_benchmarks(grid, CODES)
    assert not proposal.open
    assert rows(grid, proposal) == (
        BenchmarkRow(2, kpi="Orders on time", value="97", source="Peers", date="2026-03-31"),
        BenchmarkRow(3, kpi="Margin", value="21", source="Guild", date="2026"),
    )


def test_numbers_and_days_as_people_write_them(tmp_path: Path) -> None:
    text = "Kennzahl;Wert;Quelle;Stand\nOrders on time;97,5 %;NHS;31.03.2026\nsales;£1.200,50;Guild;Mai 2026\n"
    grid = grid_of(tmp_path, text)
    proposal = propose_benchmarks(grid, CODES)
    assert (proposal.columns.decimal, proposal.columns.dates, proposal.open) == (",", "dmy", {})
    assert [(r.value, r.date) for r in rows(grid, proposal)] == [("97.5", "2026-03-31"), ("1200.50", "2026-05")]


def test_what_has_two_meanings_is_asked_and_read_as_somebody_says(tmp_path: Path) -> None:
    grid = grid_of(tmp_path, "kpi;value;source;date\nsales;1.284;Guild;03/04/2026\n")
    proposal = propose_benchmarks(grid, CODES)
    assert proposal.open.keys() == {"decimal", "dates"} and "03/04/2026" in proposal.open["dates"]
    said = propose_benchmarks(grid, CODES, BenchmarkColumns(decimal=",", dates="mdy"))
    assert not said.open and [(r.value, r.date) for r in rows(grid, said)] == [("1284", "2026-03-04")]


def test_a_date_for_the_whole_set_is_asked_about_too(tmp_path: Path) -> None:
    grid = grid_of(tmp_path, "kpi,value\nsales,12\n")
    fixed = {"source": "Guild", "date": "03/04/2026"}
    assert propose_benchmarks(grid, CODES, BenchmarkColumns(fixed=fixed)).open.keys() == {"dates"}
    plain = propose_benchmarks(grid, CODES, BenchmarkColumns(fixed=fixed | {"date": "31/03/2026"}))
    assert [(r.source, r.date) for r in rows(grid, plain)] == [("Guild", "2026-03-31")]


def test_a_row_that_says_it_has_its_own_source(tmp_path: Path) -> None:
    grid = grid_of(tmp_path, "kpi,value,source\nsales,12,\ncosts,3,Own\n")
    proposal = propose_benchmarks(grid, CODES, BenchmarkColumns(fixed={"source": "Guild", "date": "2026"}))
    assert [r.source for r in rows(grid, proposal)] == ["Guild", "Own"]


def test_a_unit_is_a_unit_of_the_organisation_and_never_what_a_kpi_is_counted_in(tmp_path: Path) -> None:
    counted = propose_benchmarks(grid_of(tmp_path, "kpi,value,unit\non_time,97,%\n"), CODES)
    place = propose_benchmarks(grid_of(tmp_path, "kpi,value,unit\non_time,97,North Quay\n"), CODES)
    assert "unit" not in counted.columns.columns and place.columns.columns["unit"] == "unit"


def test_a_column_of_kpis_is_found_by_what_stands_in_it(tmp_path: Path) -> None:
    proposal = propose_benchmarks(grid_of(tmp_path, "What,Benchmark\nOrders on time,97\nMargin,20\n"), CODES)
    assert proposal.columns.columns == {"kpi": "What", "value": "Benchmark"}


def test_without_kpi_or_value_it_is_asked_for(tmp_path: Path) -> None:
    proposal = propose_benchmarks(grid_of(tmp_path, "a,b\nx,y\nz,w\n"), CODES)
    assert proposal.open == {"kpi": "Which column says the KPI?", "value": "Which column holds the benchmarks?"}


def test_a_row_with_other_cells_than_the_header_is_not_trusted(tmp_path: Path) -> None:
    grid = grid_of(tmp_path, "kpi,value,source,date\nsales,1,200,Guild,2026\ncosts,3,Guild,2026\n")
    found = rows(grid, propose_benchmarks(grid, CODES))
    assert [r.wrong for r in found] == ["The row has 5 cells, and the header has 4.", ""]


def test_a_title_above_the_header_is_no_header(tmp_path: Path) -> None:
    grid = grid_of(tmp_path, "Benchmarks 2026;;\n;;\nKPI;Value;Source\nsales;12;Guild\ncosts;3;Guild\n")
    proposal = propose_benchmarks(grid, CODES)
    assert proposal.header.line == 3 and [r.line for r in rows(grid, proposal)] == [4, 5]


def test_what_was_remembered_holds_for_columns_that_are_there_and_not_for_another_date(tmp_path: Path) -> None:
    first = grid_of(tmp_path, "A,B,C\nsales,12,x\n")
    given = BenchmarkColumns({"kpi": "A", "value": "B", "note": "C"}, {"date": "2025"})
    kept = BenchmarkColumns.of(propose_benchmarks(first, CODES, given).columns.kept())
    assert kept.fixed == {} and kept.columns == given.columns
    assert fitting(kept, header_of(grid_of(tmp_path, "A,B,D\nsales,12,x\n"))).columns == {"kpi": "A", "value": "B"}
    shapes = {shape_of_benchmarks(header_of(grid_of(tmp_path, text))) for text in ("A,B\nx,1\n", "a ,B\ny,2\n")}
    assert len(shapes) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [({"columns": {"kpi": "Z"}}, "no column 'Z'"), ({"columns": {"kind": "A"}}, "no field 'kind'"),
     ({"fixed": {"kpi": "sales"}}, "not said for the whole set"), ({"decimal": "x"}, "a point or a comma"),
     ({"dates": "ymd"}, "dmy")],
)  # fmt: skip
def test_what_no_table_can_be_read_by_is_refused(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    grid = grid_of(tmp_path, "A,B\nsales,12\n")
    with pytest.raises(MappingError, match=said):
        propose_benchmarks(grid, CODES, BenchmarkColumns(**given))
