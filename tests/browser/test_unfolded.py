"""Pages that fold something away: without flaws also with everything unfolded, and readable without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.test_every_page import ACROSS, BESIDE, behind, flaws

UNFOLD = "document.querySelectorAll('main details').forEach((d) => { d.open = true; })"


def quality(visit: Visit, kpi: str = "Agency staff spend") -> str:
    """The address of the page about the quality of a KPI, found as people find it."""
    return behind(visit, behind(visit, "/s/group/scorecard/", kpi), "Quality")


def unfolded(visit: Visit, address: str) -> Page:
    page = visit.open(address)
    page.evaluate(UNFOLD)
    return page


@pytest.mark.parametrize("name", ["quality", "alignment", "alignment of a hospital"])
def test_an_unfolded_page_is_without_flaws(windows: dict[tuple[str, str], Visit], name: str) -> None:
    fixed = {"alignment": "/s/group/alignment/", "alignment of a hospital": "/s/calder-general/alignment/"}
    address = fixed.get(name) or quality(windows["desk", "light"])
    found = {}
    for (width, theme), visit in windows.items():
        unfolded(visit, address)
        if wrong := flaws(visit):
            found[width, theme] = wrong
    assert not found


def test_an_unfolded_page_does_not_scroll_sideways(desk: Visit) -> None:
    found = {}
    for address in (quality(desk), "/s/group/alignment/"):
        page = unfolded(desk, address)
        for width in ACROSS:
            page.set_viewport_size({"width": width, "height": 800})
            if (beside := page.evaluate(BESIDE)) > 0:
                found[address, width] = beside
    assert not found


def test_the_questions_of_a_kpi_unfold_without_scripts(plain: Visit) -> None:
    page = plain.open(quality(plain))
    folded = page.get_by_text("All 27 questions")
    question = page.get_by_text("Are unit and kind set?")
    assert not question.is_visible()
    folded.click()
    assert question.is_visible()


def test_a_finger_finds_what_unfolds(phone: Visit) -> None:
    page = phone.open(quality(phone))
    measure = "[...document.querySelectorAll('main summary')].map((s) => s.getBoundingClientRect().height)"
    heights = page.evaluate(measure)
    assert heights and min(heights) >= 44
