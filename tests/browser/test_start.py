"""The first sign-in: from an industry's template to a live overview, and the pages on the way, without flaws."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, new_place
from tests.browser.test_every_page import flaws
from tests.connectors.files.sheets import austin, clinic, lgbf
from tests.connectors.files.test_scorecard_reading import MONTHS


def test_the_first_sign_in_leads_from_a_template_to_a_live_overview(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    nora = new_place(browser, server, tmp_path / "shops", "New Shops", "nora@new-shops.example")
    page = nora.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Start the scorecard")
    assert flaws(nora) == []
    page.get_by_role("link", name="Retailer", exact=True).click()
    expect(page.get_by_role("group", name="Strategy map of the template Retailer")).to_be_visible()
    assert flaws(nora) == []
    page.get_by_role("button", name="Start from Retailer").click()
    expect(page.get_by_text("Started with 13 objectives")).to_be_visible()
    expect(page.get_by_role("region", name="Set-up")).to_contain_text("4 of 5 steps done")
    expect(page.get_by_text("Off target").first).to_be_visible()
    assert flaws(nora) == []
    page.get_by_role("button", name="Hide the set-up").click()
    expect(page.get_by_role("region", name="Set-up")).to_have_count(0)
    page.get_by_role("link", name="Remove them").click()
    page.get_by_role("button", name="Remove the example figures").click()
    expect(page.get_by_text("example figures removed")).to_be_visible()
    assert not nora.refused()
    page.context.close()


def test_a_spreadsheet_becomes_a_scorecard_on_a_desk_and_a_phone(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    nora = new_place(browser, server, tmp_path / "sheets", "New Sheets", "nora@new-sheets.example")
    page = nora.page
    (tmp_path / "ours.csv").write_text(MONTHS)
    page.get_by_label("File", exact=True).set_input_files(tmp_path / "ours.csv")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A scorecard from ours.csv")
    expect(page.get_by_label("What the column Target is")).to_have_value("target")
    assert flaws(nora) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert flaws(nora) == []
    page.get_by_label("What the column Target is").select_option("not read")
    page.get_by_role("button", name="Draft it again").click()
    expect(page.get_by_text("1 column not used: Target.")).to_be_visible()
    page.get_by_label("What the column Target is").select_option("target")
    page.get_by_role("button", name="Take this draft").click()
    expect(page.get_by_text("4 KPIs, 3 targets, 10 figures")).to_be_visible()
    assert not nora.refused()
    page.context.close()


def hand_over(page: Page, file: Path) -> None:
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=2, name="The draft")).to_be_visible()


def test_months_of_a_workbook_without_a_year_are_those_of_its_title(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    nora = new_place(browser, server, tmp_path / "clinic", "Harbour Clinic", "nora@harbour.example")
    page = nora.page
    clinic(tmp_path / "clinic.xlsx")
    hand_over(page, tmp_path / "clinic.xlsx")
    expect(page.get_by_label("Year of months and quarters without one")).to_have_value("2026")
    expect(page.get_by_role("row", name="Oct").last).to_contain_text("Oct 2026")
    expect(page.get_by_label("What the column Unit is")).to_have_value("measured_in")
    expect(page.get_by_text("A blank perspective is read as that of the line above, in 2 lines")).to_be_visible()
    expect(page.get_by_text("“max 8” (of one KPI: staff_turnover (line 8))")).to_be_visible()
    expect(page.get_by_text("value \"tbc\" is not a number")).to_be_visible()
    expect(page.get_by_text("Of 1 KPI all figures are 0")).to_be_visible()
    assert flaws(nora) == []
    page.get_by_label("A zero is").select_option("nothing reported")
    page.get_by_role("button", name="Draft it again").click()
    expect(page.get_by_text("all figures are 0")).to_have_count(0)
    page.get_by_role("button", name="Take this draft").click()
    expect(page.get_by_text("4 perspectives, 4 objectives, 6 KPIs, 5 targets, 48 figures")).to_be_visible()
    page.get_by_role("link", name="Overview", exact=True).first.click()
    expect(page.get_by_text("On target").first).to_be_visible()
    expect(page.locator(".ruler [aria-current=date]")).to_contain_text("Oct")
    clinic(tmp_path / "next.xlsx", year="2027", more="Complaints")
    nora.open("/s/harbour_clinic/start/spreadsheet/")
    hand_over(page, tmp_path / "next.xlsx")
    expect(page.get_by_text("A file with this header was read before")).to_be_visible()
    expect(page.get_by_label("A zero is")).to_have_value("missing")
    expect(page.get_by_label("Year of months and quarters without one")).to_have_value("2027")
    assert not nora.refused()
    page.context.close()


@pytest.mark.data
def test_a_citys_months_are_those_of_its_fiscal_year(
    browser: Browser, server: Server, public_data: Path, tmp_path: Path
) -> None:
    austin(public_data, tmp_path / "austin.xlsx")
    nora = new_place(browser, server, tmp_path / "city", "River City", "nora@river-city.example")
    page = nora.page
    hand_over(page, tmp_path / "austin.xlsx")
    expect(page.get_by_label("The fiscal year begins in")).to_have_value("10")
    for column, period in {"OCT": "Oct 2015", "SEP": "Sep 2016", "QTR1": "Q1 2015/16", "CFY_ACTUAL": "2015/16",
                           "PFY1_ACTUAL": "2014/15", "CFY_APPROVED": "2015/16"}.items():  # fmt: skip
        row = page.get_by_role("row").filter(has=page.get_by_label(f"What the column {column} is"))
        expect(row).to_contain_text(period)
    expect(page.get_by_label("What the column CFY is", exact=True)).to_have_value("year")
    expect(page.get_by_label("What the column PFY1_AMENDED is")).to_have_value("of:target")
    expect(page.get_by_text("No column says the perspective")).to_be_visible()
    assert flaws(nora) == []
    page.get_by_label("What the column MEASURE_TYPE_NAME is").select_option("perspective")
    page.get_by_role("button", name="Draft it again").click()
    expect(page.get_by_text("No column says the perspective")).to_have_count(0)
    page.get_by_role("button", name="Take this draft").click()
    expect(page.get_by_text(re.compile(r"The scorecard has 4 perspectives, \d+ objectives, 60 KPIs"))).to_be_visible()
    page.get_by_role("link", name="Overview", exact=True).first.click()
    expect(page.locator(".ruler")).to_contain_text("2015/16")
    expect(page.get_by_text(re.compile("(On|Near|Off) target")).first).to_be_visible()
    assert not nora.refused()
    page.context.close()


@pytest.mark.data
def test_councils_in_rows_become_units_with_ratios_that_add_up(
    browser: Browser, server: Server, public_data: Path, tmp_path: Path
) -> None:
    lgbf(public_data, tmp_path / "councils.csv")
    nora = new_place(browser, server, tmp_path / "councils", "The Councils", "nora@councils.example")
    page = nora.page
    hand_over(page, tmp_path / "councils.csv")
    for column, is_what in {"LocalAuthority": "unit", "IndicatorCode": "code", "Year": "period",
                            "NumeratorCash_LA": "numerator", "IndicatorCash_LA": "value"}.items():  # fmt: skip
        expect(page.get_by_label(f"What the column {column} is")).to_have_value(is_what)
    expect(page.get_by_label("Measured every")).to_have_value("year")
    expect(page.get_by_text("Years such as 2010-11 span two calendar years")).to_be_visible()
    assert flaws(nora) == []
    page.get_by_label("The fiscal year begins in").select_option("April")
    page.get_by_role("button", name="Draft it again").click()
    expect(page.get_by_text("span two calendar years")).to_have_count(0)
    page.get_by_role("button", name="Take this draft").click()
    expect(page.get_by_text(re.compile("The scorecard has 1 perspectives, 1 objectives, 3 KPIs"))).to_be_visible()
    page.get_by_role("link", name="Scorecard", exact=True).first.click()
    row = page.get_by_role("row").filter(has_text="CORP01").first  # numerators by denominators of all councils
    expect(row).to_contain_text(re.compile(r"\d"))
    assert not nora.refused()
    page.context.close()
