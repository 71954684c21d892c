"""Limits: the textbook's individuals chart, plain Python, screening, medians, coarse figures."""

from __future__ import annotations

import csv
import math
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.signals import (
    MEAN,
    MEDIAN,
    TEXTBOOK,
    Chart,
    Constants,
    Rule,
    RuleSet,
    Season,
    Segment,
    read_signals,
    xmr_limits,
)
from fourfold.engine.signals.limits import is_chunky, standardised
from fourfold.engine.signals.limits import median as row_median
from fourfold.engine.signals.moments import moving_ranges

FIGURES = st.lists(st.one_of(st.none(), st.integers(-500, 500)), min_size=1, max_size=30)


def ranges_of(figures: list[float | None]) -> list[float]:
    return [abs(b - a) for a, b in pairwise(figures) if a is not None and b is not None]


@given(FIGURES)
def test_limits_are_the_mean_and_266_mean_ranges(figures: list[float | None]) -> None:
    x = np.array([math.nan if f is None else f for f in figures])
    limits = xmr_limits(x, np.ones(len(x), bool), screen=False)
    ranges = ranges_of(figures)
    if ranges:
        centre = fmean(f for f in figures if f is not None)
        assert float(limits.lower) == pytest.approx(centre - 2.66 * fmean(ranges))
        assert float(limits.upper) == pytest.approx(centre + 2.66 * fmean(ranges))
        assert float(limits.range_limit) == pytest.approx(3.268 * fmean(ranges))
        assert float(limits.sigma) == pytest.approx(fmean(ranges) / 1.128)
    else:
        assert math.isnan(limits.half)


@given(FIGURES)
def test_wild_ranges_are_left_out_once(figures: list[float | None]) -> None:
    x = np.array([math.nan if f is None else f for f in figures])
    ranges = ranges_of(figures)
    kept = [r for r in ranges if r < 3.267 * fmean(ranges)] or ranges
    half = float(xmr_limits(x, np.ones(len(x), bool)).half)
    assert (half == pytest.approx(2.66 * fmean(kept))) if kept else math.isnan(half)


def test_only_the_baseline_makes_limits() -> None:
    x = np.array([1.0, 3, 2, 4, 90, 95])
    assert float(xmr_limits(x, np.arange(6) < 4).centre) == 2.5


def test_medians_are_taken_from_twenty_figures_on() -> None:
    x = np.random.default_rng(1).normal(size=20).round(2)
    limits = xmr_limits(x, np.ones(20, bool), MEDIAN)
    ranges = median(ranges_of(x.tolist()))
    assert float(limits.upper) == pytest.approx(median(x.tolist()) + 3.145 * ranges)
    assert float(limits.sigma) == pytest.approx(ranges / 0.954)
    few = xmr_limits(x[:19], np.ones(19, bool), MEDIAN)
    assert float(few.upper) == float(xmr_limits(x[:19], np.ones(19, bool)).upper)


def table(public_data: Path, name: str) -> list[dict[str, str]]:
    with (public_data / "spc_montgomery" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.mark.data
def test_montgomerys_individuals_chart_has_his_limits_and_signals(public_data: Path) -> None:
    expected, figures = table(public_data, "expected_ex_6_5_3"), table(public_data, "tbl_06_07")
    x = np.array([float(row["cost"]) for row in figures])
    only = Chart(rules=RuleSet("limits", (Rule.OUTSIDE,)), season=Season(mode="none"), constants=TEXTBOOK)
    reading = read_signals(x, only, segments=[Segment(baseline=20)])
    for name, lines in (("lcl", reading.lower), ("cl", reading.centre), ("ucl", reading.upper)):
        assert lines == pytest.approx([float(row[name]) for row in expected], abs=1e-6)
    outside = sorted(point for signal in reading.signals for point in signal.points)
    assert outside == [i for i, row in enumerate(expected) if row["sigma.signal"] == "True"]
    assert len(outside) == 2


@pytest.mark.data
def test_montgomerys_moving_ranges_have_his_limit_and_signal(public_data: Path) -> None:
    expected, figures = table(public_data, "expected_ex_6_5_4"), table(public_data, "tbl_06_07")
    x = np.array([float(row["cost"]) for row in figures])
    limits = xmr_limits(x, np.arange(40) < 20, TEXTBOOK)
    ranges = moving_ranges(x)
    assert ranges[1:] == pytest.approx([float(row["y"]) for row in expected[1:]])
    assert float(limits.range_limit) == pytest.approx(float(expected[0]["ucl"]), abs=1e-6)
    beyond = np.flatnonzero(np.nan_to_num(ranges) > limits.range_limit)
    assert beyond.tolist() == [i for i, row in enumerate(expected) if row["sigma.signal"] == "True"]


def test_coarse_figures_are_chunky_and_fine_ones_are_not() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(50, 1, size=(50, 24))
    baseline = np.ones_like(x, dtype=bool)
    assert is_chunky(np.round(x / 2) * 2, baseline).all()
    assert not is_chunky(np.round(x, 1), baseline).any()


def test_float_noise_is_no_resolution() -> None:
    x = np.array([0.1 + 0.2, 0.3, 0.6, 0.3, 0.1 * 3, 0.3, 0.3, 0.6])
    assert is_chunky(x, np.ones(8, bool))


def test_a_resolution_that_is_known_is_used() -> None:
    x = np.array([1.0, 8, 3, 7, 2, 9])
    assert not is_chunky(x, np.ones(6, bool))
    assert is_chunky(x, np.ones(6, bool), resolution=10.0)


def test_figures_that_never_vary_are_chunky() -> None:
    assert is_chunky(np.full(12, 7.0), np.ones(12, bool))


def test_on_the_centre_to_nine_digits_is_on_the_centre() -> None:
    z = standardised(np.array([0.1 + 0.2, 0.6]), np.array(0.3), np.array(0.3))
    assert z.tolist() == [0.0, 3.0]


@pytest.mark.parametrize(
    "figures", [[5.0], [3.0, 1.0], [4.0, 1.0, 9.0], [2.0, 2.0, 8.0, 1.0], [7.0, 1.0, 2.0, 9.0, 3.0]]
)
def test_the_median_is_the_middle_number_or_between_the_two_middle_ones(figures: list[float]) -> None:
    assert row_median(np.array(figures)) == median(figures)
    assert row_median(np.array([math.nan, *figures, math.inf])) == median(figures)
    both = row_median(np.array([figures, [math.nan] * len(figures)]))
    assert both.tolist() == pytest.approx([median(figures), math.nan], nan_ok=True)


def test_a_range_of_exactly_3267_mean_ranges_is_wild() -> None:
    x = np.cumsum([0.0, 3267, 200, 233, 300])  # 1000 on average
    assert float(xmr_limits(x, np.ones(5, bool)).half) == pytest.approx(2.66 * 733 / 3)
    assert float(xmr_limits(x, np.ones(5, bool), screen=False).half) == pytest.approx(2660.0)


@pytest.mark.parametrize(("constants", "limit", "top", "d2"), [
    (MEAN, 2.66, 3.268, 1.128), (TEXTBOOK, 3 / 1.128, 3.267, 1.128), (MEDIAN, 3.145, 3.865, 0.954),
])  # fmt: skip
def test_each_set_of_constants_gives_half_width_limit_of_ranges_and_sigma(
    constants: Constants, limit: float, top: float, d2: float
) -> None:
    x = np.array([np.resize([0.0, 10.0], 20), np.resize([3.0, 4.0], 20), np.full(20, np.nan)])
    found = xmr_limits(x, np.ones((3, 20), bool), constants)
    wanted = (5.0, limit * 10, 5 - limit * 10, 5 + limit * 10, top * 10, 10 / d2)
    ours = (found.centre, found.half, found.lower, found.upper, found.range_limit, found.sigma)
    assert [float(n[0]) for n in ours] == pytest.approx(wanted)
    assert [float(n[1]) for n in ours] == pytest.approx((3.5, limit, 3.5 - limit, 3.5 + limit, top, 1 / d2))
    assert all(math.isnan(n[2]) for n in ours)


@pytest.mark.parametrize(("steps", "chunky"), [(2.0, True), (2.99, True), (3.0, False), (3.01, False), (4.0, False)])
def test_three_steps_up_to_the_limit_of_ranges_are_fine_enough(steps: float, chunky: bool) -> None:
    x = np.resize([0.0, 1.0], 12)
    assert is_chunky(x, np.ones(12, bool), resolution=3.268 / steps).item() is chunky


@pytest.mark.parametrize(("figures", "chunky"), [
    ([7.0], False), ([math.nan, 7.0], False), ([7.0, 7.0], True), ([0.0, 0.0], True), ([7.0, math.nan, 7.0], True),
    ([3e-12, 5e-12, 8e-12, 1e-12, math.nan, 7e-12, 4e-12], False), ([3e12, 5e12, 8e12, 1e12, 7e12, 4e12], False),
])  # fmt: skip
def test_one_figure_is_not_coarse_and_no_size_is_too_small_to_be_fine(figures: list[float], chunky: bool) -> None:
    assert is_chunky(np.array(figures), np.ones(len(figures), bool)).item() is chunky
    fine = np.resize([3.0, 5, 8, 1, 7, 4], len(figures) + 6)
    rows = np.array([fine, [*figures, *[math.nan] * 6]])
    assert is_chunky(rows, np.ones(rows.shape, bool)).tolist() == [False, chunky]


def test_on_the_centre_of_limits_without_width_is_nothing_and_beside_it_is_infinitely_far() -> None:
    x, centre = np.array([4.0, 5.0, 3.0, math.nan]), np.array(4.0)
    wide = standardised(x, centre, np.array([0.0, 0.0, 0.0, 0.0]))
    assert wide.tolist() == pytest.approx([0.0, math.inf, -math.inf, math.nan], nan_ok=True)
    assert np.isnan(standardised(x, centre, np.full(4, np.nan))).all()
    assert standardised(x, centre, np.array([2.0] * 4)).tolist() == pytest.approx([0, 1.5, -1.5, math.nan], nan_ok=True)
