"""What sources, clocks and mail servers do to us: nothing is half loaded or doubled, and all goes on by itself after.

Each is tried on SQLite and on PostgreSQL. After each: figures are there once, no half run is visible, stored results
are those of the figures, and the chain of events holds.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from ipaddress import ip_network
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from fourfold.actions import _feeds as feeding
from fourfold.actions._sources import ask_source, next_due
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.invite_person import invite_person
from fourfold.actions.run_feed import run_feed
from fourfold.actions.save_connection import save_connection
from fourfold.actions.save_feed import FeedPlan, save_feed
from fourfold.actions.send_mail import PAUSES, send_mail
from fourfold.actions.set_period_state import set_period_state
from fourfold.actions.verify_chains import verify_chains
from fourfold.connectors.port import Limits, Rows
from fourfold.engine.period_states import PeriodState
from fourfold.jobs.run_due_feeds import run_due_feeds
from fourfold.project.environment import email
from fourfold.records.models import Feed, FeedRun, Mail, Measurement, Organisation, Person, Result
from fourfold.records.queries.feeds import due_feeds
from fourfold.testing.service import Service, service
from fourfold.testing.smtp import Mailbox, mailbox
from tests.actions.conftest import alice, folder, loaded_anew, now, organisation

__all__ = ["alice", "folder", "loaded_anew", "now", "organisation"]  # fixtures
NOW = datetime(2026, 7, 10, 9, 0, tzinfo=UTC)
COLUMNS = {"kpi": "=sales", "unit": "region", "period": "month", "value": "amount"}
Row = dict[str, Any]


@pytest.fixture
def loaded(loaded_anew: None) -> None:
    """Two schedulers see only what is committed."""


@pytest.fixture
def source(settings: Any) -> Iterator[Service]:
    """A service with good and bad manners."""
    with service() as server:
        settings.FEED_NETWORKS = (ip_network("127.0.0.1/32"),)
        settings.FEED_PORTS = frozenset({server.server_port})
        server.rows = [row for row in server.rows if row["region"] != "west"]
        yield server


@pytest.fixture
def feed(source: Service, organisation: Organisation, alice: Person) -> Feed:
    """One that has worked once."""
    save_connection(by=alice, code="shop", name="Shop", kind="rest", options={"url": source.url})
    saved = save_feed(by=alice, plan=plan(), at=NOW)
    assert saved.value, saved.findings
    assert run_feed(by=None, feed="sales", at=NOW).ok
    return saved.value


def plan(**changes: Any) -> FeedPlan:
    given: dict[str, Any] = {
        "code": "sales", "name": "Sales", "connection": "shop", "ask": {"path": "all", "rows": "data"},
        "columns": COLUMNS, "schedule": "0 6 * * *", "time_zone": "UTC",
    }  # fmt: skip
    return FeedPlan(**(given | changes))


def figures() -> list[tuple[Any, ...]]:
    """Every figure that was ever recorded, in its order."""
    return list(Measurement.objects.order_by("pk").values_list("pk", "value", "superseded_at"))


def results() -> list[tuple[Any, ...]]:
    return sorted(Result.objects.values_list("node", "unit", "period", "view", "value", "score"), key=repr)


def all_is_well() -> None:
    """One figure counts for each place, results are those of the figures, the chain of events holds, no run is open."""
    places = Measurement.objects.current().values_list("kpi", "unit", "period")
    assert len(places) == len(set(places))
    stored = results()
    evaluate_organisation(by=None, organisation="bakery", as_of=NOW)
    assert results() == stored, "results are not those of the figures"
    assert verify_chains(by=None).ok
    assert not FeedRun.objects.filter(ended_at=None).exists()


def look(moment: datetime) -> list[FeedRun | None]:
    """What a scheduler does whose clock shows this moment."""
    found = due_feeds(moment)
    return [run_feed(by=None, organisation=o, feed=code, due_at=due, at=moment).value for (o, code, due), _ in found]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["hang", "drip", "cut", "half", "dead"])
def test_f10_f11_f12_a_source_that_hangs_drips_or_breaks_off_loads_nothing_and_is_asked_again(
    feed: Feed, source: Service, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path in ("hang", "drip"):
        monkeypatch.setattr(feeding, "ask_source", partial(ask_source, limits=Limits(seconds=0.5)))
    Feed.objects.update(ask={"path": path, "rows": "data"})
    before, later = figures(), NOW + timedelta(hours=1)
    run = run_feed(by=None, feed="sales", at=later).value
    assert run and run.failure and run.ended_at and (run.read, run.loaded) == (0, 0)
    assert figures() == before and Feed.objects.get().next_at == later + timedelta(minutes=1)
    Feed.objects.update(ask={"path": "all", "rows": "data"})
    source.rows[0]["amount"] = 1111
    monkeypatch.undo()
    (again,) = look(later + timedelta(minutes=1))
    assert again and not again.failure, again.failure
    assert len(figures()) == len(before) + 1 and Feed.objects.get().failures == 0
    all_is_well()


def renamed(row: Row) -> Row:
    return {("amounts" if name == "amount" else name): value for name, value in row.items()}


def in_words(row: Row) -> Row:
    return row | {"amount": f"{row['amount']} GBP"}


def in_pence(row: Row) -> Row:
    return row | {"amount": row["amount"] * 1000}


@pytest.mark.django_db
@pytest.mark.parametrize("drift", [renamed, in_words, in_pence])
def test_f13_a_source_that_is_no_longer_what_it_was_loads_nothing(
    feed: Feed, source: Service, drift: Callable[[Row], Row]
) -> None:
    before, right = figures(), source.rows
    source.rows = [drift(row) for row in right]
    run = run_feed(by=None, feed="sales", at=NOW + timedelta(hours=1)).value
    assert run and run.failure and run.loaded == 0 and figures() == before
    source.rows = right
    assert run_feed(by=None, feed="sales", at=NOW + timedelta(hours=2)).ok and figures() == before
    all_is_well()


POISON = ["NaN", "Infinity", "1e400", "1.234,5", "\ufeff7", "7\x00", "=7", "sieben", "−7"]


@pytest.mark.django_db
@pytest.mark.parametrize("apart", [False, True])
def test_f14_rows_of_poison_are_counted_and_named_and_never_loaded(feed: Feed, source: Service, apart: bool) -> None:
    """Each stands for a day that is over, beside one right row; and two rows say two things of one figure."""
    months = [f"2025-{month:02}" for month in range(1, len(POISON) + 1)]
    bad = [{"region": "north", "month": month, "amount": text} for month, text in zip(months, POISON, strict=True)]
    bad += [{"region": "north", "month": "2025-31-02", "amount": 1}]
    bad += [{"region": "nowhere", "month": "2025-12", "amount": 1}]
    twice = [{"region": "south", "month": "2025-12", "amount": amount} for amount in (1, 2)]
    good = {"region": "south", "month": "2025-11", "amount": 5}
    Feed.objects.update(keeps_apart=apart)
    before, source.rows = figures(), [*source.rows, *bad, *twice, good]
    run = run_feed(by=None, feed="sales", as_it_is=True, at=NOW + timedelta(hours=1)).value
    assert run and run.read == len(source.rows) == run.loaded + run.unchanged + run.rejected + run.held
    assert run.rejected == len(bad) + len(twice) and bool(run.failure) is not apart
    assert run.loaded == (1 if apart else 0) and len(figures()) == len(before) + run.loaded
    assert all(text in run.rejects for text in ("1.234,5", "nowhere", "2025-31-02"))
    all_is_well()


@pytest.mark.django_db
def test_f09_an_older_figure_that_comes_after_a_newer_one_does_not_count(
    feed: Feed, source: Service, alice: Person
) -> None:
    save_feed(by=alice, known="sales", plan=plan(columns=COLUMNS | {"recorded_at": "at"}), at=NOW)
    for at, amount in (("2026-07-09T10:00:00Z", 1007), ("2026-07-09T08:00:00Z", 1005)):
        source.rows = [{"region": "north", "month": "2026-05", "amount": amount, "at": at}]
        assert run_feed(by=None, feed="sales", at=NOW + timedelta(hours=1010 - amount)).ok
    known = Measurement.objects.filter(kpi__code="sales", unit__code="north", period="M:2026-05")
    assert known.current().get().value == 1007 and known.count() == 2
    all_is_well()


@pytest.mark.django_db
@pytest.mark.parametrize("apart", [False, True])
def test_f17_a_period_that_is_closed_while_a_run_waits_for_its_source_takes_nothing_of_it(
    feed: Feed, source: Service, apart: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*args: Any) -> Rows:
        found = ask_source(*args)
        where = {"by": None, "organisation": "bakery", "unit": "north", "period": "2026-01"}
        set_period_state(**where, state=PeriodState.CLOSED, reason="Over.", at=NOW)
        return found

    Feed.objects.update(keeps_apart=apart)
    monkeypatch.setattr(feeding, "ask_source", asked)
    january, february = (row for row in source.rows if row["region"] == "north")
    january["amount"], february["amount"] = 1011, 2011
    before = figures()
    run = run_feed(by=None, feed="sales", at=NOW + timedelta(hours=1)).value
    assert run and run.rejected == 1 and "closed" in run.rejects and run.loaded == (1 if apart else 0)
    assert len(figures()) == len(before) + run.loaded and bool(run.failure) is not apart
    known = Measurement.objects.current().get(kpi__code="sales", unit__code="north", period="M:2026-01")
    assert known.value == 1000
    all_is_well()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(os.environ.get("DATABASE_URL", "").startswith("postgres") is False, reason="threads of one process")
def test_f18_two_schedulers_run_what_is_due_once(feed: Feed) -> None:
    """Two processes on either database are in `tests/records/test_at_once.py`."""
    Feed.objects.update(next_at=NOW + timedelta(hours=1))
    start, ran = threading.Barrier(4), []

    def look() -> None:
        start.wait(10)
        ran.append(run_due_feeds(now=NOW + timedelta(hours=2)))
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(ran) == [0, 0, 0, 1] and FeedRun.objects.exclude(due_at=None).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-1), timedelta(days=1)])
def test_f19_a_monthly_feed_runs_once_though_the_clock_jumps(feed: Feed, jump: timedelta) -> None:
    due = datetime(2026, 8, 1, 6, tzinfo=UTC)
    Feed.objects.update(schedule="0 6 1 * *", next_at=due)
    assert len(look(due)) == 1
    assert [look(moment) for moment in (due + jump, due, due + jump + timedelta(minutes=1))] == [[], [], []]
    assert FeedRun.objects.filter(due_at=due).count() == 1
    following = Feed.objects.get().next_at
    assert following == datetime(2026, 9, 1, 6, tzinfo=UTC) and len(look(following)) == 1


ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "Africa/Casablanca", "UTC")


@pytest.mark.parametrize("zone", ZONES)
def test_f20_a_feed_of_half_past_two_runs_once_on_each_day_of_a_year(zone: str) -> None:
    """On the day that has no half past two, and on the one that has two of them, too."""
    moment, days = datetime(2025, 12, 31, tzinfo=ZoneInfo(zone)).astimezone(UTC), []
    while len(days) < 365:
        following = next_due("30 2 * * *", zone, moment)
        assert following and following > moment
        moment = following
        days.append(moment.astimezone(ZoneInfo(zone)).date())
    assert days == [date(2025, 12, 31) + timedelta(days=n) for n in range(365)]


def test_f20_the_run_of_a_day_that_was_left_out_comes_when_the_next_one_begins() -> None:
    """Samoa went from 29 December 2011 to the 31st."""
    zone, days = "Pacific/Apia", []
    moment = datetime(2011, 12, 28, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for _ in range(5):
        moment = next_due("30 2 * * *", zone, moment) or moment
        days.append(moment.astimezone(ZoneInfo(zone)).date().isoformat())
    assert days == ["2011-12-28", "2011-12-29", "2011-12-31", "2011-12-31", "2012-01-01"]


@pytest.fixture
def post(settings: Any) -> Iterator[Mailbox]:
    with mailbox() as server:
        found = email(server.url)
        settings.SENDS_EMAIL, settings.EMAIL_TIMEOUT = True, 0.5
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = found["host"], found["port"]
        yield server


@pytest.mark.django_db
@pytest.mark.parametrize("manner", ["451 later", "550 no", "drops", "hangs", "away"])
def test_f22_a_broken_mail_server_keeps_nobody_waiting_and_loses_no_mail(
    post: Mailbox, organisation: Organisation, alice: Person, settings: Any, manner: str
) -> None:
    right = settings.EMAIL_PORT
    post.refuses = manner if manner[0].isdigit() else ""
    post.drops, post.hangs = manner == "drops", manner == "hangs"
    if manner == "away":
        settings.EMAIL_PORT = 1
    invite_person(by=alice, email="dora@bakery.example", name="Dora", at=NOW)
    assert send_mail(at=NOW).value == 0 and Mail.objects.get().trouble
    post.refuses, post.drops, post.hangs, settings.EMAIL_PORT = "", False, False, right
    assert send_mail(at=NOW + PAUSES[0]).value == 1 and send_mail(at=NOW + timedelta(days=2)).value == 0
    assert len({message["Message-ID"] for message in post.messages}) == 1, "a second one is known by its id"
