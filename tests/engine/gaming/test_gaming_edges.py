"""Each test of gaming at its edges: too few figures and just enough, just inside and just outside."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fourfold.engine.anchors import Polarity
from fourfold.engine.definitions import Kpi
from fourfold.engine.gaming import (
    Asked,
    bunching,
    changed_after_miss,
    digit_preference,
    exact_hits,
    hockey_stick,
    just_on_target,
    last_minute,
    one_sided,
    pair_diverges,
    parts_within,
    shrinking_denominator,
    too_smooth,
)
from fourfold.engine.gaming.flag import Flag
from fourfold.engine.periods import Calendar, Frequency
from fourfold.engine.statuses import Status

UP, DOWN = Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER


def ones(count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.ones(count)


@pytest.mark.parametrize(("code", "needed", "what", "make"), [
    ("G1", 10, "figures close to the target", lambda n: bunching(90.0 * ones(n), 90.0, 1.0)),
    ("G2", 8, "figures", lambda n: exact_hits(ones(n), 5.0)),
    ("G3", 24, "figures", lambda n: too_smooth(np.resize([1.0, 3.0, 2.0], n))),
    ("G4", 50, "figures of two digits or more", lambda n: digit_preference(10.0 + np.arange(n))),
    ("G5", 8, "corrections", lambda n: one_sided(ones(n), 2 * ones(n))),
    ("G6", 8, "periods", lambda n: hockey_stick(np.ones((n, 10)))),
    ("G7", 4, "units", lambda n: shrinking_denominator(ones(n), 2 * ones(n), ones(n), 2 * ones(n))),
    ("G9", 12, "figures", lambda n: pair_diverges(np.zeros(3, bool), np.zeros(3, bool), n, "p")),
    ("G10", 6, "entries", lambda n: last_minute(9 * ones(n), ones(n) > 0)),
])  # fmt: skip
def test_a_test_is_made_from_so_many_figures_on(code: str, needed: int, what: str, make: Callable[[int], Flag]) -> None:
    few, enough = make(needed - 1), make(needed)
    assert (few.code, few.raised, few.count) == (code, None, needed - 1)
    assert few.evidence == f"{needed - 1} {what}; the test needs {needed}"
    assert (enough.code, enough.count) == (code, needed) and enough.raised is not None


@pytest.mark.parametrize("polarity", [Polarity.NEUTRAL, Polarity.IN_RANGE])
def test_without_a_better_side_nothing_is_asked_about_it(polarity: Polarity) -> None:
    bunched, corrected = bunching(ones(20), 1.0, 1.0, polarity), one_sided(ones(9), 2 * ones(9), polarity)
    assert bunched.evidence == "0 figures near a target with a better side; the test needs 10"
    assert corrected.evidence == "0 corrections with a better side; the test needs 8"
    assert (bunched.count, corrected.count) == (0, 0)


def test_figures_near_the_target_lie_less_than_a_quarter_of_sigma_above_and_at_most_as_much_below() -> None:
    # σ = 4, so the reach is 1: 65 and 62.9 are outside, 64 and 63 inside.
    inside = np.array([64.0] * 9 + [63.0])
    assert bunching(inside, 64.0, 4.0).count == 10
    assert bunching(np.where(inside == 63, 62.9, inside), 64.0, 4.0).raised is None
    assert bunching(np.where(inside == 63, 65.0, inside), 64.0, 4.0).raised is None
    flag = bunching(inside, 64.0, 4.0)
    assert flag.evidence == "9 figures lie just at the right side of the target and 1 just at the wrong side (p 0.011)"
    assert bunching(128.0 - inside, 64.0, 4.0, DOWN).p == flag.p


def test_a_hit_is_nearer_than_half_a_step_and_three_of_twelve_are_a_quarter() -> None:
    far = np.arange(1.0, 10.0)
    assert exact_hits(np.array([90.25] * 8), 90.0, 0.5).evidence == "0 of 8 figures are exactly the target"
    assert exact_hits(np.array([90.2] * 8), 90.0, 0.5).raised is True
    assert exact_hits(np.array([1.0, 1.0, *far[1:7]]), 1.0).raised is False  # two of eight
    assert exact_hits(np.array([1.0, 1.0, *far]), 1.0).raised is True  # three of eleven
    assert exact_hits(np.array([1.0, 1.0, *far, 77.0]), 1.0).raised is True  # three of twelve
    assert exact_hits(np.array([1.0, 1.0, *far, 77.0, 78.0]), 1.0).raised is False  # three of thirteen
    assert exact_hits(90.0 * ones(8) + 80e-9, 90.0).raised and not exact_hits(90.0 * ones(8) + 100e-9, 90.0).raised


def test_the_last_eight_are_compared_with_the_sixteen_before_and_fifteen_with_all_before_them() -> None:
    early, wild = [1000.0, -1000.0] * 3, [10.0, 14.0] * 8
    flag = too_smooth(np.array([*early, *wild, *[12.0, 13.0] * 4]))
    assert flag.raised and flag.evidence == (
        f"the last 8 figures vary {np.var([12, 13] * 4, ddof=1) / np.var(wild, ddof=1):.2f} times as much as the "
        "16 before (variance)"
    )
    level = [0.0, 1.128] * 10  # σ = 1 around 0.564 where they are even in number
    hugging = [0.0, 1.0] * 7 + [1.5]
    assert too_smooth(np.array([*level, *hugging])).evidence.startswith("the last 15 figures lie within one natural")
    assert too_smooth(np.array([*level, *hugging[:-1], 1.6])).raised is False
    flat = too_smooth(np.full(24, 5.0))
    assert (flat.raised, flat.count) == (False, 24)


def test_the_last_digit_is_one_of_two_at_least() -> None:
    digits = np.array([9.5, *range(11, 60)])
    flag = digit_preference(digits)
    assert flag.count == 50 and flag.raised is False
    assert flag.evidence == "5 of 50 figures end in 0, where 5 would be usual (p 1)"
    assert digit_preference(np.where(digits == 9.5, 9.4, digits)).raised is None
    assert digit_preference(-digits).evidence == flag.evidence


def test_corrections_are_one_sided_below_one_in_twenty() -> None:
    def helped(count: int, of: int) -> Flag:
        return one_sided(np.zeros(of), np.where(np.arange(of) < count, 1.0, -1.0))

    assert helped(7, 8).raised and helped(7, 8).evidence == (
        "7 of 8 corrections after the deadline made the figure better (p 0.035)"
    )
    assert helped(7, 9).raised is False and helped(8, 9).raised is True


def test_a_flow_comes_late_above_twice_its_usual_share() -> None:
    parts = np.ones((8, 20))
    parts[-1, -2:] = 4.5  # 9 of 27, a third
    parts[:-1, -2:] = 3.6  # 7.2 of 25.2: two sevenths
    assert hockey_stick(parts).raised is False
    twice = np.ones((8, 10))
    twice[-1, -1] = 2.25  # 2.25 of 11.25, a fifth, where a tenth is usual
    assert hockey_stick(twice).raised is False
    twice[-1, -1] = 2.3
    assert hockey_stick(twice).raised is True
    assert hockey_stick(twice).evidence == "20% of the newest period came in its last tenth, 10% usually do"


def test_ten_parts_make_a_period_with_a_last_tenth_and_parts_end_together() -> None:
    calendar = Calendar()
    days = [calendar.parse(f"2026-02-{day:02}", Frequency.DAY) for day in range(1, 29)]
    march = calendar.parse("2026-03-31", Frequency.DAY)
    rows = parts_within(dict.fromkeys([*days, march], 1.0), Frequency.MONTH)
    assert rows is not None and rows.shape == (2, 31)
    assert np.isnan(rows[0, :3]).all() and (rows[0, 3:] == 1).all() and rows[1, -1] == 1
    weeks = dict.fromkeys(calendar.parse("2026-Q1").parts(Frequency.WEEK), 1.0)
    quarter = parts_within(weeks, Frequency.QUARTER)
    assert quarter is not None and quarter.shape[1] >= 10
    months = dict.fromkeys(calendar.parse("2026").parts(Frequency.MONTH), 1.0)
    assert parts_within(months, Frequency.YEAR) is not None
    both = parts_within({days[0]: 1.0, calendar.parse("2026-W10"): 7.0}, Frequency.MONTH)
    assert both is not None and both.shape == (1, 28)  # days alone
    assert parts_within({}, Frequency.MONTH) is None


def test_less_is_counted_where_more_than_half_of_the_gain_is_mix() -> None:
    # Units with ratios 1 and 0; what is left out of the second raises the whole.
    n, d = np.array([10.0, 10, 0, 0]), np.array([10.0, 10, 10, 10])
    flag = shrinking_denominator(n, d, n, np.array([10.0, 10, 5, 5]))
    assert flag.raised and flag.evidence == (
        "100% of the improvement comes from what is counted; the denominator changed by −25%"
    )
    assert shrinking_denominator(-n, d, -n, np.array([10.0, 10, 5, 5]), DOWN).raised
    assert not shrinking_denominator(n, d, n, np.array([10.0, 10, 5, 5]), DOWN).raised
    same = shrinking_denominator(n, d, n, d)
    assert same.raised is False and "changed by +0%" in same.evidence
    nothing = shrinking_denominator(np.append(n, 1.0), np.append(d, 0.0), np.append(n, 1.0), np.append(d, 3.0))
    assert nothing.count == 4


def test_changes_after_misses_are_counted_and_the_last_is_named() -> None:
    status = np.array([Status.OFF, Status.ON, Status.OFF, Status.ON], dtype=np.uint8)
    both = changed_after_miss(status, {3: "the formula changed", 0: "the target was eased by 2"})
    assert both.evidence == "the formula changed in or right after a period that was off target, 2 times"
    once = changed_after_miss(status, {1: "the target was eased by 2"})
    assert once.evidence == "the target was eased by 2 in or right after a period that was off target"
    assert (once.raised, once.count) == (True, 4)
    none = changed_after_miss(status[:2], {5: "x"})
    assert (none.raised, none.count, none.evidence) == (False, 2, "nothing was changed after a miss")


def test_pairs_diverge_within_two_periods_in_words() -> None:
    better, worse = np.arange(12) == 5, np.arange(12) == 7
    assert pair_diverges(better, worse, 12, "cost").evidence == "it improved, and cost got worse within 2 periods"
    assert pair_diverges(better, np.roll(worse, 1), 12, "cost").evidence == "cost did not get worse with it"


def test_half_of_the_figures_come_in_the_last_two_hours() -> None:
    fits = np.array([True] * 3 + [False] * 3)
    flag = last_minute(np.array([0.0, 2.0, 1.0, 9, 9, 9]), fits)
    assert flag.raised and flag.evidence == (
        "3 of 6 figures came in the last 2 hours before the period was locked, all of them just on target"
    )
    two = last_minute(np.array([0.0, 2.0, 2.1, 9, 9, 9]), fits)
    assert two.raised is False and two.evidence.endswith("was locked, all of them just on target")
    assert last_minute(np.array([0.0, -0.1, 1.0, 9, 9, 9]), fits).raised is False
    early = last_minute(np.full(6, 9.0), fits)
    assert early.raised is False and early.evidence.endswith("before the period was locked")
    assert last_minute(np.array([0.0, 2.0, 1.0, 9, 9, 9]), np.roll(fits, 1)).evidence.endswith("was locked")


@pytest.mark.parametrize("sigma", [0.5, 1.0, 4.0])
def test_a_figure_just_fits_from_its_target_to_a_quarter_of_the_deviation_beyond(sigma: float) -> None:
    goal, beyond = np.full(5, 80.0), np.array([-0.01, 0.0, 0.24, 0.25, 9.0]) * sigma
    just = [False, True, True, False, False]
    assert just_on_target(goal + beyond, goal, sigma).tolist() == just
    assert just_on_target(goal - beyond, goal, sigma, Polarity.LOWER_BETTER).tolist() == just
    unknown = np.array([np.nan, 80.0])
    assert just_on_target(unknown, unknown[::-1], sigma).tolist() == [False, False]


@pytest.mark.parametrize(("sigma", "polarity"), [
    (1.0, Polarity.IN_RANGE), (0.0, Polarity.HIGHER_BETTER), (-1.0, Polarity.LOWER_BETTER),
    (np.nan, Polarity.HIGHER_BETTER),
])  # fmt: skip
def test_nothing_just_fits_where_nobody_can_tell_what_is_better_or_how_near_is_near(
    sigma: float, polarity: Polarity
) -> None:
    assert just_on_target(ones(3), ones(3), sigma, polarity).tolist() == [False] * 3


def test_the_step_of_a_last_digit_is_the_resolution_or_that_of_the_decimals() -> None:
    def of(**keys: object) -> Asked:
        kpi = Kpi.model_validate({"code": "k", "name": "K"} | keys)
        return Asked(kpi, np.array([1.0, 3.0, np.nan, 9.0, 5.0]), ones(5), np.zeros(5, np.uint8))

    assert (of(resolution="0.5").step, of(decimals=2).step, of(decimals=0).step) == (0.5, 0.01, 1.0)
    assert of().sigma == pytest.approx(3 / 1.128)
