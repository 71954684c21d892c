from __future__ import annotations

import numpy as np
import pytest

from fourfold.engine.cells import State
from fourfold.engine.formulas import Series, TimeAxis
from fourfold.engine.formulas.series import TimeAxisError


def axis(year_start: list[int], year_ago: list[int]) -> TimeAxis:
    return TimeAxis(np.array(year_start, np.int64), np.array(year_ago, np.int64))


def test_a_series_takes_nan_for_missing_unless_told_otherwise() -> None:
    assert Series.of([[1.0, np.nan]]).state.tolist() == [[State.NUMBER, State.MISSING]]
    states = np.array([State.NUMBER, State.NOT_DUE], np.uint8)
    assert Series.of([1.0, np.nan], states).state.tolist() == states.tolist()


def test_years_of_unequal_length_are_fine() -> None:
    assert len(axis([-1, 1, 1, 1, 4], [-1, -1, -1, 0, 1])) == 5


def test_a_regular_axis_points_one_year_back() -> None:
    regular = TimeAxis.regular(6, per_year=4, first=1)
    assert regular.year_start.tolist() == [-1, -1, -1, 3, 3, 3]
    assert regular.year_ago.tolist() == [-1, -1, -1, -1, 0, 1]


@pytest.mark.parametrize(
    ("year_start", "year_ago", "message"),
    [
        ([0, 0, 1], [-1, -1, -1], "first period"),
        ([0, 2, 2], [-1, -1, -1], "first period"),
        ([0, 1, 0], [-1, -1, -1], "first period"),
        ([1, 1], [-1, -1], "first period"),
        ([0, 1, -1], [-1, -1, -1], "first period"),
        ([0, 0], [-1, 1], "earlier period"),
        ([0, 0], [-1], "equally long"),
    ],
)
def test_an_axis_that_contradicts_itself_is_refused(year_start: list[int], year_ago: list[int], message: str) -> None:
    with pytest.raises(TimeAxisError, match=message):
        axis(year_start, year_ago)
