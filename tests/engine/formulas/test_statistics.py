"""Statistics and growth against Python's own library and published figures."""

from __future__ import annotations

import statistics
from decimal import Decimal, getcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.formulas import Series, TimeAxis, calculate, parse
from fourfold.engine.formulas.many import children, leaves, siblings
from fourfold.engine.periods import Calendar
from fourfold.engine.tree import UnitTree

NUMBERS = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=2, max_size=12)


def of_children(name: str, numbers: list[float]) -> float:
    """A statistic of the units below one unit, in one period."""
    tree = UnitTree(tuple(f"u{i}" for i in range(len(numbers) + 1)), (-1, *[0] * len(numbers)))
    inputs = {"a": Series.of([[0.0], *([n] for n in numbers)])}
    found = calculate(parse(f"{name}(children(a))"), inputs, TimeAxis.regular(1, per_year=1), units=tree)
    return float(found.value[0, 0])


@given(NUMBERS)
def test_statistics_of_units_are_those_of_the_standard_library(numbers: list[float]) -> None:
    wide = max(map(abs, numbers)) or 1.0
    assert of_children("sum", numbers) == pytest.approx(sum(numbers), abs=1e-12 * wide * len(numbers))
    assert of_children("mean", numbers) == pytest.approx(statistics.fmean(numbers), abs=1e-12 * wide)
    assert of_children("median", numbers) == pytest.approx(statistics.median(numbers), abs=1e-12 * wide)
    assert of_children("stdev", numbers) == pytest.approx(statistics.stdev(numbers), rel=1e-9, abs=1e-12)
    assert of_children("min", numbers) == min(numbers) and of_children("max", numbers) == max(numbers)
    assert of_children("count", numbers) == len(numbers)


@given(NUMBERS, st.integers(2, 5))
def test_rolling_statistics_are_those_of_the_standard_library(numbers: list[float], n: int) -> None:
    axis = TimeAxis.regular(len(numbers), per_year=12)
    for name, expected in (("median", statistics.median), ("stdev", statistics.stdev), ("mean", statistics.fmean)):
        found = calculate(parse(f"rolling_{name}(a, {n})"), {"a": Series.of(numbers)}, axis).value
        for t in range(n - 1, len(numbers)):
            assert found[t] == pytest.approx(expected(numbers[t + 1 - n : t + 1]), rel=1e-9, abs=1e-6)


def test_the_deviation_of_a_published_example() -> None:
    """NIST/SEMATECH e-Handbook, NumAcc3: 1001 values around 1000000.2, certified standard deviation 0.1."""
    numbers = [1000000.2, *([1000000.1, 1000000.3] * 500)]
    assert of_children("stdev", numbers) == pytest.approx(0.1, rel=1e-8)
    assert of_children("stdev", [0.1] * 7) == 0.0


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.integers(1, 30))
def test_compound_growth_is_exact_to_decimals(base: float, now: float, years: int) -> None:
    axis = TimeAxis.regular(31, per_year=1)
    row = np.full(31, base)
    row[-1] = now
    getcontext().prec = 34
    expected = (Decimal(now) / Decimal(base)) ** (Decimal(1) / Decimal(years)) - 1
    found = calculate(parse(f"cagr(a, {years})"), {"a": Series.of(row)}, axis).value[-1]
    assert found == pytest.approx(float(expected), rel=1e-9, abs=1e-12)


@given(st.lists(st.integers(0, 5).map(float), min_size=1, max_size=9))
def test_ranks_are_those_of_a_sorted_list(numbers: list[float]) -> None:
    tree = UnitTree(tuple(f"u{i}" for i in range(len(numbers) + 1)), (-1, *[0] * len(numbers)))
    inputs = {"a": Series.of([[9.0], *([n] for n in numbers)])}
    axis = TimeAxis.regular(1, per_year=1)
    found = calculate(parse("rank(a, siblings(a))"), inputs, axis, units=tree).value[1:, 0]
    assert found.tolist() == [sorted(numbers, reverse=True).index(n) + 1 for n in numbers]


def test_who_looks_at_whom() -> None:
    tree = UnitTree(("trust", "site", "ward-1", "ward-2", "clinic"), (-1, 0, 1, 1, 0))

    def seen(groups: object, unit: int) -> list[str]:
        of, members = groups.of, groups.members  # type: ignore[attr-defined]
        return [] if of[unit] < 0 else [tree.codes[i] for i in members[of[unit]]]

    assert seen(children(tree), 0) == ["site", "clinic"] and seen(children(tree), 2) == []
    assert seen(siblings(tree), 2) == ["ward-1", "ward-2"] and seen(siblings(tree), 0) == []
    assert seen(leaves(tree), 0) == ["ward-1", "ward-2", "clinic"] and seen(leaves(tree), 4) == []


def test_growth_to_date_never_compares_ten_months_with_twelve() -> None:
    """Last year 100 a month; this year 110 a month until October, and November is not due."""
    first = Calendar().parse("2025-01")
    axis = TimeAxis.of(tuple(first.shift(n) for n in range(23)))
    values = np.array([100.0] * 12 + [110.0] * 10 + [np.nan])
    series = Series.of(values, np.array([0] * 22 + [3], np.uint8))
    lag_aware = calculate(parse("growth_to_date(a)"), {"a": series}, axis)
    assert lag_aware.value[-1] == pytest.approx(0.1) and lag_aware.state[-1] == 0
    plain = calculate(parse("yoy_growth(to_date(a))"), {"a": series}, axis)
    assert plain.state[-1] == 3
