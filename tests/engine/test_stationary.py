"""What is taken out of series before links are tested, against the formulas written out in loops."""

from __future__ import annotations

import itertools
import math
import statistics

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fourfold.engine.cells import Floats
from fourfold.engine.evidence.stationary import (
    deseasonalised,
    has_trend,
    logged,
    persistence,
    residuals,
    slope_t,
    stationary,
    whitened,
)

Row = list[float]
NAN = math.nan


def there(row: Row) -> list[tuple[int, float]]:
    return [(i, v) for i, v in enumerate(row) if not math.isnan(v)]


def awkward(seed: int, length: int, gaps: int, memory: float = 0.5) -> Floats:
    """A series with a season, a memory, and gaps."""
    rng = np.random.default_rng(seed)
    row = np.zeros(length)
    for t in range(1, length):
        row[t] = memory * row[t - 1] + rng.standard_normal()
    row += rng.uniform(0, 2) * np.resize(rng.standard_normal(12), length)
    row[rng.choice(length, gaps, replace=False)] = NAN
    return row[None]


def by_hand_slope_t(row: Row) -> float:
    """The t value of ordinary least squares, as textbooks have it."""
    points = there(row)
    n = len(points)
    if n < 3:
        return 0.0
    t, y = (statistics.fmean(p[i] for p in points) for i in (0, 1))
    tt = sum((a - t) ** 2 for a, _ in points)
    slope = sum((a - t) * (b - y) for a, b in points) / tt
    rest = sum((b - y - slope * (a - t)) ** 2 for a, b in points)
    return slope / math.sqrt(rest / (n - 2) / tt)


def by_hand_persistence(row: Row) -> float:
    middle = statistics.fmean(v for _, v in there(row))
    away = [0.0 if math.isnan(v) else v - middle for v in row]
    return sum(a * b for a, b in itertools.pairwise(away)) / sum(a * a for a in away)


@given(st.integers(0, 10**6), st.integers(8, 40), st.integers(0, 4))
@settings(max_examples=30)
def test_slope_and_persistence_are_those_of_the_textbook(seed: int, length: int, gaps: int) -> None:
    row = awkward(seed, length, gaps)
    t, r = by_hand_slope_t(row[0].tolist()), by_hand_persistence(row[0].tolist())
    assert slope_t(row)[0] == pytest.approx(t)
    assert persistence(row)[0] == pytest.approx(r)
    if abs(abs(t) - 2) > 1e-6 and abs(r - 0.7) > 1e-6:
        assert has_trend(row)[0] == (abs(t) > 2 or r > 0.7)


def test_what_does_not_vary_or_has_two_points_has_no_slope_and_no_persistence() -> None:
    flat, two = [3.0, 3, 3, 3], [1.0, NAN, NAN, 2]
    assert slope_t(np.array([flat, two])).tolist() == [0.0, 0.0]
    assert persistence(np.array([flat])).tolist() == [0.0]
    assert slope_t(np.array([[1.0, 2, 3.5]]))[0] == pytest.approx(by_hand_slope_t([1.0, 2, 3.5]))


def test_logarithms_are_for_what_grows_and_is_positive() -> None:
    growing = np.array([1.0, 2, 4, 7, 16, 33])
    rows = np.stack([growing, growing[::-1], growing - 1.0, np.where(growing == 4, NAN, growing)])
    found = logged(rows)
    assert found[0] == pytest.approx(np.log(growing))
    assert found[1].tolist() == rows[1].tolist() and found[2].tolist() == rows[2].tolist()
    assert found[3] == pytest.approx(np.log(rows[3]), nan_ok=True)


def by_hand_season(row: Row, m: int) -> tuple[Row, float]:
    """§6.2: a centred moving average, the mean of what it leaves at each place, shrunk by its own noise."""
    half, n = m // 2, len(row)
    rest: dict[int, float] = {}
    for i in range(half, n - half):
        window = row[i - half : i + half + 1]
        line = sum(window) / m if m % 2 else (sum(window) - (window[0] + window[-1]) / 2) / m
        if not math.isnan(row[i] - line):
            rest[i] = row[i] - line
    at = [[v for i, v in rest.items() if i % m == place] for place in range(m)]
    raw = [statistics.fmean(values) if values else NAN for values in at]
    middle = statistics.fmean(v for v in raw if not math.isnan(v))
    means = [0.0 if math.isnan(v) else v - middle for v in raw]
    noise = sum((v - means[i % m]) ** 2 for i, v in rest.items()) / max(len(rest) - m, 1)
    repeats, spread = max(len(rest) / m, 1), statistics.pvariance(means)
    if spread == 0:  # nothing is known of a season: nothing of it is left
        return list(row), 0.0
    shrink = min((m - 3) / (m - 1) * noise / repeats / spread, 1.0) if m > 3 else 0.0
    return [v - (1 - shrink) * means[i % m] for i, v in enumerate(row)], 1 - shrink


@given(st.integers(0, 10**6), st.sampled_from([2, 3, 4, 5, 12]), st.integers(0, 14), st.integers(0, 2))
@settings(max_examples=30)
@example(seed=0, season=2, more=0, gaps=1)  # one place in the season alone has figures
def test_a_season_is_taken_out_as_the_method_is_written(seed: int, season: int, more: int, gaps: int) -> None:
    row = awkward(seed, 3 * season + gaps + more, gaps)
    out, share = deseasonalised(row, season)
    wanted, kept = by_hand_season(row[0].tolist(), season)
    assert out[0] == pytest.approx(wanted, nan_ok=True) and share[0] == pytest.approx(kept)


@pytest.mark.parametrize(
    ("season", "length", "done"),
    [
        (12, 36, "effects"), (12, 35, "nothing"), (1, 60, "nothing"), (24, 71, "difference"), (24, 48, "difference"),
        (24, 47, "nothing"), (30, 54, "difference"), (30, 53, "nothing"), (2, 6, "effects"),
    ],
)  # fmt: skip
def test_the_length_decides_how_a_season_is_taken_out(season: int, length: int, done: str) -> None:
    row = awkward(season, length, 0)
    out, share = deseasonalised(row, season)
    ago = np.concatenate([np.full(season, NAN), row[0, :-season]])
    if done == "difference":
        assert out[0] == pytest.approx(row[0] - ago, nan_ok=True)
    if done != "effects":
        assert share.tolist() == [0.0]
    assert (out.tolist() == row.tolist()) is (done == "nothing")


def by_hand_fit(z: Row, order: int, rows: list[int]) -> tuple[dict[int, float], float]:
    """Least squares on the last values, and AICc with one parameter for each of them, the mean and the variance."""
    design = np.array([[1.0, *(z[t - lag] for lag in range(1, order + 1))] for t in rows])
    y = np.array([z[t] for t in rows])
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    m, k = len(rows), order + 2
    aicc = m * math.log(float(left @ left) / m) + 2 * k + 2 * k * (k + 1) / (m - k - 1)
    return dict(zip(rows, left.tolist(), strict=True)), aicc


def by_hand_residuals(row: Row, highest: int) -> Row:
    def usable(order: int) -> list[int]:
        return [t for t in range(order, len(row)) if not any(math.isnan(v) for v in row[t - order : t + 1])]

    values = [v for _, v in there(row)]
    middle, scale = statistics.fmean(values), statistics.pstdev(values)
    z = [(v - middle) / scale for v in row]
    best = min(range(highest + 1), key=lambda order: by_hand_fit(z, order, usable(highest))[1])
    left = by_hand_fit(z, best, usable(best))[0]
    spread = statistics.pstdev(left.values())
    return [left[t] / spread if t in left else NAN for t in range(len(row))]


@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(0, 3), st.sampled_from([-0.5, 0.0, 0.6, 0.95]))
@settings(max_examples=40)
def test_memory_is_taken_out_as_aicc_picks_it(seed: int, order: int, gaps: int, memory: float) -> None:
    row = awkward(seed, 40, gaps, memory)
    wanted = by_hand_residuals(row[0].tolist(), order)
    assert residuals(row, order)[0] == pytest.approx(wanted, nan_ok=True, abs=1e-7)


def test_fewer_than_eight_residuals_are_none() -> None:
    rng = np.random.default_rng(1)
    eight = np.concatenate([rng.standard_normal(8), np.full(4, NAN)])
    assert np.isfinite(residuals(eight[None], 0)).sum() == 8
    assert not np.isfinite(residuals(np.where(np.arange(12) == 3, NAN, eight)[None], 0)).any()
    assert not np.isfinite(residuals(np.full((1, 12), 7.0), 2)).any()


@pytest.mark.parametrize(("length", "order"), [(30, 2), (36, 3), (61, 5), (200, 12)])
def test_differences_have_a_memory_of_one_for_each_twelve_points(length: int, order: int) -> None:
    row = awkward(7, length, 0, 0.0) + 0.5 * np.arange(length)
    found = stationary(-row, 1)
    assert found.is_differenced and found.level[0, 1:] == pytest.approx(np.diff(-row[0]))
    assert whitened(-row, 1).noise == pytest.approx(residuals(found.level, order), nan_ok=True)


def test_one_trend_makes_differences_of_all() -> None:
    calm = np.resize([1.0, -1.0, 0.5, -0.6], 40)
    both = np.stack([calm, calm + np.arange(40) - 30])
    level, removed, is_differenced = stationary(both, 1)
    assert is_differenced and level[0, 1:] == pytest.approx(np.diff(calm)) and removed.tolist() == [0.0, 0.0]
    assert not stationary(calm[None], 1).is_differenced
