"""Segments have limits of their own; a new one needs a reason."""

from __future__ import annotations

import numpy as np
import pytest

from fourfold.engine.anchors import Polarity
from fourfold.engine.signals import Cause, Chart, Phase, Refusal, Season, Segment, SegmentError, read_signals, refusals
from fourfold.engine.signals.segments import segment_rows

X = np.array([52.0, 48, 55, 50, 47, 53, 51, 49, 54, 50, 46, 52, 57, 58, 56, 59, 57, 60, 58, 61])
PLAIN = Chart(season=Season(mode="none"))
NEW = Segment(12, Cause.PROCESS, lasts=True)


def test_old_limits_stay_where_a_segment_ends() -> None:
    one, two = read_signals(X, PLAIN), read_signals(X, PLAIN, segments=[Segment(), NEW])
    assert np.array_equal(one.upper[:12], two.upper[:12])
    assert set(two.upper[12:]) != set(one.upper[12:])


def test_a_new_segment_has_trial_limits_until_it_has_twelve_figures() -> None:
    trial = read_signals(X, PLAIN, segments=[Segment(), NEW])
    assert (trial.phase, trial.count, trial.signals) == (Phase.TRIAL, 8, ())
    assert (float(trial.lower[-1]), float(trial.upper[-1])) == pytest.approx((52.2, 64.3), abs=0.05)
    locked = read_signals(np.append(X, [58.0, 57, 59, 60]), PLAIN, segments=[Segment(), NEW])
    assert locked.phase is Phase.LOCKED


def test_a_run_does_not_go_on_into_the_next_segment() -> None:
    x = np.append(X[:12], [55.0] * 4 + [55.5] * 4)
    assert read_signals(x, PLAIN).signals
    assert not read_signals(x, PLAIN, segments=[Segment(), Segment(16, Cause.DATA)]).signals


@pytest.mark.parametrize("starts", [(0, 0), (5, 3), (0, 20), (-1,)])
def test_segments_that_overlap_or_lie_outside_are_misuse(starts: tuple[int, ...]) -> None:
    with pytest.raises(SegmentError):
        read_signals(X, PLAIN, segments=[Segment(start) for start in starts])


def test_a_baseline_below_twelve_is_misuse() -> None:
    with pytest.raises(SegmentError, match="at least 12"):
        Segment(baseline=8)


def test_a_lasting_change_with_a_cause_may_begin_a_segment() -> None:
    assert refusals(X, NEW) == ()


def test_what_speaks_against_a_new_segment_is_said() -> None:
    assert refusals(X, Segment(12, lasts=True)) == (Refusal.NO_CAUSE,)
    assert refusals(X, Segment(12, Cause.PROCESS)) == (Refusal.NOT_LASTING,)
    assert refusals(X, Segment(14, Cause.PROCESS, lasts=True)) == (Refusal.TOO_FEW,)
    assert refusals(X, Segment(14, Cause.DEFINITION, lasts=True)) == ()
    assert refusals(X, NEW, after=12) == (Refusal.OVERLAP,)


def test_a_deterioration_is_not_hidden_without_somebody_else() -> None:
    assert refusals(X, NEW, polarity=Polarity.LOWER_BETTER) == (Refusal.WORSE,)
    agreed = Segment(12, Cause.PROCESS, lasts=True, approved=True)
    assert refusals(X, agreed, polarity=Polarity.LOWER_BETTER) == ()
    assert refusals(X, NEW, polarity=Polarity.NEUTRAL) == ()


@pytest.mark.parametrize(("start", "after", "refused"), [(0, 0, True), (1, 0, False), (8, 8, True), (9, 8, False)])
def test_a_segment_begins_after_the_one_before(start: int, after: int, refused: bool) -> None:
    said = refusals(np.resize([1.0, 2.0], 30), Segment(start, Cause.PROCESS, lasts=True, approved=True), after=after)
    assert (Refusal.OVERLAP in said) is refused
    if after == 0:
        alone = refusals(np.resize([1.0, 2.0], 30), Segment(start, Cause.PROCESS, lasts=True, approved=True))
        assert alone == said


@pytest.mark.parametrize(("old", "new", "polarity", "worse"), [
    (5.0, 5.0, Polarity.HIGHER_BETTER, False), (5.0, 4.9, Polarity.HIGHER_BETTER, True),
    (5.0, 5.1, Polarity.HIGHER_BETTER, False), (5.0, 5.0, Polarity.LOWER_BETTER, False),
    (5.0, 5.1, Polarity.LOWER_BETTER, True), (5.0, 4.9, Polarity.LOWER_BETTER, False),
    (5.0, 4.9, Polarity.IN_RANGE, False), (np.nan, 4.9, Polarity.HIGHER_BETTER, False),
])  # fmt: skip
def test_worse_is_a_mean_on_the_bad_side_of_the_latest_segment_alone(
    old: float, new: float, polarity: Polarity, worse: bool
) -> None:
    x = np.array([1e6] * 3 + [-1e6] + [old] * 8 + [new] * 8)
    said = refusals(x, Segment(12, Cause.DATA, lasts=True), after=4, polarity=polarity)
    assert said == ((Refusal.WORSE,) if worse else ())


def test_the_eighth_figure_is_enough_and_gaps_are_none() -> None:
    x = np.array([1.0] * 12 + [1.0] * 7 + [np.nan, 1.0])
    assert refusals(x, NEW) == () and refusals(x[:-1], NEW) == (Refusal.TOO_FEW,)


@pytest.mark.parametrize(("periods", "starts", "fits"), [
    (0, (0,), True), (0, (1,), False), (1, (0,), True), (1, (1,), False), (20, (0, 19), True), (20, (0, 20), False),
    (20, (5,), True), (20, (-1, 3), False), (20, (3, 3), False), (20, (3, 4), True),
])  # fmt: skip
def test_segments_begin_within_the_series_one_after_the_other(
    periods: int, starts: tuple[int, ...], fits: bool
) -> None:
    own = [Segment(start, baseline=12 + i, sloped=i == 1) for i, start in enumerate(starts)]
    if not fits:
        with pytest.raises(SegmentError, match=f"of {periods} periods"):
            segment_rows(2, periods, [own, ()])
        return
    rows = segment_rows(2, periods, [own, ()])
    count = len(starts)
    assert rows.series.tolist() == [0] * count + [1] and rows.baseline.tolist() == [*[12, 13][:count], 12]
    assert rows.is_last.tolist() == [False] * (count - 1) + [True, True]
    assert rows.sloped.tolist() == [*[False, True][:count], False]
    ends = [*starts[1:], periods]
    wanted = [[s <= t < e for t in range(periods)] for s, e in zip(starts, ends, strict=True)] + [[True] * periods]
    assert rows.inside.tolist() == wanted
    x = np.arange(2.0 * periods).reshape(2, periods)
    assert np.array_equal(rows.cut(x)[-1], x[1]) and np.isfinite(rows.cut(x)).sum() == rows.inside.sum()


def test_there_are_segments_for_each_series() -> None:
    with pytest.raises(SegmentError, match="for 1 series, and 2 series"):
        segment_rows(2, 5, [()])
    assert segment_rows(2, 5, None).series.tolist() == [0, 1] and len(segment_rows(0, 5, None).series) == 0
