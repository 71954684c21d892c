"""Which fields of the API are filled for whom, as `keys.csv` says: one that shows more to somebody is a red line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from fourfold.access.roles import Role
from fourfold.access.scopes import Scope
from fourfold.actions.make_token import make_token
from fourfold.records.limits import forget
from fourfold.records.models import Person
from tests.access.conftest import URLS
from tests.access.principals import PRINCIPALS, Asker, member
from tests.access.routes import address, asked_routes

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("keys.csv")
HEAD = ("operation", "place", "who", "keys")
#: What an event says was before and after is of any kind, and counts as one field.
ONE = ("items.before", "items.after")
#: Of figures the newest ones, so that there is one of each kind.
QUERIES = {"api:results": "?period=2026-04", "api:periods": "?period=2026-04"}
READS = {name: route for name, route in asked_routes(URLS).items() if name.startswith("api:") and
         route.methods[0][0] == "read"}  # fmt: skip


def filled(value: Any, before: str = "") -> Iterator[str]:
    """The paths of what is neither null nor empty; what is inside a list has the same path for all of it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from filled(inner, f"{before}.{key}" if before else key)
    elif isinstance(value, list):
        for inner in value:
            yield from filled(inner, before)
    elif value not in (None, ""):
        yield next((one for one in ONE if before.startswith(one)), before)


def keys(asker: Asker, path: str) -> str:
    """What is filled for somebody; nothing where they are refused."""
    forget()
    with transaction.atomic():
        answer = asker.ask("GET", path)
        transaction.set_rollback(True)
    assert answer.status_code in (200, 401, 403, 404), (path, answer.content)
    return " ".join(sorted(set(filled(json.loads(answer.content))))) if answer.status_code == 200 else ""


def found(everybody: dict[str, Asker]) -> list[tuple[str, ...]]:
    rows = []
    for name, route in sorted(READS.items()):
        for place in route.places:
            by_keys: dict[str, list[str]] = {}
            for who in (*PRINCIPALS, "statuses"):
                seen = keys(everybody[who], address(route.pattern, place) + QUERIES.get(name, ""))
                by_keys.setdefault(seen, []).append(who)
            rows += [(name, place, " ".join(who), seen) for seen, who in by_keys.items() if seen]
    return rows


def with_statuses(everybody: dict[str, Asker]) -> dict[str, Asker]:
    """And somebody to whom no number is shown."""
    person = member("statuses", Role.VIEWER)
    person.grant_rows.update(statuses_only=True)
    made = make_token(by=Person.objects.get(pk=person.pk), name="own", scopes=set(Scope)).value
    assert made is not None
    return everybody | {"statuses": Asker(token=made.text)}


def test_each_field_is_filled_for_whom_the_table_says(everybody: dict[str, Asker]) -> None:
    with TABLE.open(newline="") as file:
        expected = [tuple(row) for row in csv.reader(file)]
    now = [HEAD, *found(with_statuses(everybody))]
    new = "\n".join(",".join(row) for row in now if row not in expected)
    assert now == expected, f"Read each line: may they see these? Then they are lines of {TABLE.name}:\n{new}"


def test_no_number_is_filled_for_somebody_who_sees_statuses_alone() -> None:
    with TABLE.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if "statuses" in row["who"].split()]
    numbers = {"value", "numerator", "denominator", "target", "score", "red_line", "low", "high"}
    assert rows
    for row in (row for row in rows if not row["operation"].startswith("api:kpi")):  # which have formulas
        last = {key.rsplit(".", 1)[-1] for key in row["keys"].split()}
        assert not last & numbers, row["operation"]
