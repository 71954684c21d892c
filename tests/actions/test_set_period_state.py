"""Periods: who moves them on, what closing keeps, and that every way in obeys."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fourfold.access.roles import Role
from fourfold.actions.give_grant import give_grant
from fourfold.actions.invite_person import invite_person
from fourfold.actions.load_folder import load_folder
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.definitions.write import write
from fourfold.engine.period_states import PeriodState as State
from fourfold.engine.periods import Frequency
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.jobs.close_due_periods import close_due_periods
from fourfold.records.closed_periods import PeriodClosed, refuse_closed
from fourfold.records.frames.period_state import hash_of, newest_figure
from fourfold.records.models import Evaluation, Event, Measurement, Organisation, PeriodState, Person, Snapshot
from fourfold.records.ready import ready_definitions
from fourfold.testing.bakery import BAKERY, bakery
from tests.web.conftest import ADDRESSES, FIGURES
from tests.web.conftest import MOMENT as NOW
from tests.web.conftest import loaded as loaded

pytestmark = pytest.mark.django_db
WAIVED = "The south reports next month."


def move(by: Person | None, state: State, *, unit: str = "bakery", reason: str = WAIVED, **more: Any) -> Any:
    by = by and Person.objects.get(pk=by.pk)
    given = {"period": "2026-04", "at": NOW, "organisation": "bakery"} | more
    return set_period_state(by=by, unit=unit, state=state, reason=reason, **given)


def enter(by: Person | None, *, period: str = "2026-04", value: str = "812", at: datetime = NOW) -> Any:
    return record_measurement(by=by, kpi="sales", unit="north", period=period, value=value, at=at)


@pytest.fixture
def organisation(loaded: None, db: None) -> Organisation:
    return Organisation.objects.get(code="bakery")


@pytest.fixture
def alice(organisation: Organisation) -> Person:
    return Person.objects.get(email=ADDRESSES["alice"])


@pytest.fixture
def bob(organisation: Organisation) -> Person:
    return Person.objects.get(email=ADDRESSES["bob"])


@pytest.fixture
def charlie(organisation: Organisation) -> Person:
    return Person.objects.get(email=ADDRESSES["charlie"])


@pytest.fixture
def carol(alice: Person) -> Person:
    """She approves the figures of the whole bakery and enters none."""
    invite_person(by=alice, email="carol@bakery.example", name="Carol", role="approver", at=NOW)
    return Person.objects.get(email="carol@bakery.example")


def test_a_closed_period_refuses_new_values_and_says_the_way_out(alice: Person, bob: Person) -> None:
    enter(bob, value="1000")
    assert move(alice, State.CLOSED).ok
    before = Measurement.objects.count()
    with pytest.raises(PeriodClosed, match=r"(?s)Apr 2026 is closed for the unit north.*restatement"):
        enter(bob, value="1001")
    assert Measurement.objects.count() == before
    assert enter(bob, value="1000").summary == "known already"  # no news
    assert enter(bob, period="2026-05").ok


def test_a_unit_above_closes_for_all_below_and_only_there_it_is_opened_again(alice: Person, bob: Person) -> None:
    move(alice, State.CLOSED)
    with pytest.raises(Conflict, match="unit above"):
        move(alice, State.REOPENED, unit="north")
    assert move(alice, State.REOPENED).ok
    assert enter(bob).ok
    assert move(alice, State.CLOSED, unit="south").ok
    assert enter(bob, value="813").ok


def test_a_quarter_is_closed_with_its_last_month(alice: Person, organisation: Organisation) -> None:
    ready = ready_definitions(organisation)
    assert ready
    move(alice, State.CLOSED, period="2026-03")
    quarter = ready.definitions.calendar.parse("2026-03").within(Frequency.QUARTER).id
    for text in (quarter, "W:2026-W13", "M:2026-03"):
        with pytest.raises(PeriodClosed):
            refuse_closed(organisation, ready, [(ready.units["north"], text)])
    refuse_closed(organisation, ready, [(ready.units["north"], "W:2026-W14")])


def folder(path: Path, figures: str = FIGURES, **organisation: Any) -> Path:
    (path / "measurements").mkdir(parents=True)
    for name, text in write(bakery(organisation=BAKERY["organisation"] | organisation)).items():
        (path / name).write_text(text)
    (path / "measurements" / "figures.csv").write_text(figures)
    return path


def test_loading_a_folder_obeys_and_says_how_many_figures_of_which_unit(alice: Person, tmp_path: Path) -> None:
    move(alice, State.CLOSED, period="2026-01")
    assert load_folder(by=None, path=folder(tmp_path / "a"), at=NOW).ok  # nothing new of January
    changed = FIGURES.replace("2026-01,900", "2026-01,1") + "costs,south,2026-03,1,,\n"
    outcome = load_folder(by=None, path=folder(tmp_path / "b", changed), at=NOW)
    found = {f.place.thing: f.message for f in outcome.findings if f.code == "LOAD-CLOSED"}
    assert found.keys() == {"unit north, period M:2026-01", "unit south, period M:2026-01"}
    assert all("brings 1 other figure." in message for message in found.values())
    assert not Measurement.objects.filter(kpi__code="costs", unit__code="south", period="M:2026-03").exists()


def test_nobody_approves_or_closes_what_they_submitted(alice: Person, carol: Person, bob: Person) -> None:
    give_grant(by=alice, person=carol.pk, role=Role.CONTRIBUTOR, organisation="bakery", at=NOW)
    assert move(carol, State.SUBMITTED).ok
    for step in (State.APPROVED, State.IN_REVIEW, State.CLOSED):
        with pytest.raises(Forbidden, match="You wrote it yourself"):
            move(carol, step)
    assert move(carol, State.COLLECTING).ok  # a second thought
    move(alice, State.SUBMITTED)
    assert move(carol, State.IN_REVIEW).ok and move(carol, State.APPROVED).ok
    with pytest.raises(PeriodClosed, match="returned"):
        enter(bob)
    assert move(carol, State.CLOSED).ok


@pytest.mark.parametrize("step", [State.APPROVED, State.CLOSED, State.REOPENED, State.IN_REVIEW])
def test_who_only_enters_figures_submits_and_no_more(bob: Person, charlie: Person, step: State) -> None:
    with pytest.raises(Forbidden):
        move(bob, step, unit="north")
    for person, unit in ((bob, "south"), (charlie, "bakery")):
        with pytest.raises(NotFound):
            move(person, State.SUBMITTED, unit=unit)
    assert move(bob, State.SUBMITTED, unit="north").ok


def test_steps_that_do_not_follow_are_findings_that_name_those_that_do(alice: Person) -> None:
    assert "closed" in move(alice, State.REOPENED).findings[0].fix
    assert "cannot become" in move(alice, State.CLOSED, period="2026-05").findings[0].message  # it runs
    assert not PeriodState.objects.exists()
    move(alice, State.CLOSED)
    assert move(alice, State.REOPENED, reason=" ").findings[0].code == "PERIOD-REASON"
    with pytest.raises(NotFound):
        move(alice, State.CLOSED, period="2026-Q1")


def test_a_month_with_gaps_is_closed_with_a_reason_only(alice: Person) -> None:
    (finding,) = move(alice, State.CLOSED, reason="").findings
    assert finding.code == "PERIOD-INCOMPLETE" and "100% are needed" in finding.message
    assert move(alice, State.CLOSED).value.reason == WAIVED


def test_what_was_recorded_since_somebody_looked_is_not_approved(alice: Person, bob: Person) -> None:
    place = Organisation.objects.get(code="bakery")
    ready = ready_definitions(place)
    assert ready
    month = ready.definitions.calendar.parse("2026-04")
    seen = newest_figure(place, ready.units.values(), month)
    enter(bob)
    with pytest.raises(Conflict, match="recorded since"):
        move(alice, State.CLOSED, seen=seen)
    assert move(alice, State.CLOSED, seen=newest_figure(place, ready.units.values(), month)).ok


def test_closing_keeps_what_the_board_saw_whatever_comes_later(alice: Person, bob: Person) -> None:
    enter(bob, value="1000")
    state = move(alice, State.CLOSED).value
    kept = {s.unit.code: s for s in Snapshot.objects.filter(state=state).select_related("unit")}
    assert kept.keys() == {"bakery", "north", "south"}
    assert all(hash_of(s.results) == s.hash for s in kept.values())
    event = Event.objects.get(action="period.set", object="bakery/M:2026-04")
    assert event.after == {"state": "closed", "snapshot": state.snapshot_hash} and event.reason == WAIVED
    move(alice, State.REOPENED)
    enter(bob, value="1", at=NOW + timedelta(hours=1))
    again = Snapshot.objects.get(pk=kept["north"].pk).results
    sales = next(row for row in again["month"] if row[0] == "kpi:sales")
    assert sales[again["fields"].index("value")] == 1000


def test_closing_computes_nothing_anew(alice: Person, bob: Person) -> None:
    enter(bob)
    place = Organisation.objects.get(code="bakery")
    runs = Evaluation.objects.filter(organisation=place)
    before = runs.count()
    move(alice, State.CLOSED)
    place.refresh_from_db()
    assert (runs.count(), runs.latest("pk").input_version) == (before + 1, place.version)
    assert "result" in enter(bob, period="2026-05").summary


def test_the_calendar_closes_a_complete_month_after_its_last_day_and_no_other(
    organisation: Organisation, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def due(days: int, complete: int = 0) -> int:
        path = tmp_path / f"{days} {complete}"
        load_folder(by=None, path=folder(path, lock_due=14, lock_complete=complete), at=NOW)
        return close_due_periods(now=NOW + timedelta(days=days))

    assert close_due_periods(now=NOW) == 0  # nobody asked for it
    assert due(0, 100) == 1 and "9 of 12 figures of Mar 2026" in caplog.text  # February is complete
    assert due(0) == 1  # the last day of April is Thursday, 21 May
    assert (due(1), due(2), due(3)) == (0, 1, 0)
    assert set(PeriodState.objects.values_list("state", "by", "period")) == {
        ("closed", None, f"M:2026-0{month}") for month in (2, 3, 4)
    }
