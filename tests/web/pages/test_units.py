"""Moving units in the browser: from a day on or for all times, refused with reasons, taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.amendments import Amendment
from fourfold.engine.definitions import Unit
from fourfold.engine.period_states import PeriodState
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Kpi, Organisation
from fourfold.records.models import Unit as Row
from tests.web.reading import open_page, words_of

PAGE = "/s/bakery/build/units/"


@pytest.fixture(autouse=True)
def _stall(organisation: Organisation) -> None:
    stall = Unit(code="stall", name="Market Stall", parent="south")
    amend_definitions(by=None, organisation="bakery", amendments=[Amendment("units", None, stall)])


def unit(code: str = "stall") -> Unit:
    definitions: Any = read_definitions(Organisation.objects.get(code="bakery"))
    found: Unit = definitions.unit[code]
    return found


def send(client: Client, status: int = 302, /, **fields: str) -> str:
    response = client.post(PAGE, {"unit": "stall", "was": "south", "to": "north", "since": "2026-03-01"} | fields)
    page = response.content.decode()
    assert response.status_code == status, words_of(page)
    return words_of(page) if status != 302 else words_of(client.get(response["Location"]).content.decode())


def test_a_unit_moves_from_a_day_on_and_its_past_stays(alice: Client) -> None:
    assert "Market Stall is part of North Quay from 1 Mar 2026." in (page := send(alice))
    assert "under South Pier until 28 Feb 2026" in page
    assert unit().parent == "north"
    assert [(past.parent, past.until) for past in unit().formerly] == [("south", "2026-03-01")]
    assert Row.objects.get(code="stall").path.startswith(Row.objects.get(code="north").path)


def test_a_unit_moves_for_all_times(alice: Client) -> None:
    assert "as if it had always been" in send(alice, past="restate")
    assert (unit().parent, unit().formerly) == ("north", ())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"unit": "south", "was": "bakery", "to": "stall"}, "Market Stall is South Pier itself, or a part of it."),
        ({"unit": "bakery", "was": ""}, "Harbour Bakery is the top"),
        ({"to": "nowhere"}, "There is no such unit."),
        ({"since": "July"}, "“July” is no day."),
        ({"since": ""}, "From which day on is open."),
        ({"was": "bakery"}, "Somebody has moved Market Stall under South Pier meanwhile."),
    ],
)
def test_a_move_that_cannot_be_is_refused_with_its_reason(alice: Client, fields: dict[str, str], said: str) -> None:
    assert said in send(alice, 409, **fields)
    assert unit().parent == "south"


def test_a_second_move_comes_after_the_first(alice: Client) -> None:
    send(alice)
    assert "moved on 2026-03-01 already" in send(alice, 409, was="north", to="bakery", since="2026-02-01")
    send(alice, was="north", to="bakery", since="2026-04-01")
    assert [past.parent for past in unit().formerly] == ["south", "north"]


def test_closed_months_stay_as_they_were(alice: Client) -> None:
    for code in ("south", "north"):
        where = {"organisation": "bakery", "unit": code, "period": "2026-02"}
        set_period_state(by=None, **where, state=PeriodState.CLOSED, reason="Over.")
    assert "Closed months until 2026-02 would show other figures" in send(alice, 422, past="restate")
    assert "Closed months until 2026-02" in send(alice, 422, since="2026-02-01")
    send(alice, since="2026-03-01")
    assert unit().parent == "north"


def test_a_month_that_is_closed_above_does_not_open_by_a_move(alice: Client) -> None:
    where = {"organisation": "bakery", "unit": "south", "period": "2026-02"}
    set_period_state(by=None, **where, state=PeriodState.CLOSED, reason="Over.")
    assert "Close them for Market Stall itself first." in send(alice, 422, since="2026-03-01")


def test_only_who_may_define_moves_units_and_an_outsider_finds_nothing(bob: Client, charlie: Client) -> None:
    for client, page, status in ((bob, "/s/north/build/units/", 403), (charlie, PAGE, 404)):
        assert client.get(page).status_code == status
        assert client.post(page, {"unit": "stall", "to": "north", "past": "restate"}).status_code == status
    assert unit().parent == "south"


def test_the_page_of_a_kpi_lists_the_units_that_were_below_in_the_period_shown(alice: Client) -> None:
    kpi = Kpi.objects.get(organisation__code="bakery", code="sales").pk
    send(alice, unit="south", was="bakery", to="north", since="2026-04-01")
    then, now = (words_of(open_page(alice, f"/kpi/{kpi}-x/?p={month}")) for month in ("2026-02", "2026-04"))
    assert "By unit" in then and "South Pier £1,050.00" in then
    assert "South Pier £600.00" not in now
