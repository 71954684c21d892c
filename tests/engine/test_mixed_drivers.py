"""Drivers of mixed formulas: the goal is met exactly, products agree with the method's own split, turns are refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.engine.definitions import Kpi
from fourfold.engine.driver_tree import Shape, driver_tree
from fourfold.engine.formulas import parse
from fourfold.engine.mixed_drivers import dual, moved_to
from fourfold.engine.target_proposals import from_factors

FIGURES = st.floats(0.1, 1e4)


def python(formula: str, figures: dict[str, float]) -> float:
    """The oracle: Python's own arithmetic."""
    return float(eval(formula.replace("^", "**"), {}, figures))


@settings(max_examples=60, deadline=None)
@given(FIGURES, FIGURES, FIGURES, FIGURES, st.floats(0.3, 8), st.floats(0.3, 0.7))
def test_a_sum_of_products_meets_its_goal(a: float, b: float, c: float, d: float, times: float, share: float) -> None:
    formula, figures = "a * b + c * d", {"a": a, "b": b, "c": c, "d": d}
    goal = times * python(formula, figures)
    found = moved_to(parse(formula), figures, goal, [share, 0.0, 1 - share, 0.0])
    assert found is not None
    assert python(formula, dict(zip("abcd", found, strict=True))) == pytest.approx(goal, rel=1e-9)
    assert (found[1], found[3]) == (b, d)
    if times != 1:  # both bear their share of the same factor
        ratio = math.log(found[0] / a) / math.log(found[2] / c)
        assert ratio == pytest.approx(share / (1 - share), rel=1e-4)


@settings(max_examples=30, deadline=None)
@given(FIGURES, FIGURES, st.floats(0.2, 8), st.floats(0.0, 1.0))
def test_a_product_is_split_as_the_method_splits_it(a: float, b: float, times: float, share: float) -> None:
    found = moved_to(parse("a * b"), {"a": a, "b": b}, a * b * times, [share, 1 - share])
    assert found == pytest.approx(from_factors([a, b], a * b * times, [share, 1 - share]).tolist(), rel=1e-7)


def test_the_gradient_is_that_of_small_steps() -> None:
    formula, figures = "(a - b) ^ 2 * c / (d + 1) - -b", {"a": 7.0, "b": 2.0, "c": 3.0, "d": 4.0}
    value, slope = dual(parse(formula), figures)
    assert value == python(formula, figures)
    for code in figures:
        step = 1e-6
        up, down = (python(formula, figures | {code: figures[code] + s}) for s in (step, -step))
        assert slope[code] == pytest.approx((up - down) / (2 * step), rel=1e-6)


def test_what_lowers_the_outcome_is_lowered() -> None:
    found = moved_to(parse("(price - cost) * pieces"), {"price": 5.0, "cost": 3.0, "pieces": 10.0}, 30.0, [0, 1, 0])
    assert found == pytest.approx([5.0, 2.0, 10.0])


@pytest.mark.parametrize(
    ("formula", "goal", "shares"),
    [
        ("a * (10 - a) + b", 40.0, [1.0, 0.0]),  # a from 2: beyond 5 more of it is less
        ("a * b + 3", -1.0, [0.5, 0.5]),  # never below 3
        ("(a - a) * b", 5.0, [0.5, 0.5]),  # nothing moves it
        ("a / (b - 1)", 5.0, [0.5, 0.5]),  # divides by zero
    ],
)
def test_no_way_is_no_answer(formula: str, goal: float, shares: list[float]) -> None:
    assert moved_to(parse(formula), {"a": 2.0, "b": 1.0}, goal, shares) is None


def test_a_driver_at_zero_can_bear_nothing() -> None:
    assert moved_to(parse("a * b + c"), {"a": 0.0, "b": 1.0, "c": 1.0}, 5.0, [0.5, 0.5, 0.0]) is None


@pytest.mark.parametrize(
    ("formula", "shape"),
    [
        ("a * b + c", Shape.MIXED), ("(a - b) * a", Shape.MIXED), ("a + b", Shape.SUM), ("a * b", Shape.PRODUCT),
        ("rolling(a, 3) + b * c", None), ("a ^ 2 + 1", None), ("if(a > b, a, b)", None),
    ],
)  # fmt: skip
def test_the_tree_of_a_formula(formula: str, shape: Shape | None) -> None:
    tree = driver_tree(Kpi(code="k", name="K", formula=formula))
    assert (None if tree is None else tree.shape) is shape
