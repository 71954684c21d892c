"""The tree of units under the hands: dragged and carried by keys, and moved with a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server, Visit, new_visit, size

PAGE = "/s/group/build/units/"


@pytest.fixture
def tree(browser: Browser, server: Server, cookies: dict[str, Any]) -> Iterator[Visit]:
    visit = new_visit(browser, server, storage_state=cookies, **size("desk"))
    visit.open(PAGE)
    yield visit
    visit.page.context.close()


def test_a_unit_is_carried_by_keys_or_dragged_and_the_form_says_both(tree: Visit) -> None:
    page = tree.page
    rows = page.locator("unit-tree [data-unit]:not([data-top])")
    first, second = (rows.nth(i).get_attribute("data-unit") for i in (0, 1))
    rows.nth(0).locator("a").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-status]")).to_contain_text("is picked up")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("#move [name=unit]")).to_have_value(str(first))
    expect(page.locator("#move select")).to_have_value(str(second))
    expect(page.locator("#move [name=since]")).to_be_focused()
    page.goto(page.url.partition("?")[0])
    rows.nth(1).drag_to(rows.nth(0))
    expect(page.locator("#move [name=unit]")).to_have_value(str(second))
    expect(page.locator("#move select")).to_have_value(str(first))
    rows.nth(1).locator("a").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(page.locator("[data-status]")).to_have_text("Nothing was moved.")
    assert not tree.complaints
