"""The two icons, and what they say together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fourfold.engine.anchors import Polarity
from fourfold.engine.signals import Assurance, Chart, Reading, Season, Variation, headline, read_signals, wanted
from fourfold.engine.signals.icons import assurances, variations

QUIET = np.resize([50.0, 53, 48, 51, 47, 52, 49], 20)
HIGH, LOW = np.append(QUIET, 70.0), np.append(QUIET, 30.0)
PLAIN = Chart(season=Season(mode="none"))


def read(x: np.ndarray, **more: object) -> Reading:
    return read_signals(x, PLAIN, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("polarity", "high", "low"),
    [
        (Polarity.HIGHER_BETTER, Variation.IMPROVEMENT_HIGH, Variation.CONCERN_LOW),
        (Polarity.LOWER_BETTER, Variation.CONCERN_HIGH, Variation.IMPROVEMENT_LOW),
        (Polarity.NEUTRAL, Variation.NEUTRAL_HIGH, Variation.NEUTRAL_LOW),
        (Polarity.IN_RANGE, Variation.NEUTRAL_HIGH, Variation.NEUTRAL_LOW),
    ],
)
def test_the_direction_that_is_good_decides(polarity: Polarity, high: Variation, low: Variation) -> None:
    assert read(HIGH, polarity=polarity).variation is high
    assert read(LOW, polarity=polarity).variation is low


def test_only_the_last_figure_counts() -> None:
    assert read(np.append(HIGH, 50.0)).variation is Variation.USUAL
    assert read(np.append(HIGH, [np.nan, np.nan])).variation is Variation.IMPROVEMENT_HIGH


def test_few_figures_have_no_icon_or_a_trial() -> None:
    assert [read(QUIET[:n], target=1.0).variation.name for n in (5, 6, 11, 12)] == ["NONE", "TRIAL", "TRIAL", "USUAL"]
    assert [read(QUIET[:n], target=1.0).assurance.name for n in (5, 6, 11, 12)] == ["NONE", "NONE", "NONE", "PASSES"]


def test_assurance_is_where_the_limits_lie() -> None:
    lower, upper = float(read(QUIET).lower[0]), float(read(QUIET).upper[0])
    for polarity, passes, fails in (
        (Polarity.HIGHER_BETTER, lower - 1, upper + 1),
        (Polarity.LOWER_BETTER, upper + 1, lower - 1),
    ):
        assert read(QUIET, polarity=polarity, target=passes).assurance is Assurance.PASSES
        assert read(QUIET, polarity=polarity, target=50.0).assurance is Assurance.HIT_AND_MISS
        assert read(QUIET, polarity=polarity, target=fails).assurance is Assurance.FAILS


def test_a_band_is_passed_where_both_limits_lie_in_it() -> None:
    for band, wanted_ in (((0.0, 99.0), "PASSES"), ((50.0, 99.0), "HIT_AND_MISS"), ((90.0, 99.0), "FAILS")):
        assert read(QUIET, polarity=Polarity.IN_RANGE, target=band).assurance.name == wanted_


def test_without_target_or_direction_there_is_no_assurance() -> None:
    assert read(QUIET).assurance is Assurance.NONE
    assert read(QUIET, target=math.nan).assurance is Assurance.NONE
    assert read(QUIET, polarity=Polarity.NEUTRAL, target=50.0).assurance is Assurance.NONE


def test_a_moving_target_has_two_icons() -> None:
    reading = read(QUIET, target=20.0, target_ahead=90.0)
    assert (reading.assurance, reading.assurance_ahead) == (Assurance.PASSES, Assurance.FAILS)


def test_with_a_season_every_month_has_to_pass() -> None:
    x = np.random.default_rng(3).normal(size=36) + np.resize([0.0] * 11 + [-40.0], 36) + 100
    seasonal = Chart(season=Season(mode="declared"))
    assert read_signals(x, seasonal, target=80.0).assurance is Assurance.HIT_AND_MISS
    assert read_signals(x, seasonal, target=40.0).assurance is Assurance.PASSES


def test_the_matrix_says_what_is_published() -> None:
    said = {
        (Variation.IMPROVEMENT_LOW, Assurance.PASSES): "Celebrate, learn",
        (Variation.IMPROVEMENT_HIGH, Assurance.FAILS): "Getting better, not capable yet",
        (Variation.USUAL, Assurance.PASSES): "Stable and capable",
        (Variation.USUAL, Assurance.FAILS): "Will not reach the target without change",
        (Variation.CONCERN_LOW, Assurance.PASSES): "Capable but worsening: act early",
        (Variation.CONCERN_HIGH, Assurance.FAILS): "Act now",
    }
    assert {icons: headline(*icons) for icons in said} == said
    assert headline(Variation.TRIAL, Assurance.NONE) == "Trial limits"


def test_bounds_of_a_target_are_open_on_the_good_side() -> None:
    assert [float(b) for b in wanted(5.0, Polarity.HIGHER_BETTER)] == [5.0, math.inf]
    assert all(math.isnan(float(b)) for b in wanted(5.0, Polarity.NEUTRAL))


@pytest.mark.parametrize(("limits", "target", "icon"), [
    ((4, 6), (4, math.inf), "HIT_AND_MISS"), ((4, 6), (3.9, math.inf), "PASSES"),
    ((4, 6), (6, math.inf), "HIT_AND_MISS"),
    ((4, 6), (6.1, math.inf), "FAILS"), ((4, 6), (-math.inf, 6), "HIT_AND_MISS"), ((4, 6), (-math.inf, 6.1), "PASSES"),
    ((4, 6), (-math.inf, 4), "HIT_AND_MISS"), ((4, 6), (-math.inf, 3.9), "FAILS"), ((4, 6), (3, 7), "PASSES"),
    ((4, 6), (4, 7), "HIT_AND_MISS"), ((4, 6), (3, 6), "HIT_AND_MISS"), ((4, 6), (7, 9), "FAILS"),
    ((4, 6), (1, 3), "FAILS"), ((4, 6), (-math.inf, math.inf), "NONE"), ((4, 6), (math.nan, 7), "NONE"),
    ((4, 6), (3, math.nan), "NONE"), ((math.nan, 6), (3, 7), "NONE"), ((4, math.nan), (3, 7), "NONE"),
    ((-math.inf, 6), (3, 7), "NONE"),
])  # fmt: skip
def test_a_limit_on_the_target_neither_passes_nor_fails(
    limits: tuple[float, float], target: tuple[float, float], icon: str
) -> None:
    lower, upper, low, high = (np.array([n, n]) for n in (*limits, *target))
    found = assurances(lower, upper, low, high, np.array([True, False]))
    assert [Assurance(code).name for code in found] == [icon, "NONE"]


@pytest.mark.parametrize(("label", "side", "better", "icon"), [
    (0, 0, 1, "USUAL"), (1, 1, 1, "IMPROVEMENT_HIGH"), (1, -1, 1, "CONCERN_LOW"), (1, 1, -1, "CONCERN_HIGH"),
    (1, -1, -1, "IMPROVEMENT_LOW"), (8, 1, 0, "NEUTRAL_HIGH"), (8, -1, 0, "NEUTRAL_LOW"), (11, 0, 1, "PATTERN"),
    (11, 0, 0, "PATTERN"),
])  # fmt: skip
def test_the_first_icon_is_of_the_label_its_side_and_the_good_direction(
    label: int, side: int, better: int, icon: str
) -> None:
    trial, judged = np.array([False, True, False]), np.array([True, True, False])
    signs = [np.full(3, n, np.int8) for n in (side, better)]
    found = variations(trial, judged, np.full(3, label, np.uint8), *signs)
    assert [Variation(code).name for code in found] == [icon, "TRIAL", "NONE"]
