"""Events too rare to be counted by period: charted by the days between them, checked by an oracle without arrays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from statistics import mean
from typing import Final

import numpy as np
import pytest

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Floats
from fourfold.engine.signals import (
    Between,
    Cause,
    Chart,
    Nature,
    Phase,
    Reading,
    Remark,
    Rule,
    RuleSet,
    Season,
    Segment,
    Variation,
    Words,
    read_between,
    read_signals,
    times_between,
)
from fourfold.engine.signals.times_between import _since
from fourfold.engine.signals.wording import day_number, sentences

CHART: Final = Chart(nature=Nature.COUNT, season=Season(mode="none"))
#: Days from one event to the next.
USUAL: Final = [30, 44, 12, 61, 25, 38, 9, 52, 33, 21, 47, 28]


def counts_of(intervals: list[int], after: int = 5) -> Floats:
    """A daily 0 or 1 with events so many days apart, and some days after the last one."""
    counts = np.zeros(sum(intervals) + after + 1)
    counts[np.cumsum([0, *intervals])] = 1
    return counts


def days(count: int) -> Floats:
    return np.arange(count + 1.0)


def read(counts: Floats, edges: Floats | None = None, chart: Chart = CHART, *segments: Segment) -> Reading:
    counted = read_signals(counts, chart, polarity=Polarity.LOWER_BETTER)
    used = days(len(counts)) if edges is None else edges
    return read_between(counted, counts, used, chart, segments=segments, polarity=Polarity.LOWER_BETTER)


def oracle(intervals: list[float]) -> tuple[float, float, float]:
    """Limits of times between events: XmR on t^0.2777 and back, as §5.1 and §5.2 write them; wild ranges screened."""
    y = [t**0.2777 for t in intervals]
    ranges = [abs(a - b) for a, b in zip(y[1:], y, strict=False)]
    kept = [r for r in ranges if r < 3.267 * mean(ranges)]
    centre, half = mean(y), 2.66 * mean(kept)
    low, middle, high = (max(line, 0.0) ** (1 / 0.2777) for line in (centre - half, centre, centre + half))
    return low, middle, high


def test_limits_are_those_of_the_times_between_daily_events() -> None:
    reading = read(counts_of(USUAL))
    assert reading.between is not None and reading.between.usual == pytest.approx(oracle([float(n) for n in USUAL]))
    assert reading.between.days.tolist() == USUAL
    assert (reading.phase, reading.count, reading.chart) == (Phase.LOCKED, 12, "days between events")
    assert reading.variation is Variation.USUAL and Remark.BETWEEN in reading.remarks
    assert np.isnan(reading.upper).all(), "a count of a day has no range of its own"


def test_a_time_beyond_the_limits_is_a_signal_at_the_day_that_ended_it() -> None:
    reading = read(counts_of([*USUAL, 400]))
    (signal,) = reading.signals
    assert (signal.rule, signal.at, signal.side) == (Rule.OUTSIDE, sum(USUAL) + 400, 1)
    assert reading.variation is Variation.IMPROVEMENT_HIGH, "few accidents are wanted, so a long time is good"
    assert reading.label[signal.at] == Rule.OUTSIDE and (reading.label != 0).sum() == 1


def test_eight_short_times_are_a_concern_and_suggest_new_limits_from_the_event_before() -> None:
    reading = read(counts_of([*USUAL, *[10, 8, 9, 10, 7, 9, 8, 10]]))
    assert reading.variation is Variation.CONCERN_LOW
    assert {signal.rule for signal in reading.signals} == {Rule.RUN_8}
    assert reading.suggestion is not None and reading.suggestion.start == sum(USUAL)
    said = sentences(reading, Words())
    start = sum(USUAL)
    assert f"Signal at period {start + 72}: 8 intervals in a row below the centre, since period {start + 11}." in said


def test_months_put_one_event_in_the_middle_and_several_evenly() -> None:
    months = [date(2025, m, 1) for m in range(1, 13)] + [date(2026, 1, 1)]
    edges = np.array([m.toordinal() for m in months], dtype=float)
    counts = np.array([0.0, 1, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0])
    middle = date(2025, 2, 1).toordinal() + 14
    third = date(2025, 5, 1).toordinal() + 31 / 3
    autumn = date(2025, 10, 1).toordinal() + 15.5
    begin, end, found = times_between(counts, edges)
    assert found == pytest.approx([third - middle, 31 / 3, autumn - third - 31 / 3])
    assert (begin.tolist(), end.tolist()) == ([1, 4, 4], [4, 4, 9])


def test_a_missing_day_leaves_the_time_across_it_unknown_and_breaks_the_run() -> None:
    short = [10, 8, 9, 10, 7, 9, 8, 10]
    counts = counts_of([*USUAL, *short])
    counts[sum(USUAL) + 30] = np.nan  # between two events
    reading = read(counts)
    assert reading.between is not None
    assert np.flatnonzero(np.isnan(reading.between.days)).tolist() == [15]
    assert not reading.signals, "seven are no run of eight"
    assert reading.count == 19


def test_a_confirmed_step_begins_new_limits_and_its_own_interval_is_nobodys() -> None:
    longer = [3 * n for n in USUAL]
    step = Segment(sum(USUAL) + 10, Cause.PROCESS, lasts=True)
    reading = read(counts_of([*USUAL, *longer]), None, CHART, step)
    assert reading.between is not None
    assert np.isnan(reading.between.days[12]), "the interval that the step lies in"
    assert reading.phase is Phase.TRIAL and reading.count == 11
    assert reading.between.usual == pytest.approx(oracle([float(n) for n in longer[1:]]))


@pytest.mark.parametrize(
    ("counts", "since"), [([0.0, 0, 1, 0, 0, 0], 3.5), ([0.0, 1, np.nan, 0], None), ([0.0, 0], None)]
)
def test_the_days_since_the_last_event_are_told_where_they_are_known(counts: list[float], since: float | None) -> None:
    reading = read(np.array(counts))
    assert reading.between is not None and reading.between.since == since
    assert ("The last event was 3.5 days ago." in sentences(reading, Words())) is (since is not None)


def test_an_interval_that_is_still_open_is_no_signal_but_is_said_to_be_long() -> None:
    reading = read(counts_of(USUAL, after=400))
    assert not reading.signals
    assert "The last event was 400 days ago, longer than usual." in sentences(reading, Words())


def test_counts_that_are_not_rare_stay_as_they_are() -> None:
    often = np.array([3.0, 4, 2, 5, 4, 3] * 3)
    grown = np.array([0.0] * 12 + [90.0] * 60)
    assert read(often).between is None and read(grown).between is None


def test_stable_rare_events_seldom_signal_where_counts_of_them_would_often() -> None:
    """§5.2: 34 % of stable series of Poisson(1) counts have a figure outside; of times between them about 6 %."""
    rng, chart = np.random.default_rng(7), Chart(Nature.COUNT, RuleSet("limits", (Rule.OUTSIDE,)), Season(mode="none"))
    found, plain = [], []
    for _ in range(150):
        counts = rng.poisson(0.4, 60).astype(float)
        edges = np.array([(date(2020, 1, 1) + timedelta(days=30.4375 * m)).toordinal() for m in range(61)], dtype=float)
        reading = read(counts, edges, chart)
        if reading.between is None:
            continue  # the first twelve happened to have many
        found.append(bool(reading.signals))
        plain.append(bool(read_signals(counts, Chart(rules=chart.rules, season=chart.season, resolution=1e-9)).signals))
    assert len(found) > 120
    assert mean(found) <= 0.15 < 0.5 < mean(plain), (mean(found), mean(plain))


def test_days_are_told_in_halves_below_ten_and_whole_from_there() -> None:
    told = [day_number(x) for x in (0.2, 0.3, 3.26, 9.6, 9.8, 10.0, 10.4, 10.6, 1234.4)]
    assert told == ["0", "0.5", "3.5", "9.5", "10", "10", "10", "11", "1,234"]


@pytest.mark.parametrize(("last", "counted"), [(10.0, False), (11.0, True)])
def test_five_events_a_period_on_average_are_still_too_few_to_be_counted(last: float, counted: bool) -> None:
    counts = np.array([0.0] * 12 + [10.0] * 11 + [last, np.nan])
    assert (read(counts).between is None) is counted


@pytest.mark.parametrize(("counts", "edges", "since"), [
    ([0.0, 2, 0], [0.0, 1, 2, 3], 4 / 3), ([0.0, 1, 0], [0.0, 10, 40, 50], 25.0), ([1.0], [0.0, 30], 15.0),
    ([1.0, 0, np.nan], [0.0, 30, 60, 90], 45.0), ([1.0, np.nan, 0], [0.0, 30, 60, 90], None),
    ([np.nan, 1.0], [0.0, 30, 60], 15.0), ([0.0, 0.0], [0.0, 30, 60], None), ([], [0.0], None),
])  # fmt: skip
def test_days_since_the_last_event_go_to_the_end_of_the_last_known_period(
    counts: list[float], edges: list[float], since: float | None
) -> None:
    assert _since(np.array(counts), np.array(edges)) == (None if since is None else pytest.approx(since))


@pytest.mark.parametrize(("lower", "upper", "usual"), [
    ([1.0, 2.0, np.nan], [7.0, 8.0, np.nan], (2.0, 6.0, 8.0)), ([1.0, np.nan], [7.0, 9.0], (1.0, 5.0, 7.0)),
    ([np.nan, 3.0], [7.0, 9.0], (3.0, 6.0, 9.0)), ([np.nan], [1.0], None), ([], [], None),
])  # fmt: skip
def test_the_usual_time_is_that_of_the_newest_limits(
    lower: list[float], upper: list[float], usual: tuple[float, float, float] | None
) -> None:
    centre = np.arange(5.0, 5.0 + len(lower))
    found = Between(np.arange(len(lower)), centre, np.array(lower), centre, np.array(upper), None)
    assert found.usual == usual


def test_intervals_are_told_one_by_one_until_there_are_limits() -> None:
    def second(count: int, **more: float) -> list[str]:
        reading = read(counts_of(USUAL[:count]))
        assert reading.between is not None
        return list(sentences(replace(reading, between=replace(reading.between, **more)), Words()))[1:]

    assert second(1)[0] == "1 interval between events: it takes 6 for trial limits, 12 for signals."
    assert second(5)[0] == "5 intervals between events: it takes 6 for trial limits, 12 for signals."
    assert second(6)[0].startswith("Trial limits from 6 intervals between events: ")
    assert second(12)[0].startswith("From one event to the next it usually takes ") and "No signal." in second(12)[0]
    usual = oracle([float(n) for n in USUAL])[2]
    told = {since: second(12, since=since)[1] for since in (usual * (1 - 1e-6), usual * (1 + 1e-6))}
    assert [", longer than usual." in said for said in told.values()] == [False, True]
    assert "longer" not in second(6, since=1e6)[1]
