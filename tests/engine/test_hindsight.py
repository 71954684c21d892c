"""The targets of a year that is over: what they looked like half-way, from the figures of then alone, and what came."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from fourfold.engine.hindsight import hindsight
from fourfold.engine.kpis import figures
from fourfold.engine.measurements import to_polars
from fourfold.engine.outlook import outlooks
from tests.engine.test_outlook import defined, months

AS_OF = datetime(2026, 10, 8, 12, tzinfo=UTC)  # the year from April 2025 to March 2026 is over
SWING = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
LEVEL = {"code": "level", "name": "Level", "kind": "stock", "aggregate_units": "none"}
FLOW = {"code": "flow", "name": "Flow", "kind": "flow", "aggregate_units": "none"}


def company(**values: list[float]) -> tuple[Any, Any]:
    """Figures of the last 42 months up to September 2026; targets of 100 and of 1,200 a year."""
    targets = [
        {"kpi": "level", "since": "2022-04", "value": "100", "red_line": "90"},
        {"kpi": "flow", "unit": "a", "since": "2022-04", "value": "100", "red_line": "90"},
    ]
    d = defined([LEVEL, FLOW], targets=targets)
    table = [
        {"kpi": kpi, "unit": "a", "period": p, "value": str(v)}
        for kpi, own in values.items()
        for p, v in zip(months(len(own)), own, strict=True)
    ]
    return d, figures(d, to_polars(table), as_of=AS_OF, periods=[d.calendar.parse("2026-10")])


def series(last: float, mean: float) -> tuple[list[float], list[float]]:
    """42 months: a level that is `last` in March 2026, and a flow with that mean over the year to then."""
    level = [97.0 + SWING[i % 12] for i in range(42)]
    level[35] = last  # the 36th of 42, six before September
    flow = [96.0 + SWING[i % 12] for i in range(42)]
    flow[24:36] = [mean + 6 * (-1) ** i for i in range(12)]
    return level, flow


MET = [(101, 101, 2), (99, 101, 1), (101, 99, 1), (100, 100, 2), (0, 0, 0)]


@pytest.mark.parametrize(("last", "mean", "hits"), MET)
def test_targets_are_met_by_the_last_level_and_by_the_sum_of_the_year(last: float, mean: float, hits: int) -> None:
    level, flow = series(last, mean)
    d, found = company(level=level, flow=flow)
    past = hindsight(d, found, as_of=AS_OF, units={"a"})
    assert past is not None and (past.year.id, past.judged.known, past.judged.hits) == ("Y:FY2026", 2, hits)
    then = outlooks(d, found, as_of=AS_OF, units={"a"}, until=date(2025, 9, 30))
    chances = [o.chance.p for o in then if o.chance is not None]
    assert past.judged.expected == pytest.approx(sum(chances))
    met = [float(last >= 100), float(sum(flow[24:36]) >= 1200)]
    assert past.judged.brier == pytest.approx(sum((p - m) ** 2 for p, m in zip(chances, met, strict=True)) / 2)


def test_what_came_after_half_of_the_year_does_not_change_what_was_expected() -> None:
    one, other = (hindsight(*company(level=series(last, 101)[0]), as_of=AS_OF, units={"a"}) for last in (101, 3))
    assert one is not None and other is not None and one.judged.expected == other.judged.expected


def test_a_year_with_a_gap_is_judged_only_where_the_gap_does_not_matter() -> None:
    level, flow = series(101, 101)
    d, _ = company(level=level, flow=flow)
    table = [
        {"kpi": kpi, "unit": "a", "period": p, "value": str(v)}
        for kpi, own in (("level", level), ("flow", flow))
        for p, v in zip(months(42), own, strict=True)
        if p != "M:2026-01"
    ]
    found = figures(d, to_polars(table), as_of=AS_OF, periods=[d.calendar.parse("2026-10")])
    past = hindsight(d, found, as_of=AS_OF, units={"a"})
    assert past is not None and (past.judged.known, past.judged.hits) == (1, 1)


def test_without_targets_or_figures_there_is_nothing_to_judge() -> None:
    d, found = company(level=[100.0] * 3)
    assert hindsight(d, found, as_of=AS_OF) is None
