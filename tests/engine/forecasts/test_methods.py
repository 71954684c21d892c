"""Point forecasts and scales against the same text computed another way, and what they do at their edges."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.engine.cells import Floats
from fourfold.engine.forecasts import Forecast, Method, forecast, forecast_findings
from fourfold.engine.forecasts.season import shrunken_season
from fourfold.engine.forecasts.smoothing import damped, fit_line, ses, theta
from fourfold.engine.periods import Calendar, Frequency, Period
from tests.engine.forecasts import oracle

CALENDAR = Calendar()
FIRST = {frequency: CALENDAR.period(frequency, date(2000, 1, 3)) for frequency in Frequency}
CYCLES = [
    pytest.param(Frequency.MONTH, 12, 12, id="month"),
    pytest.param(Frequency.QUARTER, 4, 8, id="quarter"),
    pytest.param(Frequency.DAY, 7, 12, id="day"),
    pytest.param(Frequency.HALF, 2, 12, id="half"),
    pytest.param(Frequency.YEAR, 1, 12, id="year"),
]
values = st.floats(-1e3, 1e3).map(lambda x: round(x, 1))


def periods(frequency: Frequency, count: int) -> tuple[Period, ...]:
    return tuple(FIRST[frequency].shift(n) for n in range(count))


def one(y: list[float] | Floats, frequency: Frequency = Frequency.MONTH, horizon: int = 6) -> Forecast:
    table = np.array(y, dtype=np.float64)[None, :]
    return forecast(table, periods(frequency, table.shape[1]), as_of=date(2200, 1, 1), horizon=horizon)[0]


@pytest.mark.parametrize(("frequency", "m", "reach"), CYCLES)
@settings(max_examples=25)
@given(data=st.data())
def test_forecast_and_scale_are_what_plain_python_computes(
    frequency: Frequency, m: int, reach: int, data: st.DataObject
) -> None:
    sign = data.draw(st.sampled_from([values, values.map(lambda x: abs(x) + 1.0)]))
    y = data.draw(st.lists(sign, min_size=6, max_size=3 * m + 8))
    ours = one(y, frequency)
    if len(set(y)) < 3:
        assert ours.method is Method.LAST
        return
    size = max(map(abs, y))
    scale = oracle.scale(y, m, reach)
    assert ours.scale == pytest.approx(scale, rel=1e-6, abs=1e-9 * size)
    if not ours.replaced:
        assert ours.mean == pytest.approx(oracle.point(y, m, 6)[0], rel=1e-6, abs=1e-7 * size)


@given(st.lists(values, min_size=1, max_size=5))
def test_up_to_five_figures_give_their_median_and_no_interval(y: list[float]) -> None:
    ours = one(y, horizon=3)
    assert ours.mean == pytest.approx(oracle.point(y, 12, 3)[0])
    assert ours.method is Method.MEDIAN
    assert (ours.lower80, ours.upper95, ours.scale, ours.degrees) == ((), (), None, 0)


@pytest.mark.parametrize(
    ("count", "method"),
    [(5, Method.MEDIAN), (6, Method.SES), (11, Method.SES), (12, Method.SES_THETA), (23, Method.SES_THETA),
     (24, Method.SEASONAL)],
)  # fmt: skip
def test_the_ladder_changes_rungs_at_6_12_and_24_months(count: int, method: Method) -> None:
    assert one(np.arange(count) % 5 + 1.0).method is method


def test_series_of_different_lengths_are_forecast_as_if_alone() -> None:
    rng = np.random.default_rng(7)
    table = np.full((40, 60), np.nan)
    for row in table:
        count = rng.integers(1, 61)
        row[60 - count :] = 50 + rng.normal(size=count).cumsum()
    axis = periods(Frequency.MONTH, 60)
    together = forecast(table, axis, as_of=date(2100, 1, 1))
    for row, ours in zip(table, together, strict=True):
        (alone,) = forecast(row[None, :], axis, as_of=date(2100, 1, 1))
        assert ours.mean == pytest.approx(alone.mean, rel=1e-12)
        assert (ours.scale or 0.0) == pytest.approx(alone.scale or 0.0, rel=1e-12)
        assert (ours.method, ours.origin, ours.count) == (alone.method, alone.origin, alone.count)


@given(st.lists(values, min_size=6, max_size=40), st.integers(-900, 900))
def test_a_power_of_two_times_the_figures_is_the_same_power_times_the_forecast(y: list[float], power: int) -> None:
    plain, scaled = one(y), one(np.ldexp(np.array(y), power))
    assert scaled.mean == tuple(np.ldexp(plain.mean, power))
    assert (scaled.method, scaled.replaced) == (plain.method, plain.replaced)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=30))
def test_no_figures_are_too_large_or_too_small_for_an_answer(y: list[float]) -> None:
    ours = one(y)
    assert ours.method is not Method.NONE
    assert not any(math.isnan(x) for x in (*ours.mean, *ours.lower80, *ours.upper95))


def test_a_line_is_fitted_through_what_is_there() -> None:
    line = fit_line(np.array([[5.0, np.nan, 9.0, np.nan, 13.0], [7.0, np.nan, np.nan, np.nan, np.nan]]))
    assert line.intercept.tolist() == pytest.approx([5.0, 7.0])
    assert line.slope.tolist() == pytest.approx([2.0, 0.0])


@pytest.mark.parametrize("method", [ses, damped, theta])
def test_a_gap_moves_nothing_and_leaves_no_residual(method: object) -> None:
    y = np.array([[10.0, 12.0, 11.0, 13.0, np.nan, 12.0, 14.0, 13.0]])
    fit = method(y, 2)  # type: ignore[operator]
    assert np.isnan(fit.residual[0]).tolist() == [v != v for v in y[0]]
    assert np.isfinite(fit.mean).all()


def test_smoothing_passes_over_a_gap_as_over_nothing() -> None:
    with_gap = ses(np.array([[10.0, 12.0, 11.0, 13.0, np.nan, np.nan, 12.0, 14.0]]), 1)
    without = ses(np.array([[10.0, 12.0, 11.0, 13.0, 12.0, 14.0]]), 1)
    assert with_gap.mean.tolist() == without.mean.tolist()


def test_the_season_survives_a_gap() -> None:
    effect = np.array([0.8, 0.9, 1.1, 1.2])
    y = np.tile(effect * 100, 6)
    y[[9, 14]] = np.nan
    assert shrunken_season(y[None, :], 4).effect[0].tolist() == pytest.approx(effect.tolist(), abs=0.01)
    ours = one(y, Frequency.QUARTER, horizon=4)
    assert ours.mean == pytest.approx(tuple(effect * 100), rel=0.02)


def test_noise_without_a_season_is_shrunk_to_nearly_none() -> None:
    y = 100 + np.random.default_rng(3).normal(size=(200, 48))
    raw = y.reshape(200, 4, 12).mean(axis=1) / 100
    kept = shrunken_season(y, 12).effect
    assert kept.std() < 0.45 * raw.std()


def test_a_season_without_noise_is_kept_whole() -> None:
    effect = 1 + 0.2 * np.sin(np.arange(12))
    effect /= effect.mean()
    kept = shrunken_season(np.tile(100 * effect, 4)[None, :], 12)
    assert kept.effect[0].tolist() == pytest.approx(effect.tolist())
    assert kept.multiplies.tolist() == [True]


def test_figures_at_or_below_zero_have_a_season_that_is_added() -> None:
    effect = np.array([-3.0, -1.0, 1.0, 3.0])
    season = shrunken_season(np.tile(effect, 5)[None, :], 4)
    assert season.multiplies.tolist() == [False]
    assert season.effect[0].tolist() == pytest.approx(effect.tolist())
    assert one(np.tile(effect, 5), Frequency.QUARTER, horizon=4).mean == pytest.approx(tuple(effect), abs=1e-6)


def test_a_strong_season_is_not_taken_for_a_forecast_that_ran_away() -> None:
    months = np.arange(48)
    y = 1000 + 600 * np.sin(months * np.pi / 6) + np.random.default_rng(5).normal(size=48)
    ours = one(y, horizon=12)
    assert not ours.replaced
    assert max(ours.mean) - min(ours.mean) > 1000


def test_a_forecast_far_from_the_last_figure_is_replaced_by_it() -> None:
    # Nearly still for ten years, then one figure far away: smoothing has learnt to look past single figures.
    y = np.array([100.0 + 0.001 * (n % 5) for n in range(118)] + [200.0])
    ours = one(y)
    assert ours.replaced
    assert [finding.code for finding in forecast_findings([ours, one(y[:-1])])] == ["FORECAST-FAR"]
    assert ours.mean == pytest.approx((200.0,) * 6, rel=1e-3)
