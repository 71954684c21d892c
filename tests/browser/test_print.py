"""Paper: a page prints without the frame round it, and on as few sheets as it was drawn for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit


def sheets(visit: Visit) -> int:
    """How many sheets the page that is open prints on."""
    made = visit.page.pdf(prefer_css_page_size=True, print_background=True)
    return len(re.findall(rb"/Type\s*/Page\b", made))


@pytest.mark.parametrize(
    ("address", "most"),
    [("/s/group/", 1), ("/s/group/scorecard/", 1), ("/s/group/map/", 1), ("/s/group/alignment/", 3),
     ("/s/group/initiatives/", 1)],
)  # fmt: skip
def test_a_page_prints_on_as_few_sheets_as_it_was_drawn_for(desk: Visit, address: str, most: int) -> None:
    desk.open(address)
    assert sheets(desk) <= most


def test_the_frame_stays_off_the_paper(desk: Visit) -> None:
    page = desk.open("/s/group/scorecard/")
    page.emulate_media(media="print")
    for part in (".rail", ".ruler", ".bar", ".tabs", ".acts"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_paper_is_light_whatever_the_theme(desk: Visit) -> None:
    page = desk.open("/s/group/")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_map_prints_as_a_map(desk: Visit) -> None:
    page = desk.open("/s/group/map/")
    page.emulate_media(media="print")
    expect(page.locator("svg.map")).to_be_visible()
