"""Charlie works elsewhere: for him nothing of the bakery exists, at any address."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from fourfold.records.limits import forget
from fourfold.records.models import Kpi, Memo, Objective, Organisation, Person
from fourfold.web.urls import urlpatterns
from tests.web.conftest import ADDRESSES

#: Addresses that are about nobody's organisation.
OPEN = {"home", "search", "preferences", "health", "password", "account", "sessions", "deputies", "audit_home",
        "system", "tokens", "my_updates", "watching", "reminder", "reminders"}  # fmt: skip
#: Addresses for those who are not signed in, whose links name nobody they do not belong to.
FOR_STRANGERS = {"invitation", "forgotten", "reset", "guest", "guest_link", "reminder_figures"}


def addresses(unit: str) -> dict[str, str]:
    """One address of the bakery for every route."""
    kpi, objective = Kpi.objects.get(code="sales").pk, Objective.objects.get(code="earn").pk
    out = {}
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern) and pattern.name
        if pattern.name in OPEN | FOR_STRANGERS:
            continue
        names = set(pattern.pattern.converters)
        person = Person.objects.get(email=ADDRESSES["alice"]).pk
        pks = {"objective": objective, "suggestions": objective, "person": person}
        pk = {"pk": pks.get(pattern.name, kpi), "name": "x", "organisation": "bakery", "code": "market_share",
              "noun": "kpi", "key": "sales", "run": 1, "number": 1, "figure": 1,
              "upload": "8c1f2a30-5b7e-4b6e-9a54-0d7f3c1e2b4a", "job": "8c1f2a30-5b7e-4b6e-9a54-0d7f3c1e2b4d",
              "attachment": "8c1f2a30-5b7e-4b6e-9a54-0d7f3c1e2b4c"}  # fmt: skip
        values = {name: (pk | {"unit": unit})[name] for name in names}
        out[pattern.name] = reverse(pattern.name, kwargs=values) + ("?o=bakery" if pattern.name == "people" else "")
    return out


def ask_as_for_the_first_time() -> None:
    """How often somebody has asked is forgotten: 429 comes before anything is looked up, and shows nothing here."""
    Memo.objects.filter(key__startswith="rate:").delete()
    forget()


def test_charlie_gets_404_on_every_route_of_the_bakery(charlie: Client) -> None:
    for unit in ("bakery", "north", "bakery:north", "bakery:bakery"):
        for name, address in addresses(unit).items():
            ask_as_for_the_first_time()
            assert charlie.get(address).status_code in (404, 405), name
            assert charlie.post(address).status_code in (403, 404, 405), name
            more = ("&" if "?" in address else "?") + "u=north&p=2026-03"
            assert charlie.get(address + more).status_code in (404, 405), name


def test_what_charlie_gets_does_not_tell_whether_it_exists(charlie: Client) -> None:
    there, not_there = (
        re.sub(rb"Request [0-9a-f]{32}", b"", charlie.get(f"/s/{unit}/map/").content) for unit in ("bakery", "nowhere")
    )
    assert there.replace(b"bakery", b"nowhere") == not_there


@pytest.mark.parametrize("unit", ["bakery", "south"])
def test_bob_gets_404_outside_his_own_shop(bob: Client, unit: str) -> None:
    for name, address in addresses(unit).items():
        if "/s/" in address:
            assert bob.get(address).status_code == 404, name


def test_nobody_in_particular_is_sent_to_sign_in(client: Client, organisation: Organisation) -> None:
    for name, address in addresses("bakery").items():
        response = client.get(address)
        assert response.status_code in (302, 405), name
        if response.status_code == 302:
            assert response["Location"].startswith("/accounts/login/?next=/")


def test_what_the_owner_has_just_looked_at_is_kept_from_the_outsider_all_the_same(
    alice: Client, bob: Client, charlie: Client
) -> None:
    for address in addresses("bakery").values():
        alice.get(address)
    for name, address in addresses("bakery").items():
        assert charlie.get(address).status_code in (404, 405), name
    assert bob.get("/s/bakery/").status_code == 404, "Bob sees North Quay alone"
    page = bob.get("/s/north/alignment/").content.decode()
    assert "South Pier" not in page and "Harbour Bakery, status" not in page
