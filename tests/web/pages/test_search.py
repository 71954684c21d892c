"""Search: a page without JavaScript, JSON for the command palette, and nothing one may not see in either."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from fourfold.records.limits import COSTLY
from fourfold.records.models import Person
from tests.asking import has_asked
from tests.web.conftest import ADDRESSES
from tests.web.reading import links_of, open_page, words_of


def found(person: Client, words: str, **query: str) -> list[dict[str, Any]]:
    response = person.get("/search/", {"q": words, **query}, headers={"Accept": "application/json"})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    results: list[dict[str, Any]] = response.json()["results"]
    return results


@pytest.mark.parametrize(
    ("words", "name", "kind"),
    [
        ("sal", "Sales", "KPI"),
        ("EARN", "Earn our keep", "Objective"),
        ("pier", "South Pier", "Unit"),
        ("oven second", "A second oven", "Initiative"),
        ("strategy m", "Strategy map", "Page"),
    ],
)
def test_a_few_letters_find_it(alice: Client, words: str, name: str, kind: str) -> None:
    assert {"name": name, "kind": kind} in [{k: r[k] for k in ("name", "kind")} for r in found(alice, words)]


def test_every_result_leads_to_a_page_that_opens(alice: Client) -> None:
    results = [r for words in ("e", "a", "o", "s") for r in found(alice, words)]
    assert {r["kind"] for r in results} == {"KPI", "Objective", "Unit", "Initiative", "Page"}
    for url in {r["url"].partition("#")[0] for r in results}:
        assert alice.get(url).status_code == 200, url


def test_the_page_finds_the_same_without_javascript(alice: Client) -> None:
    page = open_page(alice, "/search/?q=sal")
    assert links_of(page)["Sales"] == next(r["url"] for r in found(alice, "sal") if r["name"] == "Sales")


def test_without_words_the_pages_are_offered(alice: Client) -> None:
    assert {r["kind"] for r in found(alice, "")} == {"Page"}


def test_what_is_not_there_is_said_in_so_many_words(alice: Client) -> None:
    page = open_page(alice, "/search/?q=%3Cscript%3Ezzz")
    assert "Nothing is called “<script>zzz”" in words_of(page).replace("&lt;", "<").replace("&gt;", ">")
    assert "<script>zzz" not in page


def test_the_outsider_finds_nothing_of_the_bakery(charlie: Client) -> None:
    for words in ("sales", "earn", "quay", "oven", "harbour", "bakery"):
        assert found(charlie, words) == []


def test_alice_finds_nothing_of_the_mill(alice: Client) -> None:
    for words in ("secret", "flour", "mill"):
        assert found(alice, words) == []


def test_bob_finds_no_unit_that_he_may_not_see(bob: Client) -> None:
    assert [r["name"] for r in found(bob, "quay")] == ["North Quay"]
    for words in ("pier", "south", "harbour"):
        assert found(bob, words) == []


def test_bob_may_not_search_from_a_unit_that_he_may_not_see(bob: Client, charlie: Client) -> None:
    assert bob.get("/search/", {"q": "a", "u": "south"}).status_code == 404
    assert charlie.get("/search/", {"q": "a", "u": "bakery"}).status_code == 404


def test_a_cache_keeps_page_and_json_apart(alice: Client) -> None:
    assert "Accept" in alice.get("/search/?q=a")["Vary"]


def test_a_person_who_asks_too_often_waits_and_others_do_not(alice: Client, bob: Client) -> None:
    assert alice.get("/search/?q=sal").status_code == 200
    has_asked("costly", Person.objects.get(email=ADDRESSES["alice"]).pk, COSTLY, waits=3600)
    for page in ("/search/?q=sal", "/s/bakery/evidence/", "/s/bakery/portfolio/", "/s/bakery/scenario/"):
        late = alice.get(page)
        assert late.status_code == 429 and int(late["Retry-After"]) > 3000, page
        assert f"Wait {late['Retry-After']} s" in late.content.decode()
    assert alice.post("/audit/bakery/export/", {"format": "csv"}).status_code == 429
    assert alice.get("/s/bakery/").status_code == 200, "what costs little is not counted"
    assert bob.get("/search/?q=sal").status_code == 200
    has_asked("costly", Person.objects.get(email=ADDRESSES["alice"]).pk, COSTLY, waits=0)
    assert alice.get("/search/?q=sal").status_code == 200
