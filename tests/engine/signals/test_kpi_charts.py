"""A KPI's definition says how its figures are charted."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.definitions import Kpi
from fourfold.engine.periods import Frequency
from fourfold.engine.signals import NELSON, NHS, Nature, chart_of, nature_of


@pytest.mark.parametrize(
    ("kind", "unit", "nature"),
    [
        (MeasureKind.FLOW, "", Nature.COUNT),
        (MeasureKind.FLOW, "accidents", Nature.COUNT),
        (MeasureKind.FLOW, "GBP", Nature.AMOUNT),
        (MeasureKind.FLOW, "€", Nature.AMOUNT),
        (MeasureKind.PERCENTILE, "days", Nature.AMOUNT),
        (MeasureKind.RATIO, "%", Nature.RATE),
        (MeasureKind.RATIO, "per 1,000 bed days", Nature.RATE),
        (MeasureKind.RATIO, "h", Nature.AMOUNT),
        (MeasureKind.RATIO, "GBP/visit", Nature.AMOUNT),
        (MeasureKind.STOCK, "people", Nature.NUMBER),
        (MeasureKind.SURVEY, "points", Nature.NUMBER),
        (MeasureKind.BOOLEAN, "", None),
        (MeasureKind.ORDINAL, "", None),
    ],
)
def test_kind_and_unit_say_what_figures_are(kind: MeasureKind, unit: str, nature: Nature | None) -> None:
    assert nature_of(Kpi(code="k", name="K", kind=kind, unit=unit)) is nature


@pytest.mark.parametrize(
    ("frequency", "period"), [("day", 7), ("week", 52), ("month", 12), ("quarter", 4), ("half", None), ("year", None)]
)
def test_a_season_is_looked_for_where_periods_are_short(frequency: str, period: int | None) -> None:
    chart = chart_of(Kpi(code="k", name="K", frequency=Frequency(frequency)))
    assert chart is not None
    assert (chart.season.period if chart.season.mode == "auto" else None) == period


def test_limits_stay_within_the_valid_range_of_a_kpi() -> None:
    chart = chart_of(Kpi(code="k", name="K", valid_min=Decimal(0)))
    assert chart is not None and chart.valid == (0.0, math.inf)
    chart = chart_of(Kpi(code="k", name="K", valid_max=Decimal(0)))
    assert chart is not None and chart.valid == (-math.inf, 0.0)
    chart = chart_of(Kpi(code="k", name="K"))
    assert chart is not None and chart.valid == (-math.inf, math.inf)


def test_words_have_no_chart() -> None:
    assert chart_of(Kpi(code="k", name="K", kind=MeasureKind.ORDINAL)) is None


def test_rules_are_those_of_the_kpi_else_those_of_the_organisation() -> None:
    plain, own = Kpi(code="a", name="A"), Kpi(code="b", name="B", signal_rules="nelson")
    charts = [chart_of(kpi, NHS) for kpi in (plain, own)]
    assert [chart.rules for chart in charts if chart] == [NHS, NELSON]


@pytest.mark.parametrize("mode", ["auto", "none", "declared", "profile"])
def test_a_season_is_looked_for_as_the_kpi_says(mode: str) -> None:
    chart = chart_of(Kpi(code="a", name="A", season=mode))  # type: ignore[arg-type]
    assert chart is not None and chart.season.mode == mode
