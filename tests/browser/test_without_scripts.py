"""The pages without JavaScript: everything is a link or a form."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit


def test_finding_is_a_page_with_a_form(plain: Visit) -> None:
    page = plain.open("/s/group/")
    page.get_by_role("link", name="Find or go to").click()
    page.get_by_role("searchbox").fill("agency staff")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("main").get_by_role("link", name="Agency staff spend").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agency staff spend")


def test_a_box_of_the_map_is_a_link(plain: Visit) -> None:
    page = plain.open("/s/group/map/")
    page.locator("#map-carbon").click()
    beside = page.get_by_role("complementary", name="Objective in focus")
    expect(beside.get_by_role("heading", level=2)).to_have_text("Shrink our carbon footprint")


def test_the_theme_is_a_form(plain: Visit) -> None:
    page = plain.open("/s/group/map/")
    page.get_by_role("button", name="Dark").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.url.endswith("/s/group/map/")


def test_sorting_and_filters_are_links(plain: Visit) -> None:
    page = plain.open("/s/group/alignment/")
    page.get_by_role("columnheader", name="Calder General").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Calder General").first).to_have_attribute("aria-sort", "ascending")


def test_a_step_is_confirmed_by_a_link_and_a_form(plain: Visit) -> None:
    page = plain.open("/s/group/scorecard/")
    page.get_by_role("main").get_by_role("link", name="Patients who would recommend us").click()
    expect(page.get_by_role("img", name="Patients who would recommend us").first).to_be_visible()
    page.get_by_role("link", name="Begin the usual range anew").click()
    expect(page.get_by_label("Since")).to_have_value("M:2024-10")
    page.get_by_role("button", name="Confirm the step").click()
    expect(page.get_by_text("Say what changed: the process")).to_be_visible()
    page.get_by_label("The work is done differently").check()
    page.get_by_label("What happened").fill("Wards call families every day.")
    page.get_by_label("I expect it to last").check()
    page.get_by_role("button", name="Confirm the step").click()
    expect(page.get_by_text("Confirmed: the usual range begins anew in Oct 2024.")).to_be_visible()
    signals = page.locator("#signals")
    expect(signals).to_contain_text("since Oct 2024 the work is done differently. Wards call families every day.")
    assert page.locator(".chart-w .npl").count() == 2, "the old limits stay in the picture"


@pytest.mark.parametrize("page", ["", "scorecard/", "map/", "alignment/", "initiatives/", "menu/"])
def test_every_page_has_its_heading_and_content(plain: Visit, page: str) -> None:
    opened = plain.open(f"/s/group/{page}")
    expect(opened.get_by_role("heading", level=1)).to_have_count(1)
    assert len(opened.get_by_role("main").inner_text()) > 200
