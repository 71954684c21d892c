"""What the next period must bring for the target of the year still to be reached (§4.3)."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.aggregation import AggTime, MeasureKind
from fourfold.engine.definitions import Definitions, Kpi, Organisation, Strategy, Target, Unit
from fourfold.engine.definitions.complete import complete
from fourfold.engine.outlook import Chance
from fourfold.engine.scoring import Polarity
from fourfold.scorecard import Scorecard

MOMENT = datetime(2026, 5, 10, tzinfo=UTC)
MONTHS = [f"M:{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
THIS_YEAR = [f"M:2026-{month:02}" for month in range(1, 5)]


def chance(kpi: Kpi, target: Target, this_year: list[float]) -> Chance | None:
    """Two years of about 10 a month, and what came in four months of this one."""
    d = complete(
        Definitions(
            organisation=Organisation(code="o", name="O"), units=(Unit(code="u", name="U"),),
            strategy=Strategy(code="s", name="S"), kpis=(kpi,), targets=(target,),
        )
    )  # fmt: skip
    values = [10.0 + i % 3 for i in range(24)] + this_year
    rows = pl.DataFrame({
        "kpi": "k", "unit": "u", "period": MONTHS + THIS_YEAR, "value": values,
        "numerator": pl.Series([None] * 28, dtype=pl.Float64), "denominator": pl.Series([None] * 28, dtype=pl.Float64),
        "state": pl.Series([0] * 28, dtype=pl.UInt8), "marks": pl.Series([0] * 28, dtype=pl.UInt8),
    })  # fmt: skip
    (one,) = Scorecard(d, rows).chances("k", "u", as_of=MOMENT).items
    return one.chance


def flow(**more: object) -> Kpi:
    return Kpi(code="k", name="K", kind=MeasureKind.FLOW, **more)  # type: ignore[arg-type]


FEW = st.lists(st.floats(1, 30), min_size=4, max_size=4)


@given(FEW, st.floats(5, 20))
def test_the_next_month_brings_an_equal_part_of_what_is_left(came: list[float], monthly: float) -> None:
    found = chance(flow(), Target(kpi="k", since="2024-01", value=f"{monthly:.6f}"), came)
    assert found is not None
    assert found.needed == pytest.approx((12 * monthly - sum(came)) / 8, abs=1e-5)


def test_where_months_have_their_own_targets_each_brings_its_part() -> None:
    shares = (1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 1, 2)
    found = chance(flow(), Target(kpi="k", since="2024-01", value=150, path="seasonal", shares=shares), [8, 9, 10, 11])
    assert found is not None
    left = {month: part for month, part in enumerate(shares, 1) if month > 4}
    assert found.needed == pytest.approx((150 - 38) * left[5] / sum(left.values()))


def test_less_is_left_where_less_is_wanted() -> None:
    found = chance(flow(polarity=Polarity.LOWER_BETTER), Target(kpi="k", since="2024-01", value=9), [10, 10, 10, 10])
    assert found is not None and found.low == float("-inf")
    assert found.needed == pytest.approx((9 * 12 - 40) / 8)


def test_a_mean_of_the_year_counts_all_its_months() -> None:
    kpi = Kpi(code="k", name="K", kind=MeasureKind.STOCK, aggregate_time=AggTime.MEAN)
    found = chance(kpi, Target(kpi="k", since="2024-01", value=12), [10, 10, 10, 10])
    assert found is not None
    assert found.needed == pytest.approx((12 * 12 - 40) / 8)


def test_a_level_asks_for_no_part() -> None:
    kpi = Kpi(code="k", name="K", kind=MeasureKind.STOCK, aggregate_time=AggTime.LAST)
    found = chance(kpi, Target(kpi="k", since="2024-01", value=12), [10, 10, 10, 10])
    assert found is not None and found.needed is None
