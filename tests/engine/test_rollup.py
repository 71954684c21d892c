"""Rolling up scores: every method and policy against plain lists, coverage, vetoes and confidence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.rollup import METHODS, POLICIES, RollUpError, confidence, roll_up

scores = st.one_of(st.none(), st.integers(0, 125).map(float))
children = st.lists(st.tuples(scores, st.integers(0, 9), st.booleans()), min_size=1, max_size=7)
CHILDREN, WEIGHTS = np.array([120.0, 62.5, math.nan]), np.array([50.0, 30.0, 20.0])


def plain(rows: list[tuple[float | None, int, bool]], method: str, missing: str, needed: float) -> float | None:
    """The score of a node from `(score, weight, expected)`, written out."""
    expected = [(s, w) for s, w, e in rows if e or s is not None]
    total, inside = sum(w for _, w in expected), sum(w for s, w in expected if s is not None)
    fill = {"zero": 0.0, "neutral": 50.0}.get(missing)
    used = [(min(s, 100.0) if s is not None else fill, w) for s, w in expected if s is not None or fill is not None]
    used = [(s, w) for s, w in used if w > 0]
    if not used or (fill is None and inside < needed * total):
        return None
    if missing == "block" and any(s is None and w > 0 for s, w in expected):
        return None
    weight = sum(w for _, w in used)
    values = [s for s, _ in used if s is not None]
    mean = sum(s * w for s, w in used) / weight  # type: ignore[operator]
    low, high = min(values), max(values)
    geometric = math.exp(sum(w * math.log(max(s, 1.0)) for s, w in used) / weight)  # type: ignore[type-var]
    return {
        "weighted_mean": mean,
        "worst_of": low,
        "best_of": high,
        "count_green": 100.0 * sum(w for s, w in used if s >= 90) / weight,  # type: ignore[operator]
        "geometric": min(max(geometric, low), high),
        "power_mean": mean,  # of power 1
        "veto_red": mean,
        "veto_amber": mean,
    }[method]


@pytest.mark.parametrize("method", METHODS)
@given(children, st.sampled_from([p for p in POLICIES if p != "carry_forward"]), st.sampled_from([0.0, 0.5, 0.6, 1.0]))
def test_a_roll_up_is_that_of_plain_lists(
    method: str, rows: list[tuple[float | None, int, bool]], missing: str, needed: float
) -> None:
    values, weights, expected = (np.array(c, dtype=float) for c in zip(*rows, strict=True))
    rolled = roll_up(values, weights, method=method, missing=missing, minimum_coverage=needed, expected=expected > 0)
    answer = plain(rows, method, missing, needed)
    assert float(rolled.score) == pytest.approx(math.nan if answer is None else answer, abs=1e-6, nan_ok=True)


def test_below_60_per_cent_of_the_weight_there_is_no_number() -> None:
    values = np.array([80.0, math.nan])
    assert math.isnan(roll_up(values, np.array([59.0, 41.0])).score)
    assert roll_up(values, np.array([60.0, 40.0])).score == 80.0
    assert roll_up(values, np.array([0.1 + 0.2, 0.2])).score == 80.0


def test_children_that_are_not_expected_count_for_nothing() -> None:
    rolled = roll_up(CHILDREN, WEIGHTS, expected=np.array([True, True, False]))
    assert (float(rolled.score), float(rolled.coverage)) == (85.9375, 1.0)


def test_the_weights_used_sum_to_one() -> None:
    assert roll_up(CHILDREN, WEIGHTS).used.tolist() == [0.625, 0.375, 0.0]


def test_over_achievement_counts_only_where_it_is_allowed() -> None:
    pair = np.array([125.0, 75.0])
    assert (roll_up(pair, 1.0).score, roll_up(pair, 1.0, allow_over=True).score) == (87.5, 100.0)


@pytest.mark.parametrize(("method", "held"), [("veto_red", 49.9), ("veto_amber", 89.9)])
def test_a_critical_child_off_target_holds_its_node_down(method: str, held: float) -> None:
    values, critical = np.array([100.0, 49.0]), np.array([False, True])
    weights = np.array([99.0, 1.0])
    assert roll_up(values, weights, method=method, critical=critical).score == held
    assert roll_up(values, weights, method=method, critical=~critical).score == pytest.approx(99.49)
    assert roll_up(np.array([100.0, 50.0]), weights, method=method, critical=critical).score == 99.5


def test_a_score_carried_forward_counts_as_coverage_and_one_nobody_has_does_not() -> None:
    previous = np.array([math.nan, math.nan, 40.0])
    carried = roll_up(CHILDREN, WEIGHTS, missing="carry_forward", previous=previous)
    assert (float(carried.score), float(carried.coverage)) == (76.75, 1.0)
    nothing = roll_up(CHILDREN, WEIGHTS, missing="carry_forward", previous=np.full(3, math.nan))
    assert (float(nothing.score), float(nothing.coverage)) == (85.9375, 0.8)


def test_a_worst_of_twenty_is_rarely_green() -> None:
    values = np.full(20, 95.0)
    values[7] = 60.0
    assert roll_up(values, 1.0, method="worst_of").score == 60.0
    assert roll_up(values, 1.0).score == 93.25


@pytest.mark.parametrize("power", [-5.0, -1.0, 0.0, 1.0, 5.0])
def test_a_power_mean_grows_with_its_power_and_one_is_the_mean(power: float) -> None:
    values, weights = np.array([100.0, 62.5]), np.array([50.0, 30.0])
    found = float(roll_up(values, weights, power=power).score)
    assert float(roll_up(values, weights, power=power - 0.5).score) <= found
    if power == 1.0:
        assert found == pytest.approx(float(roll_up(values, weights).score), abs=1e-6)


def test_weights_that_are_all_zero_give_no_score() -> None:
    rolled = roll_up(np.array([80.0, 90.0]), 0.0)
    assert math.isnan(rolled.score)
    assert rolled.coverage == 0.0


def test_many_nodes_are_rolled_up_as_each_alone() -> None:
    random = np.random.default_rng(3)
    values = np.where(random.random((4, 5, 6)) < 0.3, np.nan, random.uniform(0, 125, (4, 5, 6)))
    weights = random.integers(0, 5, (4, 1, 6)).astype(float)
    together = roll_up(values, weights)
    for i, j in np.ndindex(4, 5):
        alone = roll_up(values[i, j], weights[i, 0])
        assert np.array_equal(together.score[i, j], alone.score, equal_nan=True)
        assert together.coverage[i, j] == pytest.approx(float(alone.coverage))


@pytest.mark.parametrize("wrong", [{"method": "median"}, {"missing": "guess"}])
def test_an_unknown_way_is_refused_with_those_there_are(wrong: dict[str, str]) -> None:
    with pytest.raises(RollUpError) as caught:
        roll_up(CHILDREN, WEIGHTS, **wrong)  # type: ignore[arg-type]
    assert "Use one of" in str(caught.value.hint)


def test_confidence_is_the_worked_example() -> None:
    found = confidence(
        np.array([0.5, 0.3, 0.2]), np.array([True, True, False]), np.array([1, 0.6, 0]), np.array([1, 0.7, 0])
    )
    assert float(found) == pytest.approx(0.626)
