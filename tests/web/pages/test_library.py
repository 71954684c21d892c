"""The pages of the KPI library, and suggestions for an objective."""

from __future__ import annotations

import pytest
from django.test import Client

from fourfold.library import choices, kpis
from fourfold.records.models import Kpi, Objective
from tests.web.reading import links_of, open_page, words_of

LIBRARY = "/s/bakery/library/"


@pytest.fixture
def earn(alice: Client) -> str:
    return f"/objective/{Objective.objects.get(code='earn').pk}-earn-our-keep/"


def test_the_library_opens_with_the_ways_in(alice: Client) -> None:
    links = links_of(open_page(alice, LIBRARY))
    assert links.keys() >= {"Finance", "Customer service", "Health", "Learning"}


def test_words_find_kpis_and_their_pages(alice: Client) -> None:
    page = open_page(alice, LIBRARY + "?q=dso")
    assert "1 KPI" in words_of(page)
    one = words_of(open_page(alice, links_of(page)["Days sales outstanding"]))
    for part in ("Pitfalls", "How it is gamed", "receivables * days_in_period / credit_sales", "lower is better"):
        assert part in one


def test_filters_go_together_and_an_unknown_one_is_none(alice: Client) -> None:
    assert "10 KPIs" in words_of(open_page(alice, LIBRARY + "?function=Clinical"))
    assert "3 KPIs" in words_of(open_page(alice, LIBRARY + "?function=Clinical&perspective=customer"))
    assert "By function" in words_of(open_page(alice, LIBRARY + "?function=Nonsense"))


def test_all_kpis_are_reached_part_by_part(alice: Client) -> None:
    seen: set[str] = set()
    for perspective in choices()["perspective"]:
        page = open_page(alice, f"{LIBRARY}?perspective={perspective}")
        while True:
            seen |= links_of(page).keys()
            if "More" not in links_of(page):
                break
            page = open_page(alice, links_of(page)["More"])
    assert {kpi.name for kpi in kpis().values()} <= seen


@pytest.mark.parametrize("start", ["-1", "x", "99999999", "²"])
def test_a_beginning_that_is_none_is_the_first_or_the_end(alice: Client, start: str) -> None:
    assert "KPI" in words_of(open_page(alice, f"{LIBRARY}?q=rate&from={start}"))


def test_a_goal_brings_suggestions_with_reasons(alice: Client) -> None:
    said = words_of(open_page(alice, LIBRARY + "?goal=Get+paid+sooner&perspective=financial"))
    assert "Days sales outstanding" in said and "It is evidence for “get paid sooner”" in said and "Guard:" in said


def test_where_nothing_fits_the_page_says_so(alice: Client) -> None:
    assert "No good match" in words_of(open_page(alice, LIBRARY + "?goal=Paint+the+fence+blue"))
    assert "Nothing found" in words_of(open_page(alice, LIBRARY + "?q=zzzz"))


def test_what_is_typed_is_text(alice: Client) -> None:
    for name in ("q", "goal"):
        assert "<b>x" not in open_page(alice, f"{LIBRARY}?{name}=%3Cb%3Ex")


def test_a_kpi_that_is_not_there_is_no_page(alice: Client) -> None:
    assert alice.get(LIBRARY + "nothing_like_it/").status_code == 404


def test_an_objective_leads_to_its_suggestions_and_a_kpi_is_added_in_one_step(alice: Client, earn: str) -> None:
    page = open_page(alice, links_of(open_page(alice, earn))["Suggest KPIs"])
    assert "financial perspective" in words_of(page) and 'name="kpi"' in page
    response = alice.post(earn + "suggestions/", {"kpi": "K002"}, follow=True)
    said = words_of(response.content.decode())
    assert "Added: Operating margin is on the objective; it is watched until it has a target." in said
    assert Kpi.objects.filter(code="operating_margin", organisation__code="bakery").exists()
    again = alice.post(earn + "suggestions/", {"kpi": "K002"})
    assert again.status_code == 422 and "already" in again.content.decode()
    assert "Operating margin" not in links_of(open_page(alice, earn + "suggestions/"))


def test_a_kpi_that_the_library_lacks_is_refused_in_words(alice: Client, earn: str) -> None:
    for kpi in ("", "K999"):
        response = alice.post(earn + "suggestions/", {"kpi": kpi})
        assert response.status_code == 422 and "The library has no KPI" in response.content.decode()


def test_who_may_not_change_definitions_sees_suggestions_and_adds_nothing(bob: Client) -> None:
    address = f"/objective/{Objective.objects.get(code='earn').pk}-earn-our-keep/suggestions/?u=north"
    page = open_page(bob, address)
    assert "From the KPI library" in words_of(page) and 'name="kpi"' not in page
    assert bob.post(address, {"kpi": "K002"}).status_code == 403


def test_charlie_learns_of_no_objective_and_adds_nothing(charlie: Client) -> None:
    address = f"/objective/{Objective.objects.get(code='earn').pk}-earn-our-keep/suggestions/"
    assert charlie.get(address).status_code == charlie.post(address, {"kpi": "K002"}).status_code == 404
