"""The chart of events too rare to be counted by period: the days from each event to the next (methodology §5.2).

Figures say in which period events happened, not when in it: one is taken to be in the middle, several spread evenly
over it (where the events of a steady process are to be expected). So no time is known to less than a period, which is
what the chart takes as its resolution: where that is too coarse, it says so instead of giving signals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Floats, Indexes
from fourfold.engine.signals.charts import Chart
from fourfold.engine.signals.read import read_many
from fourfold.engine.signals.readings import Between, Reading, Remark
from fourfold.engine.signals.scales import RARE, Nature, Scale
from fourfold.engine.signals.season import Season
from fourfold.engine.signals.segments import Segment

#: A long time is good where few events are.
_TURNED: Final = {
    Polarity.LOWER_BETTER: Polarity.HIGHER_BETTER,
    Polarity.HIGHER_BETTER: Polarity.LOWER_BETTER,
}


def times_between(counts: Floats, edges: Floats) -> tuple[Indexes, Indexes, Floats]:
    """Of each interval the period its first event was in, the one its last event was in, and the days between.

    `counts` `(period,)` are whole numbers of events, NaN where that is not known; `edges` `(period + 1,)` are the days
    periods begin on, and the day after the last one. What lies across an unknown period is NaN days long.

    >>> begin, end, days = times_between(np.array([1.0, 0, 2, np.nan, 1]), np.array([0.0, 30, 60, 90, 120, 150]))
    >>> begin.tolist(), end.tolist(), days.tolist()
    ([0, 2, 2], [2, 2, 4], [55.0, 10.0, nan])
    """
    known = np.isfinite(counts)
    events = np.where(known, counts, 0.0).astype(np.intp)
    place = np.repeat(np.arange(len(events)), events)
    nth = np.arange(len(place)) - np.repeat(np.cumsum(events) - events, events) + 1
    at = edges[place] + (edges[place + 1] - edges[place]) * nth / (events[place] + 1)
    gaps = np.cumsum(~known)[place]
    begin, end = place[:-1], place[1:]
    return begin, end, np.where(np.diff(gaps) == 0, np.diff(at), np.nan)


def read_between(
    reading: Reading,
    counts: Floats,
    edges: Floats,
    chart: Chart,
    *,
    segments: Sequence[Segment] = (),
    polarity: Polarity = Polarity.HIGHER_BETTER,
) -> Reading:
    """The reading of a series by the times between its events, where `reading` found it too rare to be counted.

    Otherwise `reading` comes back as it is; so it does where events have become so many that they can be counted.
    What is returned has its limits in `between`, in days; labels and signals are at the periods whose events ended the
    times they speak of. Times that a confirmed step lies in belong to neither side. There is no judgement by the
    target, which is a number of events.
    """
    known = np.isfinite(counts)
    if reading.scale is not Scale.NONE or counts[known].sum() > RARE * known.sum():
        return reading
    begin, end, days = times_between(counts, edges)
    for segment in segments:
        days[(begin < segment.start) & (end >= segment.start)] = np.nan
    open_ended = np.append(days, np.nan)  # the time since the last event, which no event has ended yet
    used = replace(
        chart, nature=Nature.TIME_BETWEEN, season=Season(mode="none"), valid=(0.0, np.inf),
        resolution=float(np.median(np.diff(edges))),
    )  # fmt: skip
    cuts = {int(np.searchsorted(end, s.start)): s for s in (Segment(), *segments)}
    own = [replace(s, start=at) for at, s in sorted(cuts.items())]
    turned = _TURNED.get(polarity, polarity)
    one = read_many(open_ended[None], used, segments=[own], polarity=[turned]).of(0)
    lower, centre, upper = (line[: len(days)] for line in (one.lower, one.centre, one.upper))
    return _on_periods(one, reading, begin, Between(end, days, lower, centre, upper, _since(counts, edges)))


def _since(counts: Floats, edges: Floats) -> float | None:
    """Days from the last event to the end of the last figure; None without an event, or where a period is unknown."""
    events, known = np.flatnonzero(np.nan_to_num(counts) > 0), np.flatnonzero(np.isfinite(counts))
    if not events.size or np.isnan(counts[events[-1] : known[-1] + 1]).any():
        return None
    place = int(events[-1])
    last = edges[place + 1] - (edges[place + 1] - edges[place]) / (counts[place] + 1)
    return float(edges[known[-1] + 1] - last)


def _on_periods(one: Reading, counted: Reading, begin: Indexes, between: Between) -> Reading:
    """A reading of intervals as one of periods."""
    end = between.place
    label, side = np.zeros_like(counted.label), np.zeros_like(counted.side)
    marked = np.flatnonzero(one.label[: len(end)])
    label[end[marked]], side[end[marked]] = one.label[marked], one.side[marked]
    signals = (replace(s, at=int(end[s.at]), points=tuple(end[list(s.points)].tolist())) for s in one.signals)
    new, none = one.suggestion, np.full(len(counted.label), np.nan)
    return replace(
        one, lower=none, centre=none, upper=none, sigma=none, adjusted=counted.adjusted, label=label, side=side,
        signals=tuple(signals), suggestion=None if new is None else replace(new, start=int(begin[new.start])),
        remarks=(Remark.BETWEEN, *one.remarks), between=between,
    )  # fmt: skip
