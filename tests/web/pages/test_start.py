"""The start of a scorecard: what there is to begin with, who may begin, and the set-up until it is done or hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from fourfold.actions.load_folder import load_folder
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.write import write
from fourfold.records.models import Measurement, Person
from tests.web.conftest import MOMENT
from tests.web.reading import links_of, open_page, words_of

EMAIL, EDITOR = "nora@new-place.example", "ed@new-place.example"


@pytest.fixture
def nora(db: None, tmp_path: Path) -> Client:
    """She administers an organisation without a scorecard."""
    place = Definitions.model_validate({
        "organisation": {"code": "place", "name": "New Place"},
        "units": [{"code": "place", "name": "New Place", "kind": "corporate"}],
        "people": [{"code": "nora", "name": "Nora", "email": EMAIL, "role": "admin"},
                   {"code": "ed", "name": "Ed", "email": EDITOR, "role": "editor"}],
        "strategy": {"code": "ours", "name": "Our strategy", "state": "draft"},
    })  # fmt: skip
    for name, text in write(place).items():
        (tmp_path / name).write_text(text)
    assert load_folder(by=None, path=tmp_path, at=MOMENT).ok
    client = Client()
    client.force_login(Person.objects.get(email=EMAIL))
    return client


def test_from_the_first_sign_in_to_a_live_scorecard_and_its_own_figures(nora: Client) -> None:
    assert nora.get("/")["Location"] == "/s/place/start/"
    assert {"Hospital", "Bank", "Start empty"} <= links_of(open_page(nora, "/s/place/start/")).keys()
    assert "0 of 5 steps done" in words_of(open_page(nora, "/s/place/"))
    seen = words_of(open_page(nora, "/s/place/start/?template=software"))
    assert "13 objectives, 21 KPIs, 3 units" in seen and "Months to pay back a customer" in seen
    assert nora.get("/s/place/start/?template=nothing").status_code == 404

    sent = nora.post("/s/place/start/", {"template": "software", "figures": "yes"}, follow=True)
    shown = words_of(sent.content.decode())
    assert sent.status_code == 200 and "Started with 13 objectives" in shown
    assert "Example figures: they are made up" in shown and "4 of 5 steps done" in shown
    assert "Example figures" in words_of(open_page(nora, "/s/firms/scorecard/"))
    again = nora.post("/s/place/start/", {"template": "bank", "figures": "no"})
    assert again.status_code == 409 and "has a scorecard already" in words_of(again.content.decode())
    assert nora.get("/")["Location"] == "/s/place/"

    hidden = nora.post("/s/place/start/", {"set_up": "hidden"}, follow=True)
    assert "Set up the scorecard" not in words_of(hidden.content.decode())
    elsewhere = Client()
    elsewhere.force_login(Person.objects.get(email=EMAIL))
    assert "Set up the scorecard" not in words_of(open_page(elsewhere, "/s/place/"))
    assert "Show on the overview" in open_page(elsewhere, "/s/place/start/")
    shown = elsewhere.post("/s/place/start/", {"set_up": "shown"}, follow=True)
    assert "4 of 5 steps done" in words_of(shown.content.decode())
    removed = words_of(nora.post("/s/place/start/", {"examples": "removed"}, follow=True).content.decode())
    assert "example figures removed" in removed and "they are made up" not in removed
    assert not Measurement.objects.filter(organisation__code="place").exists()
    assert nora.post("/s/place/start/", {"examples": "removed"}).status_code == 409


def test_an_editor_is_told_who_can_take_a_template_and_gets_no_button(nora: Client) -> None:
    nora.force_login(Person.objects.get(email=EDITOR))
    page = open_page(nora, "/s/place/start/?template=software")
    assert "Somebody who may manage members can take it" in words_of(page)
    assert "Start from Software" not in page
    assert nora.post("/s/place/start/", {"template": "software", "figures": "no"}).status_code == 403


def test_a_scorecard_that_is_there_is_not_started_again(alice: Client, bob: Client, charlie: Client) -> None:
    page = words_of(open_page(alice, "/s/bakery/start/"))
    assert "Harbour Bakery has a scorecard." in page and "From an industry" not in page
    assert "Set up the scorecard" not in words_of(open_page(alice, "/s/bakery/"))
    assert alice.get("/")["Location"] == "/s/bakery/"
    for method in ("get", "post"):
        assert getattr(bob, method)("/s/north/start/").status_code == 403
        assert getattr(charlie, method)("/s/bakery/start/").status_code == 404
