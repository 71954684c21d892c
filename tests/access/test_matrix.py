"""Every route and every operation of the API × everybody × each place × reading and writing, as `routes.csv` says.

A cell is the status of the answer. A page is sent an empty form: what may be written answers 422 or leads somewhere.
An operation of the API is sent what it asks for, in the name of the token of whoever asks; nothing is left of it.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction

from fourfold.access.roles import Role
from fourfold.records.limits import forget
from tests.access.conftest import URLS
from tests.access.principals import PRINCIPALS, Asker
from tests.access.routes import Route, address, asked_routes, has_place

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("routes.csv")
HEAD = ("route", "place", "way", *PRINCIPALS)
ROUTES = asked_routes(URLS)

Row = tuple[str, ...]


def expected() -> dict[tuple[str, ...], Row]:
    with TABLE.open(newline="") as file:
        rows = [tuple(row) for row in csv.reader(file)]
    assert rows[0] == HEAD, f"the first line of {TABLE.name} is {','.join(HEAD)}"
    return {row[:3]: row for row in rows[1:]}


def cells(name: str) -> dict[tuple[str, ...], str]:
    """The column of one who asks."""
    return {key: row[HEAD.index(name)] for key, row in expected().items()}


def status(asker: Asker, method: str, path: str, body: str) -> int:
    """The answer to somebody who asks for the first time, of which nothing stays."""
    cache.clear()
    forget()
    with transaction.atomic():
        answer = asker.ask(method, path, body).status_code
        transaction.set_rollback(True)
    return answer


def answered(route: Route, everybody: dict[str, Asker]) -> list[Row]:
    """The rows of the route as the server answers today."""
    found = []
    for place in route.places:
        path = address(route.pattern, place)
        for way, method in route.methods:
            body = route.body(place, way)
            statuses = [status(everybody[name], method, path, body) for name in PRINCIPALS]
            found.append((route.name, place, way, *map(str, statuses)))
    return found


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_a_route_answers_each_principal_as_the_table_says(route: str, everybody: dict[str, Asker]) -> None:
    known, found = expected(), answered(ROUTES[route], everybody)
    new = [row for row in found if known.get(row[:3]) != row]
    lines = "\n".join(",".join(row) for row in new)
    assert not new, (
        f"\nThe route “{route}” answers otherwise than tests/access/routes.csv says, or is not in it.\n"
        f"Read each status: is it what this principal should get? Then these are its lines:\n{','.join(HEAD)}\n{lines}"
    )


def test_the_table_has_no_route_that_is_gone() -> None:
    assert {row[0] for row in expected()} <= ROUTES.keys()


def test_the_table_has_every_principal_of_the_policy() -> None:
    keys = {Role.GUEST_LINK.value: "guest", Role.SERVICE_KEY.value: "service_key"}
    assert {keys.get(role.value, role.value) for role in Role} <= set(PRINCIPALS)


def test_the_table_never_tells_an_outsider_that_something_exists() -> None:
    silent = {"302", "401", "404", "405"}
    telling = [row for key, row in expected().items() if key[1] == "foreign" and set(row[3:]) - silent]
    assert not telling


def test_whoever_is_denied_a_unit_gets_what_somebody_gets_who_was_never_given_it() -> None:
    for key, cell in cells("denied").items():
        if key[1] == "own" and has_place(ROUTES[key[0]].pattern):
            assert cell in ("401", "404", "405"), key


def differing(name: str) -> set[tuple[str, ...]]:
    """Where somebody gets something else than a visitor."""
    visitor = cells("visitor")
    return {key for key, cell in cells(name).items() if cell != visitor[key]}


def test_a_guest_gets_what_a_visitor_gets_on_every_other_route() -> None:
    assert differing("guest") == {("guest", "own", "read"), ("guest", "own", "write")}
    assert (cells("guest")["guest", "own", "read"], cells("guest")["guest", "own", "write"]) == ("200", "405")


@pytest.mark.parametrize(
    ("name", "opens"), [("reading", "api:"), ("service_key", "api:"), ("provisioning_key", "scim")]
)
def test_a_key_opens_what_it_is_for_and_no_page_of_people(name: str, opens: str) -> None:
    assert differing(name) and all(key[0].startswith(opens) for key in differing(name))


def test_a_token_that_reads_writes_nothing_and_reads_what_its_person_reads() -> None:
    person, service = cells("contributor"), cells("service_key")
    for key, cell in cells("reading").items():
        if key[0].startswith("api:") and key[2] == "write":
            assert cell in ("403", "404"), key
        elif key[0].startswith("api:") and key[0] != "api:events":
            assert cell == person[key], key
    assert not [key for key, cell in service.items() if key[1] == "sibling" and cell[0] == "2" and has_unit(key[0])]


def has_unit(route: str) -> bool:
    return "<unit>" in ROUTES[route].pattern and route.startswith("api:")
