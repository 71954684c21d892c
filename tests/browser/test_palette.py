"""The command palette: opens by key and by click, finds, and is walked by arrow keys."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Visit


def test_ctrl_k_opens_it_and_enter_goes_to_what_was_found(desk: Visit) -> None:
    page = desk.open("/s/group/")
    page.keyboard.press("Control+k")
    finder = page.get_by_role("combobox", name="Find or go to")
    expect(finder).to_be_focused()
    finder.fill("agency staff sp")
    expect(page.get_by_role("option").first).to_contain_text("Agency staff spend")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Agency staff spend")
    assert not desk.complaints and not desk.refused()


def test_who_types_faster_than_the_search_answers_still_gets_what_was_typed(desk: Visit) -> None:
    page = desk.open("/s/group/")
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("operating margin")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Operating margin")


def test_arrow_keys_choose_and_the_choice_is_announced(desk: Visit) -> None:
    page = desk.open("/s/group/scorecard/")
    page.keyboard.press("Control+k")
    finder = page.get_by_role("combobox", name="Find or go to")
    finder.fill("sta")
    options = page.get_by_role("option")
    expect(options.nth(0)).to_contain_text("Staff")
    expect(options.nth(1)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(options.nth(0)).to_have_attribute("aria-selected", "false")
    assert finder.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    assert not desk.violations()


def test_escape_closes_it_and_focus_goes_back(desk: Visit) -> None:
    page = desk.open("/s/group/")
    opener = page.locator("[data-open-palette]")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Find or go to")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="Find or go to")).to_be_hidden()
    expect(opener).to_be_focused()


def test_what_is_not_there_is_said(desk: Visit) -> None:
    page = desk.open("/s/group/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find or go to").fill("zzz")
    expect(page.get_by_text("Nothing called “zzz”.")).to_be_visible()


def test_it_opens_on_a_phone_by_a_touch(phone: Visit) -> None:
    page = phone.open("/s/group/")
    page.locator("[data-open-palette]").tap()
    finder = page.get_by_role("combobox", name="Find or go to")
    finder.fill("margin")
    expect(page.get_by_role("option").first).to_contain_text("Operating margin")
    page.get_by_role("option").first.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Operating margin")
