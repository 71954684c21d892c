"""Entering figures in the grid: keys, paste, undo, and nothing lost by a closed tab, a lost connection or answer."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit

GRID = "/s/calder-general/updates/?p=2026-10"
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const paste = {clipboardData: data, bubbles: true, cancelable: true};
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", paste));
}"""
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('draft ')).length"


def cell(page: Page, name: str) -> Locator:
    return page.get_by_label(f"{name}, Oct 2026", exact=True)


def test_keys_paste_and_undo(desk: Visit) -> None:
    page = desk.open(GRID)
    income, cost = cell(page, "Income"), cell(page, "Operating cost")
    before = income.input_value()
    income.press("Enter")
    expect(cost).to_be_focused()
    cost.press("ArrowUp")
    expect(income).to_be_focused()
    income.fill("1")
    income.press("Escape")
    expect(income).to_have_value(before)
    page.evaluate(PASTE, "28,1\r\n27,75\r\n")
    expect(page.locator(".notice")).to_contain_text("“28,1” was read as 28.1.")
    expect(cost).to_have_value("27.75")
    page.get_by_role("button", name="Undo").click()
    expect(income).to_have_value(before)
    income.focus()
    page.evaluate(PASTE, "1,284\n7\n")
    choice = page.get_by_role("button", name="It is 1284", exact=True)
    expect(choice).to_be_visible()
    choice.click()
    expect(income).to_have_value("1284")
    assert not desk.complaints and not desk.refused()
    page.evaluate("localStorage.clear()")


def test_a_figure_is_entered_confirmed_and_submitted_by_keys_alone(desk: Visit) -> None:
    page = desk.open(GRID)
    keys, cost = page.keyboard, cell(page, "Operating cost")
    before = cost.input_value()
    cost.focus()
    page.evaluate(PASTE, "41,5\t\r\n")
    expect(page.locator(".notice")).to_contain_text("“41,5” was read as 41.5.")
    expect(cost).to_be_focused()
    expect(cost).to_have_value("41.5")
    keys.press("Control+z")
    expect(cost).to_have_value(before)
    keys.press("Control+a")
    keys.type("41.5")
    keys.press("Enter")
    sure = page.locator(f"[name='{cost.get_attribute('name')}']".replace("value:", "sure:"))
    expect(sure).to_be_visible()
    focused = page.evaluate("document.activeElement.getBoundingClientRect().bottom")
    assert focused <= page.evaluate("document.querySelector('.stickyfoot').getBoundingClientRect().top")
    keys.press("Control+Enter")
    expect(sure).to_be_focused()
    keys.press("Space")
    for _ in range(2):  # past the heading of the comment
        keys.press("Tab")
    keys.type("The heating of a year was paid at once.")
    keys.press("Control+Enter")
    said = page.locator(".flash").filter(has_text="1 figure recorded for Oct 2026.")
    expect(said).to_be_focused()
    cell(page, "Operating cost").fill(before)
    keys.press("Control+Enter")
    expect(cell(page, "Operating cost")).to_have_value(before)
    expect(page.locator(".flash")).to_contain_text("1 figure recorded")
    assert not desk.refused()


def test_what_is_typed_survives_a_closed_tab_and_a_lost_connection(desk: Visit) -> None:
    page = desk.open(GRID)
    cell(page, "Income").fill("28.02")
    context = page.context
    page.close()
    page = desk.page = context.new_page()
    page = desk.open(GRID)
    expect(cell(page, "Income")).to_have_value("28.02")
    context.set_offline(True)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".notice")).to_contain_text("There is no connection")
    context.set_offline(False)
    expect(page.locator(".flash")).to_contain_text("1 figure recorded for Oct 2026.")
    expect(cell(page, "Income")).to_have_value("28.02")
    assert page.evaluate(KEPT) == 0, "what is recorded is not kept on the device"


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_recorded_twice(desk: Visit) -> None:
    page = desk.open(GRID)
    lost: list[Any] = []
    replays: list[str | None] = []

    def lose(route: Any) -> None:
        if route.request.method != "POST" or "checks" in route.request.url or lost:
            route.continue_()
            return
        lost.append(route.fetch(max_redirects=0).status)
        route.abort()

    page.on("response", lambda r: replays.append(r.headers.get("idempotent-replay")) if r.status == 302 else None)
    page.route("**/updates/**", lose)
    cell(page, "Income").fill("28.03")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".notice")).to_contain_text("There is no connection")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".flash").first).to_contain_text("1 figure recorded")
    assert (lost, replays) == ([302], ["true"])


def test_signing_out_leaves_nothing_behind(desk: Visit) -> None:
    page = desk.open(GRID)
    cell(page, "Income").fill("28.04")
    assert page.evaluate(KEPT) == 1
    page.goto(desk.base + "/accounts/logout/")
    page.route("**/accounts/logout/", lambda route: route.fulfill(body="Good bye"))  # the others need this session
    page.get_by_role("button", name="Sign out").click()
    assert page.evaluate(KEPT) == 0
