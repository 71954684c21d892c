"""Everything can be reached and done by keys alone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit


def test_the_first_tab_skips_to_the_content(desk: Visit) -> None:
    page = desk.open("/s/group/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    assert skip.evaluate("a => a.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_what_has_focus_has_a_ring(desk: Visit) -> None:
    page = desk.open("/s/group/alignment/")
    for _ in range(12):
        page.keyboard.press("Tab")
        ring = page.evaluate("() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle; }")
        assert ring != "none"


def test_g_and_a_letter_go_to_a_page(desk: Visit) -> None:
    page = desk.open("/s/group/")
    for letter, name in (("m", "Strategy map"), ("a", "Alignment"), ("i", "Initiatives")):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_brackets_step_to_the_month_before_and_back(desk: Visit) -> None:
    page = desk.open("/s/group/map/")
    month = page.locator(".ruler [aria-current]").first.inner_text()
    page.keyboard.press("[")
    expect(page.locator(".ruler [aria-current]").first).not_to_have_text(month)
    page.keyboard.press("]")
    expect(page.locator(".ruler [aria-current]").first).to_have_text(month)


def test_the_list_of_keys_opens_and_letters_can_be_switched_off(desk: Visit) -> None:
    page = desk.open("/s/group/")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    keys.get_by_role("checkbox").uncheck()
    keys.get_by_role("button", name="Close").click()
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_timeout(300)
    assert page.url.endswith("/s/group/")


def test_letters_typed_into_a_field_go_nowhere(desk: Visit) -> None:
    page = desk.open("/search/")
    page.get_by_role("searchbox").press_sequentially("gm[")
    assert page.get_by_role("searchbox").input_value() == "gm["
    assert page.url.endswith("/search/")


def test_arrow_keys_walk_the_map_and_enter_puts_an_objective_in_focus(desk: Visit) -> None:
    page = desk.open("/s/group/map/?o=less-agency")
    box = page.locator("#map-less-agency")
    box.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#map-within-means")).to_be_focused()
    page.keyboard.press("Enter")
    beside = page.get_by_role("complementary", name="Objective in focus")
    expect(beside.get_by_role("heading", level=2)).to_have_text("Live within our means")
    expect(page.locator("#map-within-means")).to_be_focused()
    assert re.search(r"o=within-means", page.url)
    assert not desk.complaints and not desk.refused() and not desk.violations()


def test_going_back_brings_the_earlier_objective_back(desk: Visit) -> None:
    page = desk.open("/s/group/map/?o=less-agency")
    page.locator("#map-carbon").click()
    heading = page.get_by_role("complementary", name="Objective in focus").get_by_role("heading", level=2)
    expect(heading).to_have_text("Shrink our carbon footprint")
    page.go_back()
    expect(heading).to_have_text("Rely less on agency staff")


def test_pointing_at_an_objective_dims_all_but_its_causes_and_effects(desk: Visit) -> None:
    page = desk.open("/s/group/map/")
    page.locator("#map-less-agency").hover()
    expect(page.locator("#map-within-means")).to_have_class(re.compile(r"\blit\b"))
    expect(page.locator("#map-closer-to-home")).not_to_have_class(re.compile(r"\blit\b"))
