"""Naming a deputy on a page, and entering a figure as one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fourfold.actions.invite_person import invite_person
from fourfold.records.models import Deputy, Event, Kpi, Organisation, Person
from tests.web.conftest import ADDRESSES

DORA = "dora@bakery.example"


@pytest.fixture
def dora(organisation: Organisation) -> Client:
    """She sees North Quay and enters nothing there."""
    invite_person(by=None, organisation="bakery", email=DORA, name="Dora Dean", unit="north")
    client = Client()
    client.force_login(Person.objects.get(email=DORA))
    return client


def period(days: int = 7) -> dict[str, str]:
    today = timezone.localdate()
    return {"since": today.isoformat(), "until": (today + timedelta(days=days)).isoformat()}


def test_bob_names_dora_who_then_enters_a_figure_for_him(bob: Client, dora: Client) -> None:
    address = f"/kpi/{Kpi.objects.get(code='sales').pk}-sales/?u=north&p=2026-04"
    assert "Enter the figure" not in dora.get(address).content.decode().replace("Correct", "Enter")
    said = bob.post("/account/deputies/", {"deputy": DORA, **period()}, follow=True).content.decode()
    assert "Dora Dean stands in for Bob Baker" in said and "all figures you enter" in said
    assert "You stand in for" in dora.get("/account/deputies/").content.decode()
    page = dora.get(address).content.decode()
    assert "You enter it for Bob Baker, whose deputy you are." in page
    figures = address.replace("/?", "/figures/?")
    assert dora.post(figures, {"period": "M:2026-04", "value": "1234", "reason": ""}).status_code == 302
    event = Event.objects.filter(action="measurement.record").latest("seq")
    assert event.person and event.on_behalf_of
    assert (event.person.name, event.on_behalf_of.name) == ("Dora Dean", "Bob Baker")
    row = Deputy.objects.get()
    assert "no longer stands in" in bob.post("/account/deputies/", {"end": row.pk}, follow=True).content.decode()
    assert dora.post(figures, {"period": "M:2026-04", "value": "1", "reason": ""}).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"since": "soon"}, "Enter a day, such as"), ({"deputy": ""}, "Choose a colleague"),
     ({"deputy": ADDRESSES["charlie"]}, "Choose a colleague"), ({"until": "2020-01-01"}, "before the first one")],
)  # fmt: skip
def test_what_does_not_fit_is_said_beside_its_field(
    bob: Client, dora: Client, wrong: dict[str, str], said: str
) -> None:
    answer = bob.post("/account/deputies/", {"deputy": DORA, **period(), **wrong})
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Deputy.objects.exists()


def test_charlie_can_neither_end_it_nor_name_somebody_of_the_bakery(bob: Client, dora: Client, charlie: Client) -> None:
    bob.post("/account/deputies/", {"deputy": DORA, **period()})
    assert charlie.post("/account/deputies/", {"end": Deputy.objects.get().pk}).status_code == 404
    assert charlie.post("/account/deputies/?o=bakery", {"deputy": DORA, **period()}).status_code == 404
    assert "Dora" not in charlie.get("/account/deputies/").content.decode()
    assert Deputy.objects.get().ended_at is None
