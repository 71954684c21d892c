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
from tests.connectors.files.sheets import clinic

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


#: Months in columns without a year, as a city publishes them whose year begins in October.
FISCAL = """MEASURE_ID,MEASURE_NAME,FREQUENCY_NAME,CFY,CFY_APPROVED,CFY_ACTUAL,PFY1_AMENDED,PFY1_ACTUAL,{},QTR1,QTR4
1,Calls,Monthly,2016,90,80,85,81,{},7,8
2,Repairs,Annually,2016,12,11,10,No Data,{},0,0
3,Permits,Quarterly,2016,5,,4,,{},4,6
4,Visits,Monthly,2015,,,,,{},,
""".format(
    "OCT,NOV,DEC,JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP", *[",".join(map(str, range(1, 13)))], *[",".join("0" * 12)],
    *["," * 11], *["0,0,0" + "," * 9],
)  # fmt: skip


def fiscal(folder: Path, given: ScorecardColumns | None = None, start: int = 10) -> ScorecardRead:
    (folder / "fiscal.csv").write_text(FISCAL)
    return taken(folder / "fiscal.csv", given, start=start)


def test_months_without_a_year_are_those_of_the_fiscal_year_of_their_row(tmp_path: Path) -> None:
    found = fiscal(tmp_path)
    figures = {(kpi, period): value for kpi, _, period, value, *_ in found.figures.rows()}
    assert {p for k, p in figures if k == "1"} == {*(f"M:2015-{m}" for m in (10, 11, 12)),
                                                   *(f"M:2016-{m:02}" for m in range(1, 10))}  # fmt: skip
    assert (figures["1", "M:2015-10"], figures["1", "M:2016-09"]) == ("1", "12")
    assert {p: v for (k, p), v in figures.items() if k == "2"} == {"Y:FY2016": "11"}
    assert {p: v for (k, p), v in figures.items() if k == "3"} == {"Q:FY2016-Q1": "4", "Q:FY2016-Q4": "6"}
    assert {p for k, p in figures if k == "4"} == {"M:2014-10", "M:2014-11", "M:2014-12"}
    targets = {(t.kpi, t.since): str(t.value) for t in found.definitions.targets}
    assert targets == {("1", "2015-10"): "90", ("1", "2014-10"): "85", ("2", "FY2016"): "12", ("2", "FY2015"): "10",
                       ("3", "FY2016-Q1"): "5", ("3", "FY2015-Q1"): "4"}  # fmt: skip


def test_figures_of_another_rhythm_and_doubtful_zeros_are_named_with_their_line(tmp_path: Path) -> None:
    unread = {(each.code, each.place): each.message for each in fiscal(tmp_path).unread}
    assert ("SHEET-RHYTHM", "line 2") in unread and ("SHEET-RHYTHM", "line 3") not in unread
    assert unread["SHEET-ZEROS", "line 5"] == "All 3 figures of 4 are 0."
    assert any("No Data" in message for (_, place), message in unread.items() if place == "line 3")
    without = fiscal(tmp_path, ScorecardColumns().said({}, {"zeros": "missing"}))
    assert "4" not in without.figures["kpi"] and not [u for u in without.unread if u.code == "SHEET-ZEROS"]


def test_what_is_remembered_of_columns_without_a_year_holds_for_the_next_one(tmp_path: Path) -> None:
    kept = json.loads(json.dumps(fiscal(tmp_path).columns.kept()))
    assert kept["figures"]["cells"]["OCT"] == {"period": "Oct"} and kept["targets"] == {"PFY1_AMENDED": "FY-1"}
    (tmp_path / "next.csv").write_text(FISCAL.replace(",2016,", ",2017,"))
    again = taken(tmp_path / "next.csv", ScorecardColumns.of(kept), start=10)
    assert "M:2016-10" in again.figures["period"] and "M:2015-10" not in again.figures["period"]


def test_the_year_above_a_workbook_is_that_of_its_months_and_what_stands_once_holds_below(tmp_path: Path) -> None:
    clinic(tmp_path / "clinic.xlsx")
    found = taken(tmp_path / "clinic.xlsx")
    made = found.definitions
    assert found.columns.fixed["year"] == "2026"
    assert set(found.figures["period"]) == {f"M:2026-{month:02}" for month in range(1, 11)}
    assert [o.name for o in made.objectives] == ["Earn what care costs", "Be easy to reach", "Operate on time",
                                                 "Keep good people"]  # fmt: skip
    assert [u.objective for u in made.uses][:2] == ["earn_what_care_costs"] * 2
    assert ("SHEET-NOT-APPLICABLE", "line 6") in {(u.code, u.place) for u in found.unread}
    assert made.kpi["waiting_time"].unit == "days" and "year" not in found.columns.kept()["fixed"]


def test_months_of_no_year_are_asked_about_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("KPI,Jan,Feb\nSales,1,2\n")
    found = taken(tmp_path / "x.csv")
    assert found.figures.is_empty() and [u.place for u in found.unread if u.code == "SHEET-YEAR"] == ["Jan", "Feb"]
    said = taken(tmp_path / "x.csv", ScorecardColumns().said({}, {"year": "2026"}))
    assert said.figures["period"].to_list() == ["M:2026-01", "M:2026-02"]


def test_a_value_beside_numerator_and_denominator_says_the_factor_or_is_the_figure(tmp_path: Path) -> None:
    rows = ["Code,Council,Year,Indicator_LA,Numerator_LA,Denominator_LA", "A,North,2010-11,50,1,2",
            "A,North,2011-12,75,3,4", "B,North,2010-11,0.4,,", "B,North,2011-12,0.5,,"]  # fmt: skip
    (tmp_path / "x.csv").write_text("\n".join(rows))
    found = taken(tmp_path / "x.csv", start=4)
    a, b = found.definitions.kpis
    assert (a.kind, a.factor, a.frequency) == ("ratio", 100, "year") and (b.kind, b.factor) == ("stock", 1)
    assert found.figures.select("kpi", "period", "value", "numerator").rows() == [
        ("a", "Y:FY2011", None, "1"), ("a", "Y:FY2012", None, "3"),
        ("b", "Y:FY2011", "0.4", None), ("b", "Y:FY2012", "0.5", None),
    ]  # fmt: skip
    assert any(f.code == "SHEET-YEARS" for f in taken(tmp_path / "x.csv").findings)
