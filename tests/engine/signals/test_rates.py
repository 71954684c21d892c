"""How often rules signal by chance: the rates of methodology §5.4 and §5.3, by seeded simulation of stable series.

A published percentage is rounded, so half its last digit is allowed beside the 15 % of the acceptance test.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from fourfold.engine.cells import Bools, Floats
from fourfold.engine.signals import DEFAULT, NELSON, NHS, WESTERN_ELECTRIC, Chart, Rule, RuleSet, Season, read_many
from fourfold.engine.signals.rules import find_pattern
from fourfold.engine.signals.segments import Segment

SERIES, PERIODS = 20_000, 60
DEFAULT_2OF3 = RuleSet("default and 2 of 3", (*DEFAULT.rules, Rule.TWO_OF_THREE))
PLAIN = {"season": Season(mode="none")}


def agrees(found: float, published: float, digit: float) -> bool:
    """Within 15 % of what is published, or of anything that would be rounded to it."""
    return published - digit / 2 - 0.15 * published <= found <= published + digit / 2 + 0.15 * published


@cache
def stable() -> Floats:
    return np.random.default_rng(20261124).normal(size=(SERIES, PERIODS))


@cache
def fires(rule: Rule) -> Bools:
    return np.asarray(find_pattern(stable(), rule).complete != 0)


def fires_any(*rules: Rule) -> Bools:
    return np.asarray(np.any([fires(rule) for rule in rules], axis=0))


SINGLE = [
    ((Rule.OUTSIDE,), 0.27, 0.01, (3, 6, 9, 15)),
    ((Rule.TWO_OF_THREE,), 0.20, 0.01, (2, 4, 7, 11)),
    ((Rule.TWO_OF_THREE_NHS,), 0.13, 0.01, (1, 3, 4, 7)),
    ((Rule.FOUR_OF_FIVE,), 0.44, 0.01, (3, 8, 12, 19)),
    ((Rule.RUN_7,), 1.5, 0.1, (5, 14, 23, 37)),
    ((Rule.RUN_8,), 0.77, 0.01, (3, 7, 12, 21)),
    ((Rule.RUN_9,), 0.38, 0.01, (1, 3, 6, 10)),
    ((Rule.TREND_6,), 0.28, 0.01, (2, 5, 7, 12)),
    ((Rule.ALTERNATING_14,), 0.46, 0.01, (0, 2, 3, 8)),
    ((Rule.WITHIN_15,), 0.32, 0.01, None),
    (DEFAULT.rules, 1.04, 0.01, (6, 13, 20, 31)),
    (DEFAULT_2OF3.rules, 1.2, 0.1, (7, 17, 24, 38)),
    (NHS.rules, 2.0, 0.1, (10, 22, 32, 49)),
    (WESTERN_ELECTRIC.rules, 1.6, 0.1, (10, 22, 31, 48)),
    (NELSON.rules, 2.3, 0.1, (10, 25, 37, 56)),
]


@pytest.mark.parametrize(("rules", "per_point", "digit", "within"), SINGLE, ids=lambda x: "")
def test_false_signals_are_as_frequent_as_published(
    rules: tuple[Rule, ...], per_point: float, digit: float, within: tuple[int, ...] | None
) -> None:
    fired = fires_any(*rules)
    # Points late enough for every pattern to be possible.
    assert agrees(100 * fired[:, 15:].mean(), per_point, digit)
    if within:
        found = [100 * fired[:, :n].any(axis=1).mean() for n in (12, 24, 36, 60)]
        assert all(agrees(f, p, 1.0) for f, p in zip(found, within, strict=True)), found


def test_rare_patterns_are_as_rare_as_published() -> None:
    assert agrees(100 * fires(Rule.TREND_7)[:, 15:].mean(), 0.04, 0.01)
    assert agrees(100 * fires(Rule.BEYOND_8)[:, 15:].mean(), 0.01, 0.01)
    found = [100 * fires(Rule.TREND_7)[:, :n].any(axis=1).mean() for n in (24, 36, 60)]
    assert all(agrees(f, p, d) for f, p, d in zip(found, (0.7, 1, 2), (0.1, 1, 1), strict=True)), found
    # 0.3 % is printed for 12 points; their six windows of seven cannot give more than 6 · 2/7! = 0.24 %.
    assert 0.12 < 100 * fires(Rule.TREND_7)[:, :12].any(axis=1).mean() <= 0.26


RUN_LENGTHS = [
    ((Rule.OUTSIDE,), 370), ((Rule.TWO_OF_THREE,), 500), ((Rule.TWO_OF_THREE_NHS,), 900), ((Rule.FOUR_OF_FIVE,), 290),
    ((Rule.RUN_7,), 125), ((Rule.RUN_8,), 250), ((Rule.RUN_9,), 510), ((Rule.TREND_6,), 415),
    ((Rule.ALTERNATING_14,), 590), ((Rule.WITHIN_15,), 950), ((Rule.TREND_7,), 3_000), ((Rule.BEYOND_8,), 16_000),
    (DEFAULT.rules, 152), (DEFAULT_2OF3.rules, 121), (NHS.rules, 86), (WESTERN_ELECTRIC.rules, 91.6),
    (NELSON.rules, 73),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("rules", "published"), RUN_LENGTHS, ids=lambda x: "")
def test_the_mean_run_length_is_the_published_one(rules: tuple[Rule, ...], published: float) -> None:
    length = 8000
    z = np.random.default_rng(7).normal(size=(1200, length))
    fired = np.any([find_pattern(z, rule).complete != 0 for rule in rules], axis=0)
    first = np.where(fired.any(axis=1), fired.argmax(axis=1) + 1, length)
    # Rare patterns do not come in every series: all figures waited, by the times something came.
    assert math.isclose(first.sum() / fired.any(axis=1).sum(), published, rel_tol=0.15)


def test_western_electric_has_the_exact_run_length_that_is_published() -> None:
    """Champ and Woodall's 91.75, not the 46 of a public library."""
    z = np.random.default_rng(11).normal(size=(2000, 900))
    fired = np.any([find_pattern(z, rule).complete != 0 for rule in WESTERN_ELECTRIC.rules], axis=0)
    first = np.where(fired.any(axis=1), fired.argmax(axis=1) + 1, 900)
    assert math.isclose(first.mean(), 91.75, rel_tol=0.06)


@pytest.mark.parametrize(("rules", "published"), [(DEFAULT, 12), (NHS, 18), (WESTERN_ELECTRIC, 18), (NELSON, 22)])
def test_limits_from_the_same_24_figures_signal_as_often_as_published(rules: RuleSet, published: float) -> None:
    x = np.random.default_rng(3).normal(size=(8000, 24))
    many = read_many(x, Chart(rules=rules, **PLAIN), segments=[(Segment(baseline=24),)] * len(x))
    free = ~many.charted.dependence.is_dependent & ~many.charted.is_chunky
    assert agrees(100 * many.has_signals[free].mean(), published, 1.0)


@pytest.mark.parametrize(("size", "published"), [(12, 17), (15, 15), (20, 13), (24, 11)])
def test_the_price_of_locking_early_is_the_published_one(size: int, published: float) -> None:
    x = np.random.default_rng(size).normal(size=(8000, size + 12))
    only = RuleSet("limits", (Rule.OUTSIDE,))
    many = read_many(x, Chart(rules=only, **PLAIN), segments=[(Segment(baseline=size),)] * len(x))
    free = ~many.charted.dependence.is_dependent
    late = (many.label != 0)[free, size:].any(axis=1)
    assert agrees(100 * late.mean(), published, 1.0)


POWER = [
    (1.0, DEFAULT, (0.17, 0.32, 0.64)), (1.0, NHS, (0.24, 0.47, 0.75)),
    (1.5, DEFAULT, (0.30, 0.51, 0.87)), (1.5, NHS, (0.41, 0.70, 0.93)),
    (2.0, DEFAULT, (0.47, 0.68, 0.97)), (2.0, NHS, (0.61, 0.86, 0.99)),
    (3.0, DEFAULT, (0.78, 0.91, 1.0)), (3.0, NHS, (0.91, 0.98, 1.0)),
]  # fmt: skip


@pytest.mark.parametrize(("shift", "rules", "published"), POWER, ids=lambda x: getattr(x, "name", None))
def test_a_step_is_found_as_soon_as_published(shift: float, rules: RuleSet, published: tuple[float, ...]) -> None:
    """As it was measured, with patterns that may begin in the baseline."""
    x = np.random.default_rng(int(10 * shift)).normal(size=(4000, 24))
    x[:, 12:] += shift
    many = read_many(x, Chart(rules=rules, spans=True, **PLAIN))
    fired = np.any([p.complete[:, 12:] != 0 for p in many.patterns.found.values()], axis=0)
    found = [float(fired[:, :n].any(axis=1).mean()) for n in (3, 6, 12)]
    assert all(math.isclose(f, p, rel_tol=0.15) for f, p in zip(found, published, strict=True)), found


def test_a_step_is_found_nearly_as_soon_where_patterns_begin_after_the_baseline() -> None:
    x = np.random.default_rng(15).normal(size=(4000, 24))
    x[:, 12:] += 2.0
    fired = (read_many(x, Chart(**PLAIN)).label != 0)[:, 12:]
    assert fired[:, :3].any(axis=1).mean() > 0.4
    assert fired.any(axis=1).mean() > 0.85
