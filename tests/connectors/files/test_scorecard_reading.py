"""A scorecard from a spreadsheet: three real layouts, what was read, what was not, and the same again from memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter

from fourfold.cli import init_from
from fourfold.cli.output import Misused
from fourfold.connectors.files.grid import read_grid
from fourfold.connectors.files.mapping import Mapping, MappingError
from fourfold.connectors.files.scorecard_columns import ScorecardColumns
from fourfold.connectors.files.scorecard_reading import ScorecardRead, blank, read_scorecard
from fourfold.engine.findings import Level
from fourfold.scorecard import read

#: As people keep it: months in columns, commas before decimals, a word where a figure is not known yet.
MONTHS = """Our figures 2026;;;;;;;;;
Perspective;Objective;KPI;Unit of measurement;Better;Target;Owner;Jan 2026;Feb 2026;Mar 2026
Financial;Earn more from each customer;Net sales per customer;EUR;higher;120,5;Finance director;110,5;115,25;121
Financial;Earn more from each customer;Discounts;%;lower;4;Sales director;5,1;4,8;tbc
Customer;Keep the customers we win;Customers lost;%;lower;2;Sales director;2,5;;1,9
Customer;Keep the customers we win;Visits;;;no goal;;10;12;13
"""
#: As Scotland's councils publish: a row for each figure, years written as two, units in a column.
LONG = """LocalAuthority,IndicatorCode,Year,Numerator,Denominator,FamilyGroup
Aberdeen City,CORP 01,2010-11,30662.0,509568.0,Urban
Aberdeen City,CORP 01,2011-12,30197.0,520554.0,Urban
Argyll & Bute,CORP 01,2010-11,,113258.0,Rural
Argyll & Bute,CORP 01,2011-12,12000,230000,Rural
"""
#: As the city of Austin publishes: years in columns, words among the figures, a control character in a text.
YEARS = [
    ["MEASURE_ID", "MEASURE_NAME", "DEPT_CD", "TYPE", "CFY_APPROVED", "DESCRIPTION", "PFY1_ACTUAL", "PFY2_ACTUAL"],
    [7663, "Call Service Level", "AE", "Efficiency", 90, "The caller\x19s wait", 91.37, 90.76],
    [7610, "Orders issued", "AE", "Demand", "No Goal", "Orders", 253893, "New Meas."],
    [7611, "Orders issued", "PD", "Demand", 12, "Orders of the police", "No Data", "AA-"],
]
AUSTIN = ScorecardColumns(
    {"perspective": "TYPE", "objective": "DEPT_CD", "code": "MEASURE_ID", "kpi": "MEASURE_NAME",
     "definition": "DESCRIPTION", "target": "CFY_APPROVED"},
    {"frequency": "year"},
    Mapping(cells={"PFY1_ACTUAL": {"period": "FY2015"}, "PFY2_ACTUAL": {"period": "FY2014"}}),
)  # fmt: skip


def taken(path: Path, given: ScorecardColumns | None = None, start: int = 1) -> ScorecardRead:
    grid, findings = read_grid(path, path.name)
    assert grid is not None, findings
    return read_scorecard(grid, blank("Ours", email="nora@ours.example", start=start), given=given)


def test_months_in_columns_become_a_draft_that_loads(tmp_path: Path) -> None:
    (tmp_path / "months.csv").write_text(MONTHS)
    found = taken(tmp_path / "months.csv")
    made = found.definitions
    assert [p.name for p in made.perspectives] == ["Financial", "Customer"]
    assert [o.name for o in made.objectives] == ["Earn more from each customer", "Keep the customers we win"]
    assert (made.kpi["discounts"].polarity, made.kpi["discounts"].owner) == ("lower_better", "sales_director")
    assert {t.kpi: (str(t.value), t.since) for t in made.targets}["net_sales_per_customer"] == ("120.5", "2026-01")
    assert {u.kpi for u in made.uses if u.monitor_only} == {"visits"}
    assert found.figures.height == 10 and "115.25" in found.figures["value"].to_list()
    said = " ".join(f.message for f in found.findings)
    assert "“no goal”" in said and '"tbc"' in said and "which way is better" in said
    folder = tmp_path / "folder"
    (folder / "measurements").mkdir(parents=True)
    for name, text in found.texts().items():
        (folder / name).write_text(text)
    card, findings = read(folder)
    assert card is not None and not [f for f in findings if f.level is Level.ERROR] and len(card.rows) == 10


def test_a_row_for_each_figure_brings_units_years_and_parts(tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_text(LONG)
    columns = {"code": "IndicatorCode", "unit": "LocalAuthority", "period": "Year", "numerator": "Numerator",
               "denominator": "Denominator"}  # fmt: skip
    found = taken(tmp_path / "long.csv", ScorecardColumns().said(columns, {"frequency": "year"}), start=4)
    assert [u.name for u in found.definitions.units] == ["Ours", "Aberdeen City", "Argyll & Bute"]
    assert [(k.code, k.kind) for k in found.definitions.kpis] == [("corp_01", "ratio")]
    assert sorted(found.figures.select("unit", "period").rows()) == [
        ("aberdeen_city", "Y:FY2011"), ("aberdeen_city", "Y:FY2012"), ("argyll_bute", "Y:FY2012"),
    ]  # fmt: skip
    assert any("has no numerator" in f.message for f in found.findings)
    assert any("FamilyGroup" in f.message for f in found.findings)


def test_a_workbook_with_words_among_its_figures_is_read_as_it_was_before(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "austin.xlsx") as book:
        sheet = book.add_worksheet("ePerf")
        for i, row in enumerate(YEARS):
            sheet.write_row(i, 0, row)
    found = taken(tmp_path / "austin.xlsx", AUSTIN, start=10)
    assert [k.code for k in found.definitions.kpis] == ["7663", "7610", "7611"]
    assert found.definitions.kpi["7663"].definition == "The caller s wait"
    assert found.figures.select("kpi", "period", "value").rows() == [
        ("7663", "Y:FY2015", "91.37"), ("7663", "Y:FY2014", "90.76"), ("7610", "Y:FY2015", "253893"),
    ]  # fmt: skip
    assert any("a target, and no figure" in f.message for f in found.findings)
    again = taken(tmp_path / "austin.xlsx", ScorecardColumns.of(json.loads(json.dumps(found.columns.kept()))), start=10)
    assert again.definitions == found.definitions and again.figures.equals(found.figures)


def test_a_table_without_figures_is_a_scorecard_without_figures(tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text("Perspective,Objective,KPI\nFinancial,Earn more,Net sales\n")
    found = taken(tmp_path / "bare.csv")
    assert found.figures.is_empty() and any("No figures were read" in f.message for f in found.findings)
    assert "measurements/figures.csv" not in found.texts()


def test_names_that_make_one_code_stay_two_and_a_kpi_can_stand_on_two_objectives(tmp_path: Path) -> None:
    rows = ["Objective,KPI,Jan 2026", "Earn,A & B,1", "Earn,A / B,2", "Keep,A & B,1"]
    (tmp_path / "x.csv").write_text("\n".join(rows))
    found = taken(tmp_path / "x.csv")
    assert [(k.code, k.name) for k in found.definitions.kpis] == [("a_b", "A & B"), ("a_b_2", "A / B")]
    assert [(u.kpi, u.objective) for u in found.definitions.uses] == [("a_b", "earn"), ("a_b_2", "earn"),
                                                                      ("a_b", "keep")]  # fmt: skip
    assert found.figures.select("kpi", "value").rows() == [("a_b", "1"), ("a_b_2", "2")]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\nx,1\ny,2\n")
    with pytest.raises(MappingError, match="which KPI"):
        taken(tmp_path / "x.csv")
    with pytest.raises(MappingError, match="no column 'c'"):
        taken(tmp_path / "x.csv", ScorecardColumns().said({"kpi": "c"}, {}))
    with pytest.raises(MappingError, match="no field 'colour'"):
        ScorecardColumns().said({"colour": "c"}, {})


def test_the_command_remembers_how_it_read(tmp_path: Path) -> None:
    (tmp_path / "months.csv").write_text(MONTHS)
    init_from.run(tmp_path / "months.csv", tmp_path / "one")
    init_from.run(tmp_path / "months.csv", tmp_path / "two", mapping=tmp_path / "one" / init_from.KEPT)
    one, two = ({p.name: p.read_text() for p in (tmp_path / n).rglob("*") if p.is_file()} for n in ("one", "two"))
    assert one == two
    (tmp_path / "later.csv").write_text(MONTHS.replace("Jan 2026", "Apr 2026"))
    init_from.run(tmp_path / "later.csv", tmp_path / "later", mapping=tmp_path / "one" / init_from.KEPT, name="Else")
    assert "discounts,else,M:2026-04,5.1," in (tmp_path / "later" / "measurements" / "figures.csv").read_text()
    with pytest.raises(Misused, match="not empty"):
        init_from.run(tmp_path / "months.csv", tmp_path / "one")
    with pytest.raises(Misused, match="cannot be read"):
        init_from.run(tmp_path / "months.csv", tmp_path / "three", mapping=tmp_path / "months.csv")
