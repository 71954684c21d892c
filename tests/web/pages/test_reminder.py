"""The link of a reminder: it enters the figures it is about, as the person it was sent to, and nothing else."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fourfold.actions.answer_reminder import answer_reminder
from fourfold.actions.deactivate_person import deactivate_person
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.invite_person import invite_person
from fourfold.actions.name_deputy import name_deputy
from fourfold.actions.record_measurements import NewFigure
from fourfold.errors import Conflict, NotFound
from fourfold.records.models import Event, Kpi, Measurement, Organisation, Person, Reminder
from fourfold.records.queries.reminder import link_of
from tests.web.conftest import ADDRESSES

PERIOD = "M:2026-09"


@pytest.fixture(autouse=True)
def today(organisation: Organisation) -> None:
    evaluate_organisation(by=None, organisation="bakery")


def reminded(who: str = "bob", kpis: tuple[str, ...] = ("staff",), unit: str = "north", **changes: Any) -> Reminder:
    """That somebody was reminded of these figures today."""
    now, place = timezone.now(), Organisation.objects.get(code="bakery")
    pks = [Kpi.objects.get(organisation=place, code=code).pk for code in kpis]
    given = {"day": now.date(), "made_at": now, "ends_at": now + timedelta(days=1)} | changes
    return Reminder.objects.create(
        organisation=place, person=Person.objects.get(email=ADDRESSES.get(who, f"{who}@bakery.example")),
        figures=[[unit, pk, PERIOD] for pk in pks], **given,
    )  # fmt: skip


def opened(row: Reminder) -> tuple[Client, str]:
    """A browser in which nobody is signed in and the link was opened, and where it stands."""
    client = Client()
    answer = client.get("/updates/reminder/", {"link": link_of(row)})
    assert answer.status_code == 302, answer.content
    return client, answer["Location"]


def field(code: str, name: str = "value") -> str:
    return f"{name}:{Kpi.objects.get(organisation__code='bakery', code=code).pk}:{PERIOD}"


def sent(code: str = "staff", value: str = "7", **changes: str) -> dict[str, str]:
    return {"unit": "north", "month": PERIOD, field(code): value, field(code, "version"): "none"} | changes


def recorded(code: str = "staff", unit: str = "north") -> list[Measurement]:
    return list(Measurement.objects.filter(kpi__code=code, unit__code=unit, period=PERIOD, superseded_at=None))


def test_it_enters_its_figure_as_the_person_without_signing_in() -> None:
    client, page = opened(reminded())
    text = client.get(page).content.decode()
    assert re.findall(r'name="(?:value|numerator):[^"]*"', text) == [f'name="{field("staff")}"'], "exactly these"
    assert "link=" not in page and "/s/north/" not in text and "/kpi/" not in text
    answer = client.post(page, sent())
    assert answer.status_code == 302 and answer["Location"] == page
    (row,) = recorded()
    assert row.value == 7 and row.recorded_by == Person.objects.get(email=ADDRESSES["bob"])
    event = Event.objects.filter(action="measurement.record").latest("seq")
    assert (event.person, event.via) == (row.recorded_by, "mail")
    assert "Nothing is due any more" in client.get(page).content.decode()
    assert client.get("/").status_code == 302 and "_auth_user_id" not in client.session, "nobody is signed in"


def test_sent_again_or_for_something_else_it_records_nothing() -> None:
    row = reminded()
    client, page = opened(row)
    client.post(page, sent())
    client.post(page, sent(value="8"))
    assert [each.value for each in recorded()] == [7], "not to correct it"
    row.figures = [["north", Kpi.objects.get(organisation__code="bakery", code="costs").pk, PERIOD]]
    row.save()
    client.post(page, sent("sales", "9") | {field("costs"): "300"})
    assert recorded("sales") == [] and [each.value for each in recorded("costs")] == [300], "not another KPI"
    client.post(page, sent("costs", "9") | {"unit": "south"})
    assert recorded("costs", "south") == [], "not another unit"
    for unit, kpi, period in (("north", "costs", PERIOD), ("south", "costs", PERIOD), ("north", "sales", PERIOD)):
        with pytest.raises(Conflict):
            answer_reminder(link=link_of(row), figures=[NewFigure(kpi, unit, period, value="1")])


def test_a_link_that_does_not_hold_is_answered_in_one_way() -> None:
    now = timezone.now()
    person = Person.objects.get(email=ADDRESSES["bob"])
    whole = link_of(reminded())
    past = now.date() - timedelta(days=3)
    over = link_of(reminded(day=past, ends_at=now - timedelta(seconds=1)))
    revoked = link_of(reminded(day=past - timedelta(days=1), revoked_at=now))
    bad = [over, revoked, whole[:-1], whole + "A", "999999." + whole.partition(".")[2], "", "x", "1.", "٣.a"]
    answers = [Client().get("/updates/reminder/", {"link": link}) for link in bad]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1, "which of the reasons it is, nobody learns"
    for link in bad:
        with pytest.raises(NotFound):
            answer_reminder(link=link, figures=[NewFigure("staff", "north", PERIOD, value="1")])
    assert recorded() == [] and Event.objects.filter(action="reminder.refuse").exists() and person.is_active


def test_without_its_cookie_or_with_that_of_another_the_page_is_not_there() -> None:
    one, other = reminded(), reminded("alice", unit="south")
    client, page = opened(one)
    assert Client().get(page).status_code == 404
    assert client.get(f"/updates/reminder/{other.pk}/").status_code == 404
    client.cookies[f"fourfold_reminder_{other.pk}"] = client.cookies[f"fourfold_reminder_{one.pk}"].value
    assert client.get(f"/updates/reminder/{other.pk}/").status_code == 404


def test_what_ends_the_link_ends_an_open_page_too() -> None:
    row = reminded()
    client, page = opened(row)
    assert client.get(page).status_code == 200
    owner = Client()
    owner.force_login(row.person)
    assert f'value="{row.pk}"' in owner.get("/account/reminders/").content.decode()
    assert owner.post("/account/reminders/", {"revoke": row.pk}).status_code == 302
    assert Event.objects.get(action="reminder.revoke").person == row.person
    assert client.get(page).status_code == client.post(page, sent()).status_code == 404
    assert recorded() == [] and "over since" in owner.get("/account/reminders/").content.decode()


def test_nobody_revokes_or_sees_the_reminder_of_another_but_administrators_and_they_enter_nothing_by_it(
    alice: Client, charlie: Client
) -> None:
    row = reminded()
    assert charlie.post("/account/reminders/", {"revoke": row.pk}).status_code == 404
    assert f'value="{row.pk}"' not in charlie.get("/account/reminders/").content.decode()
    assert f'value="{row.pk}"' in alice.get("/account/reminders/").content.decode()
    for client in (alice, charlie):
        assert client.get("/updates/reminder/", {"link": link_of(row)}).status_code == 404, "signed in as somebody else"
    assert Reminder.objects.get(pk=row.pk).revoked_at is None


def test_somebody_who_was_switched_off_or_lost_the_right_enters_nothing() -> None:
    row = reminded()
    client, page = opened(row)
    row.person.grant_rows.update(role="viewer")
    assert "Nothing is due" in client.get(page).content.decode()
    client.post(page, sent())
    deactivate_person(by=None, email=ADDRESSES["bob"])
    assert client.get(page).status_code == client.post(page, sent()).status_code == 404
    assert Client().get("/updates/reminder/", {"link": link_of(row)}).status_code == 404
    assert recorded() == []


def test_what_is_wrong_or_unusual_comes_back_with_the_form() -> None:
    client, page = opened(reminded(kpis=("on_time", "staff")))
    parts = {"numerator": "50", "denominator": "100", "version": "none"}
    form = {"unit": "north", "month": PERIOD} | {field("on_time", name): text for name, text in parts.items()}
    answer = client.post(page, form)
    assert answer.status_code == 422 and "It is off target: say why" in answer.content.decode()
    assert client.post(page, sent(value="2O")).status_code == 422
    note = {field("on_time", "note"): "Both vans stood in the workshop."}
    assert client.post(page, form | note).status_code == 302
    assert recorded("on_time")[0].reason == "Both vans stood in the workshop." and recorded() == []
    assert client.post(page, {"unit": "north", "month": PERIOD, field("staff", "state"): "missing",
                              field("staff"): "", field("staff", "version"): "none"}).status_code == 302  # fmt: skip
    assert recorded()[0].value is None


def test_a_deputy_enters_on_behalf_of_who_is_away() -> None:
    mail = "vera@bakery.example"
    invite_person(by=None, organisation="bakery", email=mail, name="Vera", role="viewer", unit="north")
    bob, day = Person.objects.get(email=ADDRESSES["bob"]), timezone.localdate()
    name_deputy(by=bob, deputy=mail, since=day, until=date(day.year + 1, 1, 1))
    client, page = opened(reminded("vera", kpis=("sales",)))
    words = {field("sales", "note"): "A long explanation of it.", field("sales", "sure"): "yes"}
    assert client.post(page, sent("sales", "1100") | words).status_code == 302
    event = Event.objects.filter(action="measurement.record").latest("seq")
    assert (event.person, event.on_behalf_of, event.via) == (Person.objects.get(email=mail), bob, "mail")


def administrators_want(links: str) -> None:
    place = Organisation.objects.get(code="bakery")
    place.spec = place.spec | {"reminder_links": links}
    place.definitions_version += 900_000
    place.save()
    evaluate_organisation(by=None, organisation="bakery")


def test_where_links_are_switched_off_people_sign_in_first_and_an_open_page_enters_nothing(bob: Client) -> None:
    row = reminded()
    client, page = opened(row)
    administrators_want("sign_in")
    assert client.post(page, sent()).status_code == client.get(page).status_code == 404 and recorded() == []
    with pytest.raises(NotFound):
        answer_reminder(link=link_of(row), figures=[NewFigure("staff", "north", PERIOD, "7")])
    answer = Client().get("/updates/reminder/", {"link": link_of(row)})
    assert answer.status_code == 302 and answer["Location"] == "/accounts/login/?next=/updates/"
    assert bob.get("/updates/reminder/", {"link": link_of(row)}).status_code == 302, "the grid"


def test_an_administrator_sees_the_links_of_others_that_work_and_revokes_them_and_nobody_else_does(
    alice: Client, bob: Client, charlie: Client
) -> None:
    row = reminded()
    reminded("alice", day=date(2026, 1, 1))
    page = alice.get("/account/reminders/").content.decode()
    assert "Bob Baker:" in page and "the link of Bob Baker" in page
    assert "Bob Baker" not in charlie.get("/account/reminders/").content.decode()
    assert "Alice Archer" not in bob.get("/account/reminders/").content.decode()
    assert charlie.post("/account/reminders/", {"revoke": str(row.pk)}).status_code == 404
    client, entering = opened(row)
    assert alice.post("/account/reminders/", {"revoke": str(row.pk)}).status_code == 302
    assert client.post(entering, sent()).status_code == 404 and recorded() == []
    event = Event.objects.filter(action="reminder.revoke").latest("seq")
    assert event.person == Person.objects.get(email=ADDRESSES["alice"]) and event.object == f"person {row.person_id}"
    assert "Bob Baker:" not in alice.get("/account/reminders/").content.decode()
