"""Folding figures over time and units, against a fold of plain lists, and the worked figures of the specification."""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.engine.aggregation import (
    AggTime,
    AggUnits,
    NotAdditive,
    fold_time,
    fold_units,
    fold_windows,
    periodic_from_to_date,
)
from fourfold.engine.cells import Mark, State
from fourfold.engine.folding import Folded

NUMBER, MISSING, ABSENT, EARLY, ERROR = State.NUMBER, State.MISSING, State.NOT_APPLICABLE, State.NOT_DUE, State.ERROR


class Cell(NamedTuple):
    state: State
    value: float = math.nan
    num: float = math.nan
    den: float = math.nan


def number(value: float) -> Cell:
    return Cell(NUMBER, value, value * 4.0, 4.0)


cells = st.one_of(
    st.integers(-20, 20).map(lambda v: number(float(v))),
    st.sampled_from([Cell(MISSING), Cell(ABSENT), Cell(EARLY), Cell(NUMBER, 3.0, 6.0, 2.0), number(0.0)]),
)
mostly = st.lists(cells, min_size=1, max_size=8) | st.lists(cells | st.just(Cell(ERROR)), min_size=1, max_size=8)


def arrays(row: list[Cell]) -> tuple[np.ndarray, ...]:
    return (*(np.array([getattr(c, n) for c in row])[None, None] for n in ("value", "num", "den")),
            np.array([c.state for c in row], np.uint8)[None, None])  # fmt: skip


def plain(row: list[Cell], agg: AggTime, *, strict: bool, higher: bool = True) -> Cell:
    """One cell from many, by the rules of A3."""
    applicable = [c for c in row if c.state is not ABSENT]
    if agg in (AggTime.LAST, AggTime.FIRST):
        due = [c for c in applicable if agg is AggTime.FIRST or c.state is not EARLY]
        if due:
            return due[-1] if agg is AggTime.LAST else due[0]
        return Cell(EARLY if applicable else ABSENT)
    there = [c for c in applicable if c.state is NUMBER]
    for state in (ERROR, MISSING):
        if any(c.state is state for c in row) and (state is ERROR or strict or not there):
            return Cell(state)
    if not there:
        return Cell(EARLY if applicable else ABSENT)
    values = [c.value for c in there]
    worst = min if higher else max
    most = max(Counter(values).values())
    found = {
        AggTime.SUM: math.fsum(values),
        AggTime.MEAN: math.fsum(values) / len(values),
        AggTime.WEIGHTED_RATIO: math.fsum(c.num for c in there) / math.fsum(c.den for c in there),
        AggTime.WEIGHTED_MEAN: math.fsum(c.value * c.den for c in there) / math.fsum(c.den for c in there),
        AggTime.GEOMETRIC: math.prod(1.0 + v for v in values) - 1.0,
        AggTime.ALL: float(all(values)),
        AggTime.ANY: float(any(values)),
        AggTime.MODE: worst(v for v, n in Counter(values).items() if n == most),
        AggTime.WORST: worst(values),
        AggTime.MAX: max(values),
        AggTime.MIN: min(values),
    }[agg]
    return Cell(NUMBER, found)


FOLDS = [a for a in AggTime if a not in (AggTime.NONE, AggTime.RECOMPUTE, AggTime.SHARE_TRUE)]


@pytest.mark.parametrize("agg", FOLDS)
@given(mostly, st.booleans(), st.data())
@settings(max_examples=40)
def test_a_fold_over_time_is_that_of_plain_lists(
    agg: AggTime, row: list[Cell], higher: bool, data: st.DataObject
) -> None:
    bucket = data.draw(st.lists(st.integers(-1, 2), min_size=len(row), max_size=len(row)))
    folded = fold_time(*arrays(row), np.array(bucket, np.intp), 3, agg, higher_better=higher)
    strict = agg in (AggTime.SUM, AggTime.GEOMETRIC)
    for b in range(3):
        inside = [c for c, at in zip(row, bucket, strict=True) if at == b]
        assert_is(folded, b, plain(inside, agg, strict=strict, higher=higher))


@pytest.mark.parametrize("agg", [AggTime.SUM, AggTime.MEAN, AggTime.WEIGHTED_RATIO, AggTime.MAX, AggTime.LAST])
@given(mostly, st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).map(sorted), min_size=1, max_size=4))
@settings(max_examples=40)
def test_windows_may_overlap(agg: AggTime, row: list[Cell], windows: list[list[int]]) -> None:
    spans = [(min(a, len(row)), min(b, len(row))) for a, b in windows]
    folded = fold_windows(*arrays(row), spans, agg)
    for w, (start, stop) in enumerate(spans):
        assert_is(folded, w, plain(row[start:stop], agg, strict=agg is AggTime.SUM))


UNITS = [AggUnits.SUM, AggUnits.MEAN, AggUnits.WEIGHTED_RATIO, AggUnits.WEIGHTED_MEAN, AggUnits.MAX, AggUnits.MIN]


@pytest.mark.parametrize("agg", UNITS)
@given(mostly, st.lists(st.sets(st.integers(0, 7)), min_size=1, max_size=3))
@settings(max_examples=40)
def test_a_fold_over_units_never_loses_a_missing_unit_and_never_hides_behind_it(
    agg: AggUnits, row: list[Cell], groups: list[set[int]]
) -> None:
    members = [sorted(i for i in g if i < len(row)) for g in groups]
    columns = [a.swapaxes(1, 2) for a in arrays(row)]
    folded = fold_units(*columns, [np.array(m, np.intp) for m in members], agg)
    for g, chosen in enumerate(members):
        inside = [row[i] for i in chosen]
        assert_is(folded, g, plain(inside, AggTime(agg.value), strict=False))
        states = Counter(c.state for c in inside)
        expected = states[NUMBER] + states[MISSING] + states[ERROR]
        assert folded.coverage.reshape(-1)[g] == pytest.approx(states[NUMBER] / max(expected, 1))
        gaps = states[MISSING] or states[EARLY]
        is_number = folded.state.reshape(-1)[g] == NUMBER
        assert bool(folded.marks.reshape(-1)[g] & Mark.PARTIAL) == bool(gaps and is_number)


def assert_is(folded: Folded, i: int, expected: Cell) -> None:
    assert folded.state.reshape(-1)[i] == expected.state
    assert folded.value.reshape(-1)[i] == pytest.approx(expected.value, nan_ok=True)


def one(agg: AggTime, *row: Cell) -> Folded:
    return fold_time(*arrays(list(row)), np.zeros(len(row), np.intp), 1, agg)


def test_a_missing_month_makes_a_sum_missing_and_a_mean_partial() -> None:
    total, mean = (one(agg, number(1), Cell(MISSING), number(3)) for agg in (AggTime.SUM, AggTime.MEAN))
    assert total.state.item() == MISSING
    assert (mean.value.item(), mean.marks.item()) == (2.0, Mark.PARTIAL)
    assert mean.coverage.item() == pytest.approx(2 / 3)


def test_a_month_to_come_makes_a_sum_provisional_and_is_no_gap() -> None:
    total = one(AggTime.SUM, number(1), number(2), Cell(EARLY))
    assert (total.value.item(), total.coverage.item()) == (3.0, 1.0)
    assert total.marks.item() == Mark.PARTIAL | Mark.PROVISIONAL


def test_the_last_level_is_missing_where_the_last_one_due_is() -> None:
    assert one(AggTime.LAST, number(1), Cell(MISSING)).state.item() == MISSING
    waiting = one(AggTime.LAST, number(1), number(2), Cell(EARLY))
    assert (waiting.value.item(), waiting.marks.item()) == (2.0, Mark.PROVISIONAL)


def test_a_ratio_that_divides_by_zero_in_a_month_counts_in_the_year() -> None:
    nothing = Cell(ERROR, math.nan, 0.0, 0.0)
    year = one(AggTime.WEIGHTED_RATIO, number(2.0), nothing, number(4.0))
    assert (year.state.item(), year.value.item()) == (NUMBER, 3.0)
    alone = one(AggTime.WEIGHTED_RATIO, nothing, nothing)
    assert (alone.state.item(), alone.num.item() if alone.num is not None else None) == (ERROR, 0.0)


def test_growth_rates_chain_and_do_not_add_up() -> None:
    assert one(AggTime.GEOMETRIC, number(0.1), number(0.1)).value.item() == pytest.approx(0.21)


def test_the_share_of_yes_counts_how_often() -> None:
    values = np.array([[1.0, 0.0, 1.0, 1.0]])
    share = fold_time(values, None, None, np.zeros((1, 4), np.uint8), np.zeros(4, np.intp), 1, AggTime.SHARE_TRUE)
    assert share.value.item() == 0.75


@pytest.mark.parametrize(("values", "expected"), [
    ([0.5, 1.0], 0.75), ([0.25, 0.75], 0.5), ([2.0, 0.0], 0.5), ([-0.5, 0.0], 0.5), ([0.0, 0.0], 0.0),
])  # fmt: skip
def test_a_share_of_yes_goes_on_as_the_share_it_is_and_any_other_number_is_a_yes(
    values: list[float], expected: float
) -> None:
    state = np.zeros((1, len(values)), np.uint8)
    share = fold_time(np.array([values]), None, None, state, np.zeros(2, np.intp), 1, AggTime.SHARE_TRUE)
    assert share.value.item() == expected


def test_what_cannot_follow_from_its_parts_is_refused_or_left_out() -> None:
    with pytest.raises(NotAdditive):
        one(AggTime.RECOMPUTE, number(1), number(2))
    assert one(AggTime.RECOMPUTE, number(1)).value.item() == 1.0
    assert one(AggTime.NONE, number(1), number(2)).state.item() == ABSENT


def test_the_ratio_of_sums_may_fall_while_both_parts_rise() -> None:
    before, after = (
        [Cell(NUMBER, n / d, n, d) for n, d in u]
        for u in ([(90.0, 100.0), (30.0, 50.0)], [(96.0, 105.0), (66.0, 105.0)])
    )
    first, second = (one(AggTime.WEIGHTED_RATIO, *row).value.item() for row in (before, after))
    assert all(b.value > a.value for a, b in zip(before, after, strict=True))
    assert (first, second) == (0.8, pytest.approx(0.771429, abs=1e-6))


def test_a_gap_in_year_to_date_figures_leaves_two_periods_unknown() -> None:
    to_date = np.array([10.0, np.nan, 40.0, 50.0, 5.0])
    single = periodic_from_to_date(to_date, np.array([0, 0, 0, 0, 1]))
    assert single.tolist() == pytest.approx([10.0, np.nan, np.nan, 10.0, 5.0], nan_ok=True)


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=24), st.integers(0, 12))
def test_running_sums_and_single_periods_are_each_others_inverse(values: list[int], cut: int) -> None:
    year = (np.arange(len(values)) >= cut).astype(np.intp)
    windows = [(cut if p >= cut else 0, p + 1) for p in range(len(values))]
    array = np.array(values, dtype=float)
    to_date = fold_windows(array, None, None, np.zeros(len(values), np.uint8), windows, AggTime.SUM).value
    assert periodic_from_to_date(to_date, year).tolist() == values
