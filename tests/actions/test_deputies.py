"""Deputies enter figures for somebody who is away: no more than that person may, and in their own name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fourfold.actions.deactivate_person import deactivate_person
from fourfold.actions.end_deputy import end_deputy
from fourfold.actions.invite_person import invite_person
from fourfold.actions.name_deputy import name_deputy
from fourfold.actions.record_measurement import record_measurement
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Deputy, Event, Kpi, Organisation, Person
from tests.actions.conftest import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
WEEK = timedelta(days=7)


@pytest.fixture
def dora(alice: Person) -> Person:
    """She sees North Quay, where Bob enters figures, and enters none herself."""
    invite_person(by=alice, email="dora@bakery.example", name="Dora Dean", unit="north", at=NOW)
    return Person.objects.get(email="dora@bakery.example")


def named(by: Person, deputy: Person, *, kpis: tuple[str, ...] = ()) -> Deputy:
    outcome = name_deputy(by=by, deputy=deputy.email or "", since=TODAY, until=TODAY + WEEK, kpis=kpis, at=NOW)
    assert outcome.value, outcome.findings
    return outcome.value


def enter(by: Person, *, unit: str = "north", kpi: str = "sales", after: timedelta = timedelta()) -> None:
    by = Person.objects.get(pk=by.pk)
    outcome = record_measurement(by=by, kpi=kpi, unit=unit, period="2026-05", value="812", at=NOW + after)
    assert outcome.ok, outcome.findings


def test_what_a_deputy_enters_is_theirs_on_behalf_of_the_absent_person(bob: Person, dora: Person) -> None:
    with pytest.raises(Forbidden):
        enter(dora)
    named(bob, dora)
    enter(dora)
    event = Event.objects.get(action="measurement.record")
    assert (event.person, event.on_behalf_of) == (dora, bob)
    assert not Event.objects.exclude(action="measurement.record").exclude(on_behalf_of=None).exists()


@pytest.mark.parametrize("after", [timedelta(days=-1), timedelta(days=8)])
def test_before_the_first_day_and_after_the_last_there_is_no_deputy(
    bob: Person, dora: Person, after: timedelta
) -> None:
    named(bob, dora)
    with pytest.raises(Forbidden):
        enter(dora, after=after)
    enter(dora, after=WEEK)


def test_a_deputy_may_not_do_what_the_absent_person_may_not(bob: Person, dora: Person, alice: Person) -> None:
    named(bob, dora)
    with pytest.raises((Forbidden, NotFound)):
        enter(dora, unit="south")
    bob.grant_rows.all().delete()
    with pytest.raises(Forbidden):
        enter(dora)


def test_a_deputy_sees_no_more_than_before(alice: Person, dora: Person) -> None:
    named(alice, dora)
    with pytest.raises(NotFound):
        enter(dora, unit="south")
    enter(dora, unit="north")


def test_only_the_chosen_kpis_count(bob: Person, dora: Person) -> None:
    Kpi.objects.filter(code="sales").update(owner=bob)
    named(bob, dora, kpis=("sales",))
    enter(dora, kpi="sales")
    with pytest.raises(Forbidden):
        enter(dora, kpi="costs")


def test_it_does_not_pass_on_to_the_deputy_of_a_deputy(bob: Person, dora: Person, alice: Person) -> None:
    invite_person(by=alice, email="ed@bakery.example", name="Ed", unit="north", at=NOW)
    ed = Person.objects.get(email="ed@bakery.example")
    named(bob, dora)
    Deputy.objects.create(organisation=Organisation.objects.get(), person=dora, deputy=ed, since=TODAY, until=TODAY)
    with pytest.raises(Forbidden):
        enter(ed)


def test_it_ends_when_either_says_so_and_when_the_absent_person_is_switched_off(
    alice: Person, bob: Person, dora: Person, charlie: Person
) -> None:
    row = named(bob, dora)
    for stranger in (alice, charlie):
        with pytest.raises(NotFound):
            end_deputy(by=stranger, deputy=row.pk)
    end_deputy(by=dora, deputy=row.pk, at=NOW)
    with pytest.raises(Forbidden):
        enter(dora)
    named(bob, dora)
    deactivate_person(by=alice, email=bob.email or "", at=NOW)
    with pytest.raises(Forbidden):
        enter(dora)


@pytest.mark.parametrize(
    ("since", "until", "place"),
    [(TODAY, TODAY - WEEK, "until"), (TODAY - 2 * WEEK, TODAY - WEEK, "until"), (TODAY, TODAY + 53 * WEEK, "until")],
    ids=["backwards", "over", "too long"],
)
def test_days_that_do_not_fit_are_refused(bob: Person, dora: Person, since: date, until: date, place: str) -> None:
    outcome = name_deputy(by=bob, deputy=dora.email or "", since=since, until=until, at=NOW)
    assert [f.place.thing for f in outcome.findings] == [place] and not Deputy.objects.exists()


def test_nobody_is_named_who_is_no_colleague_sees_nothing_or_for_kpis_of_others(
    alice: Person, bob: Person, charlie: Person
) -> None:
    def complaints(by: Person, deputy: str, *kpis: str) -> list[str]:
        outcome = name_deputy(by=by, deputy=deputy, since=TODAY, until=TODAY, kpis=kpis, at=NOW)
        return [finding.message for finding in outcome.findings]

    invite_person(by=alice, email="sam@bakery.example", name="Sam", unit="south", at=NOW)
    assert complaints(bob, charlie.email or "") == ["Choose a colleague from the list."]
    assert complaints(bob, bob.email or "") == ["Choose a colleague from the list."]
    assert complaints(bob, "sam@bakery.example")[0].startswith("Sam sees no unit")
    assert complaints(bob, alice.email or "", "staff") == ["Choose KPIs that you own."]


def test_somebody_who_enters_nothing_has_no_deputy(dora: Person, bob: Person) -> None:
    with pytest.raises(Forbidden, match="You enter and approve no figures here"):
        name_deputy(by=dora, deputy=bob.email or "", since=TODAY, until=TODAY, at=NOW)
