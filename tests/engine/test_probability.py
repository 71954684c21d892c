"""The probability to hit a target: the worked example, simulation, edges, and how it is said."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from benchmarks.competitions import m3
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.anchors import Polarity
from fourfold.engine.forecasts import Forecast, ForecastError, Lack, forecast
from fourfold.engine.forecasts.calibration import MONTHLY, QUARTERLY
from fourfold.engine.forecasts.ladder import Method
from fourfold.engine.periods import Calendar
from fourfold.engine.probability import (
    Outlook,
    ambition,
    cumulative_outlook,
    level_outlook,
    likelihood,
    mean_outlook,
    percent_shown,
    probability,
    probability_in_range,
)

LOWER = Polarity.LOWER_BETTER
FOUR = Forecast(
    series="revenue", as_of=date(2026, 9, 1), origin=Calendar().parse("2026-08"), method=Method.SEASONAL,
    lack=Lack.NOTHING, count=30, mean=(58.0, 60.0, 62.0, 64.0), lower80=(), upper80=(), lower95=(), upper95=(),
    scale=5.0, degrees=4, calibration=MONTHLY, naive=(58.0,) * 4, naive_error=3.0,
)  # fmt: skip
SHORT = replace(FOUR, count=5, scale=None, degrees=0, lack=Lack.SHORT)


def test_the_worked_example_of_the_year_to_date() -> None:
    ahead = cumulative_outlook(FOUR, 700.0, 4)
    assert (ahead.centre, round(ahead.spread, 1)) == (944.0, 27.8)
    assert probability(ahead, np.array([930.0, 944.0, 960.0])).round(2).tolist() == [0.68, 0.5, 0.3]
    assert [round(ahead.value(p)) for p in (0.25, 0.75)] == [923, 965]  # commit and stretch


def test_the_mean_of_a_year_is_hit_as_often_as_its_sum() -> None:
    total, mean = cumulative_outlook(FOUR, 700.0, 4), mean_outlook(FOUR, 700.0, 4, 12)
    assert float(probability(mean, 930.0 / 12)) == pytest.approx(float(probability(total, 930.0)))


def test_sums_of_errors_that_go_one_way_spread_faster_than_one_figure() -> None:
    assert cumulative_outlook(FOUR, 0.0, 1).spread == level_outlook(FOUR, 1).spread
    assert cumulative_outlook(FOUR, 0.0, 4).spread > 3 * level_outlook(FOUR, 4).spread
    quarters = replace(FOUR, calibration=QUARTERLY)
    assert level_outlook(quarters, 4).spread == pytest.approx(5.0 * 1.10 * 4**0.50)
    assert cumulative_outlook(quarters, 0.0, 4).spread == pytest.approx(5.0 * 1.10 * 4**1.30)


def test_probabilities_are_those_of_simulated_figures() -> None:
    ahead = level_outlook(FOUR, 2)
    drawn = ahead.centre + ahead.spread * np.random.default_rng(11).standard_t(4, size=400_000)
    for target in (50.0, 60.0, 67.0):
        assert float(probability(ahead, target)) == pytest.approx((drawn >= target).mean(), abs=0.004)
        assert float(probability(ahead, target, LOWER)) == pytest.approx((drawn <= target).mean(), abs=0.004)
    inside = ((drawn >= 55.0) & (drawn <= 62.0)).mean()
    assert float(probability_in_range(ahead, 55.0, 62.0)) == pytest.approx(inside, abs=0.004)


@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e3), st.sampled_from([3, 4]), st.floats(-1e4, 1e4))
def test_either_side_of_a_target_together_is_certain(centre: float, spread: float, degrees: int, target: float) -> None:
    ahead = Outlook(centre, spread, degrees)
    above, below = float(probability(ahead, target)), float(probability(ahead, target, LOWER))
    assert above + below == pytest.approx(1.0)
    assert float(ambition(above)) == pytest.approx(below)
    assert float(probability(ahead, target + 1.0)) <= above + 1e-12
    assert float(probability_in_range(ahead, target, target - 1.0)) == 0.0


def test_a_commitment_at_the_lower_quartile_is_hit_three_times_of_four() -> None:
    ahead = level_outlook(FOUR, 3)
    assert float(probability(ahead, ahead.value(0.25))) == pytest.approx(0.75)
    assert float(probability(ahead, ahead.value(0.75), LOWER)) == pytest.approx(0.75)


def test_below_six_figures_there_is_no_probability() -> None:
    for ahead in (level_outlook(SHORT, 1), cumulative_outlook(SHORT, 700.0, 2)):
        assert math.isnan(float(probability(ahead, 60.0)))
        assert math.isnan(ahead.value(0.25))
        assert percent_shown(float(probability(ahead, 60.0))) is None
        assert likelihood(float(probability(ahead, 60.0))) == ""


def test_a_missing_month_leaves_the_sum_to_date_and_its_probability_unknown() -> None:
    assert math.isnan(float(probability(cumulative_outlook(FOUR, math.nan, 4), 930.0)))
    assert np.isnan(probability(level_outlook(FOUR, 1), np.array([np.nan, 58.0]))).tolist() == [True, False]


def test_at_the_end_of_the_year_the_sum_is_certain() -> None:
    done = cumulative_outlook(FOUR, 0.1 + 0.2, 0)
    assert probability(done, np.array([0.3, 0.31, np.nan])).tolist() == pytest.approx([1, 0, math.nan], nan_ok=True)
    assert probability(done, np.array([0.3, 0.29]), LOWER).tolist() == [1, 0]
    assert float(probability(cumulative_outlook(SHORT, 5.0, 0), 5.0)) == 1.0


def test_a_target_without_a_side_and_a_forecast_too_short_are_refused() -> None:
    with pytest.raises(ForecastError, match="no side"):
        probability(level_outlook(FOUR, 1), 60.0, Polarity.NEUTRAL)
    with pytest.raises(ForecastError, match="does not reach 5"):
        level_outlook(FOUR, 5)
    with pytest.raises(ForecastError, match="does not reach 0"):
        level_outlook(FOUR, 0)
    with pytest.raises(ForecastError, match="no mean"):
        mean_outlook(FOUR, 700.0, 4, 0)


def test_it_is_printed_in_steps_of_five_and_never_as_certain() -> None:
    assert [percent_shown(p) for p in (0.0, 0.02, 0.074, 0.076, 0.5, 0.999)] == [5, 5, 5, 10, 50, 95]


@given(st.floats(0, 1))
def test_the_printed_percentage_is_within_five_points(p: float) -> None:
    shown = percent_shown(p)
    assert shown is not None
    assert shown % 5 == 0
    assert abs(shown / 100 - p) <= 0.0501


@pytest.mark.data
def test_announced_probabilities_come_true_about_as_often_on_the_monthly_series_of_m3(public_data: Path) -> None:
    """About: they are cautious, as the specification found on M1 too (0.33 announced, 0.23 came; Brier 0.170)."""
    series = m3("MONTHLY", public_data)
    first = Calendar().parse("1990-01")
    axis = tuple(first.shift(n) for n in range(24))
    made = forecast(series.train[:, -24:], axis, as_of=date(2026, 1, 1), horizon=12)
    said, came = [], []
    for one, actual in zip(made, series.came, strict=True):
        ahead = cumulative_outlook(one, 0.0, 12)
        for share in (0.90, 0.95, 1.0, 1.05, 1.10):
            said.append(float(probability(ahead, share * ahead.centre)))
            came.append(actual[:12].sum() >= share * ahead.centre)
    p, hit = np.array(said), np.array(came)
    groups = np.digitize(p, [0.2, 0.4, 0.6, 0.8])
    shares = [(p[groups == group].mean(), hit[groups == group].mean()) for group in range(5)]
    assert [came for _, came in shares] == pytest.approx([announced for announced, _ in shares], abs=0.14)
    assert ((p - hit) ** 2).mean() < 0.19
