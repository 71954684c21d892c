"""Tables of events: each falls into the period of its unit's own day, and what they add up to is the figure."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.measurements import CheckedRows, check_rows
from fourfold.testing.bakery import BAKERY, bakery

ZONES = {"bakery": "UTC", "north": "Europe/Berlin", "south": "America/New_York"}
KPIS = [
    {"code": "visits", "name": "Visits", "kind": "flow", "unit": "count"},
    {"code": "daily", "name": "Visits by day", "kind": "flow", "unit": "count", "frequency": "day"},
    {"code": "ontime", "name": "On time", "kind": "ratio", "unit": "%", "factor": "100"},
    {"code": "stock", "name": "Flour", "kind": "stock", "unit": "kg"},
    {"code": "mood", "name": "Mood", "kind": "survey"},
]


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    units = [unit | {"time_zone": ZONES[unit["code"]]} for unit in BAKERY["units"]]
    return complete(bakery(kpis=BAKERY["kpis"] + KPIS, units=units))


def check(definitions: Definitions, *events: tuple[str, ...], columns: str = "kpi unit at value") -> CheckedRows:
    """Check a table of events whose first one stands in line 2."""
    table = pl.DataFrame(list(events), schema=dict.fromkeys(columns.split(), pl.String), orient="row")
    return check_rows(table.with_row_index("row", offset=2), definitions, file="events.csv")


def figures(checked: CheckedRows) -> dict[tuple[str, str, str], str]:
    assert checked.ok, checked.findings
    return {(r["kpi"], r["unit"], r["period"]): r["value_text"] for r in checked.rows.iter_rows(named=True)}


def test_the_same_moment_is_the_next_month_in_one_unit_and_not_in_another(definitions: Definitions) -> None:
    moment = "2026-03-31T22:30:00Z"
    found = figures(check(definitions, ("visits", "north", moment, "3"), ("visits", "south", moment, "3")))
    assert {key[1:] for key in found} == {("north", "M:2026-04"), ("south", "M:2026-03")}


def test_an_offset_is_obeyed_and_a_moment_without_one_is_utc(definitions: Definitions) -> None:
    events = [("daily", "bakery", "2026-03-31T23:30:00-05:00", "1"), ("daily", "bakery", "2026-03-31 23:30:00", "1")]
    assert [key[2] for key in figures(check(definitions, *events))] == ["D:2026-04-01", "D:2026-03-31"]


def test_a_plain_day_is_a_day_of_the_unit(definitions: Definitions) -> None:
    found = figures(check(definitions, *[("daily", unit, "2026-03-31", "1") for unit in ZONES]))
    assert {key[2] for key in found} == {"D:2026-03-31"}


def test_events_without_a_value_are_counted(definitions: Definitions) -> None:
    events = [("visits", "north", f"2026-03-{day:02}") for day in (1, 1, 9, 31)]
    assert figures(check(definitions, *events, columns="kpi unit at")) == {("visits", "north", "M:2026-03"): "4"}


def test_flows_add_up_exactly(definitions: Definitions) -> None:
    (value,) = figures(check(definitions, *[("visits", "north", "2026-03-01", "0.1")] * 3)).values()
    assert float(value) == 0.3
    assert value.startswith("0.3")


def test_a_ratio_adds_up_its_parts_and_a_stock_is_its_last_event(definitions: Definitions) -> None:
    ratio = check(
        definitions, ("ontime", "north", "2026-03-01", "3", "4"), ("ontime", "north", "2026-03-20", "1", "6"),
        columns="kpi unit at numerator denominator",
    )  # fmt: skip
    (row,) = ratio.rows.rows(named=True)
    assert (ratio.findings, row["numerator"], row["denominator"], row["value"]) == ((), 4.0, 10.0, None)
    last = [("stock", "north", "2026-03-09T10:00Z", "8"), ("stock", "north", "2026-03-02T10:00Z", "5")]
    assert [float(v) for v in figures(check(definitions, *last)).values()] == [8.0]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (("visits", "north", "yesterday", "1"), "ROW-AT"),
        (("visits", "north", "2026-02-30", "1"), "ROW-AT"),
        (("visits", "north", "2026-03-01", "1,5"), "ROW-EVENT-FIGURE"),
        (("visits", "north", "2026-03-01", ""), "ROW-EVENT-FIGURE"),
        (("mood", "north", "2026-03-01", "1"), "ROW-EVENT-KIND"),
        (("vists", "north", "2026-03-01", "1"), "ROW-KPI"),
        (("visits", "nroth", "2026-03-01", "1"), "ROW-UNIT"),
    ],
)
def test_what_cannot_be_read_names_its_row_and_keeps_the_table_out(
    definitions: Definitions, event: tuple[str, ...], code: str
) -> None:
    checked = check(definitions, ("visits", "north", "2026-03-01", "1"), event)
    (finding,) = checked.findings
    assert (finding.code, finding.place.line, checked.ok) == (code, 3, False)
    assert finding.fix


def test_a_table_with_both_a_period_and_a_moment_holds_figures(definitions: Definitions) -> None:
    checked = check(definitions, ("visits", "north", "2026-03", "1", "x"), columns="kpi unit period value at")
    assert [finding.code for finding in checked.findings] == ["ROW-COLUMN"]
    assert len(checked.rows) == 1


@given(st.lists(st.tuples(st.sampled_from(sorted(ZONES)), st.integers(0, 400 * 24 * 60)), min_size=1, max_size=60))
def test_every_event_is_counted_once_on_the_day_its_own_clock_shows(
    definitions: Definitions, events: list[tuple[str, int]]
) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [(unit, begin + timedelta(minutes=m)) for unit, m in events]
    expected = Counter((unit, f"D:{at.astimezone(ZoneInfo(ZONES[unit])).date()}") for unit, at in moments)
    rows = [("daily", unit, at.isoformat()) for unit, at in moments]
    found = figures(check(definitions, *rows, columns="kpi unit at"))
    assert {key[1:]: int(value) for key, value in found.items()} == expected
