"""From files as people have them to rows: nothing is guessed, and each cell is somewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
import xlwt

from fourfold.connectors.files.dates import plain_period
from fourfold.connectors.files.grid import Grid, read_grid
from fourfold.connectors.files.layout import lay_out
from fourfold.connectors.files.mapping import Mapping, MappingError, shape_of
from fourfold.connectors.files.propose import Proposal, codes_of, propose
from fourfold.testing.bakery import bakery

BAKERY = bakery()
CODES = codes_of(BAKERY.kpis, BAKERY.units)
Read = Callable[..., tuple[Proposal, Grid]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """What is found in a text, in this encoding."""

    def reading(text: str, given: Mapping | None = None, encoding: str = "utf-8") -> tuple[Proposal, Grid]:
        path = tmp_path / "figures.csv"
        path.write_text(text, encoding=encoding)
        grid, findings = read_grid(path, path.name)
        assert grid is not None, findings
        return propose(grid, BAKERY, CODES, given), grid

    return reading


def rows(found: tuple[Proposal, Grid], **changes: Any) -> list[dict[str, Any]]:
    proposal, grid = found
    table = lay_out(grid, proposal.reading.changed(**changes), BAKERY, CODES)
    return [{k: v for k, v in row.items() if v is not None} for row in table.rows(named=True)]


def test_our_own_form_is_read_without_a_question(read: Read) -> None:
    found = read("kpi,unit,period,value\nsales,north,2026-05,1.284\n")
    assert not found[0].open and found[0].reading.decimal == "."
    assert rows(found) == [{"kpi": "sales", "unit": "north", "period": "2026-05", "value": "1.284", "row": 2}]


def test_a_german_file_with_a_title_names_and_months_is_read_for_what_it_says(read: Read) -> None:
    text = "Auswertung;;;\nStand 1.6.2026;;;\n\nKennzahl;Einheit;Monat;Wert\nSales;North Quay;Mai 2026;1.234,50\n"
    text += "Sales;South Pier;31.05.2026;980,00\nStaff;North Quay;Mai 2026;7\nCosts;North Quay;Mai 2026;1.284\n"
    found = read(text, encoding="cp1252")
    proposal, grid = found
    assert (grid.separator, proposal.header.line, proposal.reading.decimal, proposal.open) == (";", 4, ",", {})
    assert [(r["kpi"], r["unit"], r["period"], r["value"], r["row"]) for r in rows(found)] == [
        ("sales", "north", "2026-05", "1234.50", 5), ("sales", "south", "2026-05-31", "980.00", 6),
        ("staff", "north", "2026-05", "7", 7), ("costs", "north", "2026-05", "1284", 8),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("kpi;site;month;wert\nsales;north;2026-05;1.284\n", {"decimal"}),
        ("kpi;site;month;wert\nsales;north;2026-05;1,284\n", {"decimal"}),
        ("kpi;site;month;wert\nsales;north;2026-05;12,5\nsales;south;2026-05;12.5\n", {"decimal"}),
        ("kpi;site;date;wert\nsales;north;03/04/2026;5\n", {"dates"}),
        ("kpi;site;date;wert\nsales;north;13/04/2026;5\nsales;north;04/13/2026;5\n", {"dates"}),
        ("kpi;site;date;wert\nsales;north;13/04/2026;5\n", set()),
        ("kpi;month;wert\nsales;2026-05;5\n", {"unit"}),
    ],
)
def test_what_could_mean_two_things_is_asked(read: Read, text: str, asked: set[str]) -> None:
    assert set(read(text)[0].open) == asked


def test_an_answer_decides(read: Read) -> None:
    text = "kpi;site;date;wert\nsales;north;03/04/2026;1.284\n"
    for decimal, dates, expected in ((".", "dmy", ("1.284", "2026-04-03")), (",", "mdy", ("1284", "2026-03-04"))):
        found = read(text, Mapping(decimal=decimal, dates=dates))
        assert not found[0].open
        assert [(r["value"], r["period"]) for r in rows(found)] == [expected]


def test_months_in_columns_are_rows_and_empty_cells_are_none(read: Read) -> None:
    found = read("Measure,Site,Jan 2026,Feb 2026,Mar 2026\nSales,north,1,2,\nSales,south,,4,x\n")
    assert [(r["unit"], r["period"], r["value"], r["row"]) for r in rows(found)] == [
        ("north", "2026-01", "1", 2), ("north", "2026-02", "2", 2), ("south", "2026-02", "4", 3),
        ("south", "2026-03", "x", 3),
    ]  # fmt: skip


def test_kpis_in_columns_and_the_parts_of_a_ratio(read: Read) -> None:
    found = read("Month,Site,Sales,Staff,early,orders\n2026-01,north,5,7,90,100\n")
    cells = {**found[0].reading.cells, "early": {"kpi": "on_time", "as": "numerator"},
             "orders": {"kpi": "on_time", "as": "denominator"}}  # fmt: skip
    assert [{k: r[k] for k in r if k not in ("unit", "period", "row")} for r in rows(found, cells=cells)] == [
        {"kpi": "sales", "value": "5"}, {"kpi": "staff", "value": "7"},
        {"kpi": "on_time", "numerator": "90", "denominator": "100"},
    ]  # fmt: skip


def test_figures_to_date_become_those_of_each_period_and_a_gap_is_said(read: Read) -> None:
    text = "kpi,unit,period,value\nsales,north,2026-04,10\nsales,north,2026-05,25.5\nsales,north,2026-07,40\n"
    found = rows(read(text), to_date=True)
    assert [r["value"] for r in found] == ["10", "15.5", "40"]
    assert ["wrong" in r for r in found] == [False, False, True] and "Jun" in found[2]["wrong"]


def test_a_row_whose_cells_may_have_moved_is_not_trusted(read: Read) -> None:
    text = "kpi,unit,period,value\nsales,north,2026-05,1,5\nsales,south,2026-05,2\nsales,north\n"
    found = rows(read(text))
    assert ["wrong" in r for r in found] == [True, False, True]


def test_a_mapping_that_does_not_fit_says_what_is_missing(read: Read) -> None:
    with pytest.raises(MappingError, match="no column 'Wert'"):
        rows(read("kpi,unit,period,value\nsales,north,2026-05,1\n"), columns={"value": "Wert"})


def test_files_of_one_shape_are_known_by_their_header() -> None:
    assert shape_of(["Site", "Jan 2026"]) == shape_of([" site", "Feb 2026", "Mar 2027"]) != shape_of(["Site", "Sales"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("4-Aug-09", "2009-08-04"), ("Mar-26", "2026-03"), ("mai 2026", "2026-05"), ("31.12.1999", "1999-12-31"),
        ("31.02.2026", "2026-02-31"), ("05/2026", "2026-05"), ("202605", "2026-05"), ("20260531", "2026-05-31"),
        ("FY2026-Q1", "FY2026-Q1"), ("2026-W14", "2026-W14"), ("Juin 2026", "2026-06"), ("nonsense", "nonsense"),
    ],
)  # fmt: skip
def test_days_and_months_as_people_write_them(text: str, said: str) -> None:
    assert plain_period(text, "dmy") == said


def workbook(path: Path) -> Path:
    table = [["Figures"], [], ["kpi", "unit", "period", "value"], ["sales", "north", "2026-05", 0.1 + 0.2],
             ["sales", "south", "2026-05", 12]]  # fmt: skip
    if path.suffix == ".xls":
        old = xlwt.Workbook()
        sheet = old.add_sheet("Data")
        for r, row in enumerate(table):
            for c, cell in enumerate(row):
                sheet.write(r, c, cell)
        old.save(str(path))
        return path
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Empty")
        page = book.add_worksheet("Data")
        for r, row in enumerate(table):
            page.write_row(r, 0, row)
        page.write_formula("E4", "=1+1", None, 2)
    return path


@pytest.mark.parametrize("name", ["figures.xlsx", "figures.xls"])
def test_a_workbook_gives_the_digits_that_it_shows(tmp_path: Path, name: str) -> None:
    grid, findings = read_grid(workbook(tmp_path / name), name)
    assert grid is not None, findings
    found = rows((propose(grid, BAKERY, CODES), grid))
    assert [(r["unit"], r["value"], r["row"]) for r in found] == [("north", "0.3", 4), ("south", "12", 5)]


def test_parquet_is_read_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    pl.DataFrame({"Measure": ["sales"], "Site": ["north"], "Date": ["2026-05"], "Actual": [1.5]}).write_parquet(path)
    grid, _ = read_grid(path, path.name)
    assert grid is not None
    assert rows((propose(grid, BAKERY, CODES), grid))[0]["value"] == "1.5"
