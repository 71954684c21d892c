"""The whole reading: the worked example, phases, gaps, time, many at once, words."""

from __future__ import annotations

import math
import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Mark, State
from fourfold.engine.signals import (
    BANNED,
    RULE_SETS,
    Assurance,
    Chart,
    Nature,
    Phase,
    Reading,
    Refusal,
    Remark,
    Rule,
    Season,
    Segment,
    Signal,
    Variation,
    Words,
    figures_to_read,
    headline,
    read_many,
    read_signals,
    wanted,
)
from fourfold.engine.signals.patterns import HIGH, LOW
from fourfold.engine.signals.wording import plain_number, signal_sentence

X = np.array([52.0, 48, 55, 50, 47, 53, 51, 49, 54, 50, 46, 52, 57, 58, 56, 59, 57, 60, 58, 61])
MONTHS = tuple(f"{2025 + i // 12}-{i % 12 + 1:02}" for i in range(60))
SERIES = st.lists(st.one_of(st.none(), st.integers(0, 40), st.integers(18, 24)), min_size=1, max_size=60)


def array(figures: list[int | None]) -> np.ndarray:
    return np.array([math.nan if f is None else float(f) for f in figures])


def facts(reading: Reading) -> tuple[object, ...]:
    lines = [np.nan_to_num(a, nan=-1e9).tolist() for a in (reading.lower, reading.upper, reading.sigma)]
    return (*lines, reading.label.tolist(), reading.signals, reading.phase, reading.variation, reading.suggestion)


def test_the_worked_example_reads_as_published() -> None:
    """Methodology §5.7: limits 38.98 to 62.19, a run of 8 complete at point 20, a reset suggested at point 13."""
    reading = read_signals(X, target=55.0, words=Words(MONTHS))
    assert (float(reading.lower[0]), float(reading.upper[0])) == pytest.approx((38.98, 62.19), abs=0.005)
    assert float(reading.sigma[0]) == pytest.approx(3.87, abs=0.005)
    assert reading.signals == (Signal(Rule.RUN_8, 19, tuple(range(12, 20)), 1),)
    assert reading.is_new(reading.signals[0])
    assert (reading.variation, reading.assurance) == (Variation.IMPROVEMENT_HIGH, Assurance.HIT_AND_MISS)
    assert reading.sentences == (
        "The usual range is 38.98 to 62.19.",
        "Signal at 2026-08: 8 figures in a row above the centre, since 2026-01.",
        "Since 2026-01 the figures lie around 58.25, 2 sigma above the centre. If you know what changed and it will "
        "last, begin new limits there: 52.17 to 64.33.",
        "Getting better, single periods still depend on luck.",
    )


def test_phases_come_with_figures_and_not_with_periods() -> None:
    sparse = np.insert(X, range(1, 20, 2), np.nan)
    for n in range(1, len(sparse) + 1):
        known = int(np.isfinite(sparse[:n]).sum())
        wanted = Phase.NOTHING if known < 6 else Phase.TRIAL if known < 12 else Phase.LOCKED
        assert read_signals(sparse[:n]).phase is wanted


def test_trial_limits_move_and_locked_ones_stay() -> None:
    plain = Chart(season=Season(mode="none"))
    trial = [float(read_signals(X[:n], plain).upper[0]) for n in range(6, 12)]
    locked = [float(read_signals(X[:n], plain).upper[0]) for n in range(12, 21)]
    assert len(set(trial)) == 6 and len(set(locked)) == 1


def test_figures_that_never_follow_one_another_have_no_limits() -> None:
    reading = read_signals(np.insert(X, range(1, 20), np.nan))
    assert (reading.phase, reading.count) == (Phase.NOTHING, 20)
    assert np.isnan(reading.upper).all()
    assert reading.sentences == ("Too few figures follow one another without a gap for a usual range.",)


def test_trial_limits_give_no_signal() -> None:
    assert read_signals(np.append(X[:10], 500.0)).signals == ()


@settings(max_examples=60)
@given(SERIES, st.sampled_from(sorted(RULE_SETS)), st.integers(0, 59))
def test_nothing_later_is_read(figures: list[int | None], rules: str, more: int) -> None:
    """What is read of a series is what is read of it followed by nothing yet."""
    x, chart = array(figures), Chart(rules=RULE_SETS[rules])
    now, later = read_signals(x, chart), read_signals(np.append(x, [math.nan] * more), chart)
    n = len(x)
    assert now.signals == later.signals and now.label.tolist() == later.label[:n].tolist()
    assert later.upper[:n] == pytest.approx(now.upper, rel=1e-12, nan_ok=True)  # longer rows are added in another order
    assert now.suggestion == later.suggestion and now.variation == later.variation


@settings(max_examples=60)
@given(SERIES, st.data())
def test_a_signal_stays_as_it_was_when_more_figures_come(figures: list[int | None], data: st.DataObject) -> None:
    """Unless dependence or a season was found since: those change the limits once, on purpose."""
    x, chart = array(figures), Chart(season=Season(mode="none"))
    n = data.draw(st.integers(1, len(x)))
    early, late = read_many(x[None, :n], chart), read_many(x[None], chart)
    same = bool(early.charted.dependence.widen[0] == late.charted.dependence.widen[0])
    if early.phase[0] == Phase.LOCKED and same:
        assert np.array_equal(early.upper[0], late.upper[0, :n], equal_nan=True)
        seen = [(s.rule, s.at, s.side) for s in late.signals(0) if s.at < n]
        assert [(s.rule, s.at, s.side) for s in early.signals(0)] == seen


@settings(max_examples=40)
@given(SERIES, st.floats(0.5, 20), st.floats(-100, 100))
def test_another_unit_of_measurement_changes_no_signal(figures: list[int | None], times: float, plus: float) -> None:
    x = array(figures)
    one, two = read_signals(x), read_signals(times * x + plus)
    if not one.remarks and not two.remarks:
        assert one.label.tolist() == two.label.tolist() and one.variation is two.variation


@settings(max_examples=40)
@given(SERIES)
def test_upside_down_is_the_mirror_image(figures: list[int | None]) -> None:
    x = array(figures)
    up, down = read_signals(x), read_signals(-x, polarity=Polarity.LOWER_BETTER)
    assert up.label.tolist() == down.label.tolist() and up.side.tolist() == (-down.side).tolist()
    kind = {v: v.name.partition("_")[0] for v in Variation}
    assert kind[up.variation] == kind[down.variation]


def test_many_series_read_as_each_alone() -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(50, 5, size=(40, 60)).round(1)
    x[rng.random(x.shape) < 0.1] = np.nan
    x[::3, 30:] += 12
    x[1::5] += np.resize([0.0] * 10 + [30.0, 40.0], 60)
    segments = [(Segment(), Segment(30)) if i % 4 == 0 else () for i in range(40)]
    many = read_many(x, segments=segments)
    for i in range(40):
        assert facts(many.of(i)) == facts(read_signals(x[i], segments=segments[i]))


@pytest.mark.parametrize("figures", [[], [math.nan], [math.nan] * 24, [5.0], [5.0] * 30, [math.inf, -math.inf] * 10])
@pytest.mark.parametrize("nature", Nature)
def test_no_figures_are_refused(figures: list[float], nature: Nature) -> None:
    x = np.array(figures, dtype=float)
    reading = read_signals(x, Chart(nature=nature), numerator=x, denominator=x, target=3.0)
    assert reading.signals == () and reading.lower.shape == x.shape and reading.sentences


@settings(max_examples=60)
@given(
    st.lists(st.floats(-1e12, 1e12) | st.just(math.nan), min_size=1, max_size=50),
    st.sampled_from(Nature),
    st.sampled_from(["none", "auto", "declared"]),
    st.booleans(),
)
def test_any_figures_can_be_read(figures: list[float], nature: Nature, mode: str, divides: bool) -> None:
    x = np.array(figures)
    season = Season(mode=mode, divides=divides)  # type: ignore[arg-type]
    reading = read_signals(x, Chart(nature=nature, season=season), numerator=x, denominator=np.abs(x) + 1)
    known = np.isfinite(reading.lower) & np.isfinite(reading.upper)
    assert (reading.lower[known] <= reading.upper[known]).all()
    assert all(np.isfinite(x[point]) for signal in reading.signals for point in signal.points)


def test_no_series_have_no_readings() -> None:
    assert read_many(np.empty((0, 12))).lower.shape == (0, 12)


def test_a_figure_that_is_not_final_gives_no_signal() -> None:
    values = np.append(X[:14], [90.0, 91.0, 92.0])
    state, marks = np.zeros(17, np.uint8), np.zeros(17, np.uint8)
    marks[14:] = [Mark.PROVISIONAL, Mark.UNAPPROVED, Mark.CARRIED]
    assert read_signals(values).signals
    assert read_signals(figures_to_read(values, state, marks)).signals == ()
    state[3] = State.ERROR
    assert math.isnan(figures_to_read(values, state, marks)[3])


def test_limits_are_not_drawn_where_no_figure_can_be() -> None:
    x = X + 40.0
    free, within = read_signals(x), read_signals(x, Chart(valid=(0.0, 100.0)))
    assert float(free.upper[0]) > 100.0 == float(within.upper[0])
    assert np.array_equal(free.lower, within.lower) and np.array_equal(free.sigma, within.sigma)
    assert free.signals == within.signals


def test_a_coarse_series_gets_a_remark_instead_of_signals() -> None:
    x = np.append(np.resize([3.0, 3, 4, 3, 3, 3, 4], 20), 9.0)
    reading = read_signals(x)
    assert reading.signals == () and Remark.RECORD_FINER in reading.remarks
    assert (reading.variation, reading.assurance) == (Variation.NONE, Assurance.NONE)


def test_the_first_rule_names_a_figure_that_several_count() -> None:
    x = np.append(X[:12], [55.0] * 7 + [90.0])
    reading = read_signals(x)
    assert reading.label.tolist()[12:] == [Rule.RUN_8] * 7 + [Rule.OUTSIDE]
    assert {signal.rule for signal in reading.signals} == {Rule.RUN_8, Rule.OUTSIDE}


def test_a_run_that_goes_on_is_one_signal() -> None:
    reading = read_signals(np.append(X, [59.0, 60, 58]))
    assert [(s.at, s.points[-1]) for s in reading.signals] == [(19, 22)]
    assert not reading.is_new(reading.signals[0])


def test_figures_of_the_baseline_that_stand_out_are_told_when_limits_are_locked() -> None:
    x = X[:12].copy()
    x[4] = 95.0
    (signal,) = read_signals(x).signals
    assert signal.in_baseline and signal.points == (4,)


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def test_no_sentence_blames_or_explains() -> None:
    """Only that something changed, never why (§5.4, §7.3)."""
    texts = [remark.value for remark in Remark] + [refusal.value for refusal in Refusal]
    texts += [headline(v, a) for v, a in product(Variation, Assurance)]
    rng = np.random.default_rng(4)
    many = rng.normal(50, 5, (200, 40)).round(1)
    many[:100, 20:] += 9
    many[:50] = np.cumsum(many[:50] - 50, axis=1)
    for x, rules in zip(many, [*RULE_SETS.values()] * 50, strict=True):
        texts += read_signals(x, Chart(rules=rules), target=55.0).sentences
    assert not [text for text in texts if words_of(text) & set(BANNED)]
    assert {"Signal"} <= {text.split()[0] for text in texts}


def test_words_use_the_names_of_periods_and_the_way_numbers_are_written() -> None:
    said = read_signals(X, words=Words(MONTHS, lambda x: f"£{x:.0f}", "month")).sentences
    assert said[:2] == (
        "The usual range is £39 to £62.",
        "Signal at 2026-08: 8 figures in a row above the centre, since 2026-01.",
    )


@pytest.mark.parametrize(
    ("n", "start"), [(0, "0 figures: too few"), (1, "1 figure: too few"), (8, "Trial limits from 8 figures: ")]
)
def test_few_figures_say_what_is_to_come(n: int, start: str) -> None:
    assert read_signals(X[:n]).sentences[0].startswith(start)


@pytest.mark.parametrize(("rule", "high", "low"), [
    (Rule.OUTSIDE, "above the upper limit", "below the lower limit"),
    (Rule.TREND_7, "3 figures in a row rising, since period 2", "3 figures in a row falling, since period 2"),
    (Rule.TREND_6, "3 figures in a row rising, since period 2", "3 figures in a row falling, since period 2"),
    (Rule.TWO_OF_THREE, "two of three figures far above the centre, since period 2",
     "two of three figures far below the centre, since period 2"),
    (Rule.TWO_OF_THREE_NHS, "two of three figures close to the upper limit, since period 2",
     "two of three figures close to the lower limit, since period 2"),
    (Rule.FOUR_OF_FIVE, "four of five figures well above the centre, since period 2",
     "four of five figures well below the centre, since period 2"),
    *((rule, "3 figures in a row above the centre, since period 2",
       "3 figures in a row below the centre, since period 2") for rule in (Rule.RUN_7, Rule.RUN_8, Rule.RUN_9)),
])  # fmt: skip
def test_a_signal_says_on_which_side_and_since_when(rule: Rule, high: str, low: str) -> None:
    points = (4,) if rule is Rule.OUTSIDE else (1, 3, 4)
    for side, said in ((HIGH, high), (LOW, low)):
        assert signal_sentence(Signal(rule, 4, points, side), Words()) == f"Signal at period 5: {said}."
    if rule is Rule.OUTSIDE:
        said = signal_sentence(Signal(rule, 4, (3, 4), LOW), Words(MONTHS))
        assert said == f"Signal at {MONTHS[4]}: 2 figures in a row below the lower limit."


@pytest.mark.parametrize(("rule", "said"), [
    (Rule.ALTERNATING_14, "2 figures going up and down in turn"),
    (Rule.WITHIN_15, "2 figures in a row unusually close to the centre"),
    (Rule.BEYOND_8, "2 figures in a row away from the centre, on both sides"),
])  # fmt: skip
def test_a_signal_without_a_side_says_what_it_looks_like(rule: Rule, said: str) -> None:
    assert signal_sentence(Signal(rule, 4, (3, 4), 0), Words(period="month")) == (
        f"Signal at month 5: {said}, since month 4."
    )


@pytest.mark.parametrize(("x", "said"), [
    (999.96, "1000"), (1000.0, "1,000"), (-1000.4, "−1,000"), (0.012346, "0.01235"), (0.0, "0"), (123.456, "123.5"),
])  # fmt: skip
def test_a_plain_number_has_four_digits_that_count(x: float, said: str) -> None:
    assert plain_number(x) == said


def test_the_remarks_are_those_of_the_series_and_no_others() -> None:
    plain = read_signals(X)
    assert plain.remarks == ()
    assert read_signals(X, Chart(season=Season(mode="profile"))).remarks == (Remark.SEASON,)
    few = read_signals(X[:11], Chart(season=Season(mode="declared"), resolution=1e6))
    assert few.remarks == (), "before limits are locked neither coarseness nor season is told"
    assert read_signals(X, Chart(season=Season(mode="declared"))).remarks == (Remark.SEASON_WAITS,)
    rare = np.resize([1.0, 2, 0, 3, 1, 2], 12)
    assert Remark.RARE in read_signals(rare, Chart(nature=Nature.COUNT, season=Season(mode="none"))).remarks


@pytest.mark.parametrize(("figures", "phase"), [
    ([1, 2, None, 3, 5, None, 4, None, 6], Phase.TRIAL), ([1, 2, None, 3, None, 5, None, 4, None, 6], Phase.NOTHING),
    ([1, 2, 3, None, 5, None, 4], Phase.NOTHING), ([1, 2, 4, 3, 5, 4], Phase.TRIAL),
])  # fmt: skip
def test_a_third_of_the_figures_follow_one_another_where_there_are_limits(
    figures: list[int | None], phase: Phase
) -> None:
    assert read_signals(array(figures)).phase is phase


def test_suggestions_say_how_far_which_way_and_from_where() -> None:
    low = read_signals(100 - X, polarity=Polarity.LOWER_BETTER).sentences
    assert "Since period 13 the figures lie around 41.75, 2 sigma below the centre." in low[2]
    assert low[2].endswith("begin new limits there: 35.67 to 47.83.")
    quiet = read_signals(np.resize([50.0, 53, 48, 51, 47, 52, 49], 24), Chart(season=Season(mode="none")))
    assert quiet.sentences[0].endswith(" No signal.")
    assert quiet.sentences[1] == "No signal since the limits were locked: they can be locked again, on 24 figures."


def test_only_a_signal_that_the_last_figure_completed_is_new() -> None:
    reading = read_signals(np.append(X, math.nan))
    (signal,) = reading.signals
    assert reading.is_new(signal) and not read_signals(np.append(X, 60.0)).is_new(signal)
    assert not read_signals(X[:12]).is_new(Signal(Rule.OUTSIDE, 10, (10,), HIGH))
    assert not read_signals(np.full(3, math.nan)).is_new(Signal(Rule.OUTSIDE, -1, (), HIGH))


@pytest.mark.parametrize(("polarity", "low", "high"), [
    (Polarity.HIGHER_BETTER, 4.0, math.inf), (Polarity.LOWER_BETTER, -math.inf, 4.0),
    (Polarity.NEUTRAL, math.nan, math.nan), (Polarity.IN_RANGE, math.nan, math.nan),
])  # fmt: skip
def test_what_is_wanted_is_open_on_the_good_side_and_unknown_without_a_target(
    polarity: Polarity, low: float, high: float
) -> None:
    bounds = wanted(np.array([4.0, math.nan]), polarity)
    assert [b[0] for b in bounds] == pytest.approx([low, high], nan_ok=True)
    assert all(math.isnan(b[1]) for b in bounds)
