"""Rules against an oracle that looks at every window of figures in plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.signals.rules import RULE_SETS, UNDIRECTED, Rule, UnknownRuleSet, find_pattern, rule_set

Z = list[float]


def window(z: Z, at: int, length: int) -> Z:
    """The last figures up to a place, at most `length`, none from before a gap."""
    found: Z = []
    for x in reversed(z[max(at - length + 1, 0) : at + 1]):
        if math.isnan(x):
            break
        found.insert(0, x)
    return found


def row(length: int, is_so: Callable[[Z], bool]) -> Callable[[Z, int], bool]:
    def fires(z: Z, at: int) -> bool:
        w = window(z, at, length)
        return len(w) == length and is_so(w)

    return fires


def some_of(some: int, of: int, beyond: float) -> Callable[[Z, int], bool]:
    def fires(z: Z, at: int) -> bool:
        return z[at] > beyond and sum(x > beyond for x in window(z, at, of)) >= some

    return fires


def rising(w: Z) -> bool:
    return all(b > a for a, b in pairwise(w))


def alternating(w: Z) -> bool:
    steps = [b - a for a, b in pairwise(w)]
    return all(a * b < 0 for a, b in pairwise(steps))


ONE_SIDE: dict[Rule, Callable[[Z, int], bool]] = {
    Rule.OUTSIDE: some_of(1, 1, 3.0 * (1 + 1e-9)),
    Rule.TREND_7: row(7, rising),
    Rule.TREND_6: row(6, rising),
    Rule.TWO_OF_THREE: some_of(2, 3, 2.0),
    Rule.TWO_OF_THREE_NHS: row(3, lambda w: min(w) > 0 and sum(2 < x <= 3.0 * (1 + 1e-9) for x in w) >= 2),
    Rule.FOUR_OF_FIVE: some_of(4, 5, 1.0),
    Rule.RUN_7: row(7, lambda w: min(w) > 0),
    Rule.RUN_8: row(8, lambda w: min(w) > 0),
    Rule.RUN_9: row(9, lambda w: min(w) > 0),
}
EITHER: dict[Rule, Callable[[Z, int], bool]] = {
    Rule.ALTERNATING_14: row(14, alternating),
    Rule.WITHIN_15: row(15, lambda w: max(map(abs, w)) < 1),
    Rule.BEYOND_8: row(8, lambda w: min(map(abs, w)) > 1),
}


def oracle(z: Z, rule: Rule) -> list[int]:
    if rule in EITHER:
        return [UNDIRECTED * EITHER[rule](z, at) for at in range(len(z))]
    low = [-x for x in z]
    return [ONE_SIDE[rule](z, at) - ONE_SIDE[rule](low, at) for at in range(len(z))]


#: Figures that make every pattern likely: many on one side, near a zone's edge, in and out in turn, with gaps.
FIGURES = st.lists(
    st.one_of(
        st.sampled_from([math.nan, 0.0, 0.5, -0.5, 1.0, 1.5, -1.5, 2.0, 2.5, -2.5, 3.0, 3.5, -3.5]),
        st.floats(-4, 4),
        st.floats(0.1, 1.9),
    ),
    min_size=1,
    max_size=40,
)


@pytest.mark.parametrize("rule", Rule)
@given(figures=FIGURES)
def test_a_rule_fires_where_its_window_says_so(rule: Rule, figures: Z) -> None:
    assert find_pattern(np.array([figures]), rule).complete[0].tolist() == oracle(figures, rule)


EXAMPLES: dict[Rule, Z] = {
    Rule.OUTSIDE: [3.1],
    Rule.TREND_7: [-1.5, -1.0, -0.5, -0.1, 0.2, 0.7, 0.8],
    Rule.TREND_6: [-1.5, -1.0, -0.5, -0.1, 0.2, 0.7],
    Rule.TWO_OF_THREE: [2.1, -0.5, 2.2],
    Rule.TWO_OF_THREE_NHS: [2.1, 0.5, 2.2],
    Rule.FOUR_OF_FIVE: [1.1, 1.2, 0.1, 1.3, 1.4],
    Rule.RUN_7: [0.1, 0.4] * 3 + [0.2],
    Rule.RUN_8: [0.1, 0.4] * 4,
    Rule.RUN_9: [0.1, 0.4] * 4 + [0.2],
    Rule.ALTERNATING_14: [0.1, 0.4] * 7,
    Rule.WITHIN_15: [0.1, 0.4, -0.2] * 5,
    Rule.BEYOND_8: [1.1, -1.4] * 4,
}


@pytest.mark.parametrize("rule", Rule)
def test_each_rule_fires_at_the_figure_that_completes_its_pattern_and_not_before(rule: Rule) -> None:
    z = np.array([EXAMPLES[rule]])
    assert rule.length == z.shape[1]
    fired = np.flatnonzero(find_pattern(z, rule).complete[0])
    assert fired.tolist() == [z.shape[1] - 1]
    assert find_pattern(-z, rule).complete[0, -1] == (UNDIRECTED if rule in EITHER else -1)


@pytest.mark.parametrize("rule", [r for r in Rule if r.length > 2])
def test_a_gap_starts_every_rule_anew(rule: Rule) -> None:
    z = [*EXAMPLES[rule][:-1], math.nan, EXAMPLES[rule][-1]]
    assert not find_pattern(np.array([z]), rule).complete.any()


def test_all_figures_of_a_pattern_are_its_members() -> None:
    run = find_pattern(np.array([[-0.1] + [0.2, 0.3] * 5 + [-0.1]]), Rule.RUN_8)
    assert run.members[0].tolist() == [0] + [1] * 10 + [0]
    zone = find_pattern(np.array([[-0.4, -2.2, 0.3, -2.4]]), Rule.TWO_OF_THREE)
    assert zone.members[0].tolist() == [0, -1, 0, -1]


def test_a_figure_on_the_centre_breaks_a_run() -> None:
    z = np.array([[0.2] * 4 + [0.0] + [0.2] * 4])
    assert not find_pattern(z, Rule.RUN_8).complete.any()


def test_a_figure_on_the_limit_is_not_outside() -> None:
    assert not find_pattern(np.array([[3.0, 3.0 + 1e-10, -3.0]]), Rule.OUTSIDE).complete.any()


def test_the_rule_sets_are_the_published_ones() -> None:
    assert {name: [r.name for r in s.rules] for name, s in RULE_SETS.items()} == {
        "default": ["OUTSIDE", "RUN_8"],
        "nhs": ["OUTSIDE", "TREND_7", "TWO_OF_THREE_NHS", "RUN_7"],
        "western_electric": ["OUTSIDE", "TWO_OF_THREE", "FOUR_OF_FIVE", "RUN_8"],
        "nelson": ["OUTSIDE", "TREND_6", "TWO_OF_THREE", "FOUR_OF_FIVE", "RUN_9", "ALTERNATING_14", "WITHIN_15",
                   "BEYOND_8"],
    }  # fmt: skip


def test_an_unknown_rule_set_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownRuleSet, match="western_electric"):
        rule_set("weco")


@pytest.mark.parametrize("rule", Rule)
def test_members_are_the_figures_of_the_pattern_that_count_and_no_others(rule: Rule) -> None:
    z = np.array([[math.nan, 0.05, math.nan, *EXAMPLES[rule], math.nan, 0.05, 0.05]])
    beyond = {Rule.OUTSIDE: 3.0, Rule.TWO_OF_THREE: 2.0, Rule.TWO_OF_THREE_NHS: 2.0, Rule.FOUR_OF_FIVE: 1.0}.get(rule)
    counts = [beyond is None or x > beyond for x in EXAMPLES[rule]]
    for sign in (1, -1):
        side = UNDIRECTED if rule in EITHER else sign
        members = find_pattern(sign * z, rule).members[0].tolist()
        assert members == [0, 0, 0, *(side * is_one for is_one in counts), 0, 0, 0]


def test_a_figure_above_the_limit_is_no_member_of_two_between_two_and_three_sigma() -> None:
    found = find_pattern(np.array([[2.5, 3.5, 2.5, 0.5, 2.0, 2.5, -1.0, 2.5]]), Rule.TWO_OF_THREE_NHS)
    assert found.complete[0].tolist() == [0, 0, 1, 0, 0, 0, 0, 0]
    assert found.members[0].tolist() == [1, 0, 1, 0, 0, 0, 0, 0]
