"""A KPI of the library placed on an objective: written, evaluated, told, and undone by nothing half."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from fourfold.actions.add_library_kpi import add_library_kpi
from fourfold.actions.evaluate_organisation import is_evaluated
from fourfold.actions.export_folder import export_folder
from fourfold.actions.load_folder import load_folder
from fourfold.actions.undo_amendment import undo_amendment
from fourfold.engine.cells import State
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.library import UnknownKpi, find
from fourfold.library.adoption import adopt
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Organisation, Person, Result
from fourfold.scorecard import load
from fourfold.testing.bakery import BAKERY, bakery

pytestmark = pytest.mark.django_db


def test_the_kpi_is_watched_on_the_objective_and_no_score_changes(
    organisation: Organisation, alice: Person, now: datetime
) -> None:
    scores = set(Result.objects.values_list("pk", "score"))
    outcome = add_library_kpi(by=alice, objective="earn", kpi="K012", at=now)
    assert outcome.ok and "watched until it has a target" in outcome.summary
    organisation.refresh_from_db()
    after = read_definitions(organisation)
    assert after is not None
    kpi = after.kpi["days_sales_outstanding"]
    assert (kpi.name, kpi.kind, kpi.unit, kpi.tags) == ("Days sales outstanding", "ratio", "days", ("library:K012",))
    assert kpi.since == "2026-07", "it begins with the month that runs: nothing before is late"
    states = Result.objects.filter(node=f"kpi:{kpi.code}", view="month", ordinal__lt=2026 * 12 + 6)
    assert set(states.values_list("state", flat=True)) <= {State.NOT_APPLICABLE}
    use = next(use for use in after.uses if use.kpi == kpi.code)
    assert (use.objective, use.role, use.monitor_only) == ("earn", "lag", True)
    assert is_evaluated(organisation, on=now)
    assert scores <= set(Result.objects.values_list("pk", "score"))


def test_money_is_in_the_currency_of_the_organisation(organisation: Organisation, now: datetime) -> None:
    add_library_kpi(by=None, objective="earn", kpi="Operating cash flow", at=now)
    after = read_definitions(organisation)
    assert after is not None and after.kpi["operating_cash_flow"].unit == "GBP"


def test_what_is_there_already_is_said_and_not_added_twice(organisation: Organisation, now: datetime) -> None:
    add_library_kpi(by=None, objective="earn", kpi="K012", at=now)
    with pytest.raises(Conflict, match="already"):
        add_library_kpi(by=None, objective="earn", kpi="DSO", at=now)
    add_library_kpi(by=None, objective="delight", kpi="DSO", at=now)
    after = read_definitions(organisation)
    assert after is not None
    assert [use.objective for use in after.uses if use.kpi == "days_sales_outstanding"] == ["earn", "delight"]
    assert len([kpi for kpi in after.kpis if kpi.name == "Days sales outstanding"]) == 1


def test_a_guard_that_is_there_becomes_the_pair(organisation: Organisation, now: datetime) -> None:
    add_library_kpi(by=None, objective="delight", kpi="Customer satisfaction score", at=now)
    add_library_kpi(by=None, objective="earn", kpi="DSO", at=now)
    after = read_definitions(organisation)
    assert after is not None
    assert after.kpi["days_sales_outstanding"].paired_with == ("customer_satisfaction_score",)


def test_who_may_not_change_definitions_adds_nothing(
    organisation: Organisation, bob: Person, charlie: Person, now: datetime
) -> None:
    with pytest.raises(Forbidden):
        add_library_kpi(by=bob, objective="earn", kpi="K012", at=now)
    with pytest.raises(NotFound):
        add_library_kpi(by=charlie, organisation="bakery", objective="earn", kpi="K012", at=now)
    assert not Event.objects.filter(action="definitions.amend").exists()


def test_what_is_not_there_is_named(organisation: Organisation, now: datetime) -> None:
    with pytest.raises(UnknownKpi):
        add_library_kpi(by=None, objective="earn", kpi="K999", at=now)
    with pytest.raises(NotFound, match="objective nowhere"):
        add_library_kpi(by=None, objective="nowhere", kpi="K012", at=now)


def test_it_is_written_down_who_added_what(organisation: Organisation, alice: Person, now: datetime) -> None:
    add_library_kpi(by=alice, objective="earn", kpi="K012", at=now)
    event = Event.objects.get(action="definitions.amend")
    assert event.person == alice and event.reason == "Days sales outstanding (K012) of the library"
    told = [(each["noun"], each["name"], each["before"]) for each in event.after["amendments"]]
    assert told[0] == ("kpis", "days_sales_outstanding", None) and told[1][0] == "uses"


def test_it_is_in_the_list_of_changes_and_taken_back(organisation: Organisation, alice: Person, now: datetime) -> None:
    add_library_kpi(by=alice, objective="earn", kpi="K012", at=now)
    number = Event.objects.get(action="definitions.amend").seq
    assert undo_amendment(by=alice, number=number, at=now).ok
    after = read_definitions(organisation)
    assert after is not None and "days_sales_outstanding" not in after.kpi


def test_what_was_added_goes_out_with_the_folder_and_comes_back_the_same(
    organisation: Organisation, tmp_path: Path, now: datetime
) -> None:
    add_library_kpi(by=None, objective="earn", kpi="Net promoter score", at=now)
    export_folder(by=None, path=tmp_path / "out", at=now)
    assert load(tmp_path / "out").definitions.kpi["net_promoter_score"].kind == "survey"
    outcome = load_folder(by=None, path=tmp_path / "out", at=now)
    assert "definition" not in outcome.summary


def test_a_code_that_is_taken_gets_a_number() -> None:
    kpis = [*BAKERY["kpis"], {"code": "market_share", "name": "Ours", "unit": "%"}]
    assert adopt(bakery(kpis=kpis), "earn", find("Market share"))[1].kpi == "market_share_2"
