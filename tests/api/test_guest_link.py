"""Guest links by the API: listed, made and revoked by a token that may, and by no other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from fourfold.access.scopes import Scope
from fourfold.records.models import Event, GuestLink, Organisation

from .conftest import Program, program

pytestmark = pytest.mark.django_db
LINKS = "/organisations/bakery/guest-links"
BOARD = {"unit": "north", "name": "the board"}


def made(asker: Program, **given: Any) -> dict[str, Any]:
    response = asker.ask("POST", LINKS, BOARD | given)
    assert response.status_code == 201, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def test_a_program_makes_a_link_that_opens_lists_it_and_takes_it_back(alice: Program) -> None:
    new = made(alice, days=3, hosts=["intranet.example.org"])
    door = Client().get("/guest/", {"link": new["url"].partition("?link=")[2]})
    assert door["Location"] == f"/guest/{new['prefix']}/"
    (listed,) = alice.get(LINKS)["items"]
    assert listed == {key: value for key, value in new.items() if key != "url"} | {
        "views": 1, "used_at": listed["used_at"]
    }
    assert (listed["period"], listed["is_closed"], listed["made_by"]) == ("M:2026-04", False, "Alice Archer")
    assert alice.ask("DELETE", f"{LINKS}/{new['prefix']}").status_code == 200
    assert alice.get(LINKS)["items"] == []
    assert Client().get("/guest/", {"link": new["url"].partition("?link=")[2]}).status_code == 404
    assert Event.objects.get(action="guest_link.revoke").via == "api"


@pytest.mark.parametrize(
    "wrong", [{"days": 366}, {"name": " "}, {"password": "short"}, {"most_views": 0}, {"hosts": ["*"]}]
)
def test_what_will_not_do_makes_no_link_and_says_what(alice: Program, wrong: dict[str, Any]) -> None:
    response = alice.ask("POST", LINKS, BOARD | wrong)
    assert response.status_code == 422 and json.loads(response.content)["errors"][0]["message"]
    assert not GuestLink.objects.exists()


def test_a_token_shares_by_its_scope_and_its_person_alone(bakery: Organisation, bob: Program) -> None:
    reads, shares = program("alice", Scope.READ, Scope.RECORD), program("alice", Scope.SHARE)
    link = made(shares)
    for asker in (reads, bob):
        assert asker.ask("GET", LINKS).status_code == 403
        assert asker.ask("POST", LINKS, BOARD).status_code == 403
        assert asker.ask("DELETE", f"{LINKS}/{link['prefix']}").status_code == 403
    figure = {"unit": "north", "period": "2026-04", "value": "1"}
    assert shares.ask("POST", "/organisations/bakery/kpis/sales/measurements", figure).status_code == 403


def test_charlie_learns_of_no_link(alice: Program, charlie: Program) -> None:
    link = made(alice)
    one = f"{LINKS}/{link['prefix']}"
    for method, path, body in (("GET", LINKS, None), ("POST", LINKS, BOARD), ("DELETE", one, None)):
        assert charlie.ask(method, path, body).status_code == 404
    mill = "/organisations/mill/guest-links"
    assert charlie.ask("DELETE", f"{mill}/{link['prefix']}").status_code == 404
    assert charlie.get(mill)["items"] == []
    assert GuestLink.objects.get().revoked_at is None
