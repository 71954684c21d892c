"""Glide paths: where they begin and end, what they look like."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.targets import (
    PATHS,
    PathError,
    half_life_values,
    path_values,
    required_run_rate,
)

numbers = st.floats(0.01, 1e6)


@pytest.mark.parametrize("kind", PATHS)
@given(numbers, numbers)
def test_a_path_begins_at_the_baseline_ends_at_the_target_and_never_turns_back(
    kind: str, begin: float, goal: float
) -> None:
    path = path_values(kind, begin, goal, np.linspace(0, 1, 13))
    assert path[[0, -1]].tolist() == pytest.approx([begin, goal])
    steps = np.diff(path) * (1 if goal >= begin else -1)
    assert (steps >= -1e-9 * max(begin, goal)).all()


@pytest.mark.parametrize("kind", PATHS)
def test_before_and_after_its_time_a_path_stands_still(kind: str) -> None:
    assert path_values(kind, 40.0, 64.0, [-3.0, 7.0]).tolist() == pytest.approx([40.0, 64.0])  # type: ignore[arg-type]


def test_an_s_curve_is_half_way_at_half_time() -> None:
    assert path_values("s_curve", 40.0, 64.0, 0.5) == pytest.approx(52.0)


@pytest.mark.parametrize(("begin", "goal"), [(0.0, 10.0), (-5.0, 10.0), (5.0, 0.0), (math.nan, 3.0)])
def test_growth_from_or_through_zero_has_no_path(begin: float, goal: float) -> None:
    assert np.isnan(path_values("exponential", begin, goal, 0.5))


def test_two_negative_numbers_have_an_exponential_path() -> None:
    assert path_values("exponential", -4.0, -1.0, 0.5) == pytest.approx(-2.0)


def test_an_unknown_path_is_refused() -> None:
    with pytest.raises(PathError, match="bumpy"):
        path_values("bumpy", 1.0, 2.0, 0.5)


def test_a_half_life_of_six_leaves_what_the_specification_says() -> None:
    assert half_life_values(100.0, 0.0, [3, 6, 12], 6.0).round(1).tolist() == [70.7, 50.0, 25.0]  # type: ignore[arg-type]
    assert half_life_values(100.0, 20.0, 6.0, 6.0) == 60.0


def test_the_required_run_rate_spreads_what_is_left_by_season() -> None:
    rest = required_run_rate(1200.0, 900.0, np.array([10.0, 20.0]))
    assert rest.tolist() == [100.0, 200.0]
    assert required_run_rate(1200.0, 1300.0, np.array([1.0])).tolist() == [-100.0]
