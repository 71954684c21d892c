"""What the signals of a series say: one reading for one series, or the readings of many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from fourfold.engine.cells import Bools, Codes, Floats, Indexes
from fourfold.engine.signals.charts import Charted, Phase
from fourfold.engine.signals.icons import Assurance, Variation, headline
from fourfold.engine.signals.patterns import Patterns, Signal, signals_of
from fourfold.engine.signals.rules import Signs
from fourfold.engine.signals.scales import Scale
from fourfold.engine.signals.segments import Rows
from fourfold.engine.signals.steps import Steps, Suggestion


class Remark(StrEnum):
    """What a reader of a chart has to know about it."""

    RECORD_FINER = "The figures are recorded too coarsely for signals: record finer steps."
    TIME_BETWEEN = "Events are too rare to be counted by period: record the days of events and chart the time between."
    BETWEEN = "Events are too rare for a chart of counts: what is judged is the days from one event to the next."
    RARE = "Events are rare: a chart of the time between events would show more."
    SEASON_WAITS = "The season is not taken out before there are two years; until then only runs are judged."
    SEASON = "The season is taken out before figures are judged."
    DEPENDENT = "Values depend on the {period} before: the limits are wider, and only figures outside them are signals."
    ALTERNATING = "High and low take turns, so the limits are too wide: look for alternating errors of reporting."
    TREND = "The figures follow a straight line: a sloped centre line would fit, new limits would not."


_CHARTS: Final = {
    Scale.PLAIN: "figures",
    Scale.STANDARDISED: "rates by what their denominators let expect",
    Scale.FREEMAN_TUKEY: "small counts by their roots",
    Scale.LOG: "figures by their logarithms",
    Scale.POWER: "days between events",
    Scale.NONE: "none: events are too rare",
}


@dataclass(frozen=True, slots=True)
class Between:
    """The times between rare events in days, and their limits: arrays `(interval,)`, NaN where nothing is known.

    `place`: the periods of the events that ended them. `since`: the days from the last event to the end of the last
    figure, None where that is not known.
    """

    place: Indexes
    days: Floats
    lower: Floats
    centre: Floats
    upper: Floats
    since: float | None

    @property
    def usual(self) -> tuple[float, float, float] | None:
        """The newest lower limit, centre and upper limit; None where there are none."""
        known = np.flatnonzero(np.isfinite(self.lower) & np.isfinite(self.upper))
        if not known.size:
            return None
        low, centre, high = (float(a[known[-1]]) for a in (self.lower, self.centre, self.upper))
        return low, centre, high


@dataclass(frozen=True, slots=True)
class Reading:
    """The signals of one series, as of its last figure. Arrays are `(period,)`, in the unit of the KPI; NaN is none.

    `lower`, `centre`, `upper`, `sigma`: the limits of each period and the natural standard deviation behind them.
    `adjusted`: the figures without their season. `label` and `side`: the rule a figure belongs to (0: none) and
    whether it is high or low by it. `phase`, `scale`, `count` are those of the last segment. `assurance_ahead` judges
    the target further on. `relock`: the baseline the limits might be locked on instead, 0 where there is no reason.
    `trend`: the slope a period where the figures follow a line. `sentences` says it all in words.
    `between`: the chart of events that are too rare to be counted; what is judged then is those times, in days.
    """

    phase: Phase
    scale: Scale
    count: int
    lower: Floats
    centre: Floats
    upper: Floats
    sigma: Floats
    adjusted: Floats
    label: Codes
    side: Signs
    signals: tuple[Signal, ...]
    variation: Variation
    assurance: Assurance
    assurance_ahead: Assurance
    suggestion: Suggestion | None
    relock: int
    trend: float | None
    dependence: float | None
    remarks: tuple[Remark, ...]
    sentences: tuple[str, ...] = ()
    between: Between | None = None

    @property
    def headline(self) -> str:
        """What the two icons say together."""
        return headline(self.variation, self.assurance)

    @property
    def chart(self) -> str:
        """What is charted, in words."""
        return _CHARTS[self.scale]

    def is_new(self, signal: Signal) -> bool:
        """True where the last figure completed it: then there is something to tell."""
        known = np.flatnonzero(np.isfinite(self.adjusted))
        return bool(known.size) and signal.at == int(known[-1])


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of many series. Arrays are `(series, period)` or `(series,)`; see `Reading`."""

    phase: Codes
    scale: Codes
    count: Indexes
    lower: Floats
    centre: Floats
    upper: Floats
    sigma: Floats
    adjusted: Floats
    label: Codes
    side: Signs
    variation: Codes
    assurance: Codes
    assurance_ahead: Codes
    relock: Indexes
    trend: Floats
    has_signals: Bools
    rows: Rows
    charted: Charted
    patterns: Patterns
    steps: Steps

    def signals(self, series: int) -> tuple[Signal, ...]:
        """The signals of one series, oldest first."""
        found = [
            signal
            for row in np.flatnonzero(self.rows.series == series).tolist()
            for signal in signals_of(self.patterns, row, self.charted.baseline[row])
        ]
        return tuple(sorted(found, key=lambda s: (s.at, s.rule)))

    def last_row(self, series: int) -> int:
        """The row of the last segment of a series."""
        return int(np.flatnonzero((self.rows.series == series) & self.rows.is_last)[0])

    def remarks(self, series: int) -> tuple[Remark, ...]:
        """What is to be known about the chart of one series."""
        row = self.last_row(series)
        c = self.charted
        scale, locked = self.scale[series], self.phase[series] == Phase.LOCKED
        said = {
            Remark.TIME_BETWEEN: scale == Scale.NONE,
            Remark.RARE: c.scaled.is_rare[row] and scale != Scale.NONE,
            Remark.RECORD_FINER: locked and c.is_chunky[row],
            Remark.SEASON_WAITS: locked and c.season.waits[row],
            Remark.SEASON: c.season.years[row] > 0 or c.chart.season.mode == "profile",
            Remark.DEPENDENT: c.dependence.is_dependent[row],
            Remark.ALTERNATING: c.dependence.is_alternating[row],
            Remark.TREND: np.isfinite(self.trend[series]),
        }
        return tuple(remark for remark, there in said.items() if there)

    def of(self, series: int, say: Callable[[Reading], Sequence[str]] | None = None) -> Reading:
        """The reading of one series; `say` puts it into words."""
        i, row = series, self.last_row(series)
        slope, r1 = float(self.trend[i]), float(self.charted.dependence.r1[row])
        reading = Reading(
            Phase(int(self.phase[i])), Scale(int(self.scale[i])), int(self.count[i]),
            self.lower[i], self.centre[i], self.upper[i], self.sigma[i], self.adjusted[i], self.label[i], self.side[i],
            self.signals(i), Variation(int(self.variation[i])), Assurance(int(self.assurance[i])),
            Assurance(int(self.assurance_ahead[i])), self.steps.of(row), int(self.relock[i]),
            slope if np.isfinite(slope) else None, r1 if np.isfinite(r1) else None, self.remarks(i),
        )  # fmt: skip
        return reading if say is None else replace(reading, sentences=tuple(say(reading)))
