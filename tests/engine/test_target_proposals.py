"""Proposals of targets, checked with the worked examples of the method and a second way of computing."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.anchors import Polarity
from fourfold.engine.target_proposals import (
    CannotPropose,
    best_half_life,
    from_benchmark,
    from_factors,
    from_forecast,
    from_half_life,
    from_history,
    from_terms,
    luck,
)
from fourfold.engine.targets import half_life_values, required_run_rate

UP, DOWN = Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER


@given(st.lists(st.one_of(st.floats(0, 100), st.just(math.nan)), min_size=1, max_size=30), st.sampled_from([UP, DOWN]))
def test_history_proposes_level_and_steps_of_natural_variation(values: list[float], polarity: Polarity) -> None:
    found = from_history(np.array(values), polarity)
    numbers = [v for v in values if v == v]
    if len(numbers) < 6:
        assert found.items == () and found.findings[0].code == "TARGET-PROPOSAL"
        return
    ranges = [abs(b - a) for a, b in pairwise(values) if a == a and b == b]
    sigma = sum(ranges) / len(ranges) / 1.128 if ranges else math.nan
    level, sign = sum(numbers) / len(numbers), 1 if polarity is UP else -1
    expected = [level, level + sign * 1.5 * sigma, level + sign * 3 * sigma]
    if math.isnan(sigma):
        return
    assert [p.value for p in found.items] == pytest.approx(expected, abs=1e-9)
    assert [p.name for p in found.items] == ["hold", "detectable", "step"]


def test_a_kpi_without_a_better_side_has_no_proposals() -> None:
    for polarity in (Polarity.NEUTRAL, Polarity.IN_RANGE):
        assert from_history(np.arange(12.0), polarity).items == ()
        assert from_forecast(1.0, 0.0, 2.0, polarity).items == ()
        assert from_benchmark(1.0, 2.0, polarity, source="x").items == ()


def test_a_target_within_natural_variation_is_hit_by_luck() -> None:
    assert luck(10.5, 10.0, 1.0)[0].code == "TARGET-LUCK"
    assert luck(9.5, 10.0, 1.0) and not luck(11.0, 10.0, 1.0) and not luck(10.0, 10.0, 0.0)
    assert not luck(math.nan, 10.0, 1.0)


def test_the_forecast_example_of_the_method() -> None:
    # Mean 944 and scale 27.8 with 4 degrees of freedom: commit 923, stretch 965 (§4.4); t(0.9; 4) = 1.5332 (table).
    half = 27.84664507 * 1.5332063
    found = from_forecast(944.0, 944 - half, 944 + half, UP, level=0.8, degrees=4)
    assert [round(p.value) for p in found.items] == [923, 965]
    lower = from_forecast(944.0, 944 - half, 944 + half, DOWN, level=0.8, degrees=4)
    assert [round(p.value) for p in lower.items] == [965, 923]


@given(st.floats(-1e3, 1e3), st.floats(0.01, 100), st.floats(0.5, 0.99))
def test_commit_and_stretch_are_hit_with_their_probabilities(mean: float, sd: float, level: float) -> None:
    half = sd * NormalDist().inv_cdf((1 + level) / 2)
    commit, stretch = (p.value for p in from_forecast(mean, mean - half, mean + half, UP, level=level).items)
    assert 1 - NormalDist(mean, sd).cdf(commit) == pytest.approx(0.75)
    assert 1 - NormalDist(mean, sd).cdf(stretch) == pytest.approx(0.25)


def test_no_forecast_gives_no_proposal_and_a_wrong_level_is_refused() -> None:
    assert from_forecast(math.nan, 1.0, 2.0, UP).items == ()
    with pytest.raises(CannotPropose):
        from_forecast(1.0, 0.0, 2.0, UP, level=1.0)


def test_a_benchmark_is_reached_in_steps_over_the_years() -> None:
    found = from_benchmark(9.4, 5.0, DOWN, source="peer median, 2025")
    assert [(p.name, round(p.value, 4)) for p in found.items] == [
        ("1 year", 8.3),
        ("2 years", 7.2),
        ("3 years or more", 5.0),
    ]
    assert "peer median, 2025" in found.items[0].because
    dated = from_benchmark(9.4, 5.0, DOWN, source="peer median", dated="2025-03-31")
    assert dated.items[0].because == "25% of the way from 9.4 to 5 (peer median, 31 Mar 2025)."


@pytest.mark.parametrize(
    ("benchmark", "source", "same"), [(90.0, "", True), (90.0, "x", False), (79.0, "x", True), (math.nan, "x", True)]
)
def test_a_benchmark_that_cannot_be_compared_proposes_nothing(benchmark: float, source: str, same: bool) -> None:
    found = from_benchmark(80.0, benchmark, UP, source=source, same_definition=same)
    assert found.items == () and len(found.findings) == 1


def test_the_driver_tree_of_the_method() -> None:
    drivers = from_factors([1000.0, 0.05, 200.0], 12_000.0, [0.5, 0.5, 0.0])
    assert drivers.round(4).tolist() == [1095.4451, 0.0548, 200.0]  # 1,095 leads, conversion 5.48 %


@given(st.lists(st.tuples(st.floats(0.1, 100), st.integers(0, 5)), min_size=1, max_size=5), st.floats(0.1, 1e4))
def test_drivers_multiply_or_add_up_to_the_target(drivers: list[tuple[float, int]], target: float) -> None:
    values, parts = [d for d, _ in drivers], [p for _, p in drivers]
    if not any(parts):
        return
    shares = [p / sum(parts) for p in parts]
    assert math.prod(from_factors(values, target, shares)) == pytest.approx(target, rel=1e-6)
    assert sum(from_terms(values, target, shares)) == pytest.approx(target, abs=1e-6)


def test_shares_that_are_not_one_are_refused_and_a_sign_makes_no_factor() -> None:
    with pytest.raises(CannotPropose):
        from_factors([1.0, 2.0], 3.0, [0.5, 0.4])
    with pytest.raises(CannotPropose):
        from_terms([1.0, 2.0], 3.0, [1.5, -0.5])
    assert np.isnan(from_factors([-1.0, 2.0], 3.0, [0.5, 0.5])).all()


def test_a_half_life_of_six_takes_a_hundred_to_seventy_fifty_and_a_quarter() -> None:
    found = [from_half_life(100.0, 0.0, n, half_life=6.0).items[0].value for n in (3, 6, 12)]
    assert [round(v, 1) for v in found] == [70.7, 50.0, 25.0]
    assert found == pytest.approx(half_life_values(100.0, 0.0, np.array([3.0, 6, 12]), 6.0).tolist())
    assert "usual half-life" in from_half_life(100.0, 0.0, 12).items[0].because
    assert from_half_life(math.nan, 0.0, 12).items == ()
    assert not from_half_life(100.0, 0.0, 0, half_life=6.0).items
    assert not from_half_life(100.0, 0.0, 9, half_life=0.0).items
    assert from_half_life(100.0, 0.0, 1, half_life=1.0).items[0].value == 50.0


@given(st.floats(2.0, 40.0), st.floats(-20.0, 20.0), st.sampled_from([1.0, -1.0]))
def test_the_half_life_of_an_exact_curve_is_found(tau: float, limit: float, side: float) -> None:
    curve = limit + side * 80.0 * 2.0 ** (-np.arange(10) / tau)
    assert best_half_life(curve, limit) == pytest.approx(tau, rel=1e-6)


def test_a_series_that_does_not_improve_has_no_half_life() -> None:
    assert best_half_life(np.arange(1.0, 10.0)) is None
    assert best_half_life(np.array([8.0, 4.0, 2.0])) is None
    assert best_half_life(np.array([8.0, 4, 2, -1, -2, -4, -8])) is None
    assert best_half_life(np.array([8.0, 4, np.nan, 2, 1, 0.5, 0.2])) is None


def test_the_required_run_rate_is_the_gap_by_the_shares_that_are_left() -> None:
    # 1,200 a year, 500 after June; shares of July to December 7, 6, 9, 10, 11, 11 of 54: July must bring 700·7/54.
    shares = np.array([7.0, 6, 9, 10, 11, 11])
    assert float(required_run_rate(1200.0, 500.0, shares)[0]) == pytest.approx(700 / 54 * 7)
