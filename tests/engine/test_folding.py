"""The machinery of folds: big blocks, odd shapes, marks and parts come through unharmed."""

from __future__ import annotations

import numpy as np
import pytest

from fourfold.engine import folding
from fourfold.engine.aggregation import AggTime, AggUnits, fold_time, fold_units
from fourfold.engine.cells import Mark, Reason, State

RANDOM = np.random.default_rng(7)


@pytest.mark.parametrize("agg", [AggTime.SUM, AggTime.WEIGHTED_RATIO, AggTime.LAST, AggTime.MODE])
def test_a_block_folded_in_chunks_is_the_block_folded_at_once(agg: AggTime, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = (7, 3, 24)
    num, den = RANDOM.integers(0, 9, shape).astype(float), RANDOM.integers(1, 9, shape).astype(float)
    state = RANDOM.choice([0, 0, 0, 1, 2, 3], shape).astype(np.uint8)
    value = np.where(state == 0, num / den, np.nan)
    quarter, factor = np.arange(24, dtype=np.intp) // 3, np.full((7, 1, 1), 100.0)
    whole = fold_time(value, num, den, state, quarter, 8, agg, factor=factor)
    monkeypatch.setattr(folding, "_CHUNK", 50)
    parts = fold_time(value, num, den, state, quarter, 8, agg, factor=factor)
    for a, b in zip(whole, parts, strict=True):
        assert (a is None and b is None) or np.array_equal(a, b, equal_nan=True)


def test_a_bucket_without_periods_and_a_group_without_units_are_not_applicable() -> None:
    value, state = np.ones((1, 2, 3)), np.zeros((1, 2, 3), np.uint8)
    folded = fold_time(value, None, None, state, np.array([0, 0, 2]), 3, AggTime.SUM)
    assert folded.state[0, 0].tolist() == [State.NUMBER, State.NOT_APPLICABLE, State.NUMBER]
    groups = [np.array([], np.intp), np.array([0, 1])]
    units = fold_units(value, None, None, state, groups, AggUnits.SUM)
    assert units.state[0, :, 0].tolist() == [State.NOT_APPLICABLE, State.NUMBER]


def test_marks_of_used_figures_stay_and_those_of_unused_ones_do_not() -> None:
    value, state = np.array([[1.0, 2.0, np.nan]]), np.array([[0, 0, State.NOT_APPLICABLE]], np.uint8)
    marks = np.array([[Mark.ESTIMATE, 0, Mark.UNAPPROVED]], np.uint8)
    folded = fold_time(value, None, None, state, np.zeros(3, np.intp), 1, AggTime.MEAN, marks=marks)
    assert folded.marks.item() == Mark.ESTIMATE


def test_a_sum_too_large_to_hold_is_an_error() -> None:
    folded = fold_time(
        np.full((1, 2), 1.7e308), None, None, np.zeros((1, 2), np.uint8), np.zeros(2, np.intp), 1, AggTime.SUM
    )
    assert (folded.state.item(), folded.reason.item()) == (State.ERROR, Reason.NOT_FINITE)
    assert np.isnan(folded.value.item())


def test_a_ratio_without_its_parts_cannot_be_folded_unless_it_is_alone() -> None:
    value, state = np.array([[0.5, 0.7]]), np.zeros((1, 2), np.uint8)
    both = fold_time(value, None, None, state, np.zeros(2, np.intp), 1, AggTime.WEIGHTED_RATIO)
    assert both.state.item() == State.MISSING
    alone = fold_time(value, None, None, state, np.arange(2), 2, AggTime.WEIGHTED_RATIO)
    assert alone.value.tolist() == [[0.5, 0.7]]


def test_nothing_that_went_in_is_changed() -> None:
    value, state = np.array([[1.0, np.nan]]), np.array([[0, 1]], np.uint8)
    fold_time(value, None, None, state, np.zeros(2, np.intp), 1, AggTime.SUM)
    assert np.array_equal(value, np.array([[1.0, np.nan]]), equal_nan=True)
    assert state.tolist() == [[0, 1]]


def test_the_factor_of_a_ratio_is_applied_once() -> None:
    num, den = np.array([[1.0, 1.0]]), np.array([[4.0, 4.0]])
    percent = fold_time(100 * num / den, num, den, np.zeros((1, 2), np.uint8), np.zeros(2, np.intp), 1,
                        AggTime.WEIGHTED_RATIO, factor=100.0)  # fmt: skip
    mean = fold_time(100 * num / den, num, den, np.zeros((1, 2), np.uint8), np.zeros(2, np.intp), 1,
                     AggTime.WEIGHTED_MEAN, factor=100.0)  # fmt: skip
    assert (percent.value.item(), mean.value.item()) == (25.0, 25.0)
