"""An installation fits its intervals to what became of its own forecasts, once there are enough of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from django.utils.html import escape

from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.evaluate_outlooks import evaluate_outlooks
from fourfold.actions.load_folder import load_folder
from fourfold.actions.outcome import Outcome
from fourfold.actions.record_measurement import record_measurement
from fourfold.engine.definitions.write import write
from fourfold.engine.forecasts.calibration import MONTHLY
from fourfold.engine.periods import Calendar
from fourfold.records.frames.forecast import calibration_of_spec
from fourfold.records.models import Organisation, Outlook, Person
from fourfold.records.queries.questions import forecast_record_of
from fourfold.records.queries.scope import scope_of
from fourfold.scorecard.forecast_record import ForecastRecord
from fourfold.testing.bakery import bakery

SHOPS, QUIET, WILD = 55, 14, 7
FIRST = Calendar().parse("2025-01")


@pytest.fixture
def after(db: None, tmp_path: Path) -> Callable[[int], Outcome[Organisation]]:
    """Load the figures of so many months, soon after the last one; from the 15th on they vary four times as much."""
    shops = [{"code": f"s{i}", "name": f"Shop {i}", "parent": "all"} for i in range(SHOPS)]
    units = [{"code": "all", "name": "All"}, *shops]
    kpi = {"code": "staff", "name": "Staff", "kind": "stock", "owner": "amy"}
    d = bakery(
        units=units, kpis=[kpi], targets=[], links=[], initiatives=[], notes=[], themes=[],
        perspectives=[{"code": "people", "name": "People", "rank": 0}],
        people=[{"code": "amy", "name": "Amy", "email": "amy@bakery.example", "role": "admin"}],
        objectives=[{"code": "stay", "name": "Staff who stay", "perspective": "people", "owner": "amy"}],
        uses=[{"kpi": "staff", "objective": "stay", "monitor_only": True}],
    )  # fmt: skip
    (tmp_path / "measurements").mkdir()
    for name, text in write(d).items():
        (tmp_path / name).write_text(text)
    noise = np.random.default_rng(5).normal(0, 1, (SHOPS, QUIET + WILD))
    noise[:, QUIET:] *= 4

    def load(months: int) -> Outcome[Organisation]:
        rows = [
            f"staff,s{i},{FIRST.shift(m).id},{50 + noise[i, m]:.3f}" for i in range(SHOPS) for m in range(months)
        ]
        (tmp_path / "measurements" / "figures.csv").write_text("\n".join(["kpi,unit,period,value", *rows]) + "\n")
        outcome = load_folder(by=None, path=tmp_path, at=soon_after(months))
        assert outcome.value is not None, outcome.findings[:3]
        return outcome

    return load


def soon_after(months: int) -> datetime:
    day = FIRST.shift(months).start
    return datetime(day.year, day.month, 5, tzinfo=UTC)


def newest(unit: str) -> Outlook:
    found = Outlook.objects.filter(unit__code=unit).order_by("-pk").first()
    assert found is not None
    return found


def record_of(record: ForecastRecord, column: str) -> float:
    """A number of the whole record."""
    return float(record.frame.filter(part="all")[column][0])


def test_intervals_are_fitted_once_fifty_series_have_six_forecasts_that_were_told_before(
    after: Callable[[int], Outcome[Organisation]]
) -> None:
    for months in range(QUIET, QUIET + WILD - 1):
        outcome = after(months)
        assert calibration_of_spec(newest("s1").spec) == MONTHLY
        assert not [f for f in outcome.findings if f.code == "FORECAST-COVERAGE"]
    outcome = after(QUIET + WILD)
    (found,) = [f for f in outcome.findings if f.code == "FORECAST-COVERAGE"]
    assert "came within their 80 % interval" in found.message
    own = calibration_of_spec(newest("s1").spec)
    assert own.name == "monthly, own record to 2026-10"
    assert float(own.half_width(0.8, 1.0, 20)) > 1.2 * float(MONTHLY.half_width(0.8, 1.0, 20))

    # The page about all KPIs of a shop raises the alarm about its own intervals, or tells how they held.
    page, record = Client(), forecast_record_of(scope_of(Person.objects.get(email="amy@bakery.example"), "s1"))
    page.force_login(Person.objects.get(email="amy@bakery.example"))
    assert record is not None and record.is_kept
    counted = {f: record_of(record, f) for f in ("figures", "inside80")}
    assert counted["figures"] == sum(range(2, WILD + 1)), "what came after each of six loads"
    assert 0 < counted["inside80"] < counted["figures"]
    shown = page.get("/s/s1/portfolio/").content.decode()
    said = [f.message for f in record.findings]
    assert "How forecasts held" in shown and all(escape(message) in shown for message in said)
    assert bool(said) == record.whole.alarm

    # In the same month they stay as they are, and nothing is said anew.
    count, organisation = Outlook.objects.count(), Organisation.objects.get()
    evaluate_organisation(by=None, as_of=soon_after(QUIET + WILD))
    assert Outlook.objects.count() == count

    # A figure that somebody enters is forecast with them too.
    at = soon_after(QUIET + WILD)
    record_measurement(
        by=None, organisation=organisation.code, kpi="staff", unit="s1", period=FIRST.shift(QUIET + WILD - 1).id,
        value="51", at=at,
    )  # fmt: skip
    evaluate_outlooks(by=None, kpi="staff", unit="s1", as_of=at)
    assert Outlook.objects.count() == count + 2, "the shop and the unit above it"
    assert calibration_of_spec(newest("s1").spec) == own


def test_forecasts_that_were_made_afterwards_do_not_count(after: Callable[[int], Outcome[Organisation]]) -> None:
    """Everything loaded at once has been told by nobody before."""
    after(QUIET + WILD)
    assert calibration_of_spec(newest("s1").spec) == MONTHLY
