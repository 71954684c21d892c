"""Targets of closed months stay as they were; those of months to come may change."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.outcome import Outcome
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.amendments import Amendment, find_thing
from fourfold.engine.definitions import Target
from fourfold.engine.period_states import PeriodState
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Organisation
from fourfold.records.models import PeriodState as Row

pytestmark = pytest.mark.django_db
KEY = ("margin", None, "commit", "M:2026-01")


@pytest.fixture(autouse=True)
def _march_of_north_is_closed(organisation: Organisation) -> None:
    where = {"organisation": "bakery", "unit": "north", "period": "2026-03"}
    set_period_state(by=None, **where, state=PeriodState.CLOSED, reason="Over.")
    assert Row.objects.current().without_figures().exists()


def amended(organisation: Organisation, *key: object, **fields: Any) -> Outcome[Any]:
    definitions = read_definitions(organisation)
    assert definitions is not None
    thing = find_thing(definitions, "targets", key)
    after = Target.model_validate(thing.model_dump(exclude_unset=True) | fields)
    return amend_definitions(by=None, organisation="bakery", amendments=[Amendment("targets", thing, after)])


def added(**fields: Any) -> Outcome[Any]:
    target = Target(kpi="margin", value=Decimal(44), red_line=Decimal(20), **fields)
    return amend_definitions(by=None, organisation="bakery", amendments=[Amendment("targets", None, target)])


def test_a_target_that_judges_a_closed_month_is_not_changed(organisation: Organisation) -> None:
    outcome = amended(organisation, *KEY, value=Decimal(41))
    assert [finding.code for finding in outcome.findings] == ["AMEND-CLOSED"]
    assert "up to Mar 2026" in outcome.findings[0].message
    assert not outcome.ok


def test_what_is_only_said_about_it_is(organisation: Organisation) -> None:
    assert amended(organisation, *KEY, note="Agreed in January.").ok


def test_a_new_one_begins_after_the_closed_months_and_not_within_them(organisation: Organisation) -> None:
    assert [f.code for f in added(since="M:2026-02").findings] == ["AMEND-CLOSED"]
    assert added(since="M:2026-04").ok


def test_a_target_of_another_unit_judges_no_closed_month(organisation: Organisation) -> None:
    assert added(since="M:2026-02", unit="south").ok
    assert [f.code for f in added(since="M:2026-02", unit="north").findings] == ["AMEND-CLOSED"]
