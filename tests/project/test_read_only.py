"""Read-only and what the database cannot do: people read, nothing is half written, and the page says what holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client

from fourfold.actions.load_folder import load_folder
from fourfold.actions.switch_read_only import switch_read_only
from fourfold.records.models import Event, Organisation, Person
from fourfold.records.read_only import ReadOnly, is_read_only, refuse_writes
from tests.project.installations import Installation, bakery_folder, filled, new, template

__all__ = ["filled", "new", "template"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(tmp_path: Path) -> Client:
    assert load_folder(by=None, path=bakery_folder(tmp_path / "bakery")).ok
    client = Client()
    client.force_login(Person.objects.get(email="alice@bakery.example"))
    return client


@pytest.fixture
def switched_on() -> Iterator[None]:
    switch_read_only(by=None, on=True, why="until 18:00")
    yield
    switch_read_only(by=None, on=False)


def entry() -> str:
    """The form of a KPI of the bakery."""
    from fourfold.records.models import Kpi

    return f"/kpi/{Kpi.objects.get(code='staff').pk}-staff/figures/"


def test_every_page_can_be_read_and_says_that_nobody_writes(alice: Client, switched_on: None) -> None:
    page = alice.get("/s/bakery/")
    assert page.status_code == 200
    assert b"Read-only." in page.content and b"until 18:00" in page.content


def test_what_writes_answers_503_and_changes_nothing(alice: Client, switched_on: None) -> None:
    before = Event.objects.count(), Organisation.objects.get().version
    for address in (entry(), "/password/"):
        answer = alice.post(address, {"value": "9", "period": "2026-03", "u": "north"})
        assert answer.status_code == 503 and answer["Retry-After"]
        assert "nothing was saved" in answer.content.decode()
    assert (Event.objects.count(), Organisation.objects.get().version) == before


def test_a_sign_in_still_works(alice: Client, switched_on: None) -> None:
    person = Person.objects.get(email="alice@bakery.example")
    person.set_password("correct horse battery")
    person.save()
    answer = Client().post("/accounts/login/", {"login": person.email, "password": "correct horse battery"})
    assert answer.status_code == 302


def test_an_action_refuses_whoever_calls_it(alice: Client, switched_on: None, tmp_path: Path) -> None:
    with pytest.raises(ReadOnly, match="until 18:00"):
        load_folder(by=None, path=bakery_folder(tmp_path / "again", "kpi,unit,period,value\nstaff,north,2026-03,1\n"))


def test_a_reading_page_that_writes_all_the_same_is_held_back() -> None:
    with connection.execute_wrapper(refuse_writes), pytest.raises(ReadOnly), transaction.atomic():
        Organisation.objects.create(code="x", name="x")
    with connection.execute_wrapper(refuse_writes):
        assert Organisation.objects.count() == 0


def test_it_ends_when_it_is_switched_off(alice: Client, switched_on: None) -> None:
    assert is_read_only()
    assert switch_read_only(by=None, on=False).value is False
    assert b"Read-only." not in alice.get("/s/bakery/").content


def test_the_setting_does_the_same(alice: Client, settings: Any) -> None:
    settings.READ_ONLY = True
    assert alice.post(entry(), {}).status_code == 503
    assert switch_read_only(by=None, on=False).value is True


def test_the_command_switches_it_and_a_load_is_refused_meanwhile(filled: Installation, tmp_path: Path) -> None:
    assert filled.run("read-only", "on", "--why", "upgrade").returncode == 0
    folder = bakery_folder(tmp_path / "again", "kpi,unit,period,value\nstaff,north,2026-03,1\n")
    refused = filled.run("load", folder)
    assert refused.returncode == 5 and "read-only" in refused.stderr and "upgrade" in refused.stderr
    assert filled.run("backup", tmp_path / "b").returncode == 0  # which is what it is for
    assert filled.run("read-only", "off").returncode == 0
    assert filled.run("load", folder).returncode == 0


FAULTS = [
    (OperationalError("database or disk is full"), 507, "nothing that was saved before is lost"),
    (DatabaseError("could not extend file: No space left on device"), 507, "disk of the server is full"),
    (OperationalError("attempt to write a readonly database"), 503, "read-only"),
    (OperationalError("database is locked"), 503, "Nothing was saved"),
    (OperationalError("terminating connection due to unexpected postmaster exit"), 503, "is not known"),
]


@pytest.mark.parametrize(("fault", "status", "said"), FAULTS, ids=lambda part: str(part)[:30])
def test_what_the_database_cannot_do_is_told_without_its_words(
    alice: Client, fault: Exception, status: int, said: str
) -> None:
    def broken(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(("UPDATE", "INSERT")) and "records_" in sql:
            raise fault
        return execute(sql, *rest)

    data = {"value": "9", "period": "M:2026-03", "reason": ""}
    with connection.execute_wrapper(broken):
        answer = alice.post(entry() + "?u=north&p=2026-03", data)
    assert answer.status_code == status, answer.content.decode()
    assert said in answer.content.decode() and answer["Retry-After"]
    assert str(fault) not in answer.content.decode()


def test_a_full_sqlite_database_takes_nothing_and_stays_whole(alice: Client) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    before = Organisation.objects.get().version
    answer = None
    try:
        for n in range(200):  # until the last page has no room
            data = {"value": str(n), "period": "M:2026-03", "reason": "x" * 200}
            answer = alice.post(entry() + "?u=north&p=2026-03", data)
            if answer.status_code == 507:
                break
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 4294967294")
    assert answer is not None and answer.status_code == 507
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone()[0] == "ok"
    assert Organisation.objects.get().version >= before


def test_a_database_that_is_gone_is_no_mistake_of_ours(alice: Client) -> None:
    def gone(*_: Any) -> NoReturn:
        raise OperationalError("could not connect to 10.0.0.7")

    alice.raise_request_exception = False
    with connection.execute_wrapper(gone):
        answer = alice.get("/s/bakery/")
    assert answer.status_code == 503 and answer["Retry-After"]
    assert "does not answer" in answer.content.decode() and b"10.0.0.7" not in answer.content
