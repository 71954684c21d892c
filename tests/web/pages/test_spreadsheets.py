"""A scorecard from a spreadsheet in the browser: looked at, changed, taken in one step, and remembered."""

from __future__ import annotations

import html
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client

from fourfold.actions.load_folder import load_folder
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.write import write
from fourfold.records.models import Event, Kpi, Mapping, Measurement, Person, Target, Upload
from tests.connectors.files.test_scorecard_reading import LONG, MONTHS
from tests.web.conftest import MOMENT
from tests.web.reading import words_of

EMAIL, EDITOR = "nora@new-place.example", "ed@new-place.example"
PAGE = "/s/place/start/spreadsheet/"


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


def hand_over(client: Client, text: str = MONTHS, page: str = PAGE) -> str:
    file = BytesIO(text.encode())
    file.name = "ours.csv"
    answer = client.post(page, {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the form."""
    sent = dict(re.findall(r'<input class="inp[^>]*? name="([^"]+)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select [^>]*?name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = html.unescape(chosen[1]) if chosen else ""
    return sent


def test_months_in_columns_become_a_scorecard_in_one_step(nora: Client) -> None:
    assert "From a spreadsheet" in nora.get("/s/place/start/").content.decode()
    at = hand_over(nora)
    page = nora.get(at).content.decode()
    seen = words_of(page)
    assert "4 rows below line 2" in seen and "Nothing is written yet" in seen and "Sales director" in seen
    form = form_of(page)
    assert [form[f"c{i}"] for i in range(8)] == [
        "perspective", "objective", "kpi", "measured_in", "better", "target", "owner", "of:period",
    ]  # fmt: skip
    assert form["n7"] == "2026-01" and not Kpi.objects.filter(organisation__code="place").exists()
    assert "KPIs 4 Targets 3" in seen and "Figures 10" in seen and "“no goal”" in seen
    report = nora.post(at, form | {"do": "report"})
    assert report["Content-Type"].startswith("text/csv") and b"SHEET-KPI,visits (line 6)," in report.content
    looked = words_of(nora.post(at, form | {"do": "look", "c5": ""}).content.decode())
    assert "KPIs 4 Targets 0" in looked and "not used: Target" in looked

    done = nora.post(at, form | {"do": "take"}, follow=True)
    assert "4 KPIs, 3 targets, 10 figures" in words_of(done.content.decode())
    assert Measurement.objects.filter(organisation__code="place").count() == 10
    assert Target.objects.get(kpi__code="net_sales_per_customer").spec["value"] == "120.5"
    assert Kpi.objects.get(code="visits").owner == Person.objects.get(email=EMAIL)
    assert "Scorecard drafted from the spreadsheet ours.csv by Nora" in words_of(
        nora.get("/s/place/build/changes/").content.decode()
    )
    assert not Upload.objects.exists() and Event.objects.filter(action="scorecard.draft").count() == 1


def test_a_long_table_is_read_to_its_last_row_and_one_that_is_too_long_is_refused(nora: Client) -> None:
    talk = ";;;;;;;;;" + "what was said " * 200 + "\n"
    late = "Customer;Keep the customers we win;Last of all;;higher;5;;1;2;3\n"
    long = MONTHS + talk * 800 + late
    assert len(long) > 2 * 10**6
    at = hand_over(nora, long)
    page = nora.get(at).content.decode()
    assert "KPIs 5" in words_of(page)
    assert nora.post(at, form_of(page) | {"do": "take"}).status_code == 302
    assert Kpi.objects.get(organisation__code="place", code="last_of_all").spec["name"] == "Last of all"

    at = hand_over(nora, long)
    Upload.objects.update(size=20_000_001)
    refused = nora.get(at)
    assert refused.status_code == 422
    assert "at most 20 MB of text" in words_of(refused.content.decode())


def test_the_same_columns_are_known_again_and_what_is_there_stays(nora: Client) -> None:
    at = hand_over(nora)
    form = form_of(nora.get(at).content.decode())
    assert nora.post(at, form | {"do": "take", "c5": ""}).status_code == 302
    assert "figures" in Mapping.objects.get().spec
    later = MONTHS.replace("Jan 2026", "Apr 2026") + "Customer;Grow;New customers;;higher;5;Nora;1;2;3\n"
    at = hand_over(nora, later)
    page = nora.get(at).content.decode()
    seen = words_of(page)
    assert "was read before" in seen and "KPIs 1 Targets 0" in seen and "in the scorecard already" in seen
    before = Kpi.objects.get(code="discounts").name, Measurement.objects.count()
    assert nora.post(at, form_of(page) | {"do": "take"}).status_code == 302
    assert (Kpi.objects.get(code="discounts").name, Measurement.objects.count()) == (before[0], before[1] + 3)
    assert Kpi.objects.get(code="new_customers").owner == Person.objects.get(email=EMAIL)
    again = nora.post(hand_over(nora, later), form | {"do": "take"})
    assert again.status_code == 422 and "no KPI that is not there already" in again.content.decode()


def test_a_row_for_each_figure_brings_units_of_its_own_year(nora: Client) -> None:
    page = nora.get(at := hand_over(nora, LONG)).content.decode()
    form = form_of(page) | {"fixed-frequency": "year", "year_start": "4"}
    seen = words_of(nora.post(at, form | {"do": "look"}).content.decode())
    assert "Units below the whole 2" in seen and "Figures 3" in seen and "ROW" not in seen
    assert nora.post(at, form | {"do": "take"}).status_code == 302
    one = Measurement.objects.get(unit__code="aberdeen_city", period="Y:FY2011")
    assert one.start.isoformat() == "2010-04-01"


def test_what_cannot_be_read_is_said_and_nothing_is_written(nora: Client) -> None:
    at = hand_over(nora, "a;b\nx;1\ny;2\n")
    page = nora.get(at)
    assert page.status_code == 422 and "No column says which KPI" in page.content.decode()
    mended = nora.post(at, form_of(page.content.decode()) | {"c0": "kpi", "do": "look"})
    assert "KPIs 2" in words_of(mended.content.decode())
    wrong = BytesIO(b"x")
    wrong.name = "ours.pdf"
    assert nora.post(PAGE, {"file": wrong}).status_code == 422 and nora.post(PAGE).status_code == 422
    assert not Kpi.objects.filter(organisation__code="place").exists()


def test_an_editor_may_look_and_not_take(nora: Client) -> None:
    nora.force_login(Person.objects.get(email=EDITOR))
    page = nora.get(at := hand_over(nora)).content.decode()
    assert "Take this draft" not in page and "manage members can take it" in page
    assert nora.post(at, form_of(page) | {"do": "take"}).status_code == 403
    assert not Kpi.objects.filter(organisation__code="place").exists()


def test_who_does_not_build_hands_nothing_over(bob: Client, charlie: Client) -> None:
    for client, status in ((bob, 403), (charlie, 404)):
        unit = "north" if client is bob else "bakery"
        for method in ("get", "post"):
            assert getattr(client, method)(f"/s/{unit}/start/spreadsheet/").status_code == status
