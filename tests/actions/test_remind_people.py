"""Reminders: on the days of the calendar, once, to whoever is there, with a link for them alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fourfold.actions.load_folder import load_folder
from fourfold.actions.name_deputy import name_deputy
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.remind_people import remind_people
from fourfold.actions.send_mail import _message
from fourfold.errors import Forbidden, NotFound
from fourfold.jobs.make_room import make_room
from fourfold.records.models import Event, Mail, Organisation, Person, Reminder
from fourfold.records.queries.reminder import link_of, open_reminder, still_due
from fourfold.testing.bakery import BAKERY

pytestmark = pytest.mark.django_db


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def asked(organisation: Organisation, folder: Callable[..., Path], now: datetime) -> Organisation:
    """The bakery, whose calendar asks for figures two business days after a month: those of June on 3 July."""
    due = BAKERY["organisation"] | {"values_due": 2}
    assert load_folder(by=None, path=folder(organisation=due, name="due"), at=now).ok
    organisation.refresh_from_db()
    return organisation


def reminded(day: datetime) -> list[str]:
    found = remind_people(by=None, organisation="bakery", at=day).value
    assert found is not None
    return sorted(reminder.person.name.split()[0] for reminder in found)


@pytest.mark.parametrize(("day", "who"), [(30, []), (1, ["Alice", "Bob"])])
def test_two_business_days_before(asked: Organisation, day: int, who: list[str]) -> None:
    assert reminded(at(7 if day == 1 else 6, day)) == who


@pytest.mark.parametrize(("day", "who"), [(2, []), (3, ["Alice", "Bob"]), (6, ["Alice", "Bob"]), (7, [])])
def test_on_the_day_and_a_business_day_after(asked: Organisation, day: int, who: list[str]) -> None:
    assert reminded(at(7, day)) == who


def test_nobody_gets_two_on_a_day_and_a_new_link_ends_the_one_before(asked: Organisation, bob: Person) -> None:
    assert reminded(at(7, 3)) == ["Alice", "Bob"] and reminded(at(7, 3, 15)) == []
    first = Reminder.objects.get(person=bob)
    assert open_reminder(bob, link_of(first), at=at(7, 3)) == first
    reminded(at(7, 6))
    with pytest.raises(NotFound):
        open_reminder(bob, link_of(first), at=at(7, 6))
    assert Event.objects.filter(action="person.remind").count() == Mail.objects.count() == 4


def test_an_organisation_whose_calendar_asks_for_nothing_reminds_nobody(organisation: Organisation) -> None:
    assert reminded(at(7, 3)) == []


def test_a_link_is_for_one_person_and_for_a_while(asked: Organisation, alice: Person, bob: Person) -> None:
    reminded(at(7, 3))
    mine = Reminder.objects.get(person=bob)
    link = link_of(mine)
    for person, said, day in (
        (alice, link, at(7, 3)), (bob, link[:-1], at(7, 3)), (bob, f"{mine.pk}.x", at(7, 3)), (bob, "", at(7, 3)),
        (bob, link, at(7, 3) + timedelta(days=14)),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            open_reminder(person, said, at=day)


def test_what_was_entered_meanwhile_is_not_asked_for(asked: Organisation, bob: Person) -> None:
    reminded(at(7, 3))
    reminder = Reminder.objects.get(person=bob)
    codes = [due.kpi.code for group in still_due(reminder, at=at(7, 3)) for due in group.figures]
    assert "sales" in codes
    june = {"organisation": "bakery", "unit": "north", "period": "2026-06", "at": at(7, 3)}
    record_measurement(by=bob, **june, kpi="sales", value=1000)  # type: ignore[arg-type]
    reminder = Reminder.objects.select_related("organisation").get(pk=reminder.pk)
    left = [(d.kpi.code, d.period.id) for group in still_due(reminder, at=at(7, 3)) for d in group.figures]
    assert ("sales", "M:2026-06") not in left


def test_the_deputy_is_reminded_while_the_owner_is_away(asked: Organisation, alice: Person, bob: Person) -> None:
    name_deputy(
        by=bob, organisation="bakery", deputy="alice@bakery.example", since=date(2026, 7, 1), until=date(2026, 7, 9),
        at=at(7, 1),
    )  # fmt: skip
    assert reminded(at(7, 3)) == ["Alice"]
    figures = {(unit, period) for unit, _, period in Reminder.objects.get(person=alice).figures}
    assert ("north", "M:2026-06") in figures


def test_the_mail_names_units_and_counts_and_no_figures_or_kpis(asked: Organisation, bob: Person) -> None:
    reminded(at(7, 3))
    mail = Mail.objects.select_related("reminder__person", "reminder__organisation").get(reminder__person=bob)
    Reminder.objects.update(ends_at=datetime.now(UTC) + timedelta(days=1))
    mail.reminder.refresh_from_db()
    message = _message(mail)
    assert message is not None
    text = str(message.body)
    assert "North Quay, Jun 2026: 4 figures, due 3 July" in text and link_of(mail.reminder) in text
    assert "Sales" not in text and "figures of Harbour Bakery" in message.subject


def test_only_an_administrator_or_the_machine_reminds(asked: Organisation, bob: Person) -> None:
    with pytest.raises(Forbidden):
        remind_people(by=bob, organisation="bakery", at=at(7, 3))


def test_reminders_whose_links_ended_long_ago_make_room_with_their_mails(asked: Organisation) -> None:
    assert reminded(at(7, 3)) and Mail.objects.filter(kind=Mail.Kind.REMINDER).exists()
    ended = max(Reminder.objects.values_list("ends_at", flat=True))
    make_room(now=ended + timedelta(days=89))
    assert Reminder.objects.exists()
    make_room(now=ended + timedelta(days=91))
    assert not Reminder.objects.exists() and not Mail.objects.filter(kind=Mail.Kind.REMINDER).exists()
