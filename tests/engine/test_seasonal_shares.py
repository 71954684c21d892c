"""Seasonal shares: what each period takes of a year, from earlier years or from working days."""

from __future__ import annotations

import statistics
from datetime import date

import numpy as np
import pytest

from fourfold.engine.periods import Calendar, Frequency
from fourfold.engine.seasonal_shares import complete_years, seasonal_shares

#: The worked example of the methodology: 1,200 a year, in shares of a hundred.
SHARES = (7, 7, 8, 8, 8, 8, 7, 6, 9, 10, 11, 11)
ONES = np.ones(12)


def test_a_season_without_noise_is_found_as_it_is_whatever_the_size_of_the_years() -> None:
    found = seasonal_shares(np.array([np.array(SHARES) * size for size in (3.0, 5.0)]), ONES)
    assert (found.shares * 1200).round(6).tolist() == [84, 84, 96, 96, 96, 96, 84, 72, 108, 120, 132, 132]
    assert (found.years, found.kept) == (2, 1.0)


def test_shares_are_shrunken_by_the_noise_in_them() -> None:
    rng = np.random.default_rng(4)
    years = 100 + 10 * np.sin(np.arange(12)) + rng.normal(0, 8, (3, 12))
    ratios = [[12 * x / sum(year) for x in year] for year in years.tolist()]
    means = [statistics.fmean(column) for column in zip(*ratios, strict=True)]
    noise = sum((r - s) ** 2 for row in ratios for r, s in zip(row, means, strict=True)) / (36 - 12)
    kept = 1 - 9 / 11 * noise / 3 / statistics.pvariance(means)
    found = seasonal_shares(years, ONES)
    assert 0 < kept < 1 and found.kept == pytest.approx(kept)
    assert found.shares.tolist() == pytest.approx([(1 + kept * (s - 1)) / 12 for s in means])
    assert found.shares.sum() == pytest.approx(1.0)


def test_only_the_last_five_years_count_and_with_fewer_than_two_working_days_do() -> None:
    years = np.array([ONES * 9, *([SHARES] * 5)], dtype=float)
    assert seasonal_shares(years, ONES).years == 5
    assert seasonal_shares(years, ONES).shares.tolist() == pytest.approx([s / 100 for s in SHARES])
    days = np.array([64.0, 65.0, 66.0, 66.0])
    for few in (np.empty((0, 4)), np.array([[1.0, 2, 3, 4]]), np.zeros((3, 4))):
        found = seasonal_shares(few, days)
        assert (found.shares * 261).tolist() == pytest.approx(days.tolist()) and found.years == 0


def test_growth_weighs_the_periods() -> None:
    found = seasonal_shares(np.array([[1.0, 3.0, 1.0, 3.0]] * 2), np.ones(4), growth=(1.0, 1.0, 2.0, 2.0))
    assert found.shares.tolist() == pytest.approx([1 / 12, 3 / 12, 2 / 12, 6 / 12])


def test_a_fiscal_year_with_a_gap_is_not_complete() -> None:
    first = Calendar(4).period(Frequency.MONTH, date(2024, 2, 1))
    periods = [first.shift(i) for i in range(2 + 24 + 3)]
    figures = np.arange(29.0)
    assert complete_years(figures, periods)[:, 0].tolist() == [2.0, 14.0]
    figures[5] = np.nan
    assert complete_years(figures, periods)[:, 0].tolist() == [14.0]
    assert complete_years(figures[:1], periods[:1]).shape == (0, 12)
