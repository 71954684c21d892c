"""Outlooks after a change of everything: as a full evaluation would keep them, after the answer where a server runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event

import pytest

from fourfold.actions import amend_definitions as amending
from fourfold.actions import follow_outlooks
from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.outcome import Outcome
from fourfold.engine.amendments import Amendment, Amendments
from fourfold.records.models import Organisation, Outlook, Result
from fourfold.records.ready import ready_definitions

pytestmark = pytest.mark.django_db(transaction=True)
Told = set[tuple[str, str, str]]


@pytest.fixture
def loaded(loaded_anew: None) -> None:
    """Some tests here begin with nothing."""


def told() -> Told:
    """What is said last of each KPI and unit."""
    rows = Outlook.objects.order_by("pk").values_list("kpi__code", "unit__code", "spec")
    return {(kpi, unit, repr(spec)) for (kpi, unit), spec in {row[:2]: row[2] for row in rows}.items()}


def shown() -> set[tuple[object, ...]]:
    """What is stored of every unit and period."""
    return set(Result.objects.values_list("unit", "view", "period", "node", "value", "target", "score", "status"))


@pytest.fixture
def moment(organisation: Organisation) -> datetime:
    """Now, with everything evaluated."""
    moment = datetime.now(UTC)
    evaluate_organisation(by=None, as_of=moment)
    return moment


def move(organisation: Organisation, at: datetime) -> Outcome[Amendments]:
    """The south is put below the north, in all periods."""
    ready = ready_definitions(organisation)
    assert ready is not None
    south = ready.written.unit["south"]
    moved = Amendment("units", south, south.model_copy(update={"parent": "north"}))
    outcome = amend_definitions(by=None, amendments=(moved,), at=at)
    assert outcome.ok
    return outcome


def test_outlooks_after_a_unit_has_moved_are_those_of_a_full_evaluation(
    organisation: Organisation, moment: datetime
) -> None:
    before = told()
    move(organisation, moment)
    after = told()
    assert after != before
    evaluate_organisation(by=None, as_of=moment)
    assert told() == after


@pytest.fixture
def busy() -> Iterator[Event]:
    """A process that serves, whose thread has something else to do until this is set."""
    free = Event()
    follow_outlooks.begin()
    follow_outlooks._THREADS[0].submit(free.wait)
    yield free
    free.set()
    follow_outlooks.end()


def test_where_a_server_runs_results_are_there_with_the_answer_and_outlooks_follow(
    organisation: Organisation, moment: datetime, busy: Event
) -> None:
    before, results = told(), shown()
    move(organisation, moment)
    assert shown() != results
    assert told() == before
    busy.set()
    follow_outlooks.end()
    after = told()
    assert after != before
    evaluate_organisation(by=None, as_of=datetime.now(UTC))
    assert told() == after


def test_where_a_server_runs_a_large_organisation_has_its_results_after_the_answer_which_says_so(
    organisation: Organisation, moment: datetime, busy: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amending, "_AT_ONCE", 1)
    results = shown()
    outcome = move(organisation, moment)
    assert [f.code for f in outcome.findings if f.code == "RESULTS-FOLLOW"]
    assert shown() == results
    busy.set()
    follow_outlooks.end()
    after = shown(), told()
    assert after[0] != results
    evaluate_organisation(by=None, as_of=datetime.now(UTC))
    assert (shown(), told()) == after


@pytest.mark.parametrize("room", [0, -1])
def test_what_is_large_goes_by_kpis_units_and_months(
    organisation: Organisation, moment: datetime, busy: Event, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    months = Result.objects.filter(view="month", unit__parent=None).values("ordinal").distinct().count()
    ready = ready_definitions(organisation)
    assert ready is not None and months > 1
    monkeypatch.setattr(amending, "_AT_ONCE", len(ready.kpis) * len(ready.units) * months + room)
    follows = "RESULTS-FOLLOW" in {f.code for f in move(organisation, moment).findings}
    assert follows == (room < 0)


def test_where_people_are_counted_results_come_with_the_answer_however_many_they_are(
    organisation: Organisation, moment: datetime, busy: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is hidden of small groups goes by the results."""
    monkeypatch.setattr(amending, "_AT_ONCE", 1)
    ready = ready_definitions(organisation)
    assert ready is not None
    on_time = ready.written.kpi["on_time"]
    counted = Amendment("kpis", on_time, on_time.model_copy(update={"headcount": "denominator"}))
    assert amend_definitions(by=None, amendments=(counted,), at=moment).ok
    results = shown()
    assert "RESULTS-FOLLOW" not in {f.code for f in move(organisation, moment).findings}
    assert shown() != results
