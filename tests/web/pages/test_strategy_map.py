"""The strategy map of a unit."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.web.reading import links_of, open_page, words_of


def test_every_objective_is_a_box_and_a_line_of_the_list(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/map/")
    picture, listed = page[: page.index('class="maplist"')], page[page.index('class="maplist"') :]
    for name in ("Earn our keep", "Delight customers"):
        assert name in words_of(picture)
        assert "/objective/" in links_of(listed)[name]


def test_an_arrow_says_who_drives_whom_after_how_long_and_why(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/map/")
    assert "Delight customers drives Earn our keep: medium, after 1 to 3 months. Happy people come back." in page


def test_the_objective_asked_for_is_in_focus_with_its_causes_and_effects(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/map/?o=earn")
    beside = page[page.index("<aside") :]
    assert links_of(beside).keys() >= {"Earn our keep", "Sales", "Margin", "Delight customers", "A second oven"}
    assert page.count('aria-current="true"') >= 1


def test_without_a_choice_the_lowest_score_is_in_focus(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/map/")
    asked = {code: open_page(alice, f"/s/bakery/map/?o={code}") for code in ("earn", "delight")}
    beside = page[page.index("<aside") :]
    assert words_of(beside) in {words_of(p[p.index("<aside") :]) for p in asked.values()}


@pytest.mark.parametrize(
    "query", ["?o=nothing", "?o=%3Cscript%3E", "?show=%22%3E", "?as=what", "?p=9999-99", "?by=decade"]
)
def test_an_unknown_choice_shows_the_usual_map(alice: Client, query: str) -> None:
    page = open_page(alice, "/s/bakery/map/" + query)
    assert 'class="map"' in page
    assert "<script>" not in page


def test_change_shows_how_scores_moved(alice: Client) -> None:
    status, change = open_page(alice, "/s/bakery/map/"), open_page(alice, "/s/bakery/map/?show=change")
    assert 'class="ns"' in status
    assert any(f'class="ns" x="{x}' in change for x in "123456789")
    texts = [part.split("</text>")[0].rsplit(">", 1)[-1] for part in change.split('class="ns"')[1:]]
    assert texts and all(text[0] in "+−±" or text == "no change known" for text in texts)


def test_the_list_alone_has_no_picture(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/map/?as=list")
    assert 'class="map"' not in page and "Earn our keep" in words_of(page)


def test_the_period_chosen_goes_along_every_link(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/map/?p=2026-02")
    inside = [url for url in links_of(page).values() if url.startswith(("/s/", "/objective/", "/kpi/"))]
    assert inside
    assert all("p=2026-02" in url or "p=" in url for url in inside if "map/?" in url)


def test_a_wide_map_takes_the_page_and_a_narrow_one_stands_beside_the_objective_in_focus(
    alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'class="mapwrap' in open_page(alice, "/s/bakery/map/")
    for module in ("fourfold.graphics.strategy_map", "fourfold.web.pages.strategy_map"):
        monkeypatch.setattr(f"{module}.WIDE", 100.0)
    page = open_page(alice, "/s/bakery/map/")
    assert "mapwrap" not in page and 'role="region" aria-label="Strategy map"' in page
