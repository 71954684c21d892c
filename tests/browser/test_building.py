"""From an organisation with nothing to a live scorecard, by forms alone; and the pages it takes, without flaws."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, Visit, new_place
from tests.browser.test_every_page import check

EMAIL = "paula@new-place.example"
#: Objectives of each perspective, each with its KPIs: name, unit, better, target, red line.
SMALL = {
    "Financial": {"Earn more than we spend": [("Operating margin", "%", "higher", "8", "4")]},
    "Customer": {"Win customers who stay": [("Customers lost", "%", "lower", "5", "9")]},
    "Internal process": {"Deliver on the promised day": [("Orders on time", "%", "higher", "96", "90")]},
    "Learning and growth": {"Keep people who know the work": [("Staff leaving", "%", "lower", "8", "12")]},
}  # fmt: skip
MORE: dict[str, dict[str, list[tuple[str, str, str, str, str]]]] = {
    "Financial": {
        "Grow with the customers we have": [("Sales to known customers", "GBP", "higher", "900", "800"),
                                            ("Price held", "%", "higher", "98", "95")],
        "Spend where it counts": [("Overhead", "%", "lower", "12", "15")],
    },
    "Customer": {
        "Answer before people ask twice": [("Answered within a day", "%", "higher", "95", "85"),
                                           ("Asked twice", "%", "lower", "4", "8")],
        "Deserve to be recommended": [("Would recommend us", "%", "higher", "70", "55")],
    },
    "Internal process": {
        "Waste nothing": [("Waste", "kg", "lower", "40", "60"), ("Energy", "kWh", "lower", "900", "1100")],
        "Bring better things to market": [("Sales of new things", "%", "higher", "20", "12"),
                                          ("Months to market", "months", "lower", "6", "9")],
    },
    "Learning and growth": {
        "Learn faster than we change": [("Skills covered", "%", "higher", "90", "75"),
                                        ("Ideas put into practice", "", "higher", "12", "6")],
        "Trust our figures": [("Figures in on time", "%", "higher", "98", "90"),
                              ("Figures corrected", "%", "lower", "2", "5")],
    },
}  # fmt: skip


@pytest.fixture
def paula(browser: Browser, server: Server, tmp_path: Path) -> Iterator[Visit]:
    """She has an organisation with nothing in it."""
    visit = new_place(browser, server, tmp_path / "place", "New Place", EMAIL)
    yield visit
    visit.page.context.close()


def save(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Save (?!and add another)")).click()
    expect(page.get_by_text("Saved: ")).to_be_visible()


def make(page: Page, plan: dict[str, dict[str, list[tuple[str, str, str, str, str]]]]) -> None:
    """Objectives and KPIs by their forms."""
    for perspective, objectives in plan.items():
        for objective, kpis in objectives.items():
            page.get_by_role("link", name=f"New objective in {perspective}").click()
            page.get_by_label("What should become true").fill(objective)
            page.get_by_label("Owner").select_option(index=1)
            save(page)
            for name, unit, better, target, red in kpis:
                page.get_by_role("link", name=f"New KPI for {objective}").click()
                page.get_by_label("Name", exact=True).fill(name)
                page.get_by_label("Unit of measurement").fill(unit)
                page.get_by_label("Which way is better").select_option(label=f"{better} is better")
                page.get_by_label("Owner").select_option(index=1)
                page.get_by_label("Target", exact=True).fill(target)
                page.get_by_label("Red line", exact=True).fill(red)
                save(page)


def link(page: Page, cause: str, effect: str) -> None:
    page.get_by_role("link", name="New link").first.click()
    page.get_by_label("This objective").select_option(label=cause)
    page.get_by_label("drives this one").select_option(label=effect)
    page.get_by_label("Why should it").fill("Who knows the work does it right the first time.")
    page.get_by_label("After how many months").fill("1 to 3")
    save(page)


def build(page: Page, plan: Any) -> None:
    """The whole way: strategy, perspectives, objectives, KPIs, links, live."""
    page.get_by_role("link", name="Build", exact=True).click()
    page.get_by_role("link", name="Mission, vision, horizon").click()
    page.get_by_label("Mission").fill("Bread worth the walk.")
    page.get_by_label("Vision", exact=True).fill("By 2028 every second household of the town buys here.")
    page.get_by_label("Year of the vision").fill("2028")
    save(page)
    page.get_by_role("button", name="Take the perspectives Commercial").click()
    for part in plan:
        make(page, part)
    names = [next(iter(SMALL[p])) for p in SMALL]
    for effect, cause in pairwise(names):
        link(page, cause, effect)
    page.get_by_role("button", name="Make it live").click()
    expect(page.get_by_text("The scorecard is live.")).to_be_visible()


def test_a_scorecard_is_built_from_nothing_by_forms_alone(paula: Visit) -> None:
    page = paula.page
    build(page, [SMALL])
    page.get_by_role("link", name="Scorecard", exact=True).click()
    expect(page.get_by_role("main").get_by_role("link", name="Orders on time")).to_be_visible()
    page.get_by_role("link", name="Orders on time").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Name", exact=True).fill("Orders on the promised day")
    expect(page.locator("#effects")).to_contain_text("SMART")
    page.get_by_label("Formula").evaluate("f => { f.closest('details').open = true; f.value = 'x +'; }")
    page.get_by_label("Formula").press_sequentially(" ")
    expect(page.locator("[data-id=formula] .error")).to_contain_text("column")
    page.get_by_label("Formula").fill("")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders on the promised day")
    assert not paula.refused()


@pytest.mark.slow
def test_four_perspectives_twelve_objectives_and_eighteen_kpis_are_built_by_forms_alone(paula: Visit) -> None:
    build(paula.page, [SMALL, MORE])
    expect(paula.page.get_by_text("4 perspectives, 12 objectives, 18 KPIs. It is live.")).to_be_visible()


FORMS = {
    "build": "/s/group/build/",
    "changes": "/s/group/build/changes/",
    "a new KPI": "/s/group/build/kpi/?objective=timely-access",
    "a KPI": "/s/group/build/kpi/ed_4h/",
    "an objective": "/s/group/build/objective/timely-access/",
    "a target": "/s/group/build/target/ed_4h~~commit~2026-04/",
    "removal": "/s/group/build/objective/timely-access/removal/",
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_without_flaws_at_both_widths_in_both_themes(
    windows: dict[tuple[str, str], Visit], name: str
) -> None:
    check(windows, FORMS[name])


def test_a_form_without_scripts_says_by_a_button_what_saving_would_do(plain: Visit) -> None:
    page = plain.open("/s/group/build/target/ed_4h~~commit~2026-04/")
    page.get_by_label("Target", exact=True).fill("60")
    page.get_by_label("Red line", exact=True).fill("50")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#effects")).to_contain_text("Scores in")
    expect(page.get_by_label("Target", exact=True)).to_have_value("60")
