"""Segments have limits of their own; a new one needs a reason."""

from __future__ import annotations

import numpy as np
import pytest

from fourfold.engine.anchors import Polarity
from fourfold.engine.signals import Cause, Chart, Phase, Refusal, Season, Segment, SegmentError, read_signals, refusals

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
