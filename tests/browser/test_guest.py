"""A guest link from the form to the guest's own browser, wide and narrow, light and dark."""

from __future__ import annotations

import os

from playwright.sync_api import Browser

from tests.browser.conftest import USUAL, Server, Visit, new_visit, size
from tests.browser.test_every_page import flaws


def test_a_guest_sees_the_scorecard_without_an_account(browser: Browser, desk: Visit, server: Server) -> None:
    page = desk.open("/s/calder-general/guests/")
    page.get_by_label("For whom").fill("the board")
    page.get_by_label("Password", exact=True).fill("harbour morning")
    page.get_by_role("button", name="Make a link").click()
    if page.get_by_role("heading", level=1).inner_text() == "Is it you?":
        page.get_by_label("Password", exact=True).fill(server.password)
        page.get_by_role("button", name="Go on").click()
    link = page.get_by_label("The new link").input_value()
    assert not flaws(desk)
    for width, theme in USUAL:
        visit = new_visit(browser, server, color_scheme=theme, **size(width))
        visit.page.goto(link)
        assert "link=" not in visit.page.url and visit.page.get_by_label("Password").is_visible()
        assert not flaws(visit)
        visit.page.get_by_label("Password").fill("harbour morning")
        visit.page.get_by_role("button", name="Show it").click()
        assert "Shared with the board" in visit.page.get_by_role("note").inner_text()
        if folder := os.environ.get("FOURFOLD_PICTURES"):
            visit.page.screenshot(path=f"{folder}/guest-{width}-{theme}.png", full_page=True)
        assert not flaws(visit, *(("color-contrast",) if theme == "dark" else ())), (width, theme)
        assert visit.page.locator("main a").count() == 0
        visit.page.context.close()
