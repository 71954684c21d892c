"""A KPI that somebody watches: the button on its page, and the list of all of them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from fourfold.actions.deny_unit import deny_unit
from fourfold.actions.watch_kpi import MOST, ListFull, watch_kpi
from fourfold.errors import NotFound
from fourfold.records.models import Event, Kpi, Organisation, Person, Watch
from tests.web.conftest import ADDRESSES
from tests.web.reading import links_of, open_page, words_of


def kpi(code: str = "sales") -> Kpi:
    return Kpi.objects.get(organisation__code="bakery", code=code)


def person(name: str) -> Person:
    return Person.objects.get(email=ADDRESSES[name])


def press(client: Client, watched: str, query: str = "?u=north", code: str = "sales") -> int:
    return client.post(f"/kpi/{kpi(code).pk}-x/watch/{query}", {"watched": watched}).status_code


def list_of(client: Client) -> dict[str, str]:
    """The KPIs of the list with where they lead."""
    page = open_page(client, "/watching/")
    return {name: url for name, url in links_of(page[page.index("<main") :]).items() if url.startswith("/kpi/")}


def test_the_button_of_a_kpi_puts_it_on_the_list_and_takes_it_off(alice: Client) -> None:
    where = f"/kpi/{kpi().pk}-sales/?u=north"
    assert 'value="yes" aria-pressed="false">Watch' in open_page(alice, where)
    assert press(alice, "yes") == press(alice, "yes") == 302
    assert 'value="no" aria-pressed="true">Watch' in open_page(alice, where)
    assert 'aria-pressed="false">Watch' in open_page(alice, f"/kpi/{kpi().pk}-sales/?u=south")
    assert list_of(alice) == {"Sales": where}
    assert press(alice, "no") == 302
    assert list_of(alice) == {} and "You watch no KPI yet" in open_page(alice, "/watching/")


def test_the_list_has_the_figures_of_each_unit_in_the_order_of_the_tree(alice: Client) -> None:
    for unit, code in (("south", "sales"), ("north", "costs"), ("north", "sales"), ("bakery", "costs")):
        press(alice, "yes", f"?u={unit}", code)
    page = open_page(alice, "/watching/?p=2026-04")
    assert "4 KPIs, April 2026" in page
    assert re.findall(r'<h2><a href="[^"]*">([^<]*)</a></h2>', page) == ["Harbour Bakery", "North Quay", "South Pier"]
    _, _, north, south = (words_of(part) for part in page.split("<h2><a"))
    assert north.index("Sales") < north.index("Costs") and "1,200" in north and "900" in north
    assert "600" in south and "Costs" not in south


def test_what_somebody_watches_is_nobody_elses(alice: Client, bob: Client, charlie: Client) -> None:
    press(alice, "yes")
    assert list_of(bob) == {} and list_of(charlie) == {}
    assert press(charlie, "yes") == 404 and press(bob, "yes", "?u=south") == 404
    assert press(bob, "yes") == 302 and list(list_of(bob)) == ["Sales"]
    assert Watch.objects.count() == 2


def test_a_unit_that_is_closed_to_somebody_later_is_not_on_the_list(alice: Client, bob: Client) -> None:
    press(bob, "yes")
    assert list(list_of(bob)) == ["Sales"]
    assert deny_unit(by=person("alice"), person=person("bob").pk, unit="north").ok
    answer = bob.get("/watching/")
    assert answer.status_code == 404 or b"Sales" not in answer.content


def test_a_list_that_is_full_says_so_and_takes_nothing_more(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST == 100
    monkeypatch.setattr("fourfold.actions.watch_kpi.MOST", 2)
    for unit in ("north", "south"):
        press(alice, "yes", f"?u={unit}")
    with pytest.raises(ListFull):
        watch_kpi(by=person("alice"), kpi=kpi("costs").pk, unit="north")
    page = alice.post(f"/kpi/{kpi('costs').pk}-x/watch/?u=north", {"watched": "yes"}, follow=True).content.decode()
    assert "You watch 2 KPIs already. Take some off the list first." in words_of(page)
    assert len(list_of(alice)) == 1 and Watch.objects.count() == 2  # both are called Sales
    assert press(alice, "yes") == 302, "what is on it stays"


def test_watching_is_no_event_and_needs_a_kpi_that_is_seen(alice: Client, organisation: Organisation) -> None:
    before = Event.objects.count()
    press(alice, "yes")
    assert Event.objects.count() == before
    with pytest.raises(NotFound):
        watch_kpi(by=person("charlie"), kpi=kpi().pk, unit="north")
    with pytest.raises(NotFound):
        watch_kpi(by=person("alice"), kpi=kpi().pk, unit="nowhere")
