"""Sharing targets out: exact sums, largest remainders, equal gap closing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.cascade import CannotAllocate, agrees, allocate, allocate_ratio

KEYS = st.lists(st.integers(0, 500), min_size=1, max_size=8).filter(any)


def largest_remainders(target: int, keys: list[int]) -> list[int]:
    """The method as textbooks of elections tell it: whole quotas, then a seat each by remainder."""
    quotas = [Fraction(target * k, sum(keys)) for k in keys]
    seats = [q.numerator // q.denominator for q in quotas]
    for i in sorted(range(len(keys)), key=lambda i: (seats[i] - quotas[i], i))[: target - sum(seats)]:
        seats[i] += 1
    return seats


def test_the_example_of_the_method() -> None:
    assert [int(p) for p in allocate(1000, [50, 30, 21], step=1).parts] == [495, 297, 208]
    assert [round(float(p), 2) for p in allocate(1000, [50, 30, 21]).parts] == [495.05, 297.03, 207.92]


@given(st.integers(0, 10_000), KEYS)
def test_whole_parts_are_those_of_largest_remainders(target: int, keys: list[int]) -> None:
    assert [int(p) for p in allocate(target, keys, step=1).parts] == largest_remainders(target, keys)


@given(
    st.decimals(-10_000, 10_000, places=2), KEYS,
    st.sampled_from(["1", "1.05", "1.2"]), st.sampled_from([None, "1", "0.5", "100"]),
)  # fmt: skip
def test_the_parts_add_up_to_the_target_exactly(target: Decimal, keys: list[int], over: str, step: str | None) -> None:
    found = allocate(target, keys, over=over, step=step)
    assert sum(found.parts, Decimal(0)) == target * Decimal(over) == found.total
    for part, key in zip(found.parts, keys, strict=True):
        if key == 0:
            assert part == 0
        exact = float(found.total) * key / sum(keys)
        assert abs(float(part) - exact) <= float(step or "0.000001") + 1e-6


def test_a_unit_without_a_key_gets_nothing_and_is_told() -> None:
    found = allocate(90, [1.0, float("nan"), None, 2.0], step=1)
    assert [int(p) for p in found.parts] == [30, 0, 0, 60]
    assert [f.message for f in found.findings] == ["Unit 2 has no key, and gets nothing.",
                                                   "Unit 3 has no key, and gets nothing."]  # fmt: skip
    assert allocate(90, [0, 0]).parts == ()
    assert [f.code for f in allocate(90, [0, 0]).findings] == ["ALLOCATE-KEY"]


@pytest.mark.parametrize(("over", "keys"), [("0.9", [1]), ("1.21", [1]), ("1", [1, -1])])
def test_what_makes_no_sense_is_refused(over: str, keys: list[float]) -> None:
    with pytest.raises(CannotAllocate):
        allocate(100, keys, over=over)


UNITS = st.lists(st.tuples(st.floats(10, 90), st.floats(0.5, 30), st.floats(1, 1000)), min_size=1, max_size=6)


@given(UNITS, st.floats(0.0, 1.0))
def test_each_unit_closes_the_same_share_of_its_gap_and_together_they_make_the_target(
    units: list[tuple[float, float, float]], share: float
) -> None:
    baseline, gap, weight = (np.array(column) for column in zip(*units, strict=True))
    target = float((weight * (baseline + share * gap)).sum() / weight.sum())
    found = allocate_ratio(target, baseline, baseline + gap, weight)
    assert found.share == pytest.approx(share, abs=1e-6)
    assert float((found.targets * weight).sum() / weight.sum()) == pytest.approx(target)
    assert (found.targets - baseline) / gap == pytest.approx(np.full(len(units), share), abs=1e-5)
    assert found.findings == ()


def test_a_target_beyond_all_caps_is_out_of_reach() -> None:
    found = allocate_ratio(95.0, np.array([70.0, 80.0]), np.array([90.0, 94.0]), np.array([1.0, 3.0]))
    assert np.isnan(found.targets).all()
    assert (found.share, found.attainable) == (pytest.approx(17.5 / 15.5), 93.0)
    assert "not reachable with these caps: together they give 93." in found.findings[0].message


def test_lower_is_better_works_the_same_way() -> None:
    found = allocate_ratio(8.0, np.array([12.0, 8.0]), np.array([4.0, 4.0]), np.array([1.0, 1.0]))
    assert found.targets.tolist() == [pytest.approx(12 - 8 / 3), pytest.approx(8 - 4 / 3)]


def test_a_target_below_today_is_told() -> None:
    found = allocate_ratio(74.0, np.array([70.0, 80.0]), np.array([90.0, 90.0]), np.array([1.0, 1.0]))
    assert found.share < 0
    assert "worse than today's level, 75" in found.findings[0].message
    assert float(found.targets.mean()) == pytest.approx(74.0)


def test_a_unit_without_baseline_takes_no_part() -> None:
    found = allocate_ratio(80.0, np.array([70.0, np.nan]), np.array([90.0, 90.0]), np.array([1.0, 9.0]))
    assert found.targets[0] == 80.0 and np.isnan(found.targets[1])
    assert "Unit 2 lacks baseline, cap or denominator." in found.findings[0].message
    assert np.isnan(allocate_ratio(80.0, np.array([np.nan]), np.array([1.0]), np.array([1.0])).share)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 100), st.floats(0, 0.1))
def test_agreement_is_within_the_larger_of_two_tolerances(a: float, b: float, absolute: float, relative: float) -> None:
    close, told = agrees(a, b, absolute=absolute, relative=relative)
    assert bool(told)
    if abs(a - b) < max(absolute, relative * abs(a)) * (1 - 1e-6):
        assert bool(close)
    if abs(a - b) > max(absolute, relative * abs(a)) + 1e-8 * (abs(a) + abs(b)):
        assert not bool(close)


def test_the_usual_tolerance_is_half_a_per_cent() -> None:
    assert [bool(agrees(200.0, b)[0]) for b in (201.0, 199.0, 201.01, 198.9)] == [True, True, False, False]
