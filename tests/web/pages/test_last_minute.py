"""G10 from figures and the moments at which their periods were closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.period_states import PeriodState
from fourfold.records.models import Organisation, Person
from fourfold.records.queries.quality import quality_of
from fourfold.records.queries.scope import scope_of
from tests.web.conftest import ADDRESSES, MOMENT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("hours", "raised"), [(1, True), (30, False)])
def test_figures_that_come_just_before_their_period_is_closed_and_just_fit_are_asked_about(
    organisation: Organisation, hours: int, raised: bool
) -> None:
    bob, alice = (Person.objects.get(email=ADDRESSES[name]) for name in ("bob", "alice"))
    for number, month in enumerate(("2026-01", "2026-02", "2026-03")):
        at = MOMENT + timedelta(days=number)
        for good in (9501, 9502):  # both times 95 is the target
            figure = {"kpi": "on_time", "unit": "north", "period": month, "numerator": good, "denominator": 10_000}
            assert record_measurement(by=bob, organisation="bakery", at=at, **figure).ok
        set_period_state(
            by=None, organisation="bakery", unit="bakery", period=month, state=PeriodState.CLOSED, reason="Over.",
            at=at + timedelta(hours=hours),
        )  # fmt: skip
    scope = scope_of(alice, "north")
    (flag,) = [f for f in quality_of(scope, scope.structure.kpi["on_time"]).flags or () if f.code == "G10"]
    assert (flag.raised, flag.count) == (raised, 6)
    assert f"{6 if raised else 0} of 6 figures" in flag.evidence
