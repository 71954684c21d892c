"""Open pages follow the figures: without losing the focus, nor what somebody is typing."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit

GRID, SCORECARD = "/s/calder-general/updates/?p=2026-10", "/s/calder-general/scorecard/?p=2026-10"
LISTENS = "Boolean(document.querySelector('live-sign').stream)"


def test_a_figure_saved_in_one_window_appears_in_the_others_and_disturbs_nobody_there(desk: Visit) -> None:
    watching = desk.open(SCORECARD)
    expect(watching.locator("live-sign .said")).to_have_text("Live")
    link = watching.get_by_role("link", name="Operating cost", exact=True).first
    link.focus()
    typing, entering = (watching.context.new_page() for _ in range(2))
    for page in (typing, entering):
        page.goto(desk.base + GRID)
    half = typing.get_by_label("Operating cost, Oct 2026", exact=True)
    half.fill("27.")
    figure = entering.get_by_label("Income, Oct 2026", exact=True)
    new = "28.41" if figure.input_value() != "28.41" else "28.42"
    figure.fill(new)
    entering.get_by_role("button", name="Submit").click()
    expect(entering.locator(".flash")).to_contain_text("1 figure recorded")

    row = watching.get_by_role("row").filter(has=watching.get_by_role("link", name="Income", exact=True)).first
    expect(row).to_contain_text(new[:4])
    expect(watching.locator("live-sign .said")).to_contain_text("Live, changed at")
    expect(link).to_be_focused()
    typing.bring_to_front()
    expect(typing.locator("live-sign [role=status]")).to_contain_text("What you are at stays as it is")
    expect(half).to_have_value("27.")
    expect(half).to_be_focused()
    assert watching.url.endswith(SCORECARD)
    listen = [page.evaluate(LISTENS) for page in (watching, typing, entering)]
    assert listen == [True, False, False], "one tab listens for all"
    assert not desk.complaints and not desk.refused()
    for page in (typing, entering):
        page.evaluate("localStorage.clear()")
        page.close()


def test_a_page_says_when_it_does_not_follow_any_more(desk: Visit) -> None:
    page = desk.open(SCORECARD)
    sign = page.locator("live-sign .said")
    expect(sign).to_have_text("Live")
    page.route("**/live/**", lambda route: route.abort())
    page.context.set_offline(True)
    page.evaluate("document.querySelector('live-sign').stream.dispatchEvent(new Event('error'))")
    expect(sign).to_have_text(re.compile("Reconnecting|Not live"))
    page.context.set_offline(False)
