"""Seasons are found, taken out, and do not make old figures look calmer than new ones."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest

from fourfold.engine.cells import Floats
from fourfold.engine.signals import Chart, Phase, Remark, Rule, RuleSet, Season, read_many, read_signals, xmr_limits
from fourfold.engine.signals.season import adjust, is_seasonal, month_effects, widening

WAVE = 2.0 * np.sin(2 * np.pi * np.arange(120) / 12)
LIMITS = RuleSet("limits", (Rule.OUTSIDE,))


def noise(series: int, periods: int, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).normal(size=(series, periods))


def test_widening_is_what_two_variances_say() -> None:
    """New figures vary by 1 + 1/k, fitted ones by 1 − 1/k."""
    for k in range(2, 6):
        assert float(widening(k)) == pytest.approx(math.sqrt((1 + 1 / k) / (1 - 1 / k)))
    assert widening(np.array([0, 1])).tolist() == [1.0, 1.0]


def test_the_test_for_a_season_is_that_of_m4_in_plain_python() -> None:
    for row in noise(50, 40, seed=3) + 0.4 * WAVE[:40]:
        middle = sum(row) / 40
        below = sum((v - middle) ** 2 for v in row)
        r = [sum((row[i] - middle) * (row[i + k] - middle) for i in range(40 - k)) / below for k in range(1, 13)]
        wanted = r[11] > 1.645 / math.sqrt(40) * math.sqrt(1 + 2 * sum(x * x for x in r[:11]))
        assert bool(is_seasonal(row[None], 12)[0]) == wanted


def test_chance_is_taken_for_a_season_as_often_as_the_test_allows() -> None:
    assert is_seasonal(noise(4000, 36), 12).mean() < 0.06


def test_before_three_years_no_season_is_found() -> None:
    assert adjust(noise(5, 35) + np.resize([0.0] * 11 + [30.0], 35), Season()).years.tolist() == [0] * 5


def test_a_season_that_is_found_stays_as_it_was_found() -> None:
    x = noise(200, 72) + np.resize([0.0] * 10 + [6.0, 8.0], 72)
    early, late = adjust(x[:, :40], Season()), adjust(x, Season())
    assert (early.years == 3).mean() > 0.9
    seen = early.years > 0
    assert np.array_equal(early.years[seen], late.years[seen])
    assert np.array_equal(early.add[seen], late.add[seen, :40])


def test_effects_of_a_clear_season_come_back() -> None:
    x = noise(400, 48) * 0.3 + WAVE[:48] + 0.05 * np.arange(48)
    effects = month_effects(x, np.full(400, 4), 12)
    assert effects.mean(axis=0) == pytest.approx(WAVE[:48], abs=0.1)


def test_effects_of_chance_shrink_to_little() -> None:
    x = noise(400, 24)
    raw = x.reshape(400, 2, 12).mean(axis=1).std()
    assert month_effects(x, np.full(400, 2), 12).std() < 0.55 * raw


def test_a_season_that_divides_keeps_its_factor_as_the_level_grows() -> None:
    level = 100.0 + 2.0 * np.arange(48)
    factor = np.resize([0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.2, 1.1, 1.0, 0.9, 0.8], 48)
    found = adjust((level * factor * (1 + 0.01 * noise(1, 48)[0]))[None], Season(mode="declared", divides=True))
    assert found.times[0] == pytest.approx(factor, abs=0.05)
    assert not found.add.any()


def new_point_rate(x: Floats, season: Season, fit: int) -> float:
    many = read_many(x, Chart(rules=LIMITS, season=season))
    assert (many.phase == Phase.LOCKED).all()
    return 100 * float((many.label[:, fit:] != 0).any(axis=1).mean())


def test_new_figures_of_a_season_fitted_to_two_years_signal_falsely_in_at_most_16_percent() -> None:
    """The trap of §5.5; without the wider limits it would be far more."""
    x = noise(4000, 36, seed=5) + WAVE[:36]
    rate = new_point_rate(x, Season(mode="declared"), 24)
    assert rate <= 16
    fitted = adjust(x, Season(mode="declared"))
    calm = read_many(x - fitted.add, Chart(rules=LIMITS, season=Season(mode="none")))
    assert 100 * (calm.label[:, 24:] != 0).any(axis=1).mean() > 1.5 * rate


def test_a_season_nobody_declared_is_caught_as_dependence_until_it_is_found() -> None:
    """By the limits alone 40 % of such series would signal falsely (§5.5)."""
    x = noise(1000, 36, seed=6) + WAVE[:36]
    limits = xmr_limits(x, np.arange(36) < 24)
    assert 100 * ((x > limits.upper[:, None]) | (x < limits.lower[:, None])).any(axis=1).mean() > 30
    many = read_many(x)
    assert many.charted.dependence.is_dependent[many.charted.season.years == 0].mean() > 0.95
    assert many.has_signals.mean() < 0.2


def test_a_declared_season_waits_for_two_years_and_runs_are_judged_meanwhile() -> None:
    x = np.resize([0.0, 1.0, -1.0, 0.5], 23) + np.where(np.arange(23) == 20, 50.0, 0.0)
    reading = read_signals(x, Chart(season=Season(mode="declared")))
    assert Remark.SEASON_WAITS in reading.remarks
    assert not [signal for signal in reading.signals if not signal.rule.is_run]


def by_hand(row: list[float], years: int, m: int, divides: bool) -> list[float]:
    """§5.5 in loops: means of the distances from a line through the years, less what chance alone would give."""
    used: dict[int, float] = {}
    for i, value in enumerate(row):
        if not math.isnan(value) and len(used) < years * m:
            used[i] = value
    steps = [used[i] - used[i - m] for i in used if i - m in used]
    slope = statistics.fmean(steps) / m if steps else 0.0
    middle, level = statistics.fmean(used), statistics.fmean(used.values())
    line = {i: level + slope * (i - middle) for i in used}
    away = {i: (used[i] - line[i]) / (line[i] if divides else 1.0) for i in used}
    at = [[v for i, v in away.items() if i % m == place] for place in range(m)]
    raw = [statistics.fmean(values) if values else 0.0 for values in at]
    means = [v - statistics.fmean(raw) for v in raw]
    noise = sum((v - means[i % m]) ** 2 for i, v in away.items()) / max(len(away) - m, 1)
    chance = noise / max(len(away) / m, 1) / statistics.pvariance(means)
    shrink = min(max((m - 3) / (m - 1) * chance, 0.0), 1.0)
    return [(1 - shrink) * means[i % m] for i in range(len(row))]


@pytest.mark.parametrize("divides", [False, True])
@pytest.mark.parametrize(("period", "years", "gaps"), [(12, 3, 0), (12, 2, 5), (4, 5, 3), (5, 3, 1), (3, 4, 0)])
def test_effects_are_those_of_the_method_in_plain_python(period: int, years: int, gaps: int, divides: bool) -> None:
    for seed in range(6):
        rng = np.random.default_rng([seed, period])
        x = 60 + np.arange(years * period + 7) + rng.normal(size=years * period + 7)
        x += rng.uniform(0, 3) * np.resize(rng.normal(size=period), len(x))
        x[rng.choice(len(x) - 4, gaps, replace=False)] = np.nan
        found = month_effects(x[None], np.array([years]), period, divides=divides)[0]
        assert found == pytest.approx(by_hand(x.tolist(), years, period, divides))


@pytest.mark.parametrize(("n", "baseline", "years", "waits"), [
    (23, 0, 0, True), (24, 0, 2, False), (24, 36, 2, False), (35, 36, 2, False), (36, 24, 2, False), (36, 35, 2, False),
    (36, 36, 3, False), (40, 47, 3, False), (23, 36, 0, True),
])  # fmt: skip
def test_a_declared_season_is_fitted_to_two_years_or_to_the_whole_years_of_the_baseline(
    n: int, baseline: int, years: int, waits: bool
) -> None:
    x = np.full((2, 40), np.nan)
    x[0], x[1, 40 - n :] = 1 + WAVE[:40], 1 + WAVE[:n]
    found = adjust(x, Season(mode="declared"), np.array([12, baseline]))
    assert (found.years.tolist(), found.waits.tolist()) == ([2, years], [False, waits])
    assert bool(found.add[1].any()) is (years > 0) and (found.times == 1.0).all()


@pytest.mark.parametrize("season", [Season(mode="none"), Season(mode="profile"), Season(period=1, mode="declared")])
def test_what_has_no_season_to_be_found_is_left_as_it_is(season: Season) -> None:
    found = adjust(1 + WAVE[None, :48], season)
    assert not found.add.any() and (found.times == 1).all() and found.years.tolist() == [0]
    assert found.waits.tolist() == [False]


def test_a_cycle_of_two_periods_is_a_season_too() -> None:
    found = adjust(np.array([[1.0, 3, 1, 3, 1, 3]]), Season(period=2, mode="declared"))
    assert found.years.tolist() == [2] and found.add[0].tolist() == pytest.approx([-1, 1, -1, 1, -1, 1])


def test_a_season_nobody_declared_is_looked_for_at_the_end_of_each_whole_year() -> None:
    x = np.resize([0.0] * 10 + [6.0, 8.0], 60) + 0.01 * np.arange(60) % 7
    still = np.where(np.arange(60) < 30, np.resize([1.0, -1, 2, -2, 0], 60), x)
    table = np.array([x, still, np.full(60, np.nan)])
    assert adjust(table[:, :35], Season()).years.tolist() == [0, 0, 0]
    assert adjust(table[:, :36], Season()).years.tolist() == [3, 0, 0]
    late = adjust(table, Season(), 48)
    k = next(k for k in (3, 4, 5, 0) if k == 0 or is_seasonal(still[None, : 12 * k], 12)[0])
    assert late.years.tolist() == [4, max(k, 4) if k else 0, 0]
