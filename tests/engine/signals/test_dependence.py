"""Dependence is found where it is, and a step or a trend is not taken for it."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import fmean, linear_regression

import numpy as np
import pytest

from fourfold.engine.cells import Floats
from fourfold.engine.signals import Chart, Remark, Rule, RuleSet, Season, Segment, read_many, read_signals
from fourfold.engine.signals.dependence import best_line, best_step, corrected, dependence, line, trend

PLAIN = Season(mode="none")
LIMITS = RuleSet("limits", (Rule.OUTSIDE,))


def noise(series: int, periods: int, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).normal(size=(series, periods))


def depending(phi: float, series: int, periods: int, seed: int = 2) -> Floats:
    shocks = noise(series, periods + 50, seed)
    x = np.zeros_like(shocks)
    for t in range(1, periods + 50):
        x[:, t] = phi * x[:, t - 1] + shocks[:, t]
    return x[:, 50:]


def test_the_bias_of_autocorrelation_is_taken_off() -> None:
    for phi in (0.0, 0.2, 0.4):
        assert corrected(depending(phi, 4000, 24)).mean() == pytest.approx(phi, abs=0.04)


@pytest.mark.parametrize(("phi", "at_least"), [(0.5, 0.55), (0.8, 0.72)])
def test_dependence_is_found_in_most_series_that_have_it(phi: float, at_least: float) -> None:
    assert dependence(depending(phi, 2000, 20)).is_dependent.mean() > at_least
    assert dependence(depending(phi, 2000, 44)).is_dependent.mean() > 0.85


def test_independent_figures_are_seldom_taken_for_dependent() -> None:
    assert dependence(noise(4000, 20)).is_dependent.mean() < 0.10


@pytest.mark.parametrize("step", [1.5, 2.0, 3.0])
def test_a_step_is_seldom_taken_for_dependence(step: float) -> None:
    x = noise(2000, 20)
    x[:, 12:] += step
    assert dependence(x).is_dependent.mean() < 0.12
    assert (corrected(x) >= 0.3).mean() > 0.5  # by the plain rule


def test_before_twenty_figures_dependence_is_not_asked() -> None:
    found = dependence(depending(0.9, 50, 19))
    assert np.isnan(found.r1).all() and not found.is_dependent.any()


def test_dependence_that_was_found_stays_and_so_do_its_limits() -> None:
    x = depending(0.7, 300, 60)
    early, late = dependence(x[:, :25]), dependence(x)
    found = early.is_dependent
    assert found.mean() > 0.5
    assert np.array_equal(early.widen[found], late.widen[found])


def test_limits_of_dependent_values_are_wider_and_only_they_are_judged() -> None:
    x = depending(0.8, 2000, 24)
    many, plain = (read_many(x, Chart(rules=rules, season=PLAIN)) for rules in (RuleSet("x", tuple(Rule)), LIMITS))
    found = many.charted.dependence.is_dependent
    r1 = many.charted.dependence.r1[found]
    wide = many.charted.half[found, 0] / many.charted.limits.half[found]
    assert wide == pytest.approx(1 / np.sqrt(1 - np.minimum(r1, 0.95)))
    assert np.array_equal(many.label[found], plain.label[found])
    assert Remark.DEPENDENT in many.remarks(int(np.flatnonzero(found)[0]))


def test_wider_limits_bring_the_false_signals_of_dependent_values_down() -> None:
    """§5.6: back at 5 to 9 % by the limits of the same 24 figures, where default rules alone give 52 %."""
    x = depending(0.5, 4000, 24)
    many = read_many(x, Chart(season=PLAIN), segments=[(Segment(baseline=24),)] * len(x))
    found = many.charted.dependence.is_dependent
    assert 100 * many.has_signals[found].mean() < 9
    limits = many.charted.limits
    beyond = np.abs(x - limits.centre[:, None]) > limits.half[:, None]
    assert 100 * beyond.any(axis=1).mean() > 25


def test_high_and_low_in_turn_are_remarked() -> None:
    x = np.resize([10.0, 4.0, 11.0, 3.0, 9.0, 5.0], 24)
    assert Remark.ALTERNATING in read_signals(x, Chart(season=PLAIN)).remarks


def test_the_best_step_is_the_best_of_all_in_plain_python() -> None:
    for row in noise(20, 15, seed=9):
        values = row.tolist()
        wanted = min(
            sum((v - sum(side) / len(side)) ** 2 for side in (values[:at], values[at:]) for v in side)
            for at in range(4, 12)
        )
        assert best_step(row[None])[0][0] == pytest.approx(wanted)


def test_the_best_line_is_that_of_least_squares() -> None:
    x = noise(5, 15, seed=10)
    x[:, 4] = np.nan
    place = np.delete(np.arange(15.0), 4)
    for i in range(5):
        slope, start = np.polyfit(place, np.delete(x[i], 4), 1)
        assert line(x, np.isfinite(x))[i] == pytest.approx(start + slope * np.arange(15))
        rest = np.delete(x[i], 4) - start - slope * place
        assert best_line(x)[0][i] == pytest.approx(float(rest @ rest))


def test_a_trend_is_offered_a_sloped_line_and_not_new_limits() -> None:
    x = 0.4 * np.arange(24) + noise(1, 24, seed=4)[0]
    reading = read_signals(x, Chart(season=PLAIN))
    assert reading.trend == pytest.approx(0.4, abs=0.1)
    assert Remark.TREND in reading.remarks and reading.suggestion is None


def test_chance_is_seldom_taken_for_a_trend_and_a_step_never_when_it_is_steep() -> None:
    assert np.isfinite(trend(noise(4000, 24), 12)).mean() <= 0.011
    x = noise(500, 24)
    x[:, 12:] += 5.0
    assert np.isfinite(trend(x, 12)).mean() < 0.01


def test_eleven_figures_have_no_trend() -> None:
    assert np.isnan(trend(np.arange(11.0)[None], 12)).all()


def test_a_sloped_segment_judges_what_strays_from_the_line() -> None:
    x = 2.0 * np.arange(30) + noise(1, 30, seed=8)[0]
    x[25] += 15.0
    reading = read_signals(x, Chart(season=PLAIN, rules=LIMITS), segments=[Segment(baseline=24, sloped=True)])
    assert [signal.at for signal in reading.signals] == [25]
    assert np.diff(reading.centre) == pytest.approx([np.diff(reading.centre)[0]] * 29)
    assert np.diff(reading.centre)[0] == pytest.approx(2.0, abs=0.1)


def test_dependence_is_that_of_the_first_twenty_figures_or_of_twelve_more() -> None:
    x = depending(0.6, 60, 45, seed=5)
    found = dependence(x)
    for row, r1, widen in zip(x, found.r1, found.widen, strict=True):
        seen = {size: float(corrected(row[:size][None])[0]) for size in (20, 32, 44)}
        sizes = [size for size, r in seen.items() if r1 == pytest.approx(r)]
        assert sizes, r1
        if widen > 1:
            assert r1 >= 0.3 and widen == pytest.approx(1 / np.sqrt(1 - min(r1, 0.95)))
        else:
            assert sizes == [44]  # looked at to the end
    assert {True, False} == set(found.is_dependent.tolist())
    assert dependence(x[:, :31]).r1 == pytest.approx(dependence(x[:, :20]).r1)
    turns = dependence(np.resize([1.0, -1.0], (1, 20)))
    assert turns.is_alternating.tolist() == [True] and turns.is_dependent.tolist() == [False]


@pytest.mark.parametrize("shape", [(0, 0), (2, 0), (2, 1), (2, 2), (2, 3)])
def test_hardly_any_figures_have_neither_dependence_nor_trend(shape: tuple[int, int]) -> None:
    y = np.arange(float(np.prod(shape))).reshape(shape)
    found = dependence(y)
    assert np.isnan(found.r1).all() and not found.is_dependent.any() and not found.is_alternating.any()
    assert np.isnan(trend(y, 12)).all() and trend(y, 12).shape == shape[:1]
    squares, rest = best_step(y)
    assert squares.shape == shape[:1] and rest.shape == shape
    if shape[1]:
        assert squares == pytest.approx(y.var(axis=1) * shape[1]) and best_line(y)[0] == pytest.approx(0.0)
        assert line(y, np.isfinite(y)) == pytest.approx(y)


def test_a_trend_is_the_slope_of_least_squares_where_it_is_sure() -> None:
    x = 0.15 * np.arange(20) + noise(200, 20, seed=9)
    place = np.arange(20.0)
    found = trend(x, 12)
    sure = 0
    for row, slope in zip(x, found, strict=True):
        own, middle = np.polyfit(place, row, 1)
        left = ((row - own * place - middle) ** 2).sum()
        t = own / np.sqrt(left / 18 / ((place - 9.5) ** 2).sum())
        sure += abs(t) > 2.8784  # t of 18 degrees, 1 % on two sides (table)
        if not np.isnan(slope):
            assert slope == pytest.approx(own) and abs(t) > 2.8784
    assert 0.5 * sure < np.isfinite(found).sum() <= sure


def bias_off(row: list[float]) -> float:
    """The lag-1 autocorrelation in loops, with its bias taken off."""
    middle = fmean(row)
    away = [x - middle for x in row]
    r = sum(a * b for a, b in pairwise(away)) / sum(a * a for a in away)
    return r + (1 + 3 * r) / len(row)


def step_by_hand(row: list[float]) -> list[float]:
    """What the best single step leaves, four figures at least on either side."""
    halves = [(row[:at], row[at:]) for at in range(4, len(row) - 3)]
    rests = [[x - fmean(half) for half in both for x in half] for both in halves]
    return min(rests, key=lambda rest: sum(x * x for x in rest))


def line_by_hand(row: list[float]) -> list[float]:
    """What the straight line through the figures leaves."""
    slope, start = linear_regression(range(len(row)), row)
    return [x - start - slope * t for t, x in enumerate(row)]


def is_dependent_by_hand(row: list[float]) -> bool:
    """§5.6 in loops: autocorrelation must describe the figures better than a step or a line, or outlive them."""
    n, middle = len(row), fmean(row)
    away = [x - middle for x in row]
    r = sum(a * b for a, b in pairwise(away)) / sum(a * a for a in away)
    shocks = sum((b - r * a) ** 2 for a, b in pairwise(away)) * n / (n - 1)
    rests = [step_by_hand(row), line_by_hand(row)]
    costs = [shocks, *(sum(x * x for x in rest) for rest in rests)]
    fits = [n * math.log(cost / n) + extra * math.log(n) for cost, extra in zip(costs, (0, 2, 1), strict=True)]
    left = [1.0, *map(bias_off, rests)][fits.index(min(fits))]
    return bias_off(row) >= 0.3 and left >= 0.3


def shapes() -> Floats:
    """Series that depend on the figure before, step, climb, or a little of each."""
    rng, parts = np.random.default_rng(12), []
    for phi in (0.3, 0.5, 0.7, 0.9):
        x = depending(phi, 60, 20, seed=int(10 * phi))
        x[::3, 11:] += rng.uniform(0, 3)
        x[1::3] += rng.uniform(0, 0.4) * np.arange(20)
        parts.append(x)
    return np.concatenate(parts)


def test_dependence_is_what_the_method_says_in_loops() -> None:
    x = shapes()
    found = dependence(x).is_dependent.tolist()
    assert found == [is_dependent_by_hand(row) for row in x.tolist()]
    assert 60 < sum(found) < 200


def test_a_trend_describes_the_figures_better_than_a_step_or_is_none() -> None:
    x, told = shapes(), 0
    for row, slope in zip(x.tolist(), trend(x, 12).tolist(), strict=True):
        own, _ = linear_regression(range(20), row)
        left, stepped = (sum(e * e for e in rest) for rest in (line_by_hand(row), step_by_hand(row)))
        t = abs(own) / math.sqrt(left / 18 / (20 * 399 / 12))
        sure = t > 2.8784 and 20 * math.log(left / stepped) <= math.log(20)  # t of 18 degrees, 1 % on two sides
        assert slope == pytest.approx(own if sure else math.nan, nan_ok=True)
        told += sure
    assert 30 < told < 200


def test_a_perfect_line_is_a_trend_and_a_still_one_is_none() -> None:
    rows = np.array([2.0 * np.arange(12), np.full(12, 5.0), np.where(np.arange(12) < 6, 0.0, 9.0)])
    assert trend(rows, 12).tolist() == pytest.approx([2.0, math.nan, math.nan], nan_ok=True)
    assert np.isnan(trend(rows, 13)).all()


def test_limits_widen_by_the_root_of_what_the_figures_before_explain() -> None:
    rising = np.cumsum(np.tile([1.0, 1, 1, -1, -1, -1], 4))[None]
    r = bias_off(rising[0, :20].tolist())
    found = dependence(rising)
    assert found.r1.tolist() == pytest.approx([r]) and found.widen.tolist() == pytest.approx([1 / math.sqrt(1 - r)])
    assert not dependence(rising[:, :19]).is_dependent.any()
    gone = dependence(np.concatenate([rising, np.full((1, 24), np.nan)]))
    assert gone.is_dependent.tolist() == [True, False] and gone.is_alternating.tolist() == [False, False]
