"""Every page, wide and narrow, light and dark: no complaint of the browser or of axe, nothing beside the screen."""

from __future__ import annotations

import gzip
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import USUAL, Server, Visit, new_visit, size

MOST_BYTES = 15_000  # of a page, packed
ACROSS = (320, 360, 390, 600, 721, 768, 834, 900, 1024, 1280, 1440)  # pixels: phones, tablets, laptops

PAGES = {
    "overview": "/s/group/",
    "overview of a quarter": "/s/calder-general/?by=quarter",
    "scorecard": "/s/group/scorecard/",
    "scorecard, filtered and sorted": "/s/group/scorecard/?st=off&sort=-gap",
    "scorecard to date": "/s/st-brigids/scorecard/?by=ytd",
    "map": "/s/group/map/",
    "map of change": "/s/hollin-park/map/?show=change&o=patient-flow",
    "map as a list": "/s/group/map/?as=list",
    "map editor": "/s/group/map/edit/?o=patient-flow",
    "units": "/s/group/build/units/?o=calder-general",
    "alignment": "/s/group/alignment/",
    "alignment of objectives": "/s/group/alignment/?of=objective&sort=calder-general",
    "alignment of neighbours": "/s/st-brigids/alignment/?show=change",
    "initiatives": "/s/group/initiatives/",
    "initiatives by owner": "/s/group/initiatives/?group=owner",
    "search": "/search/?q=e",
    "search without words": "/search/",
    "search without result": "/search/?q=zzz",
    "menu": "/s/group/menu/",
    "members": "/s/group/members/",
    "periods": "/s/group/periods/",
    "guest links": "/s/group/guests/",
    "approvals": "/s/group/approvals/",
    "members of a unit": "/s/calder-general/members/",
    "evidence": "/s/group/evidence/?why=less-agency%3Ewithin-means",
    "data_quality": "/s/group/data/",
    "portfolio": "/s/group/portfolio/?why=ed_4h",
    "what if, with nothing different": "/s/calder-general/scenario/",
    "what if": "/s/group/scenario/?c=target+kpi:ed_4h+79&what=weight&of=objective:no-harm&to=4&why=scorecard",
    "what if, refused": "/s/group/scenario/?what=figure&of=kpi:ed_4h&to=3",
    "library": "/s/group/library/",
    "library, found": "/s/group/library/?industry=health&perspective=process",
    "library, nothing found": "/s/group/library/?q=zzz",
    "library, suggested": "/s/group/library/?goal=See+emergency+patients+quickly&industry=health",
    "library, one KPI": "/s/group/library/bed_occupancy_rate/",
    "my updates": "/updates/",
    "watching": "/watching/",
    "updates": "/s/calder-general/updates/",
    "updates, of one KPI": "/s/group/updates/?kpi=20",
    "imports": "/s/calder-general/imports/",
    "benchmarks": "/s/group/build/benchmarks/",
    "updates, nothing to enter": "/s/group/updates/?p=2027-02",
    "audit log": "/audit/calder-vale/",
    "audit log, nothing found": "/audit/calder-vale/?text=zzzz",
    "sources": "/sources/calder-vale/",
    "connection": "/sources/calder-vale/connections/new/?kind=database",
    "system": "/system/",
    "tokens": "/tokens/",
    "password": "/password/",
}


def flaws(visit: Visit, *rules: str) -> list[str]:
    """Everything that is wrong with the page that is open; `rules` are those of axe, all without."""
    page = visit.page
    found = [f"console: {text}" for text in visit.complaints]
    found += [f"content policy: {text}" for text in visit.refused()]
    found += visit.violations(*rules)
    if (beside := page.evaluate(BESIDE)) > 0:
        found.append(f"{beside} pixels beside the screen")
    found += page.evaluate(CUT)
    return found


#: How many pixels of a page lie beside the screen.
BESIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

#: Words of a drawing that lie outside it, where its neighbours or the edge of the screen would cover them.
CUT = """() => [...document.querySelectorAll("main svg")].flatMap((svg) => {
  const box = svg.getBoundingClientRect();
  if (!box.width) return [];
  return [...svg.querySelectorAll("text")].filter((text) => {
    const own = text.getBoundingClientRect();
    return own.width && (own.left < box.left - 6 || own.right > box.right + 6);
  }).map((text) => `cut off: ${text.textContent} in ${svg.getAttribute("class")}`);
})"""


def check(windows: dict[tuple[str, str], Visit], address: str, status: int = 200) -> None:
    """Open the page in every window and gather what is wrong."""
    found = {}
    for (width, theme), visit in windows.items():
        visit.open(address, status)
        if status != 200:  # the browser notes in its console that the page it was asked for is an error
            visit.complaints = [c for c in visit.complaints if "Failed to load resource" not in c]
        if wrong := flaws(visit):
            found[width, theme] = wrong
    assert not found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_without_flaws_at_both_widths_in_both_themes(
    windows: dict[tuple[str, str], Visit], name: str
) -> None:
    check(windows, PAGES[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_without_flaws_in_the_other_two_windows(
    other_windows: dict[tuple[str, str], Visit], name: str
) -> None:
    check(other_windows, PAGES[name])


def behind(visit: Visit, start: str, link: str) -> str:
    """The address of the link of this name on the page `start`."""
    found = visit.open(start).get_by_role("main").get_by_role("link", name=link, exact=True).first
    address: str = found.evaluate("a => a.href")
    return address.removeprefix(visit.base)


BEHIND = [
    ("/s/group/", "Agency staff spend", "/kpi/"),
    ("/s/group/scorecard/", "Energy use per m²", "/kpi/"),
    ("/s/group/scorecard/", "Emergency visits seen within 4 hours", "/kpi/"),
    ("/s/group/map/?as=list", "Timely access to care", "/objective/"),
    ("/s/group/map/?as=list", "Data people can trust", "/objective/"),
]


@pytest.mark.parametrize(("start", "link", "where"), BEHIND)
def test_a_page_behind_a_link_is_without_flaws(
    windows: dict[tuple[str, str], Visit], start: str, link: str, where: str
) -> None:
    address = behind(windows["desk", "light"], start, link)
    assert address.startswith(where)
    check(windows, address)


def test_what_could_be_the_next_target_is_without_flaws(windows: dict[tuple[str, str], Visit]) -> None:
    desk = windows["desk", "light"]
    check(windows, behind(desk, behind(desk, "/s/group/scorecard/", "Energy use per m²"), "Next target"))


def test_kpis_suggested_for_an_objective_are_without_flaws(windows: dict[tuple[str, str], Visit]) -> None:
    desk = windows["desk", "light"]
    objective = behind(desk, "/s/group/map/?as=list", "Timely access to care")
    check(windows, behind(desk, objective, "Suggest KPIs"))


@pytest.mark.parametrize(
    "widths", [(320, 768, 1024), pytest.param(ACROSS, marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_no_page_scrolls_sideways_at_any_width(desk: Visit, widths: tuple[int, ...]) -> None:
    more = [("/s/group/scorecard/", "Hospital-acquired infections", "/kpi/"), *BEHIND]
    addresses = [*PAGES.values(), *(behind(desk, start, link) for start, link, _ in more)]
    found = {}
    for address in addresses:
        page = desk.open(address)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            if (beside := page.evaluate(BESIDE)) > 0:
                found[address, width] = beside
    assert not found


@pytest.mark.parametrize("address", ["/s/nowhere/", "/no/such/page/"])
def test_a_page_that_is_not_there_is_without_flaws(windows: dict[tuple[str, str], Visit], address: str) -> None:
    check(windows, address, 404)


def test_the_sign_in_page_is_without_flaws(browser: Browser, server: Server) -> None:
    opened = {
        (width, theme): new_visit(browser, server, color_scheme=theme, **size(width)) for width, theme in USUAL
    }
    check(opened, "/accounts/login/")
    for visit in opened.values():
        visit.page.context.close()


def test_dark_is_dark_and_light_is_light(windows: dict[tuple[str, str], Visit]) -> None:
    shade = "() => getComputedStyle(document.body).backgroundColor"
    for (_, theme), visit in windows.items():
        colours = visit.open("/s/group/").evaluate(shade)
        levels = [int(part) for part in colours.removeprefix("rgb(").removesuffix(")").split(",")]
        assert (sum(levels) < 3 * 60) == (theme == "dark")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_small(server: Server, cookies: dict[str, Any], name: str) -> None:
    jar = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies["cookies"])
    request = urllib.request.Request(server.url + PAGES[name], headers={"Cookie": jar})
    with urllib.request.urlopen(request) as answer:
        assert len(gzip.compress(answer.read())) <= MOST_BYTES


def test_the_server_wrote_no_error_meanwhile(windows: dict[tuple[str, str], Visit], server: Server) -> None:
    windows["desk", "light"].open("/s/group/")
    assert "Traceback" not in server.log.read_text()


def test_the_ring_of_an_unusual_figure_stays_on_the_line_of_its_words(phone: Visit) -> None:
    page = phone.open("/s/group/scorecard/")
    alone = """rings => rings.filter((ring) => {
      const words = ring.previousSibling, last = document.createRange();
      if (!words) return true;
      last.selectNodeContents(words);
      return ring.getBoundingClientRect().top > last.getBoundingClientRect().bottom;
    }).length"""
    assert page.locator(".ob svg").count() > 0
    for width in range(320, 400, 4):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.locator(".ob svg").evaluate_all(alone) == 0, width
