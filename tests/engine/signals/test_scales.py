"""Which scale figures are charted on, and what that does to the share of false signals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fourfold.engine.cells import Floats
from fourfold.engine.signals import (
    Chart,
    Nature,
    Phase,
    Remark,
    Rule,
    RuleSet,
    Scale,
    Season,
    Segment,
    read_many,
    read_signals,
)
from fourfold.engine.signals.scales import scale_figures

LIMITS = RuleSet("limits", (Rule.OUTSIDE,))
PLAIN = Season(mode="none")
RNG = np.random.default_rng(42)


def kind(x: list[float], nature: Nature, **more: Floats) -> Scale:
    row = np.array([x], dtype=float)
    return Scale(int(scale_figures(row, np.isfinite(row), nature, **more).kind[0]))


def test_counts_are_charted_by_how_rare_events_are() -> None:
    assert kind([0, 0, 1, 0, 0, 0], Nature.COUNT) is Scale.NONE
    assert kind([0, 1, 2, 0, 1, 2], Nature.COUNT) is Scale.FREEMAN_TUKEY
    assert kind([3, 4, 2, 5, 4, 3], Nature.COUNT) is Scale.PLAIN
    assert kind([30, 41, 22, 35, 34, 33], Nature.COUNT) is Scale.PLAIN


def test_what_is_not_whole_or_below_zero_is_no_count() -> None:
    assert kind([0.5, 1.2, 0.3, 1.1, 0.2, 1.0], Nature.COUNT) is Scale.PLAIN
    assert kind([-1, 1, 0, 1, 0, -1], Nature.COUNT) is Scale.PLAIN


def test_skewed_amounts_are_charted_by_their_logarithm() -> None:
    assert kind([1, 2, 1, 3, 1, 2, 1, 40, 2, 1, 2, 1], Nature.AMOUNT) is Scale.LOG
    assert kind([9, 8, 9, 7, 9, 8, 7, 9, 8, 7, 8, 9], Nature.AMOUNT) is Scale.PLAIN
    assert kind([1, 2, 1, 3, 1, 2, 1, 40, 2, 0, 2, 1], Nature.AMOUNT) is Scale.PLAIN


def test_rates_are_standardised_where_denominators_are_uneven() -> None:
    top, even, uneven = (np.array([a], float) for a in ([9, 12, 5, 8], [100, 110, 90, 120], [100, 300, 60, 90]))
    given = {"numerator": top}
    assert kind((top / even)[0].tolist(), Nature.RATE, denominator=even, **given) is Scale.PLAIN
    assert kind((top / uneven)[0].tolist(), Nature.RATE, denominator=uneven, **given) is Scale.STANDARDISED
    assert kind((top / uneven)[0].tolist(), Nature.RATE) is Scale.PLAIN


def test_a_standardised_rate_is_its_distance_in_binomial_deviations() -> None:
    top, bottom = np.array([[9.0, 12, 5, 8]]), np.array([[100.0, 300, 60, 90]])
    rates = 100 * top / bottom
    scaled = scale_figures(rates, np.isfinite(rates), Nature.RATE, numerator=top, denominator=bottom)
    mean = 34 / 550
    for j in range(4):
        wanted = (top[0, j] / bottom[0, j] - mean) / math.sqrt(mean * (1 - mean) / bottom[0, j])
        assert scaled.y[0, j] == pytest.approx(wanted)
    assert scaled.back(scaled.y) == pytest.approx(rates)


def test_events_by_exposure_are_standardised_as_poisson_rates() -> None:
    top, bottom = np.array([[9.0, 42, 5, 8]]), np.array([[3.0, 12, 2, 4]])
    rates = top / bottom
    scaled = scale_figures(rates, np.isfinite(rates), Nature.RATE, numerator=top, denominator=bottom)
    mean = 64 / 21
    assert scaled.y[0, 1] == pytest.approx((42 / 12 - mean) / math.sqrt(mean / 12))


@pytest.mark.parametrize("nature", [Nature.AMOUNT, Nature.COUNT, Nature.TIME_BETWEEN])
def test_there_and_back_is_the_same_figure(nature: Nature) -> None:
    x = np.array([[0.0, 1, 0, 2, 1, 0, 3, 1]]) if nature is Nature.COUNT else np.array([[1.0, 2, 1, 90, 1, 2, 1, 3]])
    scaled = scale_figures(x, np.isfinite(x), nature)
    assert scaled.kind[0] != Scale.PLAIN
    assert scaled.back(scaled.y) == pytest.approx(x)


def share_outside(x: Floats, nature: Nature = Nature.NUMBER) -> float:
    chart = Chart(nature=nature, rules=LIMITS, season=PLAIN, resolution=1e-9)
    many = read_many(x, chart, segments=[(Segment(baseline=24),)] * len(x))
    judged = (many.phase == Phase.LOCKED) & ~many.charted.dependence.is_dependent
    return 100 * float(many.has_signals[judged].mean())


def test_the_right_scale_brings_false_signals_down_as_published() -> None:
    """Shares of stable 24-point series with a figure outside (§5.2): 55 → 6, 42 → 10, and 9 for normal ones."""
    size = (4000, 24)
    assert share_outside(RNG.normal(size=size)) == pytest.approx(9, rel=0.15)
    waits = RNG.exponential(size=size)
    assert share_outside(waits) == pytest.approx(55, rel=0.15)
    assert share_outside(waits, Nature.TIME_BETWEEN) == pytest.approx(6, rel=0.25)
    costs = RNG.lognormal(0.0, 0.5, size)
    assert share_outside(costs) == pytest.approx(42, rel=0.15)
    assert share_outside(np.log(costs)) == pytest.approx(10, abs=0.5 + 1.5)


def test_counts_too_rare_for_a_chart_have_no_limits_and_say_what_to_do() -> None:
    reading = read_signals(np.array([0.0, 1, 0, 0] * 5), Chart(nature=Nature.COUNT, season=PLAIN))
    assert (reading.phase, reading.scale) == (Phase.NOTHING, Scale.NONE)
    assert np.isnan(reading.upper).all() and reading.signals == ()
    assert Remark.TIME_BETWEEN in reading.remarks


def test_limits_of_an_uneven_rate_are_wider_where_its_denominator_is_small() -> None:
    bottom = np.array([1000.0, 100] * 8)
    top = np.round(bottom * (0.1 + 0.01 * np.resize([1, -1, 0.5, -2, 1.5], 16)))
    chart = Chart(nature=Nature.RATE, season=PLAIN)
    reading = read_signals(100 * top / bottom, chart, numerator=top, denominator=bottom)
    width = reading.upper - reading.lower
    assert width[1] == pytest.approx(width[0] * math.sqrt(10))


@pytest.mark.parametrize(("figures", "scale", "rare"), [
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 6], Scale.NONE, True), ([0, 0, 0, 0, 0, 0, 0, 0, 0, 7], Scale.FREEMAN_TUKEY, True),
    ([1, 2, 3, 1, 2, 3, 1, 2, 3, 1], Scale.FREEMAN_TUKEY, True), ([2] * 10, Scale.PLAIN, True),
    ([4, 5, 6, 4, 5, 6, 4, 5, 6, 4], Scale.PLAIN, True), ([5] * 10, Scale.PLAIN, False),
    ([0, 0, 9, 9, 9, 9, 9, 9, 9, 9], Scale.PLAIN, False), ([0, 0, 0, 9, 9, 9, 9, 9, 9, 9], Scale.PLAIN, True),
    ([0, 0, math.nan, math.nan, 9, 9, 9, 9, 9, 9], Scale.PLAIN, True), ([math.nan] * 3, Scale.PLAIN, False),
    ([0.5] * 10, Scale.PLAIN, False),
])  # fmt: skip
def test_counts_are_rare_below_five_or_with_more_than_a_fifth_of_zeros(
    figures: list[float], scale: Scale, rare: bool
) -> None:
    x = np.array([[7.0] * len(figures), figures])
    found = scale_figures(x, np.isfinite(x), Nature.COUNT)
    assert found.kind.tolist() == [Scale.PLAIN, scale] and found.is_rare.tolist() == [False, rare]


@pytest.mark.parametrize(("figures", "long", "scale"), [
    ([1, 1, 1, 1, 6], True, Scale.PLAIN), ([1, 1, 1, 1, 1, 6], True, Scale.LOG), ([1, 1, 1, 1, 1, 6], None, Scale.LOG),
    ([1, 1, 1, 1, 1, 6], False, Scale.PLAIN), ([0, 1, 1, 1, 1, 1, 6], True, Scale.PLAIN),
])  # fmt: skip
def test_amounts_are_skewed_beyond_one_and_a_half_in_a_full_baseline(
    figures: list[float], long: bool | None, scale: Scale
) -> None:
    x = np.array([figures], dtype=float)
    is_long = None if long is None else np.array([long])
    assert scale_figures(x, np.isfinite(x), Nature.AMOUNT, is_long=is_long).kind.tolist() == [scale]


@pytest.mark.parametrize(("top", "bottom", "gap", "scale"), [
    ([9, 12, 5], [100, 200, 150], None, Scale.PLAIN), ([9, 12, 5], [100, 201, 150], None, Scale.STANDARDISED),
    ([0.1, 0.1, 0.2], [0.3, 0.4, 0.5], None, Scale.PLAIN), ([9, 12, 5], [100, 300, 0], 2, Scale.STANDARDISED),
    ([9, 12, 5], [100, 300, 0], None, Scale.PLAIN), ([9, 12, math.nan], [100, 300, 100], None, Scale.PLAIN),
    ([100, 300, 60], [100, 300, 60], None, Scale.PLAIN), ([0, 0, 0], [100, 300, 60], None, Scale.PLAIN),
    ([-9, -12, -5], [100, 300, 60], None, Scale.PLAIN), ([9, 12, 5], [math.nan] * 3, None, Scale.PLAIN),
])  # fmt: skip
def test_rates_are_standardised_where_all_are_known_vary_and_are_uneven_by_more_than_two(
    top: list[float], bottom: list[float], gap: int | None, scale: Scale
) -> None:
    rates = np.array([[0.5] * 3, [0.1, 0.2, 0.3]])
    if gap is not None:
        rates[1, gap] = math.nan
    found = scale_figures(
        rates, np.isfinite(rates), Nature.RATE, numerator=np.array([[50.0] * 3, top]),
        denominator=np.array([[100.0] * 3, bottom]),
    )  # fmt: skip
    assert found.kind.tolist() == [Scale.PLAIN, scale]


def test_each_scale_has_its_own_figures_and_lines_below_it_are_nothing() -> None:
    counts, waits = np.array([[0.0, 0, 3, 1]]), np.array([[0.0, 1, 32, -1]])
    small = scale_figures(counts, np.isfinite(counts), Nature.COUNT)
    assert small.y[0].tolist() == pytest.approx([1.0, 1.0, math.sqrt(3) + 2.0, 1 + math.sqrt(2)])
    assert small.back(np.array([[0.5, 1.0, math.sqrt(3) + 2.0, math.nan]]))[0].tolist() == pytest.approx(
        [0.0, 0.0, 3.0, math.nan], nan_ok=True
    )
    rare = scale_figures(waits, np.isfinite(waits), Nature.TIME_BETWEEN)
    assert rare.y[0].tolist() == pytest.approx([0.0, 1.0, 32**0.2777, math.nan], nan_ok=True)
    assert rare.back(np.array([[-2.0, 0.0, 1.0, 2.0]]))[0].tolist() == pytest.approx([0, 0, 1, 2 ** (1 / 0.2777)])
    none = scale_figures(np.array([[0.0, 0, 0, 1]]), np.ones((1, 4), bool), Nature.COUNT)
    assert none.kind.tolist() == [Scale.NONE] and np.isnan(none.y).all()
