"""The page about the installation: administrators see how it stands; nobody sees anybody's figures there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fourfold.access.roles import Role
from fourfold.records.models import Backup, Connection, DataKey, Feed, Import, Mail, Organisation, Outbox
from fourfold.records.queries.system import SystemState, states_of_installation
from fourfold.records.read_only import switch
from fourfold.records.rounds import forget_rounds, note_job, note_round, rounds
from tests.access.principals import browser, member

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    forget_rounds()
    yield
    forget_rounds()


@pytest.fixture
def admin(organisation: Organisation) -> Client:
    return browser(member("root", Role.ORGANISATION_ADMIN))


def state(thing: str) -> SystemState:
    return next(s for s in states_of_installation(now=NOW) if s.thing == thing)


def backup(**more: Any) -> Backup:
    about = {"sha256": "a" * 64, "name": "one.backup", "size": 1000, "made_at": NOW - timedelta(hours=5)}
    return Backup.objects.create(**(about | more))


def test_an_administrator_sees_how_it_stands_and_what_to_do(admin: Client) -> None:
    page = admin.get("/system/").content.decode()
    assert "none was made here" in page and "fourfold backup FOLDER" in page
    assert "Django" in page and "BSD" in page and "Fourfold" in page
    assert "Sales" not in page and "Charlie" not in page


def test_it_tells_when_jobs_ran_and_how_they_last_failed(admin: Client) -> None:
    assert "runs no jobs" in admin.get("/system/").content.decode()
    note_job("send_mail", timedelta(seconds=10))
    assert "runs now" in admin.get("/system/").content.decode()
    note_round("send_mail", ended=NOW, failure=OSError("alice@example.org"))
    page = admin.get("/system/").content.decode()
    assert "Send mail" in page and "12:00: OSError" in page and "alice@" not in page
    assert (state("jobs").level, state("jobs").said) == ("wrong", "failed in the last round: send_mail")
    note_round("send_mail", ended=NOW + timedelta(minutes=1))
    assert state("jobs").level == "well" and rounds()[0].failed == NOW, "the failure is still told"


def test_mails_that_wait_or_were_given_up_are_counted_without_their_address(organisation: Organisation) -> None:
    assert (state("mail").level, state("mail").said) == ("well", "0 waiting")
    about = {"kind": Mail.Kind.RESET, "address": "bob@example.org", "made_at": NOW - timedelta(hours=3)}
    Mail.objects.create(**about, due_at=NOW)
    assert (state("mail").level, state("mail").said) == ("well", "1 waiting, the oldest for 3 hours")
    Mail.objects.create(**about, due_at=None, tries=8, trouble="refused bob@example.org")
    assert (state("mail").level, state("mail").said[-8:]) == ("look", "given up")
    assert "bob@" not in state("mail").said


def test_feeds_that_fail_and_changes_that_nobody_removes_are_something_to_look_at(organisation: Organisation) -> None:
    assert (state("feeds").level, state("feeds").said) == ("well", "0")
    shop = Connection.objects.create(organisation=organisation, code="shop", name="Shop", kind="rest", changed_at=NOW)
    about = {"organisation": organisation, "connection": shop, "changed_at": NOW}
    for failures, paused_at in ((0, None), (1, None), (9, None), (9, NOW)):
        Feed.objects.create(**about, code=f"f{failures}{paused_at}"[:9], failures=failures, paused_at=paused_at)
    found = state("feeds")
    assert (found.level, found.said) == ("look", "4, 1 paused, 2 failed the last time, 1 resting after many failures")
    Outbox.objects.all().delete()
    Outbox.objects.create(organisation=organisation, at=NOW)
    assert (state("outbox").level, state("outbox").said) == ("well", "1 changes for open pages")
    Outbox.objects.create(organisation=organisation, at=NOW - timedelta(days=3))
    assert (state("outbox").level, state("outbox").said[-6:]) == ("look", "3 days")


def test_last_loads_are_those_of_organisations_one_administers(admin: Client, organisation: Organisation) -> None:
    elsewhere = Organisation.objects.get(code="mill")
    more = {"sha256": "a" * 64, "read": 5, "loaded": 3, "unchanged": 1, "rejected": 1}
    Import.objects.create(organisation=organisation, source="figures-old.csv", at=NOW, **more)
    Import.objects.create(organisation=organisation, source="figures-new.csv", at=NOW, **more)
    Import.objects.create(organisation=elsewhere, source="flour.csv", at=NOW, **more)
    page = admin.get("/system/").content.decode()
    assert "figures-old.csv" in page and "figures-new.csv" in page and "flour.csv" not in page


def test_others_do_not(bob: Client, client: Client, organisation: Organisation) -> None:
    assert bob.get("/system/").status_code == 403
    assert client.get("/system/").status_code == 302


@pytest.mark.django_db
def test_a_backup_counts_once_it_was_drilled() -> None:
    assert state("backup").level == "wrong" and state("drilled backup").level == "look"
    made = backup()
    assert (state("backup").level, state("backup").said) == ("well", "one.backup, 5 hours old")
    assert state("drilled backup").said == "no backup was ever tried out"
    made.drilled_at, made.drill_seconds = NOW, 8.4
    made.save()
    assert state("drilled backup").level == "well" and "restored in 8 s" in state("drilled backup").said
    made.drill_failure = "results differ"
    made.save()
    assert state("drilled backup").level == "wrong" and "results differ" in state("drilled backup").said


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "level"), [(1, "well"), (3, "look")])
def test_a_backup_grows_old(days: int, level: str) -> None:
    backup(made_at=NOW - timedelta(days=days))
    assert state("backup").level == level


def test_a_lost_key_is_named(organisation: Organisation, settings: Any, tmp_path: Path) -> None:
    settings.MASTER_KEY_FILE = tmp_path / "master_key"
    assert state("keys").level == "well"
    DataKey.objects.create(organisation=organisation, master_key="0123456789ab", locked="x")
    assert state("keys").level == "wrong" and "0123456789ab" in state("keys").said


@pytest.mark.django_db
def test_read_only_is_something_to_look_at() -> None:
    switch(True, "until 18:00")
    try:
        assert state("writing").level == "look" and "until 18:00" in state("writing").said
    finally:
        switch(False)
    assert "writing" not in {s.thing for s in states_of_installation(now=NOW)}
