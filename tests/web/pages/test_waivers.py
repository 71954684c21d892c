"""Living with what a check says: with a reason and a last day, where it is said, and ended again."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Organisation
from tests.web.reading import open_page, words_of

BUILD = "/s/bakery/build/"
NEXT_YEAR = (date.today() + timedelta(days=200)).isoformat()


def waivers() -> tuple[Any, ...]:
    definitions: Any = read_definitions(Organisation.objects.get(code="bakery"))
    return tuple(definitions.strategy.waivers)


def keys(client: Client) -> list[str]:
    """What can be lived with, as the page names it."""
    page = client.get(BUILD).content.decode()
    return [unescape(key) for key in re.findall(r'name="waive" value="([^"]+)"', page)]


def send(client: Client, status: int = 302, **fields: str) -> str:
    response = client.post(BUILD, fields)
    page = response.content.decode()
    assert response.status_code == status, words_of(page)
    return words_of(page) if status != 302 else words_of(client.get(BUILD).content.decode())


def test_a_finding_is_waived_with_a_reason_until_a_day_and_counts_again_when_that_is_ended(alice: Client) -> None:
    before = keys(alice)
    page = send(alice, waive=before[0], reason="The board wants  it so.", until=NEXT_YEAR)
    assert before[0] not in keys(alice)
    (waiver,) = waivers()
    check, _, thing = before[0].partition("~")
    assert (waiver.check, waiver.thing, waiver.reason) == (check, thing, "The board wants it so.")
    assert (waiver.until, waiver.author) == (NEXT_YEAR, "alice")
    assert "The board wants it so." in page
    assert "Alice Archer" in page
    send(alice, end=f"{check}~{thing}~{NEXT_YEAR}")
    assert (waivers(), keys(alice)) == ((), before)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": " "}, "Say why it is right to live with it."),
        ({"until": "soon"}, "is no day"),
        ({"until": "2020-01-01"}, "is over already"),
        ({"waive": "WEIGHTS~objective:earn"}, "do not say this any more"),
        ({"reason": "a\ab"}, "cannot be printed"),
    ],
)
def test_what_is_no_waiver_is_refused_with_its_reason(alice: Client, fields: dict[str, str], said: str) -> None:
    given = {"waive": keys(alice)[0], "reason": "Meant.", "until": NEXT_YEAR} | fields
    assert said in send(alice, 409, **given)
    assert waivers() == ()


def test_the_map_leads_to_the_form_of_each_finding(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/map/edit/")
    (address, *_) = re.findall(r'href="([^"]+waive=[^"]+)"', page)
    assert "<details open><summary" in open_page(alice, unescape(address))


def test_only_who_may_define_waives_and_an_outsider_finds_nothing(alice: Client, bob: Client, charlie: Client) -> None:
    given = {"waive": keys(alice)[0], "reason": "Meant.", "until": NEXT_YEAR}
    assert bob.post("/s/north/build/", given).status_code == 403
    assert charlie.post(BUILD, given).status_code == 404
    assert waivers() == ()
