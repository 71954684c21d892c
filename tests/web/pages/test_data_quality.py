"""The page, the API and the command say the same of the figures of a unit, and no more than one may see."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from django.test import Client
from typer.testing import CliRunner

from fourfold.access.scopes import Scope
from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.make_token import make_token
from fourfold.actions.record_measurement import record_measurement
from fourfold.cli.app import app
from fourfold.engine.amendments import Amendment
from fourfold.engine.definitions import Kpi
from fourfold.records.models import Organisation, Person
from fourfold.records.queries.data_quality import UnitQuality, data_quality_of
from fourfold.records.queries.scope import scope_of

URL = "/s/north/data/"
LATER = datetime(2026, 7, 20, 9, tzinfo=UTC)


def quality(unit: str = "north", at: datetime = LATER) -> UnitQuality:
    alice = Person.objects.get(email="alice@bakery.example")
    return data_quality_of(scope_of(alice, unit), at)


def record(period: str, at: datetime, **figure: str) -> None:
    where = {"organisation": "bakery", "kpi": "sales", "unit": "north", "period": period}
    outcome = record_measurement(by=None, **where, at=at, **figure)
    assert outcome.ok, outcome.findings


def sales(found: UnitQuality):  # type: ignore[no-untyped-def]
    return next(each for each in found.kpis if each.kpi.code == "sales")


def test_missing_not_applicable_and_not_yet_are_told_apart(organisation: Organisation) -> None:
    before = sales(quality()).quality
    record("2026-06", LATER, state="not_applicable")
    assert sales(quality()).quality.not_applicable == before.not_applicable + 1
    record("2026-06", LATER.replace(hour=10), state="missing")
    found = sales(quality()).quality
    assert (found.not_applicable, found.missing) == (before.not_applicable, before.missing)
    record("2026-06", LATER.replace(hour=11), value="90")
    assert sales(quality()).quality.there == before.there + 1


def test_a_figure_is_late_from_the_day_after_its_own(organisation: Organisation) -> None:
    record("2026-05", datetime(2026, 6, 1, 8, tzinfo=UTC), value="90")
    record("2026-06", datetime(2026, 7, 5, 8, tzinfo=UTC), value="90")
    found = sales(quality()).quality
    assert found.timed >= 2
    assert found.on_time == 1
    assert found.days_late is not None and found.days_late > 0


def test_a_figure_changed_after_its_day_is_a_restatement_of_it(organisation: Organisation) -> None:
    record("2026-05", datetime(2026, 6, 1, 8, tzinfo=UTC), value="90")
    assert sales(quality()).quality.restated == 0
    record("2026-05", datetime(2026, 6, 9, 8, tzinfo=UTC), value="91")
    assert sales(quality()).quality.restated == 1


def test_periods_from_before_a_kpi_was_there_lack_nothing(organisation: Organisation) -> None:
    Organisation.objects.update(created_at=datetime(2025, 1, 1, tzinfo=UTC))
    new = Amendment("kpis", None, Kpi(code="loaves", name="Loaves", kind="flow"))
    assert amend_definitions(by=None, organisation="bakery", amendments=[new], at=datetime(2026, 5, 9, tzinfo=UTC)).ok
    found = next(each for each in quality().kpis if each.kpi.code == "loaves")
    assert [period.short_id for period in found.lacking] == ["2026-05", "2026-06"]
    assert found.quality.missing == 2


def test_the_unit_above_agrees_with_the_sum_of_those_below(organisation: Organisation) -> None:
    found = sales(quality("bakery"))
    assert not found.is_fed
    assert found.quality.compared > 0
    assert found.quality.consistent == 1.0


def test_owners_have_what_their_kpis_have_together(organisation: Organisation) -> None:
    found = quality()
    due = {owner: q.due for owner, q in found.people}
    for owner, count in due.items():
        assert count == sum(each.quality.due for each in found.kpis if each.kpi.owner == owner)
    assert sum(due.values()) == found.whole.due


def test_the_weakest_come_first(organisation: Organisation) -> None:
    shares = [each.quality.weakest for each in quality().kpis]
    known = [share for share in shares if share is not None]
    assert known == sorted(known)
    assert shares[len(known) :] == [None] * (len(shares) - len(known))


def test_the_page_leads_who_may_to_the_figures_that_lack(alice: Client, bob: Client) -> None:
    text = bob.get(URL).content.decode()
    assert "Health of our data" in text
    assert "/s/north/updates/?p=" in text
    assert 'aria-current="page">Data health' in alice.get(URL).content.decode()


def test_an_outsider_finds_nothing(charlie: Client) -> None:
    assert charlie.get(URL).status_code == 404


def test_api_and_command_say_what_the_page_says(alice: Client, organisation: Organisation) -> None:
    person = Person.objects.get(email="alice@bakery.example")
    token = make_token(by=person, name="reader", scopes={Scope.READ}).value
    assert token is not None
    asked = Client().get(
        "/api/v1/organisations/bakery/units/north/data-quality", headers={"authorization": f"Bearer {token.text}"}
    )
    assert asked.status_code == 200
    answer = asked.json()
    done = CliRunner().invoke(app, ["data-quality", "north", "--as", "alice@bakery.example", "--format", "json"])
    assert done.exit_code == 0, done.output
    rows = json.loads(done.output)
    assert [row["kpi"] for row in rows] == [each["kpi"] for each in answer["kpis"]]
    assert [row["complete"] for row in rows] == [each["counts"]["complete"] for each in answer["kpis"]]
    assert answer["whole"]["due"] == sum(row["due"] for row in rows)


