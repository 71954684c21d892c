"""Single signals from patterns: which completions are one signal, its figures and side; the last figure of a row."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fourfold.engine.signals import Chart, Rule, RuleSet, Season, Signal, read_many
from fourfold.engine.signals.patterns import Patterns, at_place, last_point, signals_of
from fourfold.engine.signals.rules import find_pattern


def signals(z: list[float], rule: Rule, baseline: int = 0) -> list[tuple[int, tuple[int, ...], int, bool]]:
    rows = np.array([[0.0] * len(z), z])
    nothing = np.zeros(rows.shape, np.uint8)
    patterns = Patterns({rule: find_pattern(rows, rule)}, nothing, nothing.astype(np.int8))
    assert not list(signals_of(patterns, 0, np.zeros(len(z), bool))) or rule is Rule.WITHIN_15
    found = signals_of(patterns, 1, np.arange(len(z)) < baseline)
    return [(s.at, s.points, s.side, s.in_baseline) for s in found if s.rule is rule]


def test_neighbours_outside_are_one_signal_and_one_apart_are_two() -> None:
    assert signals([0.0, 4.0, 4.0, 0.0, 4.0], Rule.OUTSIDE) == [(1, (1, 2), 1, False), (4, (4,), 1, False)]
    assert signals([4.0, -4.0, 4.0], Rule.OUTSIDE) == [
        (0, (0,), 1, False), (2, (2,), 1, False), (1, (1,), -1, False),
    ]  # fmt: skip


def test_a_signal_may_be_complete_at_the_second_figure_of_all() -> None:
    assert signals([2.5, 2.5, 0.0], Rule.TWO_OF_THREE) == [(1, (0, 1), 1, False)]
    assert signals([1.5, 0.5, 1.5, 1.5, 1.5], Rule.FOUR_OF_FIVE) == [(4, (0, 2, 3, 4), 1, False)]


def test_patterns_that_share_a_figure_are_one_signal() -> None:
    z = [1.5, 1.5, 1.5, 0.0, 1.5, 0.0, 1.5, 1.5, 1.5]  # complete at 4 and, sharing figure 4, at 8
    assert signals(z, Rule.FOUR_OF_FIVE) == [(4, (0, 1, 2, 4, 6, 7, 8), 1, False)]


def test_trends_that_follow_each_other_without_a_shared_figure_are_two_signals() -> None:
    up = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert signals([*up, *up], Rule.TREND_7) == [
        (6, tuple(range(7)), 1, False), (13, tuple(range(7, 14)), 1, False),
    ]  # fmt: skip


def test_a_signal_belongs_to_the_baseline_when_the_figure_that_completes_it_does() -> None:
    run = [-0.5] + [0.5] * 9
    assert signals(run, Rule.RUN_8, baseline=9) == [(8, tuple(range(1, 10)), 1, True)]
    assert signals(run, Rule.RUN_8, baseline=8) == [(8, tuple(range(1, 10)), 1, False)]


def test_a_pattern_without_direction_has_no_side() -> None:
    z = [1.5, -1.5] * 4 + [0.0]
    assert signals(z, Rule.BEYOND_8) == [(7, tuple(range(8)), 0, False)]


def test_the_last_figure_of_a_row_and_what_stands_there() -> None:
    there = np.array(
        [[True, False, True, False], [False] * 4, [True, False, False, False], [False, False, False, True]]
    )
    last = last_point(there)
    assert last.tolist() == [2, -1, 0, 3]
    assert at_place(np.arange(24.0).reshape(4, 6) + 1, last).tolist() == [3.0, 0.0, 13.0, 22.0]
    assert at_place(np.full((3, 2), 7, np.uint8), np.array([1, -1, 0])).tolist() == [7, 0, 7]
    assert last_point(np.zeros((2, 0), bool)).tolist() == [-1, -1]


def test_the_first_of_the_rules_labels_a_figure_with_its_side() -> None:
    x = np.concatenate([np.resize([50.0, 53, 48, 51, 47, 52, 49], 14), [90.0, 30.0]])
    both = RuleSet("both", (Rule.TWO_OF_THREE, Rule.OUTSIDE, Rule.BEYOND_8))
    many = read_many(x[None], Chart(rules=both, season=Season(mode="none")))
    assert list(many.patterns.found) == sorted(both.rules)
    assert many.label[0, 13:].tolist() == [0, Rule.OUTSIDE, Rule.OUTSIDE]
    assert many.side[0, 13:].tolist() == [0, 1, -1]
    assert many.signals(0) == (Signal(Rule.OUTSIDE, 14, (14,), 1), Signal(Rule.OUTSIDE, 15, (15,), -1))
    assert many.steps.start.tolist() == [-1] and many.steps.of(0) is None
    assert math.isnan(many.steps.shift[0]) and math.isnan(many.steps.upper[0])


@pytest.mark.parametrize(("waits", "rule", "fires"), [
    (False, Rule.OUTSIDE, True), (True, Rule.OUTSIDE, False), (False, Rule.RUN_8, True), (True, Rule.RUN_8, True),
])  # fmt: skip
def test_until_the_season_is_known_only_runs_are_judged(waits: bool, rule: Rule, fires: bool) -> None:
    season = Season(mode="declared" if waits else "none")
    x = np.concatenate([np.resize([50.0, 53, 48, 51, 47, 52, 49], 12), np.resize([56.0, 58.0], 7), [90.0]])
    many = read_many(x[None], Chart(rules=RuleSet("one", (rule,)), season=season))
    assert bool(many.charted.season.waits[0]) is waits and bool(many.has_signals[0]) is fires
