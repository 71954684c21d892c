"""A form half filled survives a closed tab, says so, can be forgotten, and never writes over what others saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server, Visit, new_visit, size

NEW, BACK = "/s/group/build/objective/?perspective=", "What you typed here before is back."


@pytest.fixture
def form(browser: Browser, server: Server, cookies: dict[str, Any]) -> Iterator[Visit]:
    visit = new_visit(browser, server, storage_state=cookies, **size("desk"))
    yield visit
    visit.page.context.close()


def test_a_form_half_filled_is_there_again_until_it_is_forgotten(form: Visit) -> None:
    page = form.open(NEW)
    page.locator("#f-name").fill("Answer every letter")
    page.locator("details", has=page.locator("#f-result")).locator("summary").click()
    page.locator("#f-result").fill("People say we answered.")
    other = page.context.new_page()
    page.close()
    other.goto(form.base + NEW)
    expect(other.get_by_text(BACK)).to_be_visible()
    expect(other.locator("#f-name")).to_have_value("Answer every letter")
    expect(other.locator("#f-result")).to_have_value("People say we answered.")
    other.get_by_role("button", name="Forget it").click()
    expect(other.locator("#f-name")).to_have_value("")
    expect(other.get_by_text(BACK)).to_be_hidden()
