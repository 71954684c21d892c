"""The named scoring profiles, and progress beside the score."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.anchors import Polarity
from fourfold.engine.profiles import UnusableProfile, custom, progress, share_of_way, spider_0_10

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, finite)
def test_the_ends_of_a_way_are_exactly_0_and_1(start: float, end: float) -> None:
    shares = share_of_way(np.array([start, end]), start, end)[0].tolist()
    assert shares == [0.0, 1.0] if start != end else all(map(math.isnan, shares))


def test_a_way_longer_than_the_largest_number_is_still_a_way() -> None:
    assert share_of_way(0.0, -1.5e308, 1.5e308)[0] == 0.5


def test_thirds_lie_at_the_red_line_and_the_goal_either_way_round() -> None:
    assert spider_0_10(np.array([20.0, 10.0]), 20.0, 10.0).tolist() == pytest.approx([100 / 3, 200 / 3])
    assert spider_0_10(np.array([9.0, 10.0]), 10.0, 10.0, polarity=Polarity.HIGHER_BETTER).tolist() == [0, 100]


def test_a_custom_curve_is_straight_between_its_points_and_flat_beyond() -> None:
    values = np.array([-1.0, 0, 5, 10, 15, 99, math.nan])
    found = custom(values, [10.0, 0.0, 20.0], [80.0, 0.0, 100.0]).tolist()
    assert found[:6] == [0, 0, 40, 80, 90, 100]
    assert math.isnan(found[6])


@pytest.mark.parametrize(
    ("values", "scores"),
    [
        ([1.0], [50.0]),
        (list(range(9)), list(range(9))),
        ([0.0, 1.0, 2.0], [0.0, 100.0, 50.0]),
        ([0.0, 0.0], [0.0, 100.0]),
        ([0.0, 1.0], [0.0, 126.0]),
        ([0.0, math.inf], [0.0, 100.0]),
        ([0.0, 1.0], [0.0]),
    ],
)
def test_a_curve_that_is_no_monotone_line_of_2_to_8_points_is_refused(values: list[float], scores: list[float]) -> None:
    with pytest.raises(UnusableProfile):
        custom(1.0, values, scores)


def test_progress_is_the_share_of_the_way_from_the_baseline() -> None:
    assert progress(np.array([9.4, 7.0, 5.0, 20.0]), 9.4, 5.0).round(4).tolist() == [0.0, 54.5455, 100.0, 0.0]
    assert progress(0.0, 9.4, 5.0) == 125.0
    assert math.isnan(progress(math.nan, 9.4, 5.0))
