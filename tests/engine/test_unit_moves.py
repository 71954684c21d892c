"""Moving a unit: what it is an amendment of, and what stands in the way."""

from __future__ import annotations

from datetime import date

import pytest

from fourfold.engine.definitions import FormerParent, Unit
from fourfold.engine.unit_moves import codes_within, move_unit
from fourfold.errors import Conflict, NotFound
from fourfold.testing.bakery import bakery

UNITS = [
    {"code": "bakery", "name": "Harbour Bakery"},
    {"code": "north", "name": "North Quay", "parent": "bakery"},
    {"code": "south", "name": "South Pier", "parent": "bakery"},
    {"code": "kiosk", "name": "Kiosk", "parent": "south", "formerly": [{"parent": "north", "until": "2026-02-01"}]},
]
WHOLE = bakery(units=UNITS)


def moved(code: str, to: str, since: date | None) -> Unit:
    (amendment,) = move_unit(WHOLE, code, to, since=since)
    assert (amendment.noun, amendment.before) == ("units", WHOLE.unit[code])
    assert isinstance(amendment.after, Unit)
    return amendment.after


def test_from_a_day_on_the_place_before_is_kept_until_that_day() -> None:
    after = moved("kiosk", "bakery", date(2026, 2, 2))
    assert after.parent == "bakery"
    assert after.formerly == (
        FormerParent(parent="north", until="2026-02-01"), FormerParent(parent="south", until="2026-02-02")
    )  # fmt: skip
    assert moved("north", "south", date(2026, 1, 1)).formerly == (FormerParent(parent="bakery", until="2026-01-01"),)


def test_without_a_day_the_past_is_told_anew() -> None:
    after = moved("kiosk", "north", None)
    assert (after.parent, after.formerly) == ("north", ())


def test_where_it_is_already_nothing_changes() -> None:
    assert move_unit(WHOLE, "kiosk", "south", since=None) == ()


@pytest.mark.parametrize("day", [date(2026, 2, 1), date(2026, 1, 31)])
def test_a_day_must_come_after_the_last_move(day: date) -> None:
    with pytest.raises(Conflict, match="moved on 2026-02-01 already"):
        move_unit(WHOLE, "kiosk", "north", since=day)


@pytest.mark.parametrize(("code", "to", "error", "says"), [
    ("bakery", "north", Conflict, "is the top"), ("south", "kiosk", Conflict, "a part of it"),
    ("south", "south", Conflict, "South Pier itself"), ("west", "south", NotFound, "no such unit"),
    ("south", "west", NotFound, "no such unit"),
])  # fmt: skip
def test_what_stands_in_the_way_is_said(code: str, to: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        move_unit(WHOLE, code, to, since=None)


def test_within_a_unit_are_itself_and_all_below() -> None:
    assert codes_within(WHOLE, "south") == {"south", "kiosk"}
    assert codes_within(WHOLE, "bakery") == {"bakery", "north", "south", "kiosk"}
    assert codes_within(WHOLE, "kiosk") == {"kiosk"}
