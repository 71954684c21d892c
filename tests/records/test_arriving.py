"""A large import on SQLite: what is made ready before the lock, and when that does not hold any more."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection, transaction

from fourfold.actions.import_measurements import import_measurements
from fourfold.actions.load_folder import load_folder
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.set_period_state import set_period_state
from fourfold.actions.verify_chains import verify_chains
from fourfold.engine.period_states import PeriodState
from fourfold.records.arriving import made_ready, move_in
from fourfold.records.frames.imports import Checked, check_import
from fourfold.records.models import Import, Measurement, Organisation
from fourfold.records.ready import Ready, ready_definitions
from tests.actions.conftest import folder as folder
from tests.actions.conftest import now as now

pytestmark = pytest.mark.django_db(transaction=True)
MONTHS = [*(f"{year}-{month:02}" for year in range(1950, 2024) for month in range(1, 13)), "2026-01"]
PLACES = list(itertools.product(("sales", "costs", "staff"), ("north", "south")))
ROWS = pl.DataFrame(
    [(kpi, unit, month, f"{n % 97}.50") for (kpi, unit), (n, month) in itertools.product(PLACES, enumerate(MONTHS))],
    schema=["kpi", "unit", "period", "value"], orient="row",
).with_row_index("row", offset=2)  # fmt: skip
STAGE = "Recorded"


@pytest.fixture
def organisation(folder: Callable[..., Path], now: datetime) -> Organisation:
    loaded = load_folder(by=None, path=folder(), at=now).value
    assert loaded is not None
    return loaded


def bring(now: datetime, rows: pl.DataFrame = ROWS, **given: Any) -> tuple[int, int, int]:
    outcome = import_measurements(by=None, rows=rows, source="till.csv", at=now, **given)
    assert outcome.value is not None
    return outcome.value.loaded, outcome.value.unchanged, outcome.value.rejected


def current(period: str) -> Measurement:
    return Measurement.objects.current().get(kpi__code="sales", unit__code="north", period=f"M:{period}")


def close(now: datetime) -> None:
    for state in (PeriodState.APPROVED, PeriodState.CLOSED):
        set_period_state(by=None, unit="bakery", period="2026-01", state=state, at=now)


def has_no_own_table() -> bool:
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM temp.sqlite_master WHERE name = 'arriving'")
        return bool(cursor.fetchone() == (0,))


def test_many_rows_are_recorded_once_with_their_digits_run_and_event(organisation: Organisation, now: datetime) -> None:
    assert bring(now) == (len(ROWS), 0, 0)
    run = Import.objects.get(source="till.csv")
    assert run.loaded == run.measurements.count() == len(ROWS)
    assert str(current("1950-03").value) == "2.50"
    assert bring(now) == (0, len(ROWS), 0)
    assert Import.objects.filter(source="till.csv").count() == 1
    corrected = ROWS.with_columns(pl.lit("7").alias("value"))
    assert bring(now, corrected.vstack(ROWS.head(0)))[0] > len(ROWS) * 9 // 10
    assert str(current("1950-03").value) == "7"
    found = verify_chains(by=None).value
    assert found is not None and not any(verdict.wrong for verdict in found.verdicts)
    assert has_no_own_table()


def test_one_wrong_row_of_many_leaves_none_or_with_quarantine_itself(organisation: Organisation, now: datetime) -> None:
    close(now)
    before = Measurement.objects.count()
    assert bring(now)[2] == len(PLACES), "the month is closed"
    assert Measurement.objects.count() == before and has_no_own_table()
    assert bring(now, quarantine=True) == (len(ROWS) - len(PLACES), 0, len(PLACES))
    assert Measurement.objects.count() == before + len(ROWS) - len(PLACES)


@pytest.mark.parametrize("period", ["1950-03", "2026-04"])
def test_what_is_entered_meanwhile_comes_before_the_import(
    organisation: Organisation, now: datetime, period: str
) -> None:
    stages: list[tuple[str, int]] = []

    def meanwhile(stage: str, done: int, _total: int) -> None:
        stages.append((stage, done))
        if stages.count((STAGE, 0)) == 1 and stage == STAGE:
            record_measurement(by=None, kpi="sales", unit="north", period=period, value=123, at=now)

    assert bring(now, tell=meanwhile)[0] == len(ROWS)
    is_same = period == "1950-03"
    assert str(current(period).value) == ("2.50" if is_same else "123")
    rows = Measurement.objects.filter(kpi__code="sales", unit__code="north", period=f"M:{period}")
    assert "123" in {str(row.value) for row in rows}, "and nothing is lost"
    if connection.vendor == "sqlite":
        assert stages.count((STAGE, 0)) == (2 if is_same else 1), "all again under the lock where it is the same figure"


def checked_rows(organisation: Organisation, now: datetime) -> tuple[Ready, Checked]:
    ready = ready_definitions(organisation)
    assert ready is not None
    return ready, check_import(ROWS, ready, {}, file=None, at=now)


def test_a_period_that_is_closed_meanwhile_takes_none_of_what_was_ready(
    organisation: Organisation, now: datetime
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("nothing is made ready on another database")
    ready, checked = checked_rows(organisation, now)
    before = Measurement.objects.count()
    given: dict[str, Any] = {"by": None, "at": now, "few": 0, "refuse": None, "tell": None}
    with made_ready(organisation, ready, checked, quarantine=True, **given) as arriving:
        assert arriving is not None and arriving.settled.count == len(ROWS)
        assert Measurement.objects.count() == before, "others see none of it"
        close(now)
        run = Import(organisation=organisation, at=now)
        with transaction.atomic():
            assert move_in(arriving, organisation, ready, checked, run=run, quarantine=True) is None
    assert sum(map(len, checked.parts)) == len(ROWS), "they can be settled again"
    assert has_no_own_table()
