"""The map under the hands: boxes dragged and moved by keys, links drawn, all of it taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Server, Visit, new_visit, size

EDIT = "/s/group/map/edit/"
CARBON, THEATRES = "#map-carbon", "#map-theatres"


@pytest.fixture
def map_page(browser: Browser, server: Server, cookies: dict[str, Any]) -> Iterator[Visit]:
    visit = new_visit(browser, server, storage_state=cookies, **size("desk"))
    visit.open(EDIT)
    yield visit
    visit.page.context.close()


def middle(found: Locator) -> tuple[float, float]:
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def test_boxes_are_moved_and_linked_by_pointer_and_by_keys_and_everything_is_taken_back(map_page: Visit) -> None:
    page = map_page.page
    status = page.locator("map-editor [data-status]")
    place = page.locator(CARBON).get_attribute("data-place")
    drag(page, middle(page.locator(f"{CARBON} .bx")), middle(page.locator("rect.slot[data-place^='finance']").first))
    expect(status).to_have_text("Moved: Shrink our carbon footprint.")
    moved = page.locator(CARBON).get_attribute("data-place")
    assert moved != place
    page.keyboard.press("ArrowLeft")  # it has kept the focus
    expect(page.locator(CARBON)).to_have_attribute("data-place", str(place))
    drag(page, middle(page.locator(f"{THEATRES} .hdl")), middle(page.locator(f"{CARBON} .bx")))
    expect(status).to_contain_text("Linked: Use theatres to the full → Shrink our carbon footprint. Say why")
    page.locator("#map-trusted-data").focus()
    page.keyboard.press("l")
    expect(status).to_contain_text("Linking from Data people can trust")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(status).to_have_text("No link was drawn.")
    for _ in range(3):
        page.locator(CARBON).focus()
        page.keyboard.press("Control+z")
        page.locator("map-editor").evaluate("editor => editor.turn")
    expect(page.locator(CARBON)).to_have_attribute("data-place", str(place))
    assert not map_page.complaints


def test_a_lost_connection_is_said_and_the_box_is_where_it_was(map_page: Visit) -> None:
    page = map_page.page
    place = page.locator(CARBON).get_attribute("data-place")
    page.locator(CARBON).focus()
    page.context.set_offline(True)
    page.keyboard.press("ArrowRight")
    expect(page.locator("map-editor [data-status]")).to_contain_text("This was not saved")
    expect(page.locator(CARBON)).to_have_attribute("data-place", str(place))
    page.context.set_offline(False)
