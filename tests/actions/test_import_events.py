"""Tables of events as imports: they are counted and added up, and each event is loaded, unchanged or rejected."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest

from fourfold.actions.import_measurements import import_measurements
from fourfold.actions.outcome import Outcome
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.period_states import PeriodState
from fourfold.records.frames.row_outcome import ImportResult
from fourfold.records.models import Measurement
from tests.web.conftest import loaded as loaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
SALES = """kpi,unit,at,value
sales,north,2026-04-03T10:00:00Z,10.5
sales,north,2026-04-30,20
sales,north,2026-05-01T09:00:00Z,7
costs,north,2026-05-02,3
"""


def bring(text: str, *, quarantine: bool = False) -> Outcome[ImportResult]:
    rows = pl.read_csv(text.encode(), infer_schema=False).with_row_index("row", offset=2)
    return import_measurements(
        by=None, organisation="bakery", rows=rows, source="till.csv", at=NOW, quarantine=quarantine
    )


def known(kpi: str, period: str) -> Decimal | None:
    return Measurement.objects.current().get(kpi__code=kpi, unit__code="north", period=period).value


def test_events_become_the_figures_of_their_periods_and_the_same_again_change_nothing() -> None:
    outcome = bring(SALES)
    assert outcome.ok and outcome.summary == "4 events loaded, 0 unchanged, 0 rejected"
    assert known("sales", "M:2026-04") == Decimal("30.5") and known("sales", "M:2026-05") == 7
    again = bring(SALES)
    assert again.summary == "0 events loaded, 4 unchanged, 0 rejected"


def test_without_values_events_are_counted() -> None:
    assert bring("kpi,unit,at\nsales,north,2026-05-01\nsales,north,2026-05-04\n").ok
    assert known("sales", "M:2026-05") == 2


def test_a_figure_without_one_of_its_events_is_not_recorded_and_every_event_says_why() -> None:
    text = SALES + "sales,north,2026-04-09,many\nstaff,north,some day,1\nstaff,north,2026-05-01,2\n"
    assert not bring(text).ok
    outcome = bring(text, quarantine=True)
    result = outcome.value
    assert result is not None and (result.read, result.loaded, result.rejected) == (7, 2, 5)
    said = {row.row: [r.code for r in row.reasons] for row in result.each() if row.reasons}
    assert said == {2: ["ROW-EVENT-OTHER"], 3: ["ROW-EVENT-OTHER"], 6: ["ROW-EVENT-FIGURE"], 7: ["ROW-AT"],
                    8: ["ROW-EVENT-OTHER"]}  # fmt: skip
    assert known("sales", "M:2026-04") == 1200 and known("sales", "M:2026-05") == 7
    assert "sales,north,many,2026-04-09,6" in result.report() or "2026-04-09" in result.report()


def test_events_of_a_closed_period_and_of_the_future_are_rejected_one_by_one() -> None:
    closed = {"unit": "bakery", "period": "2026-04", "state": PeriodState.CLOSED, "reason": "Done."}
    set_period_state(by=None, organisation="bakery", at=NOW, **closed)  # type: ignore[arg-type]
    result = bring(SALES + "sales,north,2026-09-01,1\n", quarantine=True).value
    assert result is not None
    said = [[r.code for r in row.reasons] for row in result.each()]
    assert said == [["IMPORT-CLOSED"], ["IMPORT-CLOSED"], [], [], ["RECORD-EARLY"]]
