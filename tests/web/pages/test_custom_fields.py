"""Fields of the organisation's own in the browser: made, filled in, shown, refused, removed."""

from __future__ import annotations

from typing import Any

from django.test import Client

from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Organisation
from tests.web.reading import links_of, open_page, words_of

PAGE = "/s/bakery/build/fields/"
FORM = "/s/bakery/build/kpi/sales/"


def definitions() -> Any:
    return read_definitions(Organisation.objects.get(code="bakery"))


def send(client: Client, path: str, status: int = 302, /, **fields: str) -> str:
    response = client.post(path, fields)
    page = response.content.decode()
    assert response.status_code == status, words_of(page)
    return words_of(page if status != 302 else client.get(response["Location"]).content.decode())


def test_a_field_is_made_filled_in_and_shown_with_its_thing(alice: Client) -> None:
    region = {"name": "Region", "of": "kpi", "kind": "choice", "choices": "Quay\nPier", "hint": "Where it counts."}
    assert "Region KPI, one of some words; filled in at 0 things" in send(alice, PAGE, **region)
    assert "Where it counts." in words_of(open_page(alice, FORM))
    assert "“West” does not fit the field Region" in send(alice, FORM, 422, sent="yes", **{"custom.region": "West"})
    send(alice, FORM, sent="yes", **{"custom.region": "Pier"})
    assert definitions().kpi["sales"].custom == {"region": "Pier"}
    kpi = links_of(open_page(alice, "/s/bakery/scorecard/"))["Sales"]
    assert "Region Pier" in words_of(open_page(alice, kpi))


def test_a_field_that_is_changed_keeps_its_code_and_what_is_written(alice: Client) -> None:
    send(alice, PAGE, name="Sponsor", of="kpi", kind="text")
    send(alice, FORM, sent="yes", **{"custom.sponsor": "Eve"})
    send(alice, PAGE, field="kpi:sponsor", name="Board sponsor", kind="text", required="true")
    (field,) = definitions().organisation.custom_fields
    assert (field.code, field.name, field.required) == ("sponsor", "Board sponsor", True)
    assert definitions().kpi["sales"].custom == {"sponsor": "Eve"}
    assert "does not fit the field Board sponsor" in send(alice, PAGE, 422, field="kpi:sponsor", name="Board sponsor",
                                                          kind="number")  # fmt: skip


def test_a_field_goes_with_what_is_written_in_it(alice: Client) -> None:
    send(alice, PAGE, name="Sponsor", of="kpi", kind="text")
    send(alice, FORM, sent="yes", **{"custom.sponsor": "Eve"})
    assert "The field is gone." in send(alice, PAGE, remove="kpi:sponsor")
    assert definitions().organisation.custom_fields == () and definitions().kpi["sales"].custom == {}


def test_a_field_that_cannot_be_is_refused_with_its_reason(alice: Client) -> None:
    assert "The field has no name." in send(alice, PAGE, 409, of="kpi")
    assert "There is no such field." in send(alice, PAGE, 409, remove="kpi:nothing")
    assert "is a choice with 0" in send(alice, PAGE, 422, name="Region", of="kpi", kind="choice")
    assert definitions().organisation.custom_fields == ()


def test_a_field_of_initiatives_is_filled_in_and_shown_on_their_page(alice: Client) -> None:
    send(alice, PAGE, name="Sponsor", of="initiative", kind="text")
    form = "/s/bakery/build/initiative/oven/"
    assert "Sponsor" in words_of(open_page(alice, form))
    send(alice, form, sent="yes", **{"custom.sponsor": "Eve <Baker>"})
    oven = next(i for i in definitions().initiatives if i.code == "oven")
    assert oven.custom == {"sponsor": "Eve <Baker>"}
    page = open_page(alice, "/s/bakery/initiatives/")
    assert "Sponsor: Eve <Baker>" in words_of(page) and "Eve <Baker>" not in page
