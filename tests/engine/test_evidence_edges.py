"""Evidence at its edges: the very probability, number of figures, lag and day at which something else is said."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from fourfold.engine.cells import Floats
from fourfold.engine.definitions import Definitions, Initiative, Kpi, KpiUse
from fourfold.engine.definitions.complete import complete
from fourfold.engine.evidence import (
    Hypothesis,
    LinkTest,
    Pair,
    SeriesError,
    Step,
    Strongest,
    Verdict,
    around_initiatives,
    before_and_after,
    evidence_of,
    granger,
    hypothesis,
    kept,
    smallest_visible,
    step,
    strongest,
)
from fourfold.engine.evidence.granger import f_tail
from fourfold.engine.evidence.permutation import pooled
from fourfold.engine.evidence.step import Intervention
from fourfold.engine.evidence.verdict import judge, needed, not_yet, words
from fourfold.engine.periods import Frequency
from tests.engine.test_evidence import claim, following, months, organisation, plain

NAN = math.nan


def seen(p: float, r: float = 0.5, error: float = 0.13, lag: int = 2) -> Strongest:
    return Strongest(r, lag, 58, p, error)


def link_test(
    p: float, q: float = 0.05, *, against: float = 0.9, q_against: float = 0.9, reverse: float = 0.9, n: int = 60,
    units: int = 1, r: float = 0.5, error: float = 0.13, lags: tuple[int, int] = (1, 3),
) -> LinkTest:  # fmt: skip
    return LinkTest(n, units, 7, 1, lags, seen(p, r, error), seen(against, -0.5), seen(reverse), q, q_against)


@pytest.mark.parametrize(("test", "verdict"), [
    (link_test(0.10, 0.10), Verdict.SUPPORTED), (link_test(0.1001, 0.10), Verdict.NO_EVIDENCE),
    (link_test(0.10, 0.1001), Verdict.WEAK_SUPPORT), (link_test(0.01, n=36), Verdict.SUPPORTED),
    (link_test(0.01, n=35), Verdict.WEAK_SUPPORT), (link_test(0.01, n=24, units=2), Verdict.SUPPORTED),
    (link_test(0.01, n=35, units=1), Verdict.WEAK_SUPPORT), (link_test(0.01, r=0.2), Verdict.WEAK_SUPPORT),
    (link_test(0.01, r=-0.5), Verdict.SUPPORTED),
    (link_test(0.9, against=0.05, q_against=0.10), Verdict.CONTRADICTED),
    (link_test(0.9, against=0.0501, q_against=0.10), Verdict.NO_EVIDENCE),
    (link_test(0.9, against=0.05, q_against=0.1001), Verdict.NO_EVIDENCE),
    (link_test(0.05, against=0.05, q_against=0.05), Verdict.SUPPORTED),
    (link_test(0.0501, against=0.05, q_against=0.05), Verdict.CONTRADICTED),
    (link_test(0.3, n=34), Verdict.NO_EVIDENCE), (link_test(0.3, n=33), Verdict.INCONCLUSIVE),
    (link_test(0.3, n=32, lags=(1, 1)), Verdict.NO_EVIDENCE), (link_test(0.3, n=31, lags=(1, 1)), Verdict.INCONCLUSIVE),
    (link_test(0.3, units=9, error=0.19), Verdict.NO_EVIDENCE),
    (link_test(0.3, units=9, error=0.2), Verdict.INCONCLUSIVE),
])  # fmt: skip
def test_a_verdict_changes_just_beyond_its_bounds(test: LinkTest, verdict: Verdict) -> None:
    assert judge(test) is verdict


@pytest.mark.parametrize(("p", "reverse", "as_strong"), [
    (0.05, 0.05, True), (0.05, 0.0501, False), (0.2, 0.10, True), (0.2, 0.1001, False), (0.05, NAN, False),
])  # fmt: skip
def test_the_other_direction_is_as_strong_when_chance_is_no_likelier(p: float, reverse: float, as_strong: bool) -> None:
    test = link_test(p, reverse=reverse)
    assert test.is_reverse_as_strong is as_strong
    said = words(Verdict.SUPPORTED, test, "A", "B", months(1)[0])
    assert ("The other direction, from B to A, is as strong." in said) is as_strong
    assert "other direction" not in words(Verdict.NO_EVIDENCE, test, "A", "B", months(1)[0])


def test_what_would_have_shown_is_of_the_figures_or_of_the_spread_over_units() -> None:
    z = 1.6448536 + 0.8416212  # 5 % on one side, 80 % power
    assert link_test(0.3, n=60).visible == pytest.approx(math.tanh(z / math.sqrt(60 - 3 - 4)))
    assert link_test(0.3, units=2, error=0.1).visible == pytest.approx(math.tanh(0.24865))
    assert [smallest_visible(n, lag) for n, lag in ((6, 1), (7, 2), (5, 1), (6, 2), (4, 0))] == pytest.approx(
        [math.tanh(z), math.tanh(z), 1.0, 1.0, 1.0]
    )
    assert [needed(lag) for lag in range(4)] == [31, 32, 33, 34]


@pytest.mark.parametrize(("n", "again"), [(24, "Nov 2000"), (33, "Feb 2000"), (34, "Feb 2000"), (40, "Feb 2000")])
def test_the_earliest_useful_test_is_when_there_are_figures_enough_and_never_today(n: int, again: str) -> None:
    said = words(Verdict.INCONCLUSIVE, link_test(0.3, n=n), "A", "B", months(1)[0])
    assert said == f"Too little data to tell; earliest useful re-test {again}."


def test_a_missing_period_is_added_to_the_last_one_for_the_earliest_test() -> None:
    assert not_yet(23, "A", "B", months(2)[1], Frequency.MONTH).endswith("The earliest test is Mar 2000.")
    assert not_yet(0, "A", "B", None, Frequency.MONTH) == "A and B have 0 months in common; a test needs 24."


@pytest.mark.parametrize(("sign", "r", "way"), [(1, "≥ 0.33", "same"), (-1, "≤ −0.33", "opposite")])
def test_words_have_the_sign_that_was_expected(sign: int, r: str, way: str) -> None:
    test = LinkTest(60, 1, 1, sign, (0, 3), seen(0.3, 0.4 * sign, lag=0), seen(0.9), seen(0.9), 0.3, 0.9)
    assert f"a link of r {r} would" in words(Verdict.NO_EVIDENCE, test, "A", "B", months(1)[0])
    said = words(Verdict.WEAK_SUPPORT, test, "A", "B", months(1)[0])
    assert f"B moving the {way} way in the same month as A" in said and said.endswith("could be chance.")


@pytest.mark.parametrize(("lags", "fits"), [((0, 0), True), ((0, 3), True), ((-1, 2), False), ((2, 1), False)])
def test_a_window_goes_forward_in_time(lags: tuple[int, int], fits: bool) -> None:
    if not fits:
        with pytest.raises(SeriesError, match="window of lags"):
            claim(lags=lags)
        return
    assert claim(lags=lags).is_registered


def test_a_window_of_five_lags_is_a_search() -> None:
    assert claim(lags=(2, 5)).is_registered and not claim(lags=(2, 6)).is_registered
    assert claim(lags=(2, 6)).why_not.startswith("Its window spans 5 lags; narrow it to 4")
    assert not Hypothesis("a>b", "k", "l", "K", "L", 1, (1, 2), "Missing.").is_registered
    assert Hypothesis("a>b", "k", "l", "K", "L", 0, None, "Missing.").why_not == "Missing."


@pytest.mark.parametrize("shapes", [((3,), (3,)), ((1, 3), (2, 3)), ((1, 4), (1, 4)), ((1, 1, 3), (1, 1, 3))])
def test_a_pair_has_two_tables_of_one_shape_and_its_periods(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    with pytest.raises(SeriesError, match="shapes"):
        Pair(np.zeros(shapes[0]), np.zeros(shapes[1]), months(3))


@pytest.mark.parametrize(("day", "expires"), [
    (date(2028, 2, 28), date(2029, 2, 28)), (date(2028, 2, 29), date(2029, 2, 28)),
    (date(2026, 3, 29), date(2027, 3, 29)), (date(2027, 12, 31), date(2028, 12, 31)),
])  # fmt: skip
def test_evidence_holds_from_its_day_for_a_year(day: date, expires: date) -> None:
    pair = Pair(np.zeros((1, 2)), np.zeros((1, 2)), months(2))
    (found,) = evidence_of([(claim(), pair)], as_of=day, seed=1)
    assert found.expires == expires and found.tested == day and found.is_valid(day)
    assert not found.is_valid(date.fromordinal(day.toordinal() - 1)) and not found.is_valid(expires)


@pytest.mark.parametrize(("n", "order"), [(59, None), (60, 5), (72, 6)])
def test_from_sixty_periods_on_there_is_a_second_opinion_of_a_lag_a_year(n: int, order: int | None) -> None:
    x, y = following(np.random.default_rng(1), 80, 0.9)
    pair = Pair(x[None, :n], y[None, :n], months(n))
    (found,) = evidence_of([(claim(), pair)], as_of=date(2026, 1, 1), seed=1, permutations=19)
    assert found.n == n and (None if found.granger is None else found.granger.order) == order
    assert found.test is not None and found.test.expected.p == pytest.approx(1 / 20)


def test_units_with_23_periods_in_common_do_not_count_among_the_eight() -> None:
    rng = np.random.default_rng(8)
    pairs = [following(rng, 30, 0.5) for _ in range(9)]
    x, y = np.stack([p[0] for p in pairs]), np.stack([p[1] for p in pairs])
    y[8, :7] = NAN  # 23 left
    y[7, 24:] = NAN  # 24 left
    (whole, without) = (
        evidence_of([(claim(), Pair(a, b, months(30)))], as_of=date(2026, 1, 1), seed=1, permutations=19)[0]
        for a, b in ((x, y), (x[1:], y[1:]))
    )
    assert whole.test is not None and (whole.test.units, whole.n) == (8, 24)
    assert without.verdict is Verdict.NOT_TESTABLE_YET and without.text.endswith("; 7 units have so many.")


def by_hand(x: Floats, y: Floats, order: int) -> tuple[float, int]:
    """F and its degrees of freedom from two fits, row by row."""
    rows = []
    for t in range(order, len(y)):
        row = [y[t], 1.0, *(y[t - k] for k in range(1, order + 1)), *(x[t - k] for k in range(1, order + 1))]
        rows += [row] if all(math.isfinite(v) for v in row) else []
    table = np.array(rows)
    errors = []
    for columns in (slice(1, 2 + order), slice(1, None)):
        design = table[:, columns]
        fitted = design @ np.linalg.solve(design.T @ design, design.T @ table[:, 0])
        errors.append(float(((table[:, 0] - fitted) ** 2).sum()))
    df = len(table) - 1 - 2 * order
    return (errors[0] - errors[1]) / order / (errors[1] / df), df


@pytest.mark.parametrize(("n", "order", "gaps"), [(40, 1, 0), (40, 2, 0), (40, 3, 2), (9, 2, 0), (5, 1, 0)])
def test_the_second_opinion_is_that_of_two_fits_row_by_row(n: int, order: int, gaps: int) -> None:
    x, y = np.random.default_rng(n + order).standard_normal((2, n))
    y[[7, 21][:gaps]] = NAN
    found, (f, df) = granger(x, y, order), by_hand(x, y, order)
    assert (found.f, found.df, found.order) == (pytest.approx(f), df, order) and 0 < found.p < 1


@pytest.mark.parametrize(("n", "order", "df"), [(4, 1, 0), (3, 1, 0), (5, 1, 1), (7, 2, 0), (8, 2, 1), (2, 1, 0)])
def test_a_second_opinion_needs_one_row_more_than_what_is_fitted(n: int, order: int, df: int) -> None:
    x, y = np.random.default_rng(3).standard_normal((2, n))
    found = granger(x, y, order)
    assert found.df == df and math.isnan(found.f) is (df == 0) is math.isnan(found.p)


@pytest.mark.parametrize("f", [0.01, 0.3, 1.0, 4.0, 30.0])
@pytest.mark.parametrize("d", [1, 2, 5, 20, 97])
def test_the_tail_of_f_is_the_closed_one_where_there_is_one(f: float, d: int) -> None:
    assert f_tail(f, 2, d) == pytest.approx((1 + 2 * f / d) ** (-d / 2), rel=1e-10)
    assert f_tail(f, d, 2) == pytest.approx(1 - (d * f / (d * f + 2)) ** (d / 2), rel=1e-9)
    assert f_tail(f, 1, 1) == pytest.approx(1 - 2 / math.pi * math.atan(math.sqrt(f)), rel=1e-10)


def test_the_tail_of_f_meets_the_tables_and_its_ends() -> None:
    table = {(4.9646, 1, 10): 0.05, (2.7109, 5, 20): 0.05, (4.7351, 10, 5): 0.05, (5.6363, 5, 10): 0.01}
    assert [f_tail(*key) for key in table] == pytest.approx(list(table.values()), rel=2e-4)
    assert [f_tail(0.0, 3, 7), f_tail(-1.0, 3, 7)] == [1.0, 1.0]


def test_adjusted_chances_never_exceed_one_and_equals_stay_equal() -> None:
    assert kept(np.array([0.9, 1.0, 0.5])).tolist() == [1.0, 1.0, 1.0]
    assert kept(np.array([0.02, NAN, 0.02])).tolist() == pytest.approx([0.02, NAN, 0.02], nan_ok=True)
    assert kept(np.array([])).tolist() == []


@pytest.mark.parametrize(("shift", "points", "is_step"), [
    (1.0, (8, 8), True), (0.99, (8, 8), False), (-1.0, (8, 8), True), (-0.99, (20, 20), False), (5.0, (7, 8), False),
    (5.0, (8, 7), False), (NAN, (8, 8), False),
])  # fmt: skip
def test_a_step_is_of_one_deviation_with_eight_figures_on_either_side(
    shift: float, points: tuple[int, int], is_step: bool
) -> None:
    assert Step(0.0, 1.0, shift, points).is_step is is_step


def test_a_step_is_measured_by_the_ranges_before_it_alone() -> None:
    found = step(np.array([1.0, 3.0, NAN, 2.0, 5.0, 50.0, 60.0, NAN]), 5)  # ranges 2 and 3, mean 2.5
    assert (found.before, found.after, found.points) == (2.75, 55.0, (4, 2))
    assert found.shift == pytest.approx(52.25 / (2.5 / 1.128))
    for series, at in (([1.0, NAN, 2.0, 9.0], 3), ([4.0, 4.0, 4.0, 9.0], 3), ([1.0, 2.0], 0), ([1.0, 2.0], 2)):
        assert math.isnan(step(np.array(series), at).shift)
    assert math.isnan(step(np.array([1.0, 2.0]), 0).before) and math.isnan(step(np.array([1.0, 2.0]), 2).after)


@pytest.mark.parametrize(("shifts", "place"), [
    ([0.5, -2.0, 1.0], 1), ([2.0, -2.0, 1.0], 0), ([NAN, NAN], 0), ([NAN, 0.1], 1), ([NAN, 0.0], 1), ([0.5, NAN], 0),
])  # fmt: skip
def test_the_strongest_shift_is_named_with_its_lag_the_first_of_equals(shifts: list[float], place: int) -> None:
    outcome = tuple(Step(0.0, 0.0, s, (9, 9)) for s in shifts)
    lag, found = Intervention(9, outcome[0], outcome, (2, 1 + len(shifts))).strongest
    assert lag == 2 + place and found is outcome[place]


def test_the_outcome_is_judged_at_each_lag_and_no_other() -> None:
    y = np.arange(30.0)
    found = before_and_after(y, y, 10, (0, 2))
    assert [s.points for s in found.outcome] == [(10, 20), (11, 19), (12, 18)] and found.driver.points == (10, 20)
    assert (found.at, found.lags) == (10, (0, 2))


def test_an_initiative_counts_from_the_second_period_to_the_last() -> None:
    definitions, periods = organisation(lag=[1, 2]), months(24)
    pair = Pair(np.arange(24.0)[None], np.arange(24.0)[None], periods)

    def at(start: str, pair: Pair = pair, lags: tuple[int, int] | None = (1, 2)) -> list[int]:
        one = Initiative.model_validate(
            {"code": "go", "name": "Go", "kpis": ["training"], "start": start, "end": "2026-12-31"}
        )
        there = definitions.model_copy(update={"initiatives": (one,)})
        return [a.found.at for a in around_initiatives(there, [(claim(lags=lags), pair)])]

    assert [at(periods[i].start.isoformat()) for i in (0, 1, 23)] == [[], [1], [23]]
    assert at(periods[23].shift(1).start.isoformat()) == at("not a day") == []
    assert at(periods[5].start.isoformat(), lags=None) == []
    assert at(periods[5].start.isoformat(), Pair(np.zeros((2, 24)), np.zeros((2, 24)), periods)) == []
    assert at(periods[5].start.isoformat(), Pair(np.zeros((1, 0)), np.zeros((1, 0)), ())) == []


# Correlations and chance.


@pytest.mark.parametrize(("n", "gaps", "lag", "left"), [
    (20, 0, 0, 16), (20, 0, 2, 14), (20, 6, 0, 11), (20, 6, 2, 9), (5, 0, 0, 1), (4, 0, 0, 1),
])  # fmt: skip
def test_the_error_of_a_correlation_is_of_its_pairs_or_of_the_figures_less_lag_and_four(
    n: int, gaps: int, lag: int, left: int
) -> None:
    x, y = np.random.default_rng(n + lag).standard_normal((2, n))
    y[4 : 4 + gaps] = NAN
    (found,) = strongest(plain(x), plain(y), range(lag, lag + 1), (1,), seed=(1,), permutations=9)
    assert (found.lag, found.pairs) == (lag, n - lag - gaps)
    assert found.error == pytest.approx(1 / math.sqrt(left)) and (found.p * 10) == pytest.approx(round(found.p * 10))


def test_each_sign_has_its_own_strongest_lag() -> None:
    x = np.random.default_rng(4).standard_normal(60)
    y = np.concatenate([x[-1:], x[:-1]]) - 0.9 * np.concatenate([x[-3:], x[:-3]])
    up, down = strongest(plain(x), plain(y), range(1, 5), (1, -1), seed=(1,), permutations=19)
    assert (up.lag, down.lag) == (1, 3) and up.r > 0 > down.r and up.p == down.p == 1 / 20
    still = strongest(plain(np.full(60, NAN)), plain(y), range(2, 5), (1, -1), seed=(1,), permutations=19)
    assert [(s.lag, s.pairs) for s in still] == [(2, 0)] * 2 and all(math.isnan(s.p + s.r + s.error) for s in still)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_an_interval_is_symmetric_in_fishers_transform(level: float) -> None:
    z, wide = math.atanh(0.5), {0.5: 0.67449, 0.8: 1.28155, 0.95: 1.95996}[level] * 0.1
    found = Strongest(0.5, 1, 50, 0.01, 0.1)
    assert found.interval(level) == pytest.approx((math.tanh(z - wide), math.tanh(z + wide)), rel=1e-4)
    assert found.interval() == found.interval(0.95)
    assert (
        Strongest(1.0, 1, 50, 0.01, 0.1).interval()[1] <= 1.0 and Strongest(-1.0, 1, 9, 0.1, 0.1).interval()[0] >= -1.0
    )


def test_units_are_pooled_by_their_pairs_less_three_and_lags_beyond_the_figures_have_none() -> None:
    rng = np.random.default_rng(9)
    x, y = rng.standard_normal((2, 3, 12))
    y[1, 7:] = NAN
    x[2] = 4.0  # does not vary
    z, pairs = pooled(x[:, None], y, range(0, 14))
    for lag in range(14):
        told = []
        for unit in range(2):
            both = [(x[unit, t - lag], y[unit, t]) for t in range(lag, 12) if math.isfinite(y[unit, t])]
            if len(both) > 3:
                told.append((len(both) - 3, math.atanh(np.corrcoef(np.array(both).T)[0, 1])))
        total = sum(weight for weight, _ in told)
        wanted = sum(weight * one for weight, one in told) / total if total else NAN
        assert z[0, lag] == pytest.approx(wanted, nan_ok=True), lag
        assert pairs[lag] == sum(max(n - lag, 0) for n in (12, 7, 12))


# From the map.


@pytest.mark.parametrize(("uses", "driver"), [
    ([("training", "lead", 1), ("profit", "lead", 2)], "profit"),
    ([("training", "lead", 2), ("profit", "lead", 2)], "training"),
    ([("training", "lead", 1), ("profit", "lag", 9)], "training"),
    ([("training", "lag", 1), ("profit", "lag", 9)], "profit"),
    ([("training", "lag", 0), ("profit", "lag", 0)], "training"),
    ([("level", "lead", 9), ("training", "lag", 1)], "training"),
    ([("gone", "lead", 9), ("draft", "lead", 9), ("profit", "lag", 1)], "profit"), ([("level", "lead", 9)], ""),
])  # fmt: skip
def test_the_heaviest_leading_kpi_with_figures_stands_for_an_objective(
    uses: list[tuple[str, str, int]], driver: str
) -> None:
    definitions = organisation(lag=[1, 3])
    others = [
        {"code": "level", "name": "L", "kind": "ordinal", "levels": {"good": 100}},
        {"code": "gone", "name": "G", "state": "retired"}, {"code": "draft", "name": "D", "state": "draft"},
    ]  # fmt: skip
    some = [KpiUse.model_validate({"kpi": k, "objective": "a", "role": r, "weight": str(w)}) for k, r, w in uses]
    whole = complete(Definitions.model_validate({
        name: getattr(definitions, name) for name in Definitions.model_fields
    } | {"kpis": [*definitions.kpis, *map(Kpi.model_validate, others)],
         "uses": [*some, *(u for u in definitions.uses if u.objective == "b")]}))  # fmt: skip
    assert hypothesis(whole, whole.links[0]).driver == driver


@pytest.mark.parametrize(("lag", "target", "window"), [
    ([1, 3], "b", (1, 3)), ([0, 0], "b", (0, 0)), ([3, 12], "c", (1, 4)), ([2, 3], "c", (0, 1)), ([3, 4], "c", (1, 2)),
    ([5, 6], "c", (1, 2)),
])  # fmt: skip
def test_a_window_of_months_is_at_least_as_long_in_the_coarser_periods(
    lag: list[int], target: str, window: tuple[int, int]
) -> None:
    definitions = organisation(lag=lag, target=target)
    assert hypothesis(definitions, definitions.links[0]).lags == window
