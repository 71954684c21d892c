"""Looks at KPIs: kept in memory, written once, by role and day alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from fourfold.access.roles import Role
from fourfold.actions.give_grant import give_grant
from fourfold.actions.load_folder import load_folder
from fourfold.actions.note_look import MOST, forget_looks, note_look, note_waiting_looks
from fourfold.actions.remove_looks import KEPT, remove_looks
from fourfold.actions.switch_read_only import switch_read_only
from fourfold.jobs.make_room import make_room
from fourfold.jobs.note_looks import note_last_looks, note_looks
from fourfold.records.models import Kpi, Look, Organisation, Person
from fourfold.records.queries.structure import structure_of

pytestmark = pytest.mark.django_db


def look(by: Person, at: datetime, code: str = "sales", unit: str = "north") -> bool | None:
    """Somebody opens the page of a KPI, in a request of its own."""
    structure = structure_of(Organisation.objects.get(code="bakery"))
    place = next(u for u in structure.units if u.code == unit)
    person = Person.objects.get(pk=by.pk)
    return note_look(by=person, structure=structure, unit=place, kpi=structure.kpi_pk[code], at=at).value


def rows() -> list[tuple[str, str, date]]:
    return sorted(Look.objects.values_list("kpi__code", "role", "day"))


def test_a_look_asks_the_database_nothing_and_is_written_by_the_next_round(bob: Person, now: datetime) -> None:
    structure = structure_of(Organisation.objects.get(code="bakery"))
    north = next(u for u in structure.units if u.code == "north")
    assert bob.principal.person == bob.pk  # read, as by the page
    with CaptureQueriesContext(connection) as asked:
        assert note_look(by=bob, structure=structure, unit=north, kpi=structure.kpi_pk["sales"], at=now).value
    assert len(asked) == 0 and rows() == []
    assert note_looks(now=now) == 1
    assert rows() == [("sales", "contributor", now.date())]


def test_one_row_tells_of_all_looks_of_a_role_on_a_day(alice: Person, bob: Person, now: datetime) -> None:
    for minute in range(3):
        look(bob, now + timedelta(minutes=minute))
        note_looks(now=now + timedelta(minutes=minute))
    look(alice, now, unit="north")
    look(alice, now, unit="south")
    look(bob, now + timedelta(days=1))
    assert note_looks(now=now + timedelta(days=1)) == 2
    assert rows() == [
        ("sales", "contributor", now.date()), ("sales", "contributor", now.date() + timedelta(days=1)),
        ("sales", "scorecard_admin", now.date()),
    ]  # fmt: skip


def test_a_row_does_not_say_who_it_was() -> None:
    assert {f.name for f in Look._meta.get_fields()} == {"id", "organisation", "kpi", "role", "day"}


def test_somebody_with_two_roles_counts_by_one(alice: Person, bob: Person, now: datetime) -> None:
    give_grant(by=alice, person=bob.pk, role=Role.APPROVER, unit="north")
    look(bob, now)
    note_looks(now=now)
    assert rows() == [("sales", "approver", now.date())]


def test_who_sees_nothing_of_the_unit_looks_by_no_role(bob: Person, charlie: Person, now: datetime) -> None:
    assert look(charlie, now) is False and look(bob, now, unit="south") is False
    assert note_looks(now=now) == 0


def test_the_day_is_that_of_the_organisation(bob: Person, folder: Callable[..., Any], now: datetime) -> None:
    place = {"code": "bakery", "name": "Harbour Bakery", "currency": "EUR", "time_zone": "Pacific/Auckland"}
    assert load_folder(by=None, path=folder(organisation=place), at=now).ok
    look(bob, now.replace(hour=13))  # one in the night there
    note_looks(now=now)
    assert rows() == [("sales", "contributor", now.date() + timedelta(days=1))]


def test_looks_wait_while_nobody_may_write(bob: Person, now: datetime) -> None:
    switch_read_only(by=None, on=True)
    look(bob, now)
    assert note_looks(now=now) == 0 and rows() == []
    assert Organisation.objects.get(code="bakery").looks_since is None
    switch_read_only(by=None, on=False)
    assert note_looks(now=now) == 1 and len(rows()) == 1


def test_looks_that_could_not_be_written_are_written_by_the_next_round(bob: Person, now: datetime) -> None:
    def full(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "records_look" in sql and sql.startswith("INSERT"):
            raise DatabaseError("the disk is full")
        return execute(sql, params, many, context)

    look(bob, now)
    with connection.execute_wrapper(full), pytest.raises(DatabaseError):
        note_looks(now=now)
    assert rows() == []
    assert note_looks(now=now) == 1 and len(rows()) == 1


def test_another_process_that_saw_the_same_writes_no_second_row(bob: Person, now: datetime) -> None:
    for _ in range(2):
        look(bob, now)
        note_looks(now=now)
        forget_looks()  # as a new process does
    assert len(rows()) == 1


def test_a_process_that_was_killed_loses_what_was_not_written_and_no_more(bob: Person, now: datetime) -> None:
    look(bob, now)
    note_looks(now=now)
    look(bob, now, code="costs")
    forget_looks()
    assert note_looks(now=now) == 0
    assert rows() == [("sales", "contributor", now.date())]


def test_a_look_at_a_kpi_that_is_gone_meanwhile_goes_with_it(bob: Person, now: datetime) -> None:
    gone, structure = Kpi.objects.latest("pk").pk + 1, structure_of(Organisation.objects.get(code="bakery"))
    place = next(u for u in structure.units if u.code == "north")
    note_look(by=bob, structure=structure, unit=place, kpi=gone, at=now)
    look(bob, now)
    note_waiting_looks(at=now)
    assert rows() == [("sales", "contributor", now.date())]
    assert note_waiting_looks(at=now).value == 0


def test_memory_holds_no_more_than_its_share(bob: Person, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST > 10_000
    monkeypatch.setattr("fourfold.actions.note_look.MOST", 1)
    assert look(bob, now) is True and look(bob, now, code="costs") is False
    note_looks(now=now)
    assert look(bob, now, code="costs") is True


def test_the_first_round_says_from_when_on_looks_are_kept(organisation: Organisation, now: datetime) -> None:
    note_looks(now=now)
    note_looks(now=now + timedelta(days=9))
    organisation.refresh_from_db()
    assert organisation.looks_since == now.date()


def test_a_server_that_stops_writes_what_waits_and_begins_nothing(bob: Person, now: datetime) -> None:
    look(bob, now)
    assert note_last_looks(now=now) == 1 and note_last_looks(now=now) == 0
    assert rows() == [("sales", "contributor", now.date())]
    assert Organisation.objects.get(code="bakery").looks_since is None


def test_looks_are_kept_for_two_years_and_nobody_knows_of_the_days_before(bob: Person, now: datetime) -> None:
    look(bob, now)
    note_looks(now=now)
    after = now + KEPT
    assert remove_looks(at=after).value == 0 and len(rows()) == 1
    assert make_room(now=after + timedelta(days=1)) >= 1
    assert rows() == []
    assert Organisation.objects.get(code="bakery").looks_since == now.date() + timedelta(days=1)
