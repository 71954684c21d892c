from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from fourfold.access.roles import Role
from fourfold.actions._events import note_event
from fourfold.actions.invite_person import invite_person
from fourfold.actions.record_measurement import record_measurement
from fourfold.records.guard import lift_guard
from fourfold.records.models import Event, Organisation, Person, Unit
from fourfold.records.queries.audit import ON_PAGE
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
LOG = "/audit/bakery/"


@pytest.fixture
def figures(organisation: Organisation) -> Organisation:
    """Bob corrects a figure of his shop, Alice enters one of the other; both are events."""
    alice, bob = (Person.objects.get(email=f"{name}@bakery.example") for name in ("alice", "bob"))
    place = {"organisation": "bakery", "kpi": "sales", "period": "2026-04"}
    record_measurement(by=bob, **place, unit="north", value="1201.50", note="=cmd|x", at=NOW)
    record_measurement(by=alice, **place, unit="south", value="601", at=NOW)
    return organisation


def member(role: Role, unit: str | None = None) -> Client:
    """A browser of somebody with just this role."""
    email = f"{role.value}@bakery.example"
    invite_person(by=None, organisation="bakery", email=email, name=role.word, role=role, unit=unit)
    person = Person.objects.get(email=email)
    person.grant_rows.exclude(role=role).delete()
    client = Client()
    client.force_login(person)
    return client


def things(client: Client, query: str = "") -> list[str]:
    text = client.get(LOG + query).content.decode()
    return re.findall(r"<div class=\"what\"><p><b>[^<]+</b> ([^<]*)</p>", text)


def test_alice_reads_what_was_before_and_what_is_now(alice: Client, figures: Organisation) -> None:
    text = alice.get(LOG).content.decode()
    assert "<del>1200</del>" in text and "<ins>1201.50</ins>" in text
    assert "<b>Bob Baker</b>" in text and "“=cmd|x”" in text
    assert things(alice)[:2] == ["sales/south/M:2026-04", "sales/north/M:2026-04"]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ORGANISATION_ADMIN])
def test_auditors_and_organisation_admins_read_everything(figures: Organisation, role: Role) -> None:
    client = member(role)
    assert len(things(client)) == Event.objects.filter(organisation=figures).count()
    assert "not verified yet" in client.get(LOG).content.decode()
    assert client.get("/audit/")["Location"] == LOG


def test_a_scorecard_admin_reads_what_was_done_in_their_units(figures: Organisation) -> None:
    client = member(Role.SCORECARD_ADMIN, "south")
    assert things(client) == ["sales/south/M:2026-04"]
    assert "verified" not in client.get(LOG).content.decode()


def test_bob_reads_what_he_did_himself(bob: Client, figures: Organisation) -> None:
    assert things(bob) == ["sales/north/M:2026-04"]


def test_an_owner_reads_what_was_done_to_their_kpi_in_their_units(figures: Organisation) -> None:
    client = member(Role.KPI_OWNER, "south")
    assert things(client) == []
    kpi = figures.kpi_set.get(code="sales")
    kpi.owner = Person.objects.get(email="kpi_owner@bakery.example")
    kpi.save()
    assert things(client) == ["sales/south/M:2026-04"]


def test_a_denial_of_a_part_hides_its_events_and_those_of_the_whole(figures: Organisation) -> None:
    client = member(Role.AUDITOR)
    person = Person.objects.get(email="auditor@bakery.example")
    person.grant_rows.create(organisation=figures, role="", unit=Unit.objects.get(organisation=figures, code="north"))
    assert things(client) == ["sales/south/M:2026-04"]
    assert client.post(LOG + "verification/").status_code in (403, 404)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COMMENTER, Role.EDITOR])
def test_who_may_read_no_log_is_told_of_none(figures: Organisation, role: Role) -> None:
    client = member(role)
    for address in ("/audit/", LOG, LOG + "export/", LOG + "verification/"):
        assert client.get(address).status_code == 404, address
        assert client.post(address).status_code in (404, 405), address
    assert "/audit/" not in client.get("/s/bakery/").content.decode()


def test_charlie_is_told_of_no_log_but_his_own(charlie: Client, figures: Organisation) -> None:
    for address in (LOG, LOG + "export/", LOG + "verification/"):
        assert charlie.get(address).status_code == 404, address
        assert charlie.post(address).status_code in (404, 405), address
    assert charlie.get("/audit/")["Location"] == "/audit/mill/"
    assert "sales" not in charlie.get("/audit/mill/").content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [("?person=bob+baker", 1), ("?person=bob@bakery.example", 1), ("?action=measurement", 2), ("?action=measure", 0),
     ("?action=folder.load", 1), ("?object=SALES/north", 1), ("?text=1201.50", 1), ("?text=cmd", 1),
     ("?person=machine", 1), ("?since=2026-05-20&until=2026-05-20", 3), ("?since=2026-05-21", 0),
     ("?until=2026-05-19", 0), ("?until=9999-12-31", 3)],
)  # fmt: skip
def test_the_filter_wants_what_it_says(alice: Client, figures: Organisation, query: str, count: int) -> None:
    assert len(things(alice, query)) == count


def test_a_day_that_is_none_is_said(alice: Client, figures: Organisation) -> None:
    response = alice.get(LOG + "?since=31.02.2026")
    assert response.status_code == 422
    assert "“31.02.2026” is not a day. Write it as 2026-03-31." in response.content.decode()


def test_pages_follow_one_another_without_a_gap_while_events_come_in(alice: Client, figures: Organisation) -> None:
    with transaction.atomic():
        for number in range(2 * ON_PAGE):
            note_event(figures, None, "a.b", str(number), at=NOW + timedelta(seconds=number))
    first = alice.get(LOG + "?action=a").content.decode()
    with transaction.atomic():
        note_event(figures, None, "a.b", "new", at=NOW)
    (older,) = re.findall(r'href="([^"]+)"[^>]*>Older', first)
    rest = things(alice, older.replace("&amp;", "&").removeprefix(LOG))
    assert rest == [str(number) for number in range(ON_PAGE - 1, -1, -1)]


def test_the_file_has_what_the_filter_wants_and_no_formula(alice: Client, figures: Organisation) -> None:
    response = alice.post(LOG + "export/", {"format": "csv", "action": "measurement"})
    table = list(csv.reader(io.StringIO(b"".join(response).decode())))  # type: ignore[call-overload]
    assert response["Content-Disposition"] == 'attachment; filename="events.csv"'
    assert [row[7] for row in table[1:]] == ["sales/north/M:2026-04", "sales/south/M:2026-04"]
    assert table[1][10] == "'=cmd|x"
    event = Event.objects.get(action="audit.export")
    assert event.after == {"format": "csv", "action": "measurement"}


def test_bob_takes_out_no_more_than_he_reads(bob: Client, figures: Organisation) -> None:
    lines = b"".join(bob.post(LOG + "export/", {"format": "jsonl"})).decode().splitlines()  # type: ignore[call-overload]
    assert {json.loads(line)["actor"] for line in lines} == {f"u{Person.objects.get(name='Bob Baker').pk}"}


def test_the_chain_is_verified_from_the_page_and_its_state_stays_there(alice: Client, figures: Organisation) -> None:
    response = alice.post(LOG + "verification/", follow=True)
    assert "events verified: all hold." in response.content.decode()
    assert re.search(r"Verified up to number \d+ on ", alice.get(LOG).content.decode())
    lift_guard(connection)
    Event.objects.filter(action="measurement.record", person__name="Bob Baker").update(reason="")
    text = alice.post(LOG + "verification/", follow=True).content.decode()
    assert re.search(r"Event \d+ is not what was written", text)
    assert 'role="alert">Event' in alice.get(LOG).content.decode()


def test_bob_does_not_verify_the_chain(bob: Client, figures: Organisation) -> None:
    assert bob.post(LOG + "verification/").status_code in (403, 404)


def test_what_people_typed_is_text(alice: Client, figures: Organisation) -> None:
    with transaction.atomic():
        note_event(figures, None, "a.b", "<script>x</script>", at=NOW, after={"<b>": "<img src=x>"}, reason="</ol>")
    text = alice.get(LOG + "?text=<script>").content.decode()
    assert "<script>x" not in text and "<img" not in text and "&lt;script&gt;" in text


def test_a_visitor_is_sent_to_sign_in(client: Client, figures: Organisation) -> None:
    for address in ("/audit/", LOG, LOG + "export/", LOG + "verification/"):
        assert client.get(address)["Location"].startswith("/accounts/login/")


def test_the_log_is_one_link_away_for_who_reads_it(alice: Client, figures: Organisation) -> None:
    for page in ("/s/bakery/", "/s/bakery/menu/"):
        assert f'href="{LOG}"' in alice.get(page).content.decode()
    admin = member(Role.ORGANISATION_ADMIN)
    assert f'href="{LOG}"' in admin.get("/").content.decode()
    assert signed_in("charlie").get("/").status_code == 302
