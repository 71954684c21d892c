"""Accuracy and intervals on the M3 and M4 competitions, beside what others reached there.

Published figures: Makridakis and Hibon (2000), IJF 16:451–476; Makridakis, Spiliotis and Assimakopoulos (2020).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from benchmarks.competitions import Set, forecasts, learnt, m3, m4, scores, seasonal_naive_scores

from fourfold.engine.forecasts.calibration import QUARTERLY

pytestmark = pytest.mark.data

#: Of M3 monthly: the best of the 24 methods by MASE, and the benchmarks everybody knows.
FORECASTPRO, THETA, COMB, NAIVE2 = 0.848, 0.858, 0.896, 1.037


@cache
def monthly(folder: Path) -> Set:
    return m3("MONTHLY", folder)


@cache
def quarterly(folder: Path) -> Set:
    return m3("QUARTERLY", folder)


def test_a_sixth_of_the_monthly_series_is_forecast_as_well_as_specified(public_data: Path) -> None:
    part = monthly(public_data).part(6)
    made = forecasts(part)
    reached = scores(part, made)
    assert reached.mase <= 0.88
    assert reached.smape <= 14.0
    assert 0.75 <= reached.coverage80 <= 0.87
    assert 0.92 <= reached.coverage95 <= 0.98
    assert reached.mase < seasonal_naive_scores(part, made)[1]


#: §6.3: the error of the default for histories cut to so many months, horizons 1 to 12.
BY_LENGTH = {6: 0.98, 9: 0.97, 12: 0.96, 18: 0.93, 24: 0.86, 36: 0.80, 48: 0.77, 60: 0.78}


@pytest.mark.parametrize("count", [6, 12, 24])
def test_short_histories_reach_the_error_of_the_specification(count: int, public_data: Path) -> None:
    whole = monthly(public_data)
    reached = scores(whole, forecasts(whole, count), 12)
    assert reached.mase == pytest.approx(BY_LENGTH[count], abs=0.006)
    assert 0.75 <= reached.coverage80 <= 0.87


@pytest.mark.slow
@pytest.mark.parametrize("count", [9, 18, 36, 48, 60])
def test_longer_histories_reach_the_error_of_the_specification(count: int, public_data: Path) -> None:
    whole = monthly(public_data)
    long = np.isfinite(whole.train).sum(axis=1) >= count
    some = Set(whole.name, whole.frequency, whole.m, whole.train[long], whole.came[long])
    reached = scores(some, forecasts(some, count), 12)
    assert reached.mase == pytest.approx(BY_LENGTH[count], abs=0.006)
    assert 0.75 <= reached.coverage80 <= 0.87


@pytest.mark.slow
def test_all_monthly_series_are_forecast_better_than_by_the_competitions_combination(public_data: Path) -> None:
    whole = monthly(public_data)
    made = forecasts(whole)
    reached = scores(whole, made)
    assert reached.series == 1428
    assert (reached.smape, reached.mase) == (pytest.approx(13.74, abs=0.006), pytest.approx(0.870, abs=0.0006))
    assert FORECASTPRO < THETA < reached.mase < COMB < NAIVE2 < seasonal_naive_scores(whole, made)[1]
    assert 0.75 <= reached.coverage80 <= 0.87
    assert 0.92 <= reached.coverage95 <= 0.98


def test_quarterly_series_are_forecast_as_specified(public_data: Path) -> None:
    whole = quarterly(public_data)
    made = forecasts(whole)
    reached = scores(whole, made)
    assert (reached.smape, reached.mase) == (pytest.approx(9.09, abs=0.006), pytest.approx(1.096, abs=0.0006))
    assert reached.mase < seasonal_naive_scores(whole, made)[1]


@pytest.mark.parametrize("count", [8, 24, 32, None])
def test_quarterly_intervals_hold_what_they_promise(count: int | None, public_data: Path) -> None:
    whole = quarterly(public_data)
    reached = scores(whole, forecasts(whole, count))
    assert 0.75 <= reached.coverage80 <= 0.87
    assert 0.92 <= reached.coverage95 <= 0.98


def test_quarterly_intervals_of_three_to_five_years_are_a_little_wide(public_data: Path) -> None:
    """The method's own factors, which held 83 and 96 % of M1 at 12 quarters."""
    whole = quarterly(public_data)
    for count in (12, 20):
        reached = scores(whole, forecasts(whole, count))
        assert 0.87 < reached.coverage80 < 0.90
        assert 0.97 < reached.coverage95 < 0.985


def check_own_record(given: Set, times: int) -> None:
    """Widths learnt from the series' own past hold what they promise of figures that came later."""
    own = learnt(given, QUARTERLY, times)
    assert own.name == "quarterly, own record"
    for last in (None, 24, 12):
        reached = scores(given, forecasts(given, last, calibration=own))
        assert 0.75 <= reached.coverage80 <= 0.87
        assert 0.92 <= reached.coverage95 <= 0.98


def test_quarterly_intervals_from_an_own_record_hold_what_they_promise(public_data: Path) -> None:
    check_own_record(quarterly(public_data).part(8), 6)


@pytest.mark.slow
def test_quarterly_intervals_from_an_own_record_hold_what_they_promise_for_all_series(public_data: Path) -> None:
    check_own_record(quarterly(public_data), 8)


@pytest.mark.parametrize("kind", ["m3", "m4"])
def test_yearly_intervals_hold_what_they_promise_where_they_were_chosen_and_where_not(
    kind: str, public_data: Path
) -> None:
    given = m3("YEARLY", public_data) if kind == "m3" else m4("yearly", public_data)
    made = forecasts(given)
    reached = scores(given, made)
    assert 0.75 <= reached.coverage80 <= 0.87
    assert 0.92 <= reached.coverage95 <= 0.98
    smape, mase = seasonal_naive_scores(given, made)
    assert reached.smape < smape
    assert reached.mase < mase
    assert reached.msis < {"m3": 39.976, "m4": 54.662}[kind]  # of the naive forecast with normal intervals


@pytest.mark.slow
def test_weekly_series_of_m4_are_forecast_better_than_by_the_last_value(public_data: Path) -> None:
    given = m4("weekly", public_data)
    made = forecasts(given)
    reached = scores(given, made)
    last = np.array([[row[np.isfinite(row)][-1]] * given.came.shape[1] for row in given.train])
    assert reached.mase < np.mean(np.abs(given.came - last).mean(axis=1) / given.naive_error)
    assert reached.mase < seasonal_naive_scores(given, made)[1]
    assert {f.calibration.name for f in made} == {"uncalibrated"}
