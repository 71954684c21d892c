"""A confidential KPI: whoever has no clearance finds no trace of it in pages, API, exports, search and log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from fourfold.access.roles import Role
from fourfold.access.scopes import Scope
from fourfold.actions.export_folder import export_folder
from fourfold.actions.give_grant import give_grant
from fourfold.actions.invite_person import invite_person
from fourfold.actions.load_folder import load_folder
from fourfold.actions.make_token import make_token
from fourfold.actions.record_measurement import record_measurement
from fourfold.engine.definitions.write import write
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Grant, Kpi, Organisation, Person, Result
from fourfold.testing.bakery import BAKERY, bakery
from tests.web.conftest import FIGURES, load
from tests.web.test_everywhere import PAGES, address

#: Sickness is confidential and the only KPI of its objective; who may not see it finds none of these words anywhere.
TRACES = ("Sick leave", "sick_leave", "Keep people well", "7.25")
CONFIDENTIAL = {
    "kpis": [
        *BAKERY["kpis"],
        {"code": "sick_leave", "name": "Sick leave", "kind": "stock", "unit": "%", "polarity": "lower_better",
         "decimals": 2, "owner": "bob", "classification": "confidential"},
    ],
    "objectives": [*BAKERY["objectives"], {"code": "well", "name": "Keep people well", "perspective": "finance"}],
    "uses": [*BAKERY["uses"], {"kpi": "sick_leave", "objective": "well"}],
    "targets": [*BAKERY["targets"], {"kpi": "sick_leave", "since": "M:2026-01", "value": "3", "red_line": "7"}],
    "notes": [*BAKERY["notes"], {"kpi": "sick_leave", "unit": "north", "period": "M:2026-04", "text": "Sick leave."}],
}  # fmt: skip
WITHOUT_ADDRESS = {"figures", "steps"}


@pytest.fixture
def organisation(db: None, tmp_path: Path) -> Organisation:
    """Harbour Bakery with a confidential KPI."""
    return load(tmp_path / "bakery", bakery(**CONFIDENTIAL), f"{FIGURES}sick_leave,north,2026-04,7.25,,\n")


def somebody(name: str, role: Role = Role.VIEWER, unit: str | None = None, *, confidential: bool = False) -> Person:
    """Somebody with one role."""
    email = f"{name}@bakery.example"
    invite_person(by=None, organisation="bakery", email=email, name=name.title(), role=role, unit=unit)
    person = Person.objects.get(email=email)
    person.grant_rows.all().delete()
    give_grant(by=None, organisation="bakery", person=person.pk, role=role, unit=unit, confidential=confidential)
    return Person.objects.get(pk=person.pk)


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def texts(client: Client, names: tuple[str, ...] = PAGES) -> Iterator[tuple[str, str]]:
    for name in names:
        response = client.get(address(name), follow=True)
        yield name, str(response.content.decode())


@pytest.fixture
def charlie(organisation: Organisation) -> Person:
    """He sees the whole bakery and has no clearance."""
    return somebody("charlie", Role.SCORECARD_ADMIN)


@pytest.fixture
def erin(organisation: Organisation) -> Person:
    """She has one."""
    return somebody("erin", confidential=True)


def test_no_page_has_a_trace_of_it_and_each_says_that_something_is_not_shown(charlie: Person) -> None:
    for name, text in texts(browser(charlie)):
        assert not [trace for trace in TRACES if trace in text], name
        if name not in WITHOUT_ADDRESS:
            others = ("evidence", "portfolio", "scenario", "imports")  # he enters no figures: the last is refused
            assert "1 of 6 KPIs not shown to you" in text or name in others, name
    north = browser(charlie).get("/s/north/scorecard/").content.decode()
    assert not [trace for trace in TRACES if trace in north]


def test_its_own_pages_are_not_there_and_the_attempt_is_written_down(charlie: Person) -> None:
    pk = Kpi.objects.get(code="sick_leave").pk
    client = browser(charlie)
    for ending in ("", "quality/", "figures/", "steps/", "proposals/", "readers/"):
        for unit in ("bakery", "north"):
            assert client.get(f"/kpi/{pk}-x/{ending}?u={unit}").status_code == 404, ending
    for thing in ("kpi/sick_leave", "objective/well", "use/sick_leave~well", "target/sick_leave~~commit~M:2026-01"):
        for ending in ("", "removal/"):
            assert client.get(f"/s/bakery/build/{thing}/{ending}").status_code == 404, thing
    log = client.get("/audit/bakery/").content.decode()
    assert f"/kpi/{pk}-x/" in log


def test_with_a_clearance_it_is_a_kpi_like_others(erin: Person) -> None:
    client, pk = browser(erin), Kpi.objects.get(code="sick_leave").pk
    assert "7.25" in client.get(f"/kpi/{pk}-x/?u=north").content.decode()
    assert "Sick leave" in client.get("/s/north/scorecard/").content.decode()
    assert "Keep people well" in client.get("/s/bakery/map/").content.decode()
    assert "Sick leave" in client.get("/search/?q=sick&u=bakery").content.decode()
    assert "not shown to you" not in client.get("/s/bakery/scorecard/").content.decode()


def test_search_finds_it_for_nobody_else(charlie: Person) -> None:
    assert "Sick leave" not in browser(charlie).get("/search/?q=sick&u=bakery").content.decode()
    assert "Keep people" not in browser(charlie).get("/search/?q=keep&u=bakery").content.decode()


def asked(person: Person, path: str) -> tuple[int, str]:
    made = make_token(by=person, name="Test", scopes={Scope.READ, Scope.RECORD}).value
    assert made is not None
    response = Client().get(f"/api/v1{path}", HTTP_AUTHORIZATION=f"Bearer {made.text}")
    return response.status_code, response.content.decode()


def test_the_api_has_no_trace_of_it(charlie: Person, erin: Person) -> None:
    place = "/organisations/bakery"
    for path, trace in {
        "kpis": "Sick leave",
        "kpis/sick_leave": "Sick leave",
        "kpis/sick_leave/measurements": "7.25",
        "units/north/results?period=2026-04": "7.25",
    }.items():
        status, text = asked(erin, f"{place}/{path}")
        assert (status, trace in text) == (200, True), path
        status, text = asked(charlie, f"{place}/{path}")
        assert status == (404 if "sick_leave" in path else 200), path
        assert trace not in text, path


def test_nobody_records_or_exports_it_without_a_clearance(charlie: Person, tmp_path: Path) -> None:
    worker = somebody("worker", Role.CONTRIBUTOR)
    figure = {"organisation": "bakery", "unit": "north", "period": "2026-05", "value": "1"}
    record_measurement(by=worker, kpi="sales", **figure)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        record_measurement(by=worker, kpi="sick_leave", **figure)  # type: ignore[arg-type]
    with pytest.raises(Forbidden, match="confidential"):
        export_folder(by=charlie, organisation="bakery", path=tmp_path / "out")


def test_the_log_and_its_export_keep_it_from_whoever_has_no_clearance(charlie: Person) -> None:
    record_measurement(by=None, organisation="bakery", kpi="sick_leave", unit="north", period="2026-03", value="7.25")
    cleared = somebody("auditor", Role.AUDITOR, confidential=True)
    for person, is_shown in ((charlie, False), (cleared, True)):
        client = browser(person)
        page = client.get("/audit/bakery/").content.decode()
        file = b"".join(client.post("/audit/bakery/export/", {"format": "csv"}).streaming_content)  # type: ignore[attr-defined]
        assert ("sick_leave/north" in page, b"sick_leave/north" in file) == (is_shown, is_shown)
        assert ("7.25" in page, b"7.25" in file) == (is_shown, is_shown)


def test_a_clearance_for_one_unit_shows_it_there_alone(organisation: Organisation) -> None:
    person = somebody("fay")
    give_grant(by=None, person=person.pk, role=Role.COMMENTER, unit="north", confidential=True)
    client = browser(person)
    assert "Sick leave" in client.get("/s/north/scorecard/").content.decode()
    assert "Sick leave" not in client.get("/s/south/scorecard/").content.decode()
    seen = Result.objects.visible_to(Person.objects.get(pk=person.pk)).filter(node="kpi:sick_leave")
    assert set(seen.values_list("unit__code", flat=True)) == {"north"}


def test_its_owner_sees_it_by_the_role_of_kpi_owner(organisation: Organisation) -> None:
    bob = Person.objects.get(email="bob@bakery.example")
    bob.grant_rows.all().delete()
    give_grant(by=None, person=bob.pk, role=Role.KPI_OWNER, unit="north")
    pk = Kpi.objects.get(code="sick_leave").pk
    assert "7.25" in browser(bob).get(f"/kpi/{pk}-x/?u=north").content.decode()


def test_what_the_cleared_have_just_looked_at_is_kept_from_others_all_the_same(erin: Person, charlie: Person) -> None:
    for _ in texts(browser(erin)):
        pass
    other = somebody("gus")
    for name, text in texts(browser(other)):
        assert not [trace for trace in TRACES if trace in text], name


def test_nobody_gives_a_clearance_that_they_do_not_have(charlie: Person) -> None:
    gus = somebody("gus")
    with pytest.raises(Forbidden, match="clearance"):
        give_grant(by=charlie, person=gus.pk, role=Role.COMMENTER, confidential=True)
    alice = Person.objects.get(email="alice@bakery.example")
    give_grant(by=alice, person=gus.pk, role=Role.COMMENTER, confidential=True)
    assert Grant.objects.get(person=gus, role=Role.COMMENTER).confidential


def test_who_can_see_it_names_the_cleared_alone(erin: Person, charlie: Person) -> None:
    pk = Kpi.objects.get(code="sick_leave").pk
    text = browser(erin).get(f"/kpi/{pk}-x/readers/?u=north").content.decode()
    assert "Erin" in text and "Charlie" not in text
    assert "confidential KPIs too" in browser(erin).get(f"/people/{erin.pk}/rights/").content.decode()


def test_a_folder_says_who_has_a_clearance(organisation: Organisation, tmp_path: Path) -> None:
    people = [p | ({"clearance": "confidential"} if p["code"] == "bob" else {}) for p in BAKERY["people"]]
    (folder := tmp_path / "again").mkdir()
    for name, text in write(bakery(**CONFIDENTIAL | {"people": people})).items():
        (folder / name).write_text(text)
    assert load_folder(by=None, path=folder).ok
    bob = Person.objects.get(email="bob@bakery.example")
    assert set(bob.grant_rows.values_list("confidential", flat=True)) == {True}
    assert load_folder(by=None, path=tmp_path / "bakery").ok
    assert set(bob.grant_rows.values_list("confidential", flat=True)) == {False}


@pytest.mark.parametrize("page", ["/s/bakery/", "/s/bakery/scorecard/", "/s/bakery/map/", "/s/north/alignment/"])
def test_what_is_confidential_now_is_so_for_all_its_past(charlie: Person, erin: Person, page: str) -> None:
    then = {"as_of": "2026-05-20"}
    text = browser(charlie).get(page, then).content.decode()
    assert "As known on 20 May 2026" in text
    assert not [trace for trace in TRACES if trace in text]
    assert "Keep people well" in browser(erin).get("/s/bakery/scorecard/", then).content.decode()
