"""Figures that programs send twice, in another order, with poison among them, or while their period is closed, and
files that are brought in meanwhile.

Each is tried on SQLite and on PostgreSQL. After each: figures are there once, nothing half is visible, stored results
are those of the figures, closed periods and other organisations are unchanged, and the chain of events holds.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from fourfold.actions import import_measurements as importing
from fourfold.actions.begin_import_job import begin_import_job
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.keep_upload import keep_upload
from fourfold.actions.run_import_job import run_import_job
from fourfold.actions.set_period_state import set_period_state
from fourfold.actions.verify_chains import verify_chains
from fourfold.engine.period_states import PeriodState
from fourfold.records.frames.imports import Checked
from fourfold.records.import_jobs import claim_job
from fourfold.records.limits import forget
from fourfold.records.models import Event, Import, ImportJob, Measurement, Person, Result
from tests.api.conftest import Program, bakery, bob
from tests.web.conftest import loaded

__all__ = ["bakery", "bob", "loaded"]  # fixtures
pytestmark = pytest.mark.django_db
PATH = "/api/v1/organisations/bakery/measurements/bulk"
Row = dict[str, Any]


@pytest.fixture(autouse=True)
def well_afterwards(bakery: Any) -> Iterator[None]:
    """What must hold after every fault."""
    cache.clear()
    forget()
    evaluate_organisation(by=None, organisation="bakery")
    elsewhere = list(foreign())
    yield
    places = Measurement.objects.current().values_list("kpi", "unit", "period")
    assert len(places) == len(set(places)), "a figure is there twice"
    stored = results()
    evaluate_organisation(by=None, organisation="bakery")
    assert results() == stored, "results are not those of the figures"
    assert verify_chains(by=None).ok
    assert list(foreign()) == elsewhere
    for run in Import.objects.filter(kind__in=("push", "file")):
        assert run.read == run.loaded + run.unchanged + run.rejected
        assert run.measurements.count() == run.loaded


def foreign() -> Any:
    return Measurement.objects.exclude(organisation__code="bakery").order_by("pk").values_list("pk", "value")


def results() -> list[tuple[Any, ...]]:
    rows = Result.objects.filter(unit__organisation__code="bakery")
    return sorted(rows.values_list("node", "unit", "period", "view", "value", "score"), key=repr)


def push(who: Program, rows: list[Row], *, apart: bool = False, key: str = "") -> tuple[int, dict[str, Any]]:
    client = Client(raise_request_exception=False, REMOTE_ADDR=who.address)
    headers: Any = {"HTTP_AUTHORIZATION": f"Bearer {who.token}"} | ({"HTTP_IDEMPOTENCY_KEY": key} if key else {})
    query = "?mode=quarantine" if apart else ""
    answer = client.generic("POST", PATH + query, json.dumps(rows), "application/json", **headers)
    found: dict[str, Any] = json.loads(answer.content)
    return answer.status_code, found


def sales(month: str, value: object, **more: str) -> Row:
    return {"kpi": "sales", "unit": "north", "period": month, "value": value} | more


def revisions(month: str) -> list[tuple[str, str, bool]]:
    """What was recorded for a month, in the order of its recording, and whether it counts."""
    rows = Measurement.objects.filter(kpi__code="sales", unit__code="north", period=f"M:{month}")
    return [(str(m.value), m.recorded_at.isoformat(), m.superseded_at is None) for m in rows.order_by("recorded_at")]


@pytest.mark.parametrize("key", ["", "once"])
def test_f08_a_push_that_comes_three_times_is_there_once_with_one_event(bob: Program, key: str) -> None:
    before, events = Measurement.objects.count(), Event.objects.count()
    answers = [push(bob, [sales("2026-03", 755), sales("2026-02", 1001)], key=key) for _ in range(3)]
    assert [status for status, _ in answers] == [200, 200, 200]
    assert Measurement.objects.count() == before + 2 and Event.objects.count() == events + 1
    assert answers[0][1]["recorded"] == 2
    assert {found["recorded"] for _, found in answers[1:]} == ({2} if key else {0}), "a key gives the first answer"


LATE = [("2026-05-10T08:00:00+00:00", 801), ("2026-05-10T09:00:00+00:00", 802), ("2026-05-10T10:00:00+00:00", 803)]


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_f09_deliveries_in_any_order_come_to_the_same_and_who_sends_an_older_one_is_told(
    bob: Program, order: tuple[int, ...]
) -> None:
    Measurement.objects.filter(kpi__code="sales", unit__code="north", period="M:2026-01").delete()
    evaluate_organisation(by=None, organisation="bakery")
    newest = -1
    for place in order:
        at, value = LATE[place]
        status, found = push(bob, [sales("2026-01", value, recorded_at=at)])
        assert (status, found["recorded"]) == (200, 1)
        assert [w["code"] for w in found["warnings"] if w["code"] == "IMPORT-OLDER"] == ["IMPORT-OLDER"] * (
            place < newest
        )
        newest = max(newest, place)
    known = revisions("2026-01")
    assert known == [(str(value), at, place == 2) for place, (at, value) in enumerate(LATE)]


POISON: list[Any] = [
    sales("2025-01", "NaN"), sales("2025-02", "Infinity"), sales("2025-03", "1e400"), sales("2025-04", "1.234,5"),
    sales("2025-31-02", 1), sales("2025-05", "\ufeff7"), sales("2025-06", "7\0"), sales("2025-07", "=7"),
    sales("2025-08", True), sales("2099-01", 1), {"kpi": "sales", "unit": "nowhere", "period": "2025-09", "value": 1},
    {"kpi": "sales", "unit": "south", "period": "2025-09", "value": 1}, 7, None, [],
    sales("2025-10", 1), sales("2025-10", 2),
]  # fmt: skip


@pytest.mark.parametrize("apart", [False, True])
def test_f14_poison_among_the_rows_is_named_row_by_row_and_the_others_load_or_none_does(
    bob: Program, apart: bool
) -> None:
    good = [sales(f"2024-{month:02}", 900 + month) for month in range(1, 13)]
    rows = [row for pair in itertools.zip_longest(good, POISON) for row in pair if row is not None or pair[1] is None]
    bad = {n for n, row in enumerate(rows, start=1) if row not in good}
    before = Measurement.objects.count()
    status, found = push(bob, rows, apart=apart)
    assert (status, found["rejected"], found["read"]) == (200 if apart else 422, len(bad), len(rows)), found
    assert Measurement.objects.count() == before + (len(good) if apart else 0)
    said = found["rows"] if apart else found["errors"]
    named = {n for run in said if not apart or run["reasons"]
             for n in range(run.get("row") or run["first"], (run.get("last") or run["first"]) + 1)}  # fmt: skip
    assert named == bad
    if apart:
        kept = Import.objects.get(pk=found["run"]).rejects
        assert len(kept.splitlines()) == len(bad) + 1 and "nowhere" in kept and "\0" not in kept


@pytest.mark.parametrize("apart", [False, True])
def test_f17_a_month_that_is_closed_while_a_push_is_checked_takes_nothing_of_it(
    bob: Program, apart: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = importing.check_import

    def close_meanwhile(*args: Any, **options: Any) -> Checked:
        found = checks(*args, **options)
        where = {"by": None, "organisation": "bakery", "unit": "north", "period": "2026-01"}
        set_period_state(**where, state=PeriodState.CLOSED, reason="Over.")
        return found

    monkeypatch.setattr(importing, "check_import", close_meanwhile)
    january, before = revisions("2026-01"), Measurement.objects.count()
    status, found = push(bob, [sales("2026-01", 911), sales("2026-02", 1011)], apart=apart)
    assert (status, found["rejected"]) == (200 if apart else 422, 1), found
    assert "closed" in json.dumps(found)
    assert revisions("2026-01") == january and Measurement.objects.count() == before + (1 if apart else 0)


def test_f17_a_month_that_is_closed_after_a_push_keeps_what_it_brought_and_takes_nothing_more(bob: Program) -> None:
    assert push(bob, [sales("2026-01", 911)])[1]["recorded"] == 1
    where = {"by": None, "organisation": "bakery", "unit": "north", "period": "2026-01"}
    set_period_state(**where, state=PeriodState.CLOSED, reason="Over.")
    january = revisions("2026-01")
    assert push(bob, [sales("2026-01", 911)])[1]["unchanged"] == 1, "what it has already is no news"
    older = sales("2026-01", 3, recorded_at="2026-05-01T00:00:00+00:00")
    assert [push(bob, [row])[0] for row in (sales("2026-01", 912), older)] == [422, 422]
    assert revisions("2026-01") == january


def close_january() -> None:
    state = PeriodState.CLOSED
    set_period_state(by=None, organisation="bakery", unit="north", period="2026-01", state=state, reason="Over.")


def bring(way: str, *lines: str, columns: str = "kpi,unit,period,value", close_at: str = "") -> ImportJob:
    """What came of the job of a file, while which January is closed when it gets to a stage."""
    by, text = Person.objects.get(email="bob@bakery.example"), "\n".join([columns, *lines]).encode()
    kept = keep_upload(by=by, name="till.csv", content=[text], size=len(text)).value
    assert kept is not None
    read = {"columns": {name: name for name in columns.split(",")}, "decimal": "."}
    begin_import_job(by=by, upload=kept.pk, mapping=read, way=way)
    job, to_close = claim_job(), [close_at]
    assert job is not None

    def tell(stage: str, done: int, total: int) -> None:
        if stage in to_close:
            to_close.remove(stage)
            close_january()

    run_import_job(by=None, job=job.pk, token=job.token, tell=tell)
    job.refresh_from_db()
    assert job.ended_at is not None and to_close in ([], [""])
    return job


TWO = ("sales,north,2026-01,911", "sales,north,2026-02,1011")


@pytest.mark.usefixtures("bob")
@pytest.mark.parametrize("stage", ["Read", "Checked"])
@pytest.mark.parametrize("way", ["import", "apart"])
def test_f17_a_month_that_is_closed_while_a_file_is_read_or_checked_takes_nothing_of_it(way: str, stage: str) -> None:
    january, before = revisions("2026-01"), Measurement.objects.count()
    job = bring(way, *TWO, close_at=stage)
    assert revisions("2026-01") == january and Measurement.objects.count() == before + (way == "apart")
    if way == "import":
        assert "1 of 2 rows" in job.failure and "closed" in job.remedy and "2026-01,911" in job.rejects
    else:
        assert job.run is not None and (job.run.loaded, job.run.rejected) == (1, 1) and not job.failure
        assert "2026-01,911" in job.run.rejects and "closed" in job.run.rejects


@pytest.mark.usefixtures("bob")
def test_f17_a_file_that_was_checked_while_its_month_was_open_is_refused_when_it_is_closed() -> None:
    checked = bring("check", *TWO)
    assert checked.outcome and (checked.outcome["loaded"], checked.outcome["rejected"]) == (2, 0)
    close_january()
    january = revisions("2026-01")
    again = bring("check", *TWO)
    assert again.outcome and (again.outcome["loaded"], again.outcome["rejected"]) == (1, 1), "a check says it too"
    assert "closed" in bring("import", *TWO).remedy and revisions("2026-01") == january


@pytest.mark.usefixtures("bob")
def test_f17_a_month_that_is_closed_after_a_file_keeps_what_it_brought_and_takes_nothing_more() -> None:
    assert not bring("import", *TWO).failure
    close_january()
    january = revisions("2026-01")
    again = bring("import", *TWO)
    assert not again.failure and again.outcome and "2 unchanged" in again.outcome["summary"]
    dated = "kpi,unit,period,value,recorded_at"
    older = bring("import", "sales,north,2026-01,3,2026-05-01T00:00:00+00:00", columns=dated)
    other = bring("import", "sales,north,2026-01,912")
    events = bring("import", "sales,north,2026-01-02T10:00:00Z,5", columns="kpi,unit,at,value")
    assert all("closed" in job.remedy for job in (older, other, events))
    assert revisions("2026-01") == january
