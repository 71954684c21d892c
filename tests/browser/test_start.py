"""The first sign-in: from an industry's template to a live overview, and the pages on the way, without flaws."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server, new_place
from tests.browser.test_every_page import flaws
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
