"""What is part of a figure and not shown is said; what is not shown has no name and no figure anywhere."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from fourfold.actions.deny_unit import deny_unit
from fourfold.actions.invite_person import invite_person
from fourfold.records.models import Organisation, Person
from tests.web.test_everywhere import PAGES, address

#: Pages that are not for somebody who only reads, or are about no unit.
NOT_HERS = {
    "figures", "steps", "guest_links", "build", "units", "cascade", "custom_fields", "benchmarks", "changes",
    "new_thing",
    "amendment", "removal", "map_editor", "updates", "update_checks", "imports", "start", "spreadsheets",
}  # fmt: skip


@pytest.fixture
def dora(organisation: Organisation) -> Client:
    """She sees the bakery without South Pier."""
    invite_person(by=None, organisation="bakery", email="dora@bakery.example", name="Dora", role="viewer")
    person = Person.objects.get(email="dora@bakery.example")
    deny_unit(by=None, organisation="bakery", person=person.pk, unit="south")
    client = Client()
    client.force_login(person)
    return client


def text_of(client: Client, path: str) -> str:
    response = client.get(path, follow=True)
    assert response.status_code == 200, path
    return str(response.content.decode())


@pytest.mark.parametrize("name", sorted(set(PAGES) - NOT_HERS))
def test_a_unit_that_is_not_shown_has_no_name_anywhere_and_is_counted(dora: Client, name: str) -> None:
    text = text_of(dora, address(name))
    assert "South Pier" not in text
    assert "1 of 2 units not shown to you" in text


def test_the_sections_about_units_say_it_beside_their_heading(dora: Client) -> None:
    kpi = text_of(dora, address("kpi"))
    assert re.search(r"<h2>By unit</h2><span class=\"muted\">[^<]*1 of 2 units not shown to you", kpi)
    assert "1 of 2 units not shown to you." in text_of(dora, "/s/bakery/alignment/")


def test_what_does_not_add_up_is_not_told_where_it_would_tell_what_is_hidden(dora: Client, alice: Client) -> None:
    fine = "agree with those of the units below"
    assert fine in text_of(alice, "/s/bakery/alignment/")
    assert fine not in text_of(dora, "/s/bakery/alignment/")


def test_where_all_is_shown_nothing_is_said(alice: Client) -> None:
    for name in PAGES:
        assert "not shown to you" not in text_of(alice, address(name))


def test_a_unit_below_of_which_nothing_is_shown_is_said_too(organisation: Organisation, dora: Client) -> None:
    person = Person.objects.get(email="dora@bakery.example")
    deny_unit(by=None, organisation="bakery", person=person.pk, unit="north")
    kpi = text_of(dora, address("kpi"))
    assert '<h2>By unit</h2><span class="muted">2 of 2 units not shown to you</span>' in kpi
