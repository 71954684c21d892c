from __future__ import annotations

from itertools import chain, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourfold.engine.cells import Reason, State
from fourfold.engine.formulas import FUNCTIONS, InputError, Series, TimeAxis, calculate, lookups, parse, write
from fourfold.engine.formulas.calculate import plan
from fourfold.engine.formulas.function import Gives
from fourfold.engine.formulas.tree import Node
from fourfold.engine.tree import UnitTree
from tests.engine.formulas import oracle, strategies
from tests.engine.formulas.oracle import Grid, Row, World

MONTHS = TimeAxis.regular(24, per_year=12)
SLOW = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def run(text: str, axis: TimeAxis | None = None, **rows: Row) -> Row:
    length = len(next(iter(rows.values()))) if rows else 3
    inputs = {code: oracle.series(row) for code, row in rows.items()}
    return oracle.cells(calculate(parse(text), inputs, axis or TimeAxis.regular(length, per_year=12)))


def computed(tree: Node, world: World) -> Series:
    """What the product gives for all units at once."""
    index = list(world.parents)
    above = tuple(-1 if p is None else index.index(p) for p in world.parents.values())
    inputs = {code: oracle.stacked(grid) for code, grid in world.grids.items()}
    asked = {key: oracle.stacked(world.lookups[key]) for key in lookups(tree) if key[1]}
    return calculate(tree, inputs, world.axis, units=UnitTree(tuple(index), above), lookups=asked)


def assert_same(got: Grid, expected: Grid, tree: Node) -> None:
    for ours, theirs in zip(chain(*got), chain(*expected), strict=True):
        if isinstance(theirs, tuple):
            assert ours == theirs, write(tree)
        else:
            assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-300), write(tree)


@SLOW
@given(strategies.trees, strategies.worlds())
def test_random_formulas_give_what_the_oracle_gives_cell_by_cell(tree: Node, world: World) -> None:
    tree = strategies.placed(tree, world.axis)
    with np.errstate(all="ignore"):
        expected = oracle.answer(tree, world)
    assert_same(oracle.grid(computed(tree, world), world), expected, tree)


@pytest.mark.parametrize("name", [f.name for f in FUNCTIONS.values() if f.gives is not Gives.MANY])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_each_function_gives_what_the_oracle_gives(name: str, data: st.DataObject) -> None:
    world = data.draw(strategies.worlds())
    call = data.draw(strategies.calls(FUNCTIONS[name], strategies.leaves))
    tree = strategies.placed(strategies.number_of(call, FUNCTIONS[name].gives is Gives.CONDITION), world.axis)
    assert parse(write(tree)) == tree
    with np.errstate(all="ignore"):
        expected = oracle.answer(tree, world)
    assert_same(oracle.grid(computed(tree, world), world), expected, tree)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.trees, strategies.worlds())
def test_a_value_is_a_finite_number_exactly_where_the_state_says_so(tree: Node, world: World) -> None:
    result = computed(strategies.placed(tree, world.axis), world)
    assert result.value.shape == result.state.shape == result.reason.shape
    assert result.value.dtype == np.float64 and result.state.dtype == result.reason.dtype == np.uint8
    assert np.array_equal(np.isfinite(result.value), result.state == State.NUMBER)
    assert np.array_equal(np.isnan(result.value), result.state != State.NUMBER)
    assert np.array_equal(result.reason != Reason.NONE, result.state == State.ERROR)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.trees, strategies.worlds(), st.data())
def test_no_formula_looks_ahead(tree: Node, world: World, data: st.DataObject) -> None:
    tree = strategies.placed(tree, world.axis)
    now = data.draw(st.integers(0, strategies.PERIODS - 2))
    before = oracle.grid(computed(tree, world), world)
    other = data.draw(strategies.cells)
    for grid in world.grids.values():
        for row in grid:
            row[now + 1 :] = [other] * (len(row) - now - 1)
    after = oracle.grid(computed(tree, world), world)
    assert_same([row[: now + 1] for row in after], [row[: now + 1] for row in before], tree)


STATES = list(State)
PAIRS = list(product(STATES, STATES))
RANK = [State.NUMBER, State.NOT_APPLICABLE, State.NOT_DUE, State.MISSING, State.ERROR]


def in_state(state: State) -> oracle.Cell:
    return 2.0 if state is State.NUMBER else (state, Reason.NO_RATE if state is State.ERROR else Reason.NONE)


@pytest.mark.parametrize(
    "formula", ["a + b", "a - b", "a * b", "a / b", "min(a, b)", "if(a < b, 1, 2)", "max(a, 1, b)"]
)
@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_the_worst_state_of_two_inputs_decides(formula: str, left: State, right: State) -> None:
    [cell] = run(formula, a=[in_state(left)], b=[in_state(right)])
    expected = max(left, right, key=RANK.index)
    assert (State.NUMBER if isinstance(cell, float) else cell[0]) is expected


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_coalesce_takes_any_number_before_any_other_state(left: State, right: State) -> None:
    [cell] = run("coalesce(a, b)", a=[in_state(left)], b=[in_state(right)])
    expected = State.NUMBER if State.NUMBER in (left, right) else max(left, right, key=RANK.index)
    assert (State.NUMBER if isinstance(cell, float) else cell[0]) is expected


@pytest.mark.parametrize(("condition", "branch"), PAIRS)
def test_in_an_if_only_the_condition_and_the_branch_taken_count(condition: State, branch: State) -> None:
    [cell] = run("if(c = 2, a, 1 / 0)", c=[in_state(condition)], a=[in_state(branch)])
    expected = condition if condition is not State.NUMBER else branch
    assert (State.NUMBER if isinstance(cell, float) else cell[0]) is expected


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("a / 0", Reason.DIVISION_BY_ZERO),
        ("(a - a) / (a - a)", Reason.DIVISION_BY_ZERO),
        ("(a - a)^-1", Reason.DIVISION_BY_ZERO),
        ("exp(1000 * a)", Reason.NOT_FINITE),
        ("sqrt(-a)", Reason.NOT_FINITE),
        ("ln(a - a)", Reason.NOT_FINITE),
        ("(1e15^4)^4 * (1e15^4)^4", Reason.NOT_FINITE),
        ("b", Reason.INPUT_ERROR),
        ("b + a / 0", Reason.INPUT_ERROR),
        ("1 / exp(1000)", Reason.NOT_FINITE),
        ("min(exp(1000), a)", Reason.NOT_FINITE),
    ],
)
def test_an_error_tells_its_reason(formula: str, reason: Reason) -> None:
    assert run(formula, a=[1.0], b=[(State.ERROR, Reason.NO_RATE)]) == [(State.ERROR, reason)]


def test_a_number_that_is_not_finite_is_refused_at_the_door() -> None:
    odd = Series(np.array([np.nan, np.inf]), np.zeros(2, np.uint8), np.zeros(2, np.uint8))
    result = calculate(parse("if(a > 1, 1, 0)"), {"a": odd}, TimeAxis.regular(2, per_year=1))
    assert oracle.cells(result) == [oracle.NOT_FINITE] * 2


def test_zero_has_no_sign() -> None:
    assert str(run("-a", a=[0.0])[0]) == "0.0"
    assert str(run("-1 * a", a=[0.0])[0]) == "0.0"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("8 - 3 - 2", 3),
        ("8 / 4 / 2", 1),
        ("2^-2", 0.25),
        ("5^0", 1),
        ("- -3", 3),
        ("2 * -3", -6),
        ("if(not 1 = 2 and 2 > 1 or 1 > 2, 7, 8)", 7),
    ],
)
def test_precedence_is_that_of_mathematics(formula: str, expected: float) -> None:
    assert run(formula) == [expected] * 3


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(1.005, 2)", 1.01),
        ("round(0.49999999999999994)", 0),
        ("round(2.675, 2)", 2.68),
        ("round(1234.5, -2)", 1200),
        ("round(450359962737049.75, 15)", 450359962737049.75),
        ("round(1e15, 15)", 1e15),
    ],
)
def test_round_treats_a_half_as_it_is_written(formula: str, expected: float) -> None:
    assert run(formula)[0] == expected


def test_exp_and_ln_are_those_of_the_standard_library() -> None:
    import math

    values = [0.001, 0.5, 1.0, 7.25, 300.0]
    assert run("exp(a)", a=values) == pytest.approx([math.exp(v) for v in values], rel=1e-14)
    assert run("ln(a)", a=values) == pytest.approx([math.log(v) for v in values], rel=1e-14)
    assert run("a^3", a=values) == pytest.approx([v**3 for v in values], rel=1e-14)


def test_to_date_starts_afresh_with_the_fiscal_year() -> None:
    result = run("to_date(a)", MONTHS, a=[1.0] * 24)
    assert result == [float(m) for m in (*range(1, 13), *range(1, 13))]


def test_to_date_is_missing_when_the_year_began_before_the_block() -> None:
    axis = TimeAxis.regular(6, per_year=4, first=2)
    assert run("to_date(a)", axis, a=[1.0] * 6) == [oracle.MISSING, oracle.MISSING, 1.0, 2.0, 3.0, 4.0]


def test_to_date_loses_nothing_to_a_huge_earlier_year() -> None:
    axis = TimeAxis.regular(4, per_year=2)
    assert run("to_date(a)", axis, a=[1e16, 1e16, 0.1, 0.2]) == [1e16, 2e16, 0.1, 0.1 + 0.2]


def test_a_rolling_sum_loses_nothing_to_a_huge_value_that_has_left_the_window() -> None:
    assert run("rolling_sum(a, 2)", a=[1e16, 1.0, 0.25, 0.5])[2:] == [1.25, 0.75]


def test_a_constant_can_be_shifted_and_summed() -> None:
    assert run("to_date(2)") == [2.0, 4.0, 6.0]
    assert run("previous(2)") == [oracle.OUTSIDE, 2.0, 2.0]


def test_a_window_longer_than_the_block_is_not_applicable() -> None:
    assert run("rolling_mean(a, 120)", a=[1.0, 2.0]) == [oracle.OUTSIDE] * 2
    assert run("previous(a, 120)", a=[1.0, 2.0]) == [oracle.OUTSIDE] * 2


def test_a_block_without_periods_gives_a_result_without_periods() -> None:
    for text in ("to_date(a)", "previous(a)", "rolling_sum(a, 3)", "same_period_last_year(a) / 2"):
        result = calculate(parse(text), {"a": Series.of(np.empty((4, 0)))}, TimeAxis.regular(0, per_year=12))
        assert result.value.shape == (4, 0)


def test_the_result_has_the_shape_the_inputs_broadcast_to() -> None:
    inputs = {"a": Series.of(np.ones((5, 24))), "b": Series.of(np.full(24, 2.0))}
    assert calculate(parse("a * b"), inputs, MONTHS).value.shape == (5, 24)
    assert calculate(parse("7"), inputs, MONTHS).value.shape == (24,)


def test_the_inputs_are_left_as_they_were() -> None:
    given_series = oracle.series([1.0, oracle.MISSING, oracle.DIVISION_BY_ZERO])
    before = oracle.cells(given_series)
    calculate(parse("to_date(a) + round(a) / a"), {"a": given_series}, TimeAxis.regular(3, per_year=12))
    assert oracle.cells(given_series) == before


def test_a_part_that_occurs_twice_is_computed_once() -> None:
    steps = [write(node) for node, _ in plan(parse("rolling_sum(a, 3) / (1 + rolling_sum(a, 3)) + rolling_sum(a, 2)"))]
    assert sorted(steps, key=len)[:4] == ["a", "3", "1", "2"]
    assert steps.count("rolling_sum(a, 3)") == steps.count("rolling_sum(a, 2)") == 1


def test_an_absent_input_is_named() -> None:
    with pytest.raises(InputError, match="`b`"):
        calculate(parse("a + b"), {"a": Series.of([1.0])}, TimeAxis.regular(1, per_year=1))


def test_an_input_with_other_periods_is_refused() -> None:
    with pytest.raises(InputError, match=r"shape \(2,\).* 3 periods"):
        calculate(parse("a"), {"a": Series.of([1.0, 2.0])}, TimeAxis.regular(3, per_year=1))


@pytest.mark.parametrize(("text", "expected"), [("a" + " + a" * 249, 250.0), ("2" + " - 1 * a" * 124, -122.0)])
def test_the_longest_chain_allowed_is_computed(text: str, expected: float) -> None:
    assert run(text, a=[1.0]) == [expected]
