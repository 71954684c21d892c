"""When new limits, or locking again, are suggested."""

from __future__ import annotations

import numpy as np
import pytest

from fourfold.engine.cells import Floats
from fourfold.engine.signals import NHS, Chart, Season, Segment, read_many, read_signals

X = np.array([52.0, 48, 55, 50, 47, 53, 51, 49, 54, 50, 46, 52, 57, 58, 56, 59, 57, 60, 58, 61])
PLAIN = Chart(season=Season(mode="none"))


def test_the_worked_example_is_suggested_as_published() -> None:
    new = read_signals(X, PLAIN).suggestion
    assert new is not None
    assert new.start == 12
    assert new.shift == pytest.approx(1.98, abs=0.005)
    assert (new.centre, new.lower, new.upper) == pytest.approx((58.25, 52.2, 64.3), abs=0.05)


def test_before_the_eighth_figure_nothing_is_suggested() -> None:
    assert read_signals(X[:19], PLAIN).suggestion is None


def test_a_run_that_is_over_suggests_nothing() -> None:
    assert read_signals(np.append(X, 49.0), PLAIN).suggestion is None


def test_a_gap_ends_a_run() -> None:
    assert read_signals(np.concatenate([X[:16], [np.nan], X[16:]]), PLAIN).suggestion is None


def test_a_small_step_is_suggested_by_the_rules_of_the_nhs_only() -> None:
    x = np.append(X[:12], [52.0, 51, 53, 52, 51, 53, 52, 51])
    assert read_signals(x, PLAIN).suggestion is None
    assert read_signals(x, Chart(rules=NHS, season=Season(mode="none"))).suggestion is not None


def ever(x: Floats, chart: Chart) -> Floats:
    """Where a new start was first suggested, by looking at each period in turn; −1 never."""
    start = np.full(len(x), -1)
    for n in range(12, x.shape[1] + 1):
        found = read_many(x[:, :n], chart).steps.start
        start = np.where(start < 0, found, start)
    return start


@pytest.mark.parametrize(("shift", "published"), [(1.0, 48), (1.5, 80), (2.0, 94), (3.0, 100)])
def test_steps_are_found_about_as_often_as_published(shift: float, published: float) -> None:
    """As measured, with runs that may begin in the baseline; a few are taken for a trend or for dependence."""
    x = np.random.default_rng(5).normal(size=(800, 36))
    x[:, 12:] += shift
    start = ever(x, Chart(season=Season(mode="none"), spans=True))
    assert 100 * (start >= 0).mean() == pytest.approx(published, abs=6)
    assert np.abs(start[start >= 0] - 12).mean() < {1.0: 5.0, 1.5: 3.3, 2.0: 2.0, 3.0: 1.3}[shift]


def test_a_stable_series_seldom_gets_a_suggestion() -> None:
    x = np.random.default_rng(6).normal(size=(2000, 36))
    assert 100 * (ever(x, PLAIN) >= 0).mean() == pytest.approx(6, abs=1.5)


def test_after_24_figures_without_a_signal_limits_may_be_locked_again() -> None:
    quiet = np.resize([50.0, 53, 48, 51, 47, 52, 49], 24)
    assert read_signals(quiet, PLAIN).relock == 24
    assert read_signals(quiet[:23], PLAIN).relock == 0
    loud = quiet.copy()
    loud[20] = 90.0
    assert read_signals(loud, PLAIN).relock == 0


def test_a_fitted_season_may_be_fitted_again_with_one_more_year() -> None:
    x = np.random.default_rng(2).normal(size=36) + np.resize([0.0] * 11 + [9.0], 36)
    chart = Chart(season=Season(mode="declared"))
    assert read_signals(x, chart).signals == ()
    assert (read_signals(x[:35], chart).relock, read_signals(x, chart).relock) == (0, 36)
    again = read_many(x[None], chart, segments=[(Segment(baseline=36),)])
    assert (again.charted.season.years.tolist(), again.relock.tolist()) == ([3], [0])


def test_limits_locked_on_all_of_the_figures_are_not_locked_again() -> None:
    quiet = np.resize([50.0, 53, 48, 51, 47, 52, 49], 30)
    for baseline, again in ((12, 24), (23, 24), (24, 0), (30, 0)):
        assert read_signals(quiet, PLAIN, segments=[Segment(baseline=baseline)]).relock == again


def test_a_signal_within_the_baseline_does_not_keep_limits_from_being_locked_again() -> None:
    loud = np.resize([50.0, 53, 48, 51, 47, 52, 49], 24)
    loud[4] = 70.0
    assert read_signals(loud, PLAIN).signals[0].in_baseline and read_signals(loud, PLAIN).relock == 24


def test_each_row_has_its_own_suggestion_within_the_valid_range() -> None:
    chart = Chart(season=Season(mode="none"), valid=(40.0, 60.0))
    many = read_many(np.array([X, np.resize(X[:12], 20), 100 - X]), chart)
    assert many.steps.start.tolist() == [12, -1, 12]
    assert many.steps.shift.tolist() == pytest.approx([1.98, np.nan, -1.98], abs=0.005, nan_ok=True)
    lines = [a.tolist() for a in (many.steps.lower, many.steps.centre, many.steps.upper)]
    assert lines == [
        pytest.approx(row, abs=0.05, nan_ok=True)
        for row in ([52.2, np.nan, 40.0], [58.25, np.nan, 41.75], [60.0, np.nan, 47.8])
    ]
