"""Editing the map by its forms: each change saved and taken back, two people at once, who may not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.engine.amendments import Amendment
from fourfold.engine.definitions import Objective
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Organisation
from fourfold.web.forms.amendment import seen_text
from tests.web.conftest import signed_in
from tests.web.reading import open_page, words_of

EDIT = "/s/bakery/map/edit/"
EARN = {"do": "move", "objective": "earn", "was": "finance:0"}


def definitions() -> Any:
    return read_definitions(Organisation.objects.get(code="bakery"))


def place(code: str) -> tuple[str, int | None]:
    objective = definitions().objective[code]
    return objective.perspective, objective.slot


def send(client: Client, status: int = 302, /, **fields: str) -> str:
    response = client.post(EDIT, fields)
    page = response.content.decode()
    assert response.status_code == status, words_of(page)
    return words_of(page) if status != 302 else words_of(client.get(EDIT).content.decode())


def number_of(client: Client, way: str) -> str:
    """The change that the page offers to take back or redo."""
    page = client.get(EDIT).content.decode()
    return page.split(f'data-key="{way}"', 1)[1].split('name="number" value="', 1)[1].split('"', 1)[0]


@pytest.fixture
def third(organisation: Organisation) -> None:
    """One more objective in Finance: a live scorecard has no empty perspective."""
    invest = Objective(code="invest", name="Invest wisely", perspective="finance")
    amend_definitions(by=None, organisation="bakery", amendments=[Amendment("objectives", None, invest)])


def test_a_box_moves_in_its_perspective_and_into_another_and_back(alice: Client, third: None) -> None:
    assert "Moved: Earn our keep." in send(alice, **EARN, place="finance:1")
    assert place("earn") == ("finance", 1)
    send(alice, do="move", objective="earn", was="finance:1", perspective="customers", number="1")
    assert (place("earn"), place("delight")) == (("customers", 0), ("customers", 1))
    assert "Taken back" in send(alice, do="undo", number=number_of(alice, "undo"))
    assert place("earn") == ("finance", 1)
    send(alice, do="undo", number=number_of(alice, "undo"))
    assert place("earn") == ("finance", None)
    assert "Done again" in send(alice, do="redo", number=number_of(alice, "redo"))
    assert place("earn") == ("finance", 1)
    send(alice, do="redo", number=number_of(alice, "redo"))
    assert place("earn") == ("customers", 0)
    send(alice, do="tidy")
    assert place("earn") == ("customers", None)


def test_pressing_undo_twice_goes_one_step(alice: Client) -> None:
    send(alice, **EARN, place="finance:1")
    number = number_of(alice, "undo")
    send(alice, do="undo", number=number)
    assert "not your newest change" in send(alice, 409, do="undo", number=number)


def test_links_are_drawn_explained_and_removed(alice: Client) -> None:
    send(alice, do="unlink", source="delight", target="earn", was="Happy people come back.")
    assert "Linked: Earn our keep → Delight customers." in send(alice, do="link", source="earn", target="delight")
    assert "Nothing was different." in send(alice, do="link", source="earn", target="delight")
    link = {"source": "earn", "target": "delight", "was": ""}
    send(alice, do="explain", **link, hypothesis="Money buys better flour.")
    assert definitions().links[-1].hypothesis == "Money buys better flour."
    months = {**link, "was": "Money buys better flour.", "hypothesis": "Money buys better flour."}
    send(alice, do="explain", **months, was_months="", months="1 to 6")
    assert definitions().links[-1].lag == (1, 6)
    assert "is no number of months" in send(alice, 409, do="explain", **months, was_months="1 to 6", months="6 to 1")
    assert "Somebody has written 1 to 6 months meanwhile" in send(
        alice, 409, do="explain", **months, was_months="", months="3")  # fmt: skip
    assert "You wanted to remove the link" in send(alice, 409, do="unlink", **link)
    send(alice, do="unlink", **link | {"was": "Money buys better flour."})
    assert not definitions().links


@pytest.mark.parametrize(
    ("typed", "lag", "shown"),
    [("3 to 6", (3, 6), "3 to 6"), (" 3–6", (3, 6), "3 to 6"), ("3, 3", (3, 3), "3"), ("", None, "")],
)
def test_months_of_a_link_are_read_and_written_alike_on_the_map_and_in_the_form(
    alice: Client, typed: str, lag: tuple[int, int] | None, shown: str
) -> None:
    form, link = "/s/bakery/build/link/delight~earn/", {"source": "delight", "target": "earn"}
    was = definitions().links[0].hypothesis
    for months in (typed, "2"):
        seen = seen_text(definitions().links[0])
        answer = alice.post(form, {"sent": "yes", "seen": seen, **link, "hypothesis": was, "lag": months})
        assert answer.status_code == 302, words_of(answer.content.decode())
        assert definitions().links[0].lag == (lag if months == typed else (2, 2))
    send(alice, do="explain", **link, was=was, hypothesis=was, was_months="2", months=typed)
    assert definitions().links[0].lag == lag
    assert f'name="lag" value="{shown}"' in re.sub(r' id="[^"]*"| type="[^"]*"', "", alice.get(form).content.decode())
    assert f'name="months" value="{shown}"' in alice.get(f"{EDIT}?o=delight").content.decode()


@pytest.mark.parametrize("typed", ["soon", "6 to 1", "1 to 200", "-1", "1 to 2 to 3"])
def test_what_is_no_window_of_months_is_refused_on_the_map_and_in_the_form(alice: Client, typed: str) -> None:
    before, link = definitions().links[0], {"source": "delight", "target": "earn"}
    form = {"sent": "yes", "seen": seen_text(before), **link, "hypothesis": before.hypothesis, "lag": typed}
    assert alice.post("/s/bakery/build/link/delight~earn/", form).status_code == 422
    said = {"was": before.hypothesis, "hypothesis": before.hypothesis, "was_months": "", "months": typed}
    assert "is no number of months" in send(alice, 409, do="explain", **link, **said)
    assert definitions().links[0] == before


def test_a_circle_is_refused_with_the_reason(alice: Client) -> None:
    said = send(alice, 422, do="link", source="earn", target="delight")
    assert "Delight customers → Earn our keep → Delight customers" in said


def test_the_second_of_two_people_is_told_what_the_first_did_and_may_insist(alice: Client) -> None:
    send(alice, **EARN, place="finance:2")
    other = signed_in("alice")
    said = send(other, 409, **EARN, place="finance:1")
    assert "Somebody has moved Earn our keep to Finance, place 3 meanwhile. You moved it to Finance, place 2." in said
    assert place("earn") == ("finance", 2)
    page = other.post(EDIT, EARN | {"place": "finance:1"}).content.decode()
    again = page.split('role="alert"', 1)[1].split("</form>", 1)[0]
    fields = dict(part.split('" value="')[:2] for part in again.split('type="hidden" name="')[1:])
    fields = {name: value.split('"')[0] for name, value in fields.items()}
    send(other, **fields)
    assert place("earn") == ("finance", 1)


def test_a_name_is_written_in_place_and_none_is_refused(alice: Client) -> None:
    send(alice, do="rename", objective="earn", was="Earn our keep", name="Earn more than we spend")
    assert definitions().objective["earn"].name == "Earn more than we spend"
    stale = {"do": "rename", "objective": "earn", "was": "Earn our keep"}
    assert "Somebody has called it" in send(alice, 409, **stale, name="Other")
    now = "Earn more than we spend"
    assert "An objective needs a name" in send(alice, 409, do="rename", objective="earn", was=now, name=" ")


def test_nonsense_is_refused_and_changes_nothing(alice: Client) -> None:
    before = definitions()
    for fields in (
        {"do": "fly"}, {"do": "move", "objective": "nobody", "was": "finance:0", "place": "finance:1"},
        EARN | {"place": "finance:99"}, EARN | {"place": "nowhere:1"}, EARN | {"place": "finance:-1"},
        {"do": "link", "source": "earn", "target": "earth"}, {"do": "undo", "number": "x"}, {},
    ):  # fmt: skip
        send(alice, 409, **fields)
    assert definitions() == before


def test_only_who_may_define_edits_and_an_outsider_finds_nothing(bob: Client, charlie: Client) -> None:
    assert bob.get("/s/north/map/edit/").status_code == 403
    assert charlie.get(EDIT).status_code == 404
    assert charlie.post(EDIT, EARN | {"place": "finance:1"}).status_code == 404


def test_the_map_leads_to_its_editor_only_for_who_may(alice: Client, bob: Client) -> None:
    assert "/s/bakery/map/edit/" in open_page(alice, "/s/bakery/map/")
    assert "map/edit" not in open_page(bob, "/s/north/map/")


def test_a_box_dropped_in_the_band_of_a_theme_serves_that_theme_first(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/map/?bands=themes")
    assert "Without themes" in page and 'class="tb"' in page
    assert 'class="tb"' not in open_page(alice, "/s/bakery/map/")
    where = "/s/bakery/map/edit/?bands=themes"
    assert 'class="tb"' in open_page(alice, where)
    moved = {"do": "move", "objective": "delight", "was": "customers:1", "place": "customers:0"}
    assert alice.post(where, moved).status_code == 302
    definitions: Any = read_definitions(Organisation.objects.get(code="bakery"))
    assert definitions.objective["delight"].themes == ("growth",)
