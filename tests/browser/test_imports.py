"""A file goes from a phone without scripts to the figures, and looks right on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, Visit, new_visit, size
from tests.browser.test_every_page import flaws

TABLE = "Measure;Site;Mai 2026;Juni 2026\nED patients seen in 4 hours;Calder General;1.284;x\n"


def test_a_file_is_imported_without_scripts_and_every_step_fits_the_screen(plain: Visit) -> None:
    page = plain.open("/s/calder-general/imports/")
    page.set_viewport_size({"width": 390, "height": 844})
    file = {"name": "spring.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Import spring.csv"
    assert page.get_by_text("Which mark stands before decimals").is_visible()
    page.get_by_label("Before decimals stands").select_option(",")
    page.get_by_role("button", name="Check every row").click()
    assert page.get_by_text("2 read").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_page_of_a_file_has_no_flaws(desk: Visit) -> None:
    page = desk.open("/s/calder-general/imports/")
    file = {"name": "spring.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_label("Before decimals stands").select_option(",")
    page.get_by_role("button", name="Check every row").click()
    assert not flaws(desk)


#: More than is looked at while somebody waits: figures of the past, each with a long note, and rows of a unit unknown.
NOWHERE = ["Agency staff spend,Nowhere,2024-01,1,x"] * 20_000
PATIENCE = 240_000  # milliseconds for a process that starts beside others


def large(name: str) -> str:
    """A table with other figures for names of another length: what is there already would not be brought in again."""
    months = [f"{1980 + n // 12}-{n % 12 + 1:02},{80 + n % 20}.{len(name)}" for n in range(360)]
    past = [f"Agency staff spend,Calder General,{month},{'said ' * 150}" for month in months]
    return "\n".join(["Measure,Site,Month,Value,Note", *past, *NOWHERE])



def look_at(visit: Visit, name: str) -> Page:
    """A large file, handed over."""
    page = visit.open("/s/calder-general/imports/")
    page.get_by_label("File").set_input_files({"name": name, "mimeType": "text/csv", "buffer": large(name).encode()})
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Import {name}")
    return page


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_large_file_shows_how_far_it_is_and_then_what_becomes_of_its_rows(
    browser: Browser, server: Server, cookies: dict[str, object], width: str
) -> None:
    visit = new_visit(browser, server, storage_state=cookies, **size(width))
    page = look_at(visit, f"{width}.csv")
    page.get_by_role("button", name="Check every row").click()
    page.wait_for_url("**/imports/jobs/**")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Checking {width}.csv")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    assert not flaws(visit)
    page.wait_for_url(lambda url: "/jobs/" not in url, timeout=PATIENCE)
    expect(page.get_by_text("20,360 read")).to_be_visible()
    expect(page.get_by_text("Nowhere").first).to_be_visible()
    assert not flaws(visit)
    with page.expect_download() as report:
        page.get_by_role("button", name=re.compile("report", re.I)).click()
    assert len(report.value.path().read_text().splitlines()) == 20_001
    page.get_by_role("button", name=re.compile("keep .* apart")).click()
    page.wait_for_url("**/imports/jobs/**")
    page.wait_for_url(lambda url: "/jobs/" not in url, timeout=PATIENCE)
    expect(page.get_by_text(re.compile("20,000 rejected")).first).to_be_visible()
    assert not flaws(visit)
    visit.page.context.close()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_large_file_that_is_stopped_says_so_and_records_nothing(
    browser: Browser, server: Server, cookies: dict[str, object], width: str
) -> None:
    visit = new_visit(browser, server, storage_state=cookies, **size(width))
    page = look_at(visit, f"stop-{width}.csv")
    page.get_by_role("button", name="Check every row").click()
    page.wait_for_url("**/imports/jobs/**")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_url(lambda url: "/jobs/" not in url, timeout=PATIENCE)
    expect(page.get_by_text("It was stopped. Nothing of it is recorded.")).to_be_visible()
    assert not flaws(visit)
    visit.page.context.close()
