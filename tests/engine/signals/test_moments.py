"""Means, deviations and autocorrelations: certified values, plain Python, and gaps."""

from __future__ import annotations

import csv
import math
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.signals.moments import (
    autocorrelation,
    autocorrelations,
    count,
    deviation,
    first_points,
    mean,
    moving_ranges,
    skewness,
)

SETS = ("Lew", "Lottery", "Mavro", "Michelso", "NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4", "PiDigits")
FEW = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=2, max_size=30)


def digits(x: float, certified: str) -> float:
    """LRE: how many digits agree, at most 15."""
    if float(certified) == x:
        return 15.0
    return -math.log10(abs(x - float(certified)) / abs(float(certified)))


@pytest.mark.data
@pytest.mark.parametrize("name", SETS)
def test_certified_moments_of_nist_are_met(name: str, public_data: Path) -> None:
    folder = public_data / "nist_strd_univariate"
    with (folder / "certified.csv").open() as file:
        (row,) = (r for r in csv.DictReader(file) if r["dataset"] == name)
    y = np.array([float(line) for line in (folder / f"{name}_values.csv").read_text().split()[1:]])
    assert count(y) == int(row["n"])
    assert digits(float(mean(y)), row["mean"]) >= 9
    assert digits(float(deviation(y)), row["stdev_n_minus_1"]) >= 8
    assert digits(float(autocorrelation(y)), row["lag1_autocorrelation"]) >= 8


def exactly(values: list[float]) -> tuple[Decimal, Decimal]:
    """Mean and sum of squares about it, with sixty digits."""
    with localcontext() as context:
        context.prec = 60
        numbers = [Decimal(v) for v in values]
        middle = sum(numbers, Decimal(0)) / len(numbers)
        return middle, sum(((n - middle) ** 2 for n in numbers), Decimal(0))


@given(FEW)
def test_mean_and_deviation_are_those_of_exact_decimals(values: list[float]) -> None:
    middle, squares = exactly(values)
    size = max(abs(v) for v in values)
    assert float(mean(np.array(values))) == pytest.approx(float(middle), abs=1e-12 * size)
    wanted = math.sqrt(float(squares / (len(values) - 1)))
    tiny = 1e-150  # what is smaller has a square that no double can hold in full
    assert float(deviation(np.array(values))) == pytest.approx(wanted, rel=1e-9, abs=1e-12 * size + tiny)


@given(FEW, st.integers(1, 3))
def test_autocorrelation_is_the_sum_over_pairs(values: list[float], lag: int) -> None:
    middle = math.fsum(values) / len(values)
    below = math.fsum((v - middle) ** 2 for v in values)
    found = float(autocorrelation(np.array(values), lag))
    if below > 1e-9 * max(abs(v) for v in values) ** 2:
        above = math.fsum((a - middle) * (b - middle) for a, b in zip(values, values[lag:], strict=False))
        assert found == pytest.approx(above / below, abs=1e-6)


def test_gaps_count_nowhere() -> None:
    x = np.array([2.0, np.nan, 4.0, np.inf, 9.0])
    assert (count(x), float(mean(x))) == (3, 5.0)
    assert float(deviation(x)) == pytest.approx(math.sqrt(13.0))


def test_what_cannot_be_said_is_nan() -> None:
    nothing, one, same = np.full(4, np.nan), np.array([3.0]), np.full(5, 7.0)
    assert math.isnan(mean(nothing)) and math.isnan(deviation(one)) and math.isnan(autocorrelation(same))
    assert math.isnan(skewness(same)) and float(deviation(same)) == 0.0


def test_a_gap_breaks_the_moving_range() -> None:
    ranges = moving_ranges(np.array([1.0, 4.0, np.nan, 9.0, 7.0]))
    assert np.array_equal(ranges, [np.nan, 3.0, np.nan, np.nan, 2.0], equal_nan=True)


def test_first_points_counts_numbers_and_not_periods() -> None:
    x = np.array([[np.nan, 1.0, np.nan, 2.0, 3.0]])
    assert first_points(x, 2).tolist() == [[False, True, False, True, False]]
    assert first_points(np.vstack([x, x]), np.array([1, 3])).sum(axis=1).tolist() == [1, 3]


def test_a_long_tail_to_the_right_is_positive_skew() -> None:
    assert float(skewness(np.array([1.0, 1, 1, 1, 6]))) == pytest.approx(1.5)


@pytest.mark.parametrize(("size", "value"), [(3, 0.1), (6, 0.7), (7, 2.3), (12, 0.3), (13, 1.1)])
def test_the_mean_of_equal_numbers_is_that_number_to_the_last_digit(size: int, value: float) -> None:
    x = np.full(size, value)
    assert x.sum() / size != value, "one pass rounds"
    assert mean(x) == value


def test_lags_beyond_the_series_have_no_pairs() -> None:
    x = np.array([1.0, 2.0, 4.0, 5.0])  # about 3: -2, -1, 1, 2
    found = autocorrelations(x, range(1, 8))
    assert [float(r) for r in found] == [0.3, -0.4, -0.4, 0.0, 0.0, 0.0, 0.0]
    assert autocorrelation(x) == 0.3


@pytest.mark.parametrize(("figures", "wanted"), [
    ([], math.nan), ([math.nan], math.nan), ([3.0], math.nan), ([3.0, math.nan], math.nan), ([1.0, 3.0], math.sqrt(2)),
    ([1.0, 3.0, 5.0], 2.0), ([1.0, math.inf, 3.0, 5.0], 2.0),
])  # fmt: skip
def test_a_deviation_needs_two_numbers(figures: list[float], wanted: float) -> None:
    assert float(deviation(np.array(figures))) == pytest.approx(wanted, nan_ok=True)
