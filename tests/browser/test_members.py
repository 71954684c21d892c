"""Giving a role and taking it away, as an administrator does it, wide and narrow, light and dark."""

from __future__ import annotations

import os

from playwright.sync_api import Browser

from tests.browser.conftest import WHO, Server, Visit, new_visit, size
from tests.browser.test_accounts import sign_in
from tests.browser.test_every_page import flaws


def without_flaws(windows: dict[tuple[str, str], Visit], address: str, heading: str) -> None:
    for (width, theme), visit in windows.items():
        page = visit.open(address)
        assert heading in page.get_by_role("heading", level=1).inner_text()
        if folder := os.environ.get("FOURFOLD_PICTURES"):
            page.screenshot(path=f"{folder}/{heading.replace(' ', '-')}-{width}-{theme}.png", full_page=True)
        assert not flaws(visit, *(("color-contrast",) if theme == "dark" else ())), (width, theme)


def test_a_role_is_given_after_the_password_and_taken_away_again(browser: Browser, server: Server) -> None:
    # The sign-in that all share may have said its password a moment ago, and would not be asked again.
    own = new_visit(browser, server, **size("desk"))
    own.page.goto(server.url + "/accounts/login/")
    sign_in(own.page, WHO, server.password)
    own.page.wait_for_url("**/s/group/")
    page = own.open("/s/hollin-park/members/")
    page.get_by_label("To", exact=True).select_option(label="Vera Blom")
    page.get_by_label("Role", exact=True).select_option("contributor")
    page.get_by_role("button", name="Give the role").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Is it you?"
    assert not flaws(own)
    page.get_by_label("Password", exact=True).fill(server.password)
    page.get_by_role("button", name="Go on").click()
    said = page.locator(".flash").first
    assert "Vera Blom is contributor of Hollin Park" in said.inner_text()
    page.get_by_role("button", name="Take away contributor of Hollin Park").click()
    assert "Vera Blom is no longer contributor" in page.locator(".flash").first.inner_text()
    page.context.close()


def test_the_pages_about_one_person_and_about_one_kpi_are_without_flaws(
    windows: dict[tuple[str, str], Visit], desk: Visit
) -> None:
    page = desk.open("/s/calder-general/members/")
    person = page.get_by_role("main").get_by_role("link", name="Ben Yates").get_attribute("href")
    page = desk.open("/s/group/scorecard/")
    page.get_by_role("main").get_by_role("link", name="Energy use per m²", exact=True).first.click()
    readers = page.get_by_role("link", name="Who can see this").get_attribute("href")
    assert person and readers
    without_flaws(windows, "/s/hollin-park/members/", "Members of Hollin Park")
    without_flaws(windows, person, "What Ben Yates can see")
    without_flaws(windows, readers, "Who can see Energy use")
