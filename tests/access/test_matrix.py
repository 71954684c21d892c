"""Every route × twelve principals × own, sibling and foreign things × reading and writing, as `routes.csv` says.

A cell is the status of the answer. Writing sends an empty form: what may be written answers 422 or leads somewhere.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.core.cache import cache

from fourfold.actions.make_guest_link import make_guest_link
from fourfold.records.models import Person
from tests.access.principals import PRINCIPALS, browser, people
from tests.access.routes import PLACES, address, has_place, routes

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("routes.csv")
HEAD = ("route", "place", "way", *PRINCIPALS)
WAYS = {"read": "GET", "write": "POST"}
ROUTES = routes()

Row = tuple[str, ...]


def expected() -> dict[tuple[str, ...], Row]:
    with TABLE.open(newline="") as file:
        rows = [tuple(row) for row in csv.reader(file)]
    assert rows[0] == HEAD, f"the first line of {TABLE.name} is {','.join(HEAD)}"
    return {row[:3]: row for row in rows[1:]}


@pytest.fixture
def twelve(loaded: None, db: None) -> dict[str, Person]:
    return people()


def status(person: Person | None, method: str, path: str) -> int:
    """The answer to somebody who asks for the first time: attempts to sign in are counted, and all come from here."""
    cache.clear()
    return browser(person).generic(method, path).status_code


def answered(route: str, twelve: dict[str, Person]) -> list[Row]:
    """The rows of the route as the server answers today."""
    pattern = ROUTES[route]
    found = []
    for place in PLACES if has_place(pattern) else ("own",):
        path = address(pattern, place)
        for way, method in WAYS.items():
            statuses = [status(twelve.get(name), method, path) for name in PRINCIPALS]
            found.append((route, place, way, *map(str, statuses)))
    return found


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_a_route_answers_each_principal_as_the_table_says(route: str, twelve: dict[str, Person]) -> None:
    known, found = expected(), answered(route, twelve)
    new = [row for row in found if known.get(row[:3]) != row]
    lines = "\n".join(",".join(row) for row in new)
    assert not new, (
        f"\nThe route “{route}” answers otherwise than tests/access/routes.csv says, or is not in it.\n"
        f"Read each status: is it what this principal should get? Then these are its lines:\n{','.join(HEAD)}\n{lines}"
    )


def test_a_guest_gets_what_a_visitor_gets_on_every_other_route(loaded: None) -> None:
    alice = Person.objects.get(email="alice@bakery.example")
    link = make_guest_link(by=alice, unit="north", name="The board", is_live=True).value
    assert link
    guest = browser(None)
    guest.get("/guest/", {"link": link.text})
    assert guest.get(f"/guest/{link.row.prefix}/").status_code == 200
    for (route, place, way), row in expected().items():
        if place == "own" and way == "read":
            cache.clear()
            found = guest.generic(WAYS[way], address(ROUTES[route], place)).status_code
            assert str(found) == row[HEAD.index("visitor")], route


def test_the_table_has_no_route_that_is_gone() -> None:
    assert {row[0] for row in expected()} <= ROUTES.keys()


def test_the_table_never_tells_an_outsider_that_something_exists() -> None:
    silent = {"302", "401", "404", "405"}
    telling = [row for key, row in expected().items() if key[1] == "foreign" and set(row[3:]) - silent]
    assert not telling


def test_whoever_is_denied_a_unit_gets_what_somebody_gets_who_was_never_given_it() -> None:
    denied = PRINCIPALS.index("denied") + 3
    assert not [row for key, row in expected().items() if key[1] == "own" and has_place(ROUTES[key[0]])
                and row[denied] not in ("401", "404", "405")]  # fmt: skip
