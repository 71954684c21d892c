"""A set of benchmarks goes from a phone without scripts to the page of its KPI, and looks right on the way."""

from __future__ import annotations

from playwright.sync_api import APIResponse, Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.test_every_page import BESIDE, check

PAGE = "/s/group/build/benchmarks/"
SOURCE = "National survey of acute hospitals, median of 212 sites"
#: One that is taken, one that is named wrongly, one beyond what can be, one without a date.
SET = f"KPI;Median;Quelle;Stand;Einheit\nStaff engagement;7,1;{SOURCE};31.03.2026;\nStaff engagment;7;Survey;2026;\n" \
      "Sickness absence;4,2;Survey;;Calder General\n"  # fmt: skip


def hand_over(page: Page, text: str, name: str = "peers.csv") -> None:
    page.get_by_label("A set of benchmarks").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Benchmarks from {name}")


def test_a_set_is_imported_without_scripts_on_a_phone_and_taken_back(plain: Visit) -> None:
    page = plain.open("/s/group/build/")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="Benchmarks", exact=True).click()
    hand_over(page, "KPI;Median\nStaff engagement;7,1\n")
    expect(page.get_by_text("The row names no source.")).to_be_visible()
    page.get_by_label("Source", exact=True).fill(SOURCE)
    page.get_by_label("Date of the source").fill("31.03.2026")
    assert page.evaluate(BESIDE) <= 0
    page.get_by_role("button", name="Check every row").click()
    page.get_by_role("button", name="Import 1 benchmark").click()
    expect(page.get_by_role("status").filter(has_text="1 benchmark added")).to_be_visible()
    expect(page.get_by_role("link", name="Staff engagement")).to_be_visible()
    assert page.evaluate(BESIDE) <= 0
    plain.open("/s/group/scorecard/")
    page.get_by_role("main").get_by_role("link", name="Staff engagement", exact=True).first.click()
    expect(page.get_by_text(f"({SOURCE}, 31 Mar 2026)")).to_be_visible()
    plain.open("/s/group/build/changes/")
    page.get_by_role("button", name="Take back the change of benchmark of Staff engagement").click()
    expect(page.get_by_text("Taken back")).to_be_visible()


def test_a_set_that_is_looked_at_is_without_flaws_at_both_widths_in_both_themes(
    windows: dict[tuple[str, str], Visit], desk: Visit
) -> None:
    page = desk.open(PAGE)
    hand_over(page, SET)
    expect(page.get_by_text("is no KPI here")).to_be_visible()
    check(windows, page.url.removeprefix(desk.base))


def test_a_page_that_was_sent_waits_for_its_answer_although_news_of_what_it_did_is_faster(desk: Visit) -> None:
    page = desk.open(PAGE)
    hand_over(page, f"KPI;Median;Source;Date\nStaff engagement;7,3;{SOURCE};2026-05\n")
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            held.append((route, route.fetch(max_redirects=0)))
        else:
            route.continue_()

    page.route("**/build/benchmarks/*-*/", hold)
    page.get_by_role("button", name="Import 1 benchmark").click(no_wait_after=True)
    page.wait_for_timeout(2_000)  # by now the file is gone, and the page has heard of it
    (waiting, answer), = held
    assert answer.status == 302
    waiting.fulfill(response=answer)
    expect(page.get_by_role("status").filter(has_text="1 benchmark added")).to_be_visible()
    desk.open("/s/group/build/changes/")
    page.get_by_role("button", name="Take back the change of benchmark of Staff engagement").first.click()
    expect(page.get_by_text("Taken back")).to_be_visible()
