"""Feeds end to end against a real service: what they load, what stops them, when they run again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from fourfold.access.roles import Role
from fourfold.actions import test_connection as testing
from fourfold.actions._sources import access_of, next_due, window_of, wrong_schedule
from fourfold.actions.drill_figure import Drilled, drill_figure
from fourfold.actions.invite_person import invite_person
from fourfold.actions.outcome import Outcome
from fourfold.actions.pause_feed import pause_feed
from fourfold.actions.remove_connection import remove_connection
from fourfold.actions.run_feed import LEASE, _begin, run_feed
from fourfold.actions.save_connection import save_connection
from fourfold.actions.save_feed import FeedPlan, save_feed
from fourfold.actions.try_feed import try_feed
from fourfold.connectors.port import SourceError
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.jobs.make_room import make_room
from fourfold.jobs.run_due_feeds import run_due_feeds
from fourfold.records.models import Connection, Event, Feed, FeedRun, Measurement, Organisation, Person
from fourfold.testing.service import SECRET, Service, service

NOW = datetime(2026, 7, 10, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
COLUMNS = {"kpi": "=sales", "unit": "region", "period": "month", "value": "amount"}


@pytest.fixture
def stub(settings: Any) -> Iterator[Service]:
    with service() as server:
        settings.FEED_NETWORKS = (ip_network("127.0.0.1/32"),)
        settings.FEED_PORTS = frozenset({server.server_port})
        server.rows = [row for row in server.rows if row["region"] != "west"]
        yield server


@pytest.fixture
def shop(stub: Service, organisation: Organisation, alice: Person) -> Connection:
    made = save_connection(
        by=alice, code="shop", name="Shop", kind="rest", options={"url": stub.url, "auth": "header"}, secret=SECRET
    )
    assert made.value, made.findings
    return made.value


def plan(**changes: object) -> FeedPlan:
    given: dict[str, object] = {
        "code": "sales", "name": "Sales of the shop", "connection": "shop", "ask": {"path": "key", "rows": "data"},
        "columns": COLUMNS, "schedule": "0 6 * * *", "time_zone": "Europe/London",
    }  # fmt: skip
    return FeedPlan(**(given | changes))  # type: ignore[arg-type]


@pytest.fixture
def sales(shop: Connection, alice: Person) -> Feed:
    saved = save_feed(by=alice, plan=plan(), at=NOW)
    assert saved.value, saved.findings
    return saved.value


def values(period: str) -> dict[str, object]:
    rows = Measurement.objects.current().filter(kpi__code="sales", period=period)
    return dict(rows.values_list("unit__code", "value"))


def test_a_feed_loads_what_its_source_gives_and_the_second_time_nothing(sales: Feed, alice: Person) -> None:
    tried = try_feed(by=alice, plan=plan(), at=NOW)
    assert tried.value and (tried.value.loaded, tried.value.rejected) == (4, 0) and FeedRun.objects.count() == 0
    first = run_feed(by=alice, feed="sales", at=NOW)
    assert first.value and first.ok, first.findings
    assert (first.value.read, first.value.loaded, first.value.rejected) == (4, 4, 0)
    assert values("M:2026-01") == {"north": 1000, "south": 1001}
    assert Measurement.objects.filter(import_run=first.value.import_run).count() == 4
    rows = first.value.import_run.measurements.values_list("source_row", flat=True) if first.value.import_run else ()
    assert sorted(rows, key=str) == [1, 2, 3, 4], "their numbers in what the source gave"
    again = run_feed(by=alice, feed="sales", at=NOW + timedelta(hours=1))
    assert again.value and (again.value.loaded, again.value.unchanged) == (0, 4)


def test_no_secret_is_in_the_database_or_in_the_log(sales: Feed, alice: Person) -> None:
    Feed.objects.update(ask={"path": "key-of-nothing"})
    run_feed(by=alice, feed="sales", at=NOW)
    with connection.cursor() as cursor:
        for table in ("records_connection", "records_feed", "records_feedrun", "records_event"):
            cursor.execute(f"SELECT * FROM {table}")
            assert SECRET not in str(cursor.fetchall())
    said = Event.objects.filter(action__in=("connection.save", "feed.save", "feed.fail"))
    assert said.values("action").distinct().count() == 3


def test_a_secret_is_written_again_for_another_place_and_kept_for_another_name(shop: Connection, alice: Person) -> None:
    options = dict(shop.options)
    same = save_connection(by=alice, known="shop", code="shop", name="The shop", kind="rest", options=options)
    assert same.value and same.value.secret.reveal() == SECRET
    moved = save_connection(
        by=alice, known="shop", code="shop", name="Shop", kind="rest", options=options | {"url": "https://evil.example"}
    )
    assert [f.place.thing for f in moved.findings] == ["secret"]
    assert Connection.objects.get().options == options


def test_a_column_that_was_renamed_stops_the_feed_and_loads_nothing(sales: Feed, stub: Service, alice: Person) -> None:
    stub.rows = [{("amounts" if k == "amount" else k): v for k, v in row.items()} for row in stub.rows]
    before = Measurement.objects.count()
    outcome = run_feed(by=alice, feed="sales", at=NOW)
    assert "no longer gives the column \"amount\"" in outcome.findings[0].message
    assert "amounts" in outcome.findings[0].fix and Measurement.objects.count() == before


def test_a_source_that_fell_silent_is_told_of_until_somebody_says_that_it_is_right(
    sales: Feed, stub: Service, alice: Person
) -> None:
    assert run_feed(by=alice, feed="sales", at=NOW).ok
    stub.rows = []
    silent = run_feed(by=alice, feed="sales", at=NOW + timedelta(minutes=1))
    assert "no rows; the last time it gave 4" in silent.findings[0].message
    assert save_feed(by=alice, known="sales", plan=plan(), at=NOW + timedelta(minutes=2)).ok
    assert run_feed(by=alice, feed="sales", at=NOW + timedelta(minutes=3)).ok


def test_a_feed_of_the_running_month_goes_on_when_a_month_begins(sales: Feed, stub: Service, alice: Person) -> None:
    """Nothing yet, then a day of sales beside a whole month, then a hundred times as much: none of it is a fault."""
    save_feed(by=alice, known="sales", plan=plan(months=1), at=NOW)
    for day, amount in (((7, 31), 90_000), ((8, 1), None), ((8, 2), 30), ((8, 3), 6_000)):
        month = f"2026-{day[0]:02}"
        stub.rows = [{"region": "north", "month": month, "amount": amount}] if amount else []
        run = run_feed(by=None, feed="sales", at=datetime(2026, *day, 9, tzinfo=UTC)).value
        assert run and not run.failure, run.failure
    assert values("M:2026-07")["north"] == 90_000 and values("M:2026-08")["north"] == 6_000
    stub.rows = []
    silent = run_feed(by=None, feed="sales", at=datetime(2026, 8, 4, 9, tzinfo=UTC))
    assert "the last time it gave 1" in silent.findings[0].message


@pytest.mark.parametrize("apart", [False, True])
def test_one_wrong_row_stops_all_or_is_kept_apart(sales: Feed, stub: Service, alice: Person, apart: bool) -> None:
    Feed.objects.update(keeps_apart=apart)
    stub.rows[0]["amount"] = "1.234,5"
    run = run_feed(by=alice, feed="sales", at=NOW).value
    assert run and (run.read, run.loaded, run.rejected) == (4, 3 if apart else 0, 1)
    assert bool(run.failure) is not apart and "1.234,5" in run.rejects


def test_days_become_periods_and_many_rows_one_figure(sales: Feed, stub: Service, alice: Person) -> None:
    stub.rows = [{"region": "north", "month": f"2026-05-{day:02}T10:00:00", "amount": "0.1"} for day in (1, 2, 31)]
    Feed.objects.update(adding="sum")
    run_feed(by=alice, feed="sales", at=NOW)
    assert str(values("M:2026-05")["north"]) == "0.3"


def event(region: str, moment: str, amount: str) -> dict[str, str]:
    return {"region": region, "month": moment, "amount": amount}


EVENTS = [
    event("north", "2026-04-30T23:59:00Z", "1"),  # April everywhere here: the feed looks back to May
    event("north", "2026-05-01T00:00:00Z", "2.50"), event("N-01", "2026-05-31T23:30:00Z", "4"),
    event("south", "2026-06-02", "8"), event("north", "2026-06-30T20:00:00-06:00", "16"),
]  # fmt: skip


def of_events(**changes: object) -> FeedPlan:
    """Asks for the days it is about, and says what the source calls north."""
    ask = {"path": "all?from={since}&to={until}", "rows": "data"}
    return plan(ask=ask, adding="events", names={"N-01": "north"}, **changes)


def test_events_become_the_figures_of_whole_periods_of_their_units_own_days(
    sales: Feed, stub: Service, alice: Person
) -> None:
    before = values("M:2026-04")
    stub.rows = EVENTS
    assert save_feed(by=alice, known="sales", plan=of_events(), at=NOW).ok
    tried = try_feed(by=alice, plan=of_events(), at=NOW).value
    assert tried and (tried.loaded, tried.rejected) == (4, 0) and values("M:2026-05") == {}
    run = run_feed(by=alice, feed="sales", at=NOW).value
    assert run and (run.read, run.loaded, run.rejected) == (4, 4, 0), run.failure
    assert stub.seen[-1] == "/all?from=2026-04-30&to=2026-08-01", "a day more on both sides"
    assert values("M:2026-04") == before, "of April not all was asked"
    assert {k: str(v) for k, v in values("M:2026-05").items()} == {"north": "6.5"}
    assert {k: str(v) for k, v in values("M:2026-06").items()} == {"south": "8"}
    assert {k: str(v) for k, v in values("M:2026-07").items()} == {"north": "16"}
    again = run_feed(by=alice, feed="sales", at=LATER).value
    assert again and (again.loaded, again.unchanged) == (0, 4) and not again.failure
    figure = Measurement.objects.get(kpi__code="sales", unit__code="north", period="M:2026-05")
    drilled = drill_figure(by=alice, figure=figure.pk).value
    assert drilled and [number for number, _ in drilled.rows] == [2, 3] and not drilled.has_changed


def test_events_without_a_column_of_values_are_counted(sales: Feed, stub: Service, alice: Person) -> None:
    stub.rows = EVENTS
    columns = {key: COLUMNS[key] for key in ("kpi", "unit", "period")}
    assert save_feed(by=alice, known="sales", plan=of_events(columns=columns), at=NOW).ok
    assert run_feed(by=alice, feed="sales", at=NOW).ok
    assert values("M:2026-05") == {"north": 2} and values("M:2026-07") == {"north": 1}


@pytest.mark.parametrize("apart", [False, True])
def test_an_event_that_cannot_be_counted_keeps_out_its_figure_or_all(
    sales: Feed, stub: Service, alice: Person, apart: bool
) -> None:
    stub.rows = [*EVENTS, event("north", "2026-05-07T10:00:00Z", "many"), event("south", "soon", "1")]
    assert save_feed(by=alice, known="sales", plan=of_events(keeps_apart=apart), at=NOW).ok
    run = run_feed(by=alice, feed="sales", at=NOW).value
    assert run and (run.read, run.rejected, run.loaded) == (6, 5, 1 if apart else 0)
    assert bool(run.failure) is not apart and "is no moment" in run.rejects and "another event" in run.rejects
    assert values("M:2026-07") == ({"north": 16} if apart else {}) and values("M:2026-05") == {}


def test_events_have_no_note_and_no_moment_of_recording(shop: Connection, alice: Person) -> None:
    found = save_feed(by=alice, plan=of_events(columns=COLUMNS | {"note": "region", "recorded_at": "month"}), at=NOW)
    assert [f.place.thing for f in found.findings] == ["column_note", "column_recorded_at"]


def test_what_the_source_calls_a_unit_may_be_something_else(shop: Connection, stub: Service, alice: Person) -> None:
    stub.rows = [row | {"region": {"north": "N-01", "south": "south"}[row["region"]]} for row in stub.rows]
    assert run_saved(alice, plan()) == (0, 2) and run_saved(alice, plan(names={"N-01": "north"})) == (4, 0)


def run_saved(by: Person, given: FeedPlan) -> tuple[int, int]:
    """What a run of it loads and rejects."""
    known = "sales" if Feed.objects.exists() else None
    assert save_feed(by=by, known=known, plan=given, at=NOW).ok
    run = run_feed(by=by, feed="sales", at=NOW + timedelta(minutes=FeedRun.objects.count())).value
    assert run
    return run.loaded, run.rejected


def test_a_source_that_is_away_is_asked_again_soon_and_then_ever_less_often(sales: Feed, alice: Person) -> None:
    Feed.objects.update(ask={"path": "dead"}, schedule="*/10 * * * *")
    moment, waits = NOW, []
    for _ in range(11):
        run_feed(by=None, feed="sales", at=moment)
        following = Feed.objects.get().next_at
        assert following
        waits.append(following - moment)
        moment = following
    assert waits[:2] == [timedelta(minutes=1), timedelta(minutes=4)]
    assert [w // timedelta(hours=1) for w in waits[4:]] == [1, 2, 4, 8, 16, 24, 24]
    assert Feed.objects.get().rests
    pause_feed(by=alice, feed="sales", paused=False, at=moment)
    resumed = Feed.objects.get()
    assert resumed.failures == 0 and resumed.next_at and resumed.next_at - moment <= timedelta(minutes=10)
    Feed.objects.update(failures=7, ask={"path": "key", "rows": "data"})
    run_feed(by=None, feed="sales", at=moment)
    assert Feed.objects.get().failures == 0  # one that works ends the rest by itself


def thousandfold(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"amount": row["amount"] * 1000}


def in_words(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"amount": f"{row['amount']} GBP"}


@pytest.mark.parametrize(
    ("change", "said"), [(thousandfold, "1,000 times as large"), (in_words, "held numbers until now, and holds texts")]
)
def test_rows_that_look_unlike_those_before_are_not_loaded(
    sales: Feed, stub: Service, alice: Person, change: Any, said: str
) -> None:
    assert run_feed(by=alice, feed="sales", at=NOW).ok
    before, stub.rows = values("M:2026-01"), [change(row) for row in stub.rows]
    outcome = run_feed(by=alice, feed="sales", at=NOW + timedelta(hours=1))
    assert said in outcome.findings[0].message and values("M:2026-01") == before
    as_it_is = run_feed(by=alice, feed="sales", as_it_is=True, at=NOW + timedelta(hours=2))
    assert as_it_is.ok is (change is thousandfold)  # a text is refused all the same, as a row
    if as_it_is.ok:
        assert values("M:2026-01")["north"] == 1_000_000
        assert run_feed(by=alice, feed="sales", at=NOW + timedelta(hours=3)).ok  # what is usual has changed


def test_rows_of_months_that_are_over_do_not_vanish(sales: Feed, stub: Service, alice: Person) -> None:
    days = [f"2026-0{month}-{day:02}" for month in (1, 2) for day in range(1, 29)]
    Feed.objects.update(keeps_apart=True)  # all rows of a month are one figure: all but one are refused
    stub.rows = [{"region": "north", "month": day, "amount": 1} for day in days]
    first = run_feed(by=alice, feed="sales", at=NOW).value
    assert first and first.profile["counts"] == {"M:2026-01": 28, "M:2026-02": 28}
    stub.rows = [row for row in stub.rows if row["month"] > "2026-01-16"]
    outcome = run_feed(by=alice, feed="sales", at=NOW + timedelta(hours=1))
    assert "gives 12 figures, and gave 28 the last time" in outcome.findings[0].message


def test_a_month_that_runs_may_grow_and_a_new_one_may_begin(sales: Feed, stub: Service, alice: Person) -> None:
    assert run_feed(by=alice, feed="sales", at=NOW).ok
    stub.rows = [*stub.rows, *({"region": r, "month": "2026-03", "amount": 900} for r in ("north", "south"))]
    assert run_feed(by=alice, feed="sales", at=NOW + timedelta(hours=1)).ok


def test_a_unit_that_is_new_in_a_feed_is_told_of(sales: Feed, stub: Service, alice: Person) -> None:
    whole, stub.rows = stub.rows, [row for row in stub.rows if row["region"] == "north"]
    assert run_feed(by=alice, feed="sales", at=NOW).ok
    stub.rows = whole
    run = run_feed(by=alice, feed="sales", at=NOW + timedelta(hours=1)).value
    assert run and run.remark == "New in this run: sales in south."


def test_a_run_remembers_what_was_asked_although_the_feed_changes(sales: Feed, alice: Person) -> None:
    run_feed(by=alice, feed="sales", at=NOW)
    assert save_feed(by=alice, known="sales", plan=plan(ask={"path": "all", "rows": "data"}), at=NOW).ok
    assert FeedRun.objects.get().asked["ask"] == {"path": "key", "rows": "data"}


def test_rows_kept_apart_come_in_once_the_mapping_is_mended(sales: Feed, stub: Service, alice: Person) -> None:
    stub.rows = [row | {"region": {"north": "N-01"}.get(row["region"], row["region"])} for row in stub.rows]
    assert run_saved(alice, plan(keeps_apart=True)) == (2, 2)
    assert run_saved(alice, plan(keeps_apart=True, names={"N-01": "north"})) == (2, 0)


def test_a_feed_runs_once_at_a_time_and_once_when_it_is_due(sales: Feed) -> None:
    due = NOW + timedelta(hours=1)
    running = {"organisation_id": sales.organisation_id, "feed": sales, "since": NOW.date(), "until": NOW.date()}
    FeedRun.objects.create(**running, started_at=NOW, lease_until=NOW + LEASE)
    with pytest.raises(Conflict):
        run_feed(by=None, feed="sales", at=NOW)
    dead = NOW + LEASE + timedelta(seconds=1)
    assert run_feed(by=None, feed="sales", due_at=due, at=dead).ok  # whoever ran it is taken for dead
    assert "broke off" in FeedRun.objects.order_by("pk")[0].failure
    with pytest.raises(Conflict):
        run_feed(by=None, feed="sales", due_at=due, at=dead)


def test_the_job_runs_what_is_due_and_one_feed_does_not_stop_another(
    sales: Feed, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    save_feed(by=alice, plan=plan(code="away", name="Away", ask={"path": "half"}), at=NOW)
    Feed.objects.update(next_at=NOW)
    assert run_due_feeds(now=NOW - timedelta(minutes=1)) == 0
    with caplog.at_level(logging.WARNING):
        assert run_due_feeds(now=NOW + timedelta(minutes=1)) == 1
    assert "not whole JSON" in caplog.text and SECRET not in caplog.text
    assert run_due_feeds(now=NOW + timedelta(minutes=1)) == 0  # both have another time to come
    pause_feed(by=alice, feed="sales")
    assert Feed.objects.get(code="sales").next_at is None


def test_old_runs_make_room_and_those_that_brought_figures_stay(sales: Feed) -> None:
    for hours in range(3):  # the first one brings figures
        run_feed(by=None, feed="sales", at=NOW + timedelta(hours=hours))
    make_room(now=datetime.now(UTC) + timedelta(days=89))
    assert FeedRun.objects.count() == 3
    make_room(now=datetime.now(UTC) + timedelta(days=91))
    assert FeedRun.objects.get().loaded == 4


def test_a_run_that_was_killed_is_taken_up_when_its_lease_is_over(sales: Feed, stub: Service) -> None:
    Feed.objects.update(next_at=NOW, ask={"path": "all", "rows": "data"})
    begin = {"row": sales, "by": None, "window": window_of(3, NOW.date()), "due_at": NOW, "at": NOW}
    killed = _begin(**begin)  # type: ignore[arg-type]
    assert run_due_feeds(now=NOW + timedelta(minutes=5)) == 0 and stub.seen == []
    later = killed.lease_until + timedelta(minutes=1)
    FeedRun.objects.update(lease_until=NOW - LEASE)  # it is over for the clock of this test too
    assert run_due_feeds(now=later) == 1
    assert FeedRun.objects.get(pk=killed.pk).failure.startswith("The run broke off")


def test_the_product_is_never_a_source_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.FEED_FOLDER = tmp_path
    own = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "own.sqlite3"}
    served = {"ENGINE": "django.db.backends.postgresql", "NAME": "scores", "HOST": "127.0.0.1", "PORT": ""}
    there = {"dialect": "postgresql", "host": "localhost", "database": "scores"}
    for database, options in ((own, {"dialect": "sqlite", "database": "x/../own.sqlite3"}), (served, there)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(settings.DATABASES, "default", database)
            with pytest.raises(SourceError, match="Fourfold itself"):
                access_of("database", options, "")
            assert access_of("database", options | {"database": "other"}, "").options["database"] == "other"


def test_a_backfill_looks_as_far_back_as_it_is_told(sales: Feed, stub: Service, alice: Person) -> None:
    Feed.objects.update(ask={"path": "all?from={since}&to={until}", "rows": "data"})
    run_feed(by=alice, feed="sales", since=date(2024, 1, 1), at=NOW)
    run_feed(by=alice, feed="sales", at=NOW + timedelta(hours=1))
    ask = {"path": "all?from={since}&to={until}", "rows": "data"}
    for begin in (date(2024, 1, 1), date(2099, 1, 1)):  # a day after the end is the last month, as it is for a run
        assert try_feed(by=alice, plan=plan(ask=ask), since=begin, at=NOW).value
    assert stub.seen == [
        "/all?from=2024-01-01&to=2026-07-31", "/all?from=2026-05-01&to=2026-07-31",
        "/all?from=2024-01-01&to=2026-07-31", "/all?from=2026-07-01&to=2026-07-31",
    ]  # fmt: skip


def behind(by: Person, unit: str = "north", period: str = "M:2026-01") -> Outcome[Drilled]:
    """The rows behind a figure that counts."""
    row = Measurement.objects.current().get(kpi__code="sales", unit__code=unit, period=period)
    return drill_figure(by=by, organisation="bakery", figure=row.pk)


def test_a_figure_leads_back_to_its_run_its_query_and_its_rows(sales: Feed, stub: Service, alice: Person) -> None:
    """Orders are added up; the source is asked what the run asked, though the feed asks something else by now."""
    stub.rows = [{"order": n, "region": "N-01" if n % 2 else "south", "month": f"2026-01-{n:02}", "amount": f"{n}.5"}
                 for n in range(1, 8)]  # fmt: skip
    ask = {"path": "all?from={since}", "rows": "data"}
    save_feed(by=alice, known="sales", plan=plan(ask=ask, adding="sum", names={"N-01": "north"}), at=NOW)
    run = run_feed(by=alice, feed="sales", at=NOW).value
    save_feed(by=alice, known="sales", plan=plan(ask={"path": "half"}), at=NOW + timedelta(hours=1))
    added = Measurement.objects.current().get(kpi__code="sales", unit__code="north", period="M:2026-01")
    assert added.source_row == 1 and added.import_run and added.import_run.adds_up, "the first of those added up"
    found = behind(alice).value
    assert run and found and found.run.pk == run.pk and found.columns == ("order", "region", "month", "amount")
    assert [(number, cells[0]) for number, cells in found.rows] == [(1, "1"), (3, "3"), (5, "5"), (7, "7")]
    assert (found.count, found.made, found.has_changed) == (4, {"value": Decimal(18)}, False)
    assert stub.seen[-1] == "/all?from=2026-05-01"
    stub.rows[0]["amount"] = "2.5"
    changed = behind(alice).value
    assert changed and changed.made == {"value": Decimal(19)} and changed.has_changed
    stub.rows = stub.rows[1::2]
    gone = behind(alice).value
    assert gone and (gone.count, gone.has_changed) == (0, True)
    Connection.objects.update(options={"url": "http://127.0.0.1:1"})
    assert "may not be asked" in behind(alice).findings[0].message


def test_rows_behind_a_figure_see_those_who_use_sources_and_see_the_figure(
    sales: Feed, alice: Person, bob: Person, charlie: Person
) -> None:
    run_feed(by=alice, feed="sales", at=NOW)
    for person, refusal in ((bob, Forbidden), (charlie, NotFound)):
        with pytest.raises(refusal):
            behind(person)
    invite_person(by=None, organisation="bakery", email="edda@bakery.example", name="Edda", role=Role.EDITOR)
    edda = Person.objects.get(email="edda@bakery.example")
    found = behind(edda).value
    assert found and found.count == 1 and run_feed(by=edda, organisation="bakery", feed="sales", at=LATER).ok
    assert Feed.objects.visible_to(edda).exists() and FeedRun.objects.visible_to(edda).count() == 2
    assert not Connection.objects.visible_to(edda).exists()
    for refused in (lambda: save_feed(by=edda, organisation="bakery", known="sales", plan=plan()),
                    lambda: pause_feed(by=edda, organisation="bakery", feed="sales"),
                    lambda: try_feed(by=edda, organisation="bakery", plan=plan())):  # fmt: skip
        with pytest.raises(Forbidden):
            refused()
    other = Measurement.objects.filter(import_run__feed_runs=None)[0]
    with pytest.raises(NotFound):  # no feed brought it
        drill_figure(by=alice, organisation="bakery", figure=other.pk)


def test_only_who_may_change_sources_does(sales: Feed, alice: Person, bob: Person, charlie: Person) -> None:
    for person, refusal in ((bob, Forbidden), (charlie, NotFound)):
        with pytest.raises(refusal):
            run_feed(by=person, organisation="bakery", feed="sales")
        with pytest.raises(refusal):
            try_feed(by=person, organisation="bakery", plan=plan())
        with pytest.raises(refusal):
            testing.test_connection(by=person, organisation="bakery", connection="shop")
        assert not Connection.objects.visible_to(person).exists() and not Feed.objects.visible_to(person).exists()
    assert testing.test_connection(by=alice, connection="shop").ok
    with pytest.raises(Conflict):
        remove_connection(by=alice, connection="shop")


def test_what_is_wrong_with_a_feed_is_said_field_by_field(shop: Connection, alice: Person) -> None:
    wrong = plan(code="No", months=0, schedule="* * * * *", columns={"unit": "region"}, adding="most")
    found = {f.place.thing for f in save_feed(by=alice, plan=wrong).findings}
    assert found == {"code", "months", "schedule", "column_kpi", "column_period", "column_value", "adding"}


def test_a_daily_schedule_is_due_once_on_days_of_23_and_25_hours() -> None:
    for before in (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)):
        first = next_due("30 2 * * *", "Europe/Berlin", before)
        assert first
        second = next_due("30 2 * * *", "Europe/Berlin", first)
        assert second and timedelta(hours=22) < second - first < timedelta(hours=26)
    assert wrong_schedule("0 0 31 2 *", "UTC", NOW) and wrong_schedule("0 6 * * *", "Mars/North", NOW)
