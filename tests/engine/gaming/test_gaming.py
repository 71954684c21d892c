"""The ten tests, each on figures made to raise it, on figures that must not, and against a second way of counting."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.anchors import Polarity
from fourfold.engine.definitions import Kpi
from fourfold.engine.findings import Level
from fourfold.engine.gaming import (
    Asked,
    ask,
    bunching,
    changed_after_miss,
    digit_preference,
    exact_hits,
    findings_of,
    hockey_stick,
    last_minute,
    one_sided,
    pair_diverges,
    parts_within,
    shrinking_denominator,
    too_smooth,
)
from fourfold.engine.gaming.flag import binomial_tail, chi_square_tail
from fourfold.engine.periods import Calendar, Frequency
from fourfold.engine.statuses import Status

UP, DOWN = Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_tail_of_a_fair_coin_is_pascals_triangle(hits: int, misses: int) -> None:
    count, row = hits + misses, [Fraction(1)]
    for _ in range(count):
        row = [a + b for a, b in zip([Fraction(0), *row], [*row, Fraction(0)], strict=True)]
    assert binomial_tail(hits, count) == pytest.approx(float(sum(row[hits:]) / 2**count))


@pytest.mark.parametrize(
    ("x", "p"), [(14.684, 0.100), (16.919, 0.050), (19.023, 0.025), (21.666, 0.010), (27.877, 0.001)]
)
def test_the_tail_of_chi_square_is_that_of_the_tables(x: float, p: float) -> None:
    assert chi_square_tail(x, 9) == pytest.approx(p, rel=2e-3)


def test_the_tail_of_chi_square_falls_from_one_to_nothing() -> None:
    tails = [chi_square_tail(x, 9) for x in np.linspace(0, 100, 50)]
    assert tails[0] == 1.0 and tails[-1] < 1e-15
    assert all(a >= b for a, b in pairwise(tails))


# G1


def test_figures_that_stop_just_behind_the_target_bunch() -> None:
    values = np.array([90.0, 90.1, 90.2, 90.0, 90.1, 90.1, 90.2, 90.0, 90.1, 89.9, 75.0, 95.0])
    flag = bunching(values, 90.0, sigma=1.0)
    assert (flag.raised, flag.count) == (False, 10)  # 9 of 10: p = 0.0107
    flag = bunching(np.append(values, 90.05), 90.0, sigma=1.0)
    assert (flag.raised, flag.count) == (True, 11)
    assert flag.p == pytest.approx(12 / 2**11)  # ten or eleven heads of eleven
    assert "10 figures lie just at the right side of the target and 1 just at the wrong side" in flag.evidence


def test_lower_is_better_bunches_below() -> None:
    values = 100.0 - np.linspace(0.0, 0.2, 12)
    assert bunching(values, 100.0, 1.0, DOWN).raised
    assert not bunching(values, 100.0, 1.0, UP).raised


def test_few_figures_near_the_target_are_never_asked_about() -> None:
    for flag in (bunching(np.full(9, 90.1), 90.0, 1.0), bunching(np.full(20, 90.1), 90.0, 0.0),
                 bunching(np.full(20, 90.1), 90.0, 1.0, Polarity.NEUTRAL)):  # fmt: skip
        assert flag.raised is None


def test_honest_figures_rarely_bunch() -> None:
    rng = np.random.default_rng(7)
    raised = sum(bool(bunching(rng.normal(90, 1, 120), 90.0, 1.0).raised) for _ in range(1000))
    assert raised <= 25  # one in a hundred at most, give or take


# G2


@given(st.lists(st.sampled_from([90.0, 91.0, 89.5, math.nan]), min_size=1, max_size=30))
def test_exact_hits_are_a_quarter_and_three(values: list[float]) -> None:
    flag = exact_hits(np.array(values), 90.0)
    known = [v for v in values if v == v]
    hits = known.count(90.0)
    assert flag.raised is (None if len(known) < 8 else hits >= 3 and hits / len(known) >= 0.25)


def test_a_hit_is_exact_to_the_resolution() -> None:
    near = np.array([90.04, 89.96, 90.03, 80, 81, 82, 83, 84])
    assert exact_hits(near, 90.0, resolution=0.1).raised
    assert not exact_hits(near, 90.0, resolution=0.01).raised
    assert exact_hits(np.zeros(8), 0.0).raised


# G3


def test_figures_that_suddenly_hardly_vary_are_too_smooth() -> None:
    rough = np.array([10.0, 14, 9, 13, 11, 15, 8, 12] * 2)
    calm = np.array([12.0, 12.2, 12.1, 12.0, 12.2, 12.1, 12.0, 12.1])
    flag = too_smooth(np.concatenate([rough, calm]))
    assert flag.raised
    expected = np.var(calm, ddof=1) / np.var(rough, ddof=1)
    assert f"vary {expected:.2f} times" in flag.evidence
    assert too_smooth(np.concatenate([rough, rough[:8]])).raised is False
    assert too_smooth(np.concatenate([rough, calm])[1:]).raised is None


def test_fifteen_figures_within_one_sigma_hug_the_middle() -> None:
    rough = np.array([10.0, 14, 10, 14, 10, 14, 10, 14, 10, 14])  # level 12, σ = 4 / 1.128 = 3.5
    hugging = np.array([10.0, 14.0] * 7 + [10.0])
    flag = too_smooth(np.concatenate([rough, hugging]))
    assert flag.raised and "last 15 figures lie within one natural" in flag.evidence
    assert too_smooth(np.concatenate([rough, hugging[:-1], [16.0]])).raised is False


# G4


def test_figures_that_end_in_five_and_nought_are_rounded() -> None:
    rng = np.random.default_rng(3)
    honest = rng.integers(100, 999, 60).astype(float)
    rounded = np.round(honest / 5) * 5
    assert digit_preference(honest).raised is False
    flag = digit_preference(rounded)
    assert flag.raised and flag.p < 1e-6
    assert digit_preference(rounded / 10, resolution=0.1).raised
    counts = [sum(1 for v in rounded if int(v) % 10 == d) for d in range(10)]
    chi = sum((c - 6) ** 2 / 6 for c in counts)
    assert flag.p == pytest.approx(chi_square_tail(chi, 9))
    assert digit_preference(rounded[:49]).raised is None
    assert digit_preference(np.full(80, 5.0)).raised is None  # one digit has no last one


# G5


def test_corrections_that_only_help_are_one_sided() -> None:
    before, after = np.full(8, 80.0), np.full(8, 82.0)
    assert one_sided(before, after).raised and one_sided(before, after).p == pytest.approx(1 / 256)
    assert one_sided(after, before, DOWN).raised
    assert not one_sided(before, after, DOWN).raised
    mixed = np.where(np.arange(8) < 6, 82.0, 78.0)
    assert one_sided(before, mixed).p == pytest.approx(37 / 256)
    assert one_sided(before, mixed).raised is False
    assert one_sided(before, np.where(np.arange(8) < 7, 82.0, 80.0)).raised is None  # one changed nothing


# G6


def test_a_flow_that_comes_at_the_end_is_a_hockey_stick() -> None:
    even = np.ones((8, 30))
    assert hockey_stick(even).raised is False
    late = even.copy()
    late[-1, -3:] = 10.0  # 30 of 57
    flag = hockey_stick(late)
    assert flag.raised and "53% of the newest period" in flag.evidence and "10% usually do" in flag.evidence
    assert hockey_stick(late[1:]).raised is None
    with_gaps = late.copy()
    with_gaps[:, 10:20] = np.nan  # 30 of 47, and 3 of 20 usually
    flag = hockey_stick(with_gaps)
    assert flag.raised and "64% of the newest period" in flag.evidence and "15% usually do" in flag.evidence
    assert hockey_stick(np.vstack([late, np.zeros((1, 30))])).raised is None
    assert hockey_stick(np.vstack([np.zeros((1, 30)), late])).raised
    four = np.where((np.arange(8) == 7)[:, None] & (np.arange(4) == 3), 9.0, 1.0)  # the last of four parts at least
    assert "75% of the newest period" in hockey_stick(four).evidence and "25% usually do" in hockey_stick(four).evidence


# G7


def test_a_ratio_that_improves_by_leaving_a_bad_unit_out_shrinks() -> None:
    n0, d0 = np.array([90.0, 80, 70, 20]), np.array([100.0, 100, 100, 100])
    n1, d1 = np.array([90.0, 80, 70, 2]), np.array([100.0, 100, 100, 10])
    flag = shrinking_denominator(n0, d0, n1, d1)
    assert flag.raised and "100% of the improvement" in flag.evidence and "−22%" in flag.evidence
    better = shrinking_denominator(n0, d0, n0 + 5, d0)
    assert better.raised is False
    assert shrinking_denominator(n1, d1, n0, d0).raised is False  # it got worse
    assert shrinking_denominator(n0[:3], d0[:3], n1[:3], d1[:3]).raised is None


# G8, G9, G10


def test_a_change_right_after_a_miss_is_a_question() -> None:
    status = np.array([Status.ON, Status.OFF, Status.ON, Status.ON], dtype=np.uint8)
    for at, raised in ((0, False), (1, True), (2, True), (3, False)):
        assert changed_after_miss(status, {at: "the target was eased"}).raised is raised
    assert changed_after_miss(status, {}).raised is False


def test_a_pair_diverges_within_two_periods() -> None:
    better, worse = np.zeros(12, dtype=bool), np.zeros(12, dtype=bool)
    better[5] = True
    for at, raised in ((2, False), (3, True), (7, True), (8, False)):
        worse[:] = False
        worse[at] = True
        assert pair_diverges(better, worse, 12, "reopened").raised is raised
    assert pair_diverges(better, worse, 11, "reopened").raised is None


def test_days_of_months_are_the_parts_of_a_flow() -> None:
    months = Calendar().range(Calendar().parse("2026-01"), Calendar().parse("2026-09"))
    days = {day: 1.0 for month in months for day in month.parts(Frequency.DAY)}
    even = parts_within(days, Frequency.MONTH)
    assert even is not None and even.shape == (9, 31) and hockey_stick(even).raised is False
    days |= dict.fromkeys(months[-1].parts(Frequency.DAY)[-3:], 9.0)
    late = parts_within(days, Frequency.MONTH)
    assert late is not None and hockey_stick(late).raised
    kpi = Kpi(code="k", name="K", kind="flow")
    flags = ask(Asked(kpi, np.ones(9), np.ones(9), np.zeros(9, np.uint8), inside=late))
    assert [f.raised for f in flags if f.code == "G6"] == [True]


def test_a_flow_that_comes_as_one_figure_has_no_parts() -> None:
    months = Calendar().range(Calendar().parse("2026-01"), Calendar().parse("2026-09"))
    assert parts_within(dict.fromkeys(months, 1.0), Frequency.MONTH) is None
    assert parts_within(dict.fromkeys(months, 1.0), Frequency.QUARTER) is None  # three months have no last tenth


def test_entries_at_the_last_minute_that_all_just_fit_are_a_question() -> None:
    hours, fits = np.array([1.0, 0.5, 2.0, 30.0, 40.0, 50.0]), np.array([True, True, True, False, False, False])
    assert last_minute(hours, fits).raised
    assert not last_minute(hours, ~fits).raised
    assert not last_minute(hours + 1.5, fits).raised
    assert last_minute(hours[:5], fits[:5]).raised is None


# Together


def test_honest_figures_are_asked_about_as_seldom_as_the_page_says() -> None:
    rng = np.random.default_rng(1)
    shares = {
        "G2": np.mean([bool(exact_hits(np.round(rng.normal(50, 5, 24)), 50.0, 1.0).raised) for _ in range(3000)]),
        "G3": np.mean([bool(too_smooth(rng.normal(50, 5, 36)).raised) for _ in range(3000)]),
        "G4": np.mean([bool(digit_preference(rng.integers(100, 1000, 60) * 1.0).raised) for _ in range(3000)]),
        "G5": np.mean([bool(one_sided(np.zeros(12), rng.normal(0, 1, 12)).raised) for _ in range(3000)]),
        "G6": np.mean([bool(hockey_stick(rng.poisson(20, (12, 30)) * 1.0).raised) for _ in range(1000)]),
    }
    most = {"G2": 0.02, "G3": 0.035, "G4": 0.004, "G5": 0.03, "G6": 0.002}
    assert all(shares[test] <= limit for test, limit in most.items()), shares


def test_flags_become_questions_and_never_accusations() -> None:
    flags = [exact_hits(np.full(8, 90.0), 90.0), exact_hits(np.full(3, 90.0), 90.0), exact_hits(np.arange(8.0), 90.0)]
    (finding,) = findings_of("ed_4h", flags)
    assert (finding.code, finding.level) == ("GAMING-G2", Level.INFO)
    assert finding.message == "Why is the target hit exactly? 8 of 8 figures are exactly the target."
    assert finding.fix
