"""What drives a computed KPI, and what each driver must become, against formulas worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.definitions import Kpi
from fourfold.engine.driver_tree import DriverTree, Shape, driver_tree
from fourfold.engine.workings.drivers import DriversWorking
from fourfold.engine.workings.intervention import InterventionWorking


def tree(formula: str | None = None, **keys: Any) -> DriverTree | None:
    return driver_tree(Kpi.model_validate({"code": "k", "name": "K", "formula": formula} | keys))


@pytest.mark.parametrize(("formula", "shape", "drivers", "constant"), [
    ("a * b", "product", (("a", 1), ("b", 1)), 1.0),
    ("a / b", "product", (("a", 1), ("b", -1)), 1.0),
    ("100 * a / (b * c)", "product", (("a", 1), ("b", -1), ("c", -1)), 100.0),
    ("a / (b / c) / 4", "product", (("a", 1), ("b", -1), ("c", 1)), 0.25),
    ("a + b", "sum", (("a", 1), ("b", 1)), 0.0),
    ("a - (b - c) + 5", "sum", (("a", 1), ("b", -1), ("c", 1)), 5.0),
    ("a - b - 2", "sum", (("a", 1), ("b", -1)), -2.0),
    ("-a + b", "sum", (("a", -1), ("b", 1)), 0.0),
    ("-(a - b) + 3 - 1", "sum", (("a", -1), ("b", 1)), 2.0),
])  # fmt: skip
def test_factors_and_terms_are_read_with_their_signs(
    formula: str, shape: str, drivers: tuple[tuple[str, int], ...], constant: float
) -> None:
    found = tree(formula)
    assert found == DriverTree(Shape(shape), drivers, constant)


@pytest.mark.parametrize("formula", ["a * b + c", "a * (b + c)"])
def test_any_other_arithmetic_of_two_is_mixed_and_keeps_its_formula(formula: str) -> None:
    found = tree(formula)
    assert found == DriverTree(Shape.MIXED, (("a", 1), ("b", 1), ("c", 1)), 0.0, formula)
    assert found is not None and found.outcome([2.0, 3.0, 4.0]) == {"a * b + c": 10.0, "a * (b + c)": 14.0}[formula]


@pytest.mark.parametrize("formula", [
    "a", "a * 2", "a * a", "a + a", "sqrt(a) * b", "previous(a) + b", "a *", "a ^ b", "2 * 3", "a % b", None,
])  # fmt: skip
def test_what_is_no_arithmetic_of_two_has_no_drivers(formula: str | None) -> None:
    assert tree(formula) is None


def test_a_ratio_of_two_formulas_is_its_factor_times_one_over_the_other() -> None:
    ratio = {"kind": "ratio", "numerator": "won", "denominator": "leads", "factor": "100"}
    assert tree(**ratio) == DriverTree(Shape.PRODUCT, (("won", 1), ("leads", -1)), 100.0)
    assert tree(**(ratio | {"denominator": None})) is None
    assert tree(**(ratio | {"numerator": None})) is None


@given(st.tuples(*[st.floats(0.5, 50)] * 3))
def test_the_outcome_is_that_of_the_formula(values: tuple[float, float, float]) -> None:
    a, b, c = values
    product, total = tree("100 * a / (b * c)"), tree("a - (b - c) + 5")
    assert product is not None and total is not None
    assert product.outcome(values) == pytest.approx(100 * a / (b * c))
    assert total.outcome(values) == pytest.approx(a - b + c + 5)
    assert product.parts(values) == pytest.approx([a, 1 / b, 1 / c])
    assert total.parts(values) == [a, -b, c]


def test_what_is_divided_by_zero_has_no_part() -> None:
    found = tree("a / b")
    assert found is not None and math.isnan(found.parts([1.0, 0.0])[1])


def working(formula: str, goal: float, figures: tuple[float | None, ...], shares: tuple[float, ...]) -> DriversWorking:
    found = tree(formula)
    assert found is not None
    return DriversWorking("profit", "all", "M:2026-03", goal, found, figures, shares)


def test_a_product_is_driven_by_factors_to_its_goal() -> None:
    # 100 · 8 / 4 = 200; 800 is four times that, shared evenly: each factor doubles, so the divisor is halved.
    made = working("100 * a / b", 800.0, (8.0, 4.0), (0.5, 0.5))
    assert made.answer() == {"outcome": 200.0, "targets": {"a": pytest.approx(16.0), "b": pytest.approx(2.0)}}
    assert made.words() == [
        "profit is a product of 2 drivers: 200 in M:2026-03; the goal is 800.",
        "Its factor 4 is split: each driver times that to its share.",
        "a: from 8 to 16, bearing 50%.",
        "b: from 4 to 2, bearing 50%.",
    ]


def test_a_sum_is_driven_by_terms_to_its_goal() -> None:
    # 10 − 4 + 5 = 11; 3 more by shares of a third and two thirds: one more sold, two less spent.
    made = working("a - b + 5", 14.0, (10.0, 4.0), (1 / 3, 2 / 3))
    assert made.answer() == {"outcome": 11.0, "targets": {"a": pytest.approx(11.0), "b": pytest.approx(2.0)}}
    assert made.words() == [
        "profit is a sum of 2 drivers: 11 in M:2026-03; the goal is 14.",
        "The gap 3 is split by the shares.",
        "a: from 10 to 11, bearing 33%.",
        "b: from 4 to 2, bearing 67%.",
    ]


def test_what_is_not_known_has_no_target() -> None:
    made = working("a * b", 800.0, (8.0, None), (0.5, 0.5))
    assert made.answer() == {"outcome": None, "targets": {"a": None, "b": None}}
    assert len(made.words()) == 3 and "split" not in made.words()[1]
    below = working("a * b", -1.0, (8.0, 4.0), (0.5, 0.5))
    assert below.answer()["targets"] == {"a": None, "b": None} and len(below.words()) == 3
    nothing = working("0 * a * b", 5.0, (8.0, 4.0), (0.5, 0.5))
    assert nothing.answer() == {"outcome": 0.0, "targets": {"a": None, "b": None}}


def test_what_was_seen_around_an_initiative_is_told_lag_by_lag() -> None:
    calm = [1.0, 2.0] * 6
    driver, outcome = (*calm, *(v + 9 for v in calm)), (*calm, *calm)
    made = InterventionWorking("train", "M:2026-01", 12, (0, 2), "Trained", "Waits", driver, outcome)
    said = made.words()
    assert said[0] == "train started in M:2026-01."
    assert [line.partition(":")[0] for line in said[1:]] == [
        "Trained", "Waits, in the same period", "Waits, 1 period later", "Waits, 2 periods later",
    ]  # fmt: skip
    assert "a step" in said[1] and "no step" in said[2]
    answer: Any = made.answer()
    assert answer["driver"]["points"] == [12, 12] and answer["driver"]["is_step"] is True
    assert answer["driver"]["shift"] > 0 and set(answer["outcome"]) == {"0", "1", "2"}
    few = InterventionWorking("train", "M:2026-01", 1, (0, 0), "Trained", "Waits", driver[:4], outcome[:4])
    assert "too few figures, fewer than" in few.words()[1]
