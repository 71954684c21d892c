"""What is due from whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.record_measurement import record_measurement
from fourfold.engine.amendments import Amendment
from fourfold.engine.definitions import Kpi, Unit
from fourfold.engine.periods import Calendar
from fourfold.records.models import Organisation, Person, Reminder
from fourfold.records.queries.due_updates import DueGroup, Urgency, due_from
from fourfold.records.queries.reminder import link_of
from tests.web.conftest import MOMENT
from tests.web.reading import words_of


def due(organisation: Organisation, person: str, at: datetime = MOMENT) -> list[DueGroup]:
    return due_from(Person.objects.get(email=f"{person}@bakery.example"), organisation, at)


def told(groups: list[DueGroup]) -> list[tuple[str, str, str, list[str]]]:
    return [(g.unit, g.month.short_id, g.urgency.value, [d.kpi.code for d in g.figures]) for g in groups]


def test_what_is_due_from_bob_is_what_he_may_enter_in_his_shop(organisation: Organisation) -> None:
    Organisation.objects.update(created_at=datetime(2026, 3, 31, 9, tzinfo=UTC))
    organisation.refresh_from_db()
    assert told(due(organisation, "bob")) == [
        ("north", "2026-03", "late", ["staff"]),
        ("north", "2026-05", "coming", ["sales", "on_time", "costs", "staff"]),
    ]


def test_nothing_is_due_of_periods_that_were_over_before_the_kpi_was_there(organisation: Organisation) -> None:
    Organisation.objects.update(created_at=datetime(2025, 1, 1, tzinfo=UTC))
    defined = datetime(2026, 4, 30, 9, tzinfo=UTC)
    new = Kpi(code="loaves", name="Loaves", kind="flow")
    draft = Kpi(code="rolls", name="Rolls", kind="flow", state="draft")
    ready = draft.model_copy(update={"state": "active"})
    for before, after, at in ((None, new, defined), (None, draft, datetime(2026, 1, 5, tzinfo=UTC)),
                              (draft, ready, MOMENT)):  # fmt: skip
        amendment = Amendment("kpis", before, after)
        assert amend_definitions(by=None, organisation="bakery", amendments=[amendment], at=at).ok
    organisation.refresh_from_db()

    def periods(code: str) -> list[str]:
        return [d.period.short_id for g in due(organisation, "bob") for d in g.figures if d.kpi.code == code]

    assert periods("loaves") == ["2026-04", "2026-05"], "it was there on the last day of April"
    assert periods("rolls") == ["2026-05"], "a draft is not asked for"
    assert periods("staff") == ["2026-03", "2026-05"], "one that has been there for long is asked for as before"
    record_measurement(by=None, organisation="bakery", unit="north", kpi="rolls", period="2026-03", value=7, at=MOMENT)
    organisation.refresh_from_db()
    assert periods("rolls") == ["2026-04", "2026-05"], "after its first figure there is a gap"


@pytest.mark.parametrize(("since", "asked"), [("2026-05", ["2026-05"]), ("2026-03", ["2026-03", "2026-04", "2026-05"])])
def test_a_kpi_that_says_when_it_begins_is_asked_for_from_then_on(
    organisation: Organisation, since: str, asked: list[str]
) -> None:
    Organisation.objects.update(created_at=datetime(2025, 1, 1, tzinfo=UTC))
    new = Amendment("kpis", None, Kpi(code="loaves", name="Loaves", kind="flow", since=since))
    at = datetime(2026, 4, 30, 9, tzinfo=UTC)
    assert amend_definitions(by=None, organisation="bakery", amendments=[new], at=at).ok
    organisation.refresh_from_db()
    figures = [d for g in due(organisation, "bob") for d in g.figures if d.kpi.code == "loaves"]
    assert [d.period.short_id for d in figures] == asked


def test_a_unit_that_was_added_is_asked_for_nothing_from_before(organisation: Organisation) -> None:
    Organisation.objects.update(created_at=datetime(2025, 1, 1, tzinfo=UTC))
    kiosk = Unit(code="kiosk", name="Kiosk", parent="bakery")
    assert amend_definitions(by=None, organisation="bakery", amendments=[Amendment("units", None, kiosk)], at=MOMENT).ok
    organisation.refresh_from_db()
    assert {g.month.short_id for g in due(organisation, "alice") if g.unit == "kiosk"} == {"2026-05"}


def test_a_figure_is_due_from_the_owner_where_there_is_one_who_may_enter_it(organisation: Organisation) -> None:
    found = told(due(organisation, "alice"))
    assert ("north", "2026-05", "coming", ["on_time", "costs", "staff"]) in found, "sales in North are Bob's"
    assert ("south", "2026-05", "coming", ["sales", "on_time", "costs", "staff"]) in found, "he may not enter South's"


def test_what_has_been_answered_is_not_asked_for_and_what_is_not_there_yet_is_asked_again(
    organisation: Organisation,
) -> None:
    bob = Person.objects.get(email="bob@bakery.example")
    may = {"by": bob, "organisation": "bakery", "unit": "north", "period": "2026-05", "at": MOMENT}
    record_measurement(**may, kpi="sales", value=1000)
    record_measurement(**may, kpi="costs", state="n/a")
    record_measurement(**may, kpi="staff", state="not due")
    organisation.refresh_from_db()
    assert told(due(organisation, "bob"))[-1] == ("north", "2026-05", "coming", ["on_time", "staff"])


def test_a_day_decides_between_coming_due_and_late(organisation: Organisation) -> None:
    def urgency(day: date) -> list[Urgency]:
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        return [g.urgency for g in due(organisation, "bob", at) if g.month == Calendar(4).parse("2026-05")]

    assert urgency(date(2026, 5, 5)) == [], "more than a fortnight ahead"
    assert [urgency(date(2026, *day)) for day in ((5, 20), (6, 1), (6, 2))] == [
        [Urgency.COMING], [Urgency.DUE], [Urgency.LATE]
    ]  # fmt: skip


def test_the_page_leads_to_exactly_the_cells_that_are_due(bob: Client, charlie: Client) -> None:
    page = bob.get("/updates/").content.decode()
    words = words_of(page)
    assert "Nothing is due from you" in words or "Each button opens exactly these cells" in words
    assert "Harbour" not in charlie.get("/updates/").content.decode()


def test_the_link_of_a_reminder_opens_exactly_its_cells_for_one_person(
    organisation: Organisation, bob: Client, alice: Client
) -> None:
    at = timezone.now()
    person = Person.objects.get(email="bob@bakery.example")
    group = next(iter(due(organisation, "bob", at)))
    two = group.figures[:2]
    made = Reminder.objects.create(
        organisation=organisation, person=person, day=at.date(), made_at=at, ends_at=at + timedelta(days=1),
        figures=[[due.unit, due.pk, due.period.id] for due in two],
    )  # fmt: skip
    address = f"/updates/reminder/?link={link_of(made)}"
    response = bob.get(address)
    pks = ",".join(str(due.pk) for due in two)
    assert response["Location"] == f"/s/north/updates/?p={group.month.short_id}&kpi={pks}"
    assert bob.get(response["Location"]).content.decode().count("data-row=") == 2
    assert alice.get(address).status_code == 404, "it is not hers"
    assert Client().get(address)["Location"] == f"/updates/reminder/{made.pk}/", "and needs no signing in"
