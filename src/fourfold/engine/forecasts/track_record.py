"""What became of forecasts once the figures were there (methodology §6.4, §6.5).

A forecast is kept as it was made; nothing here changes it. Figures that are not there yet take no part.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.forecasts.accuracy import Coverage, coverage, mase, msis
from fourfold.engine.forecasts.forecast import Forecast
from fourfold.engine.periods import Period

#: The figures of each series, by its name.
Actuals = Mapping[str, Mapping[Period, float]]
#: What the coverage of 80 % intervals must not leave.
ALARM: Final = (0.70, 0.90)


@dataclass(frozen=True, slots=True)
class Laid:
    """What forecasts said, beside what came: arrays are `(forecast, horizon)`, NaN beyond a forecast's own horizon.

    `series` says whose each is. `actual` is NaN where there is no figure (yet); `scale` and `error`, the past naive
    error, are `(forecast,)` and NaN where there is none.
    """

    series: tuple[str, ...]
    actual: Floats
    mean: Floats
    naive: Floats
    lower80: Floats
    upper80: Floats
    lower95: Floats
    upper95: Floats
    scale: Floats
    error: Floats


@dataclass(frozen=True, slots=True)
class Scored(Laid):
    """Forecasts laid beside what came."""

    forecasts: tuple[Forecast, ...]

    def of(self, rows: Sequence[int]) -> Scored:
        """Some of the forecasts."""
        some = np.array(rows, dtype=np.intp)
        return Scored(
            tuple(self.series[row] for row in rows), self.actual[some], self.mean[some], self.naive[some],
            self.lower80[some], self.upper80[some], self.lower95[some], self.upper95[some], self.scale[some],
            self.error[some], tuple(self.forecasts[row] for row in rows),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """The record of some forecasts of which something has come; errors are in units of the past naive error.

    `value_added` is the error of the naive forecast less ours: below zero the method was worth nothing. `bias` is the
    mean of actual less forecast in scales: above zero forecasts were too low. NaN where nothing could be compared.
    """

    series: int
    forecasts: int
    figures: int
    mase_mean: float
    mase_median: float
    value_added: float
    bias: float
    msis: float
    coverage80: Coverage
    coverage95: Coverage

    @property
    def alarm(self) -> bool:
        """True where 80 % intervals hold less than 70 or more than 90 % of figures, beyond what chance explains."""
        return self.coverage80.high < ALARM[0] or self.coverage80.low > ALARM[1]


def score(forecasts: Iterable[Forecast], actuals: Actuals) -> Scored:
    """Lay forecasts beside the figures that came; those without any figure yet are left out."""
    kept, came = [], []
    for one in forecasts:
        known = actuals.get(one.series, {})
        row = [known.get(one.period(h), math.nan) for h in range(1, one.horizon + 1)]
        if any(math.isfinite(value) for value in row):
            kept.append(one)
            came.append(row)
    width = max((len(row) for row in came), default=0)

    def table(rows: Iterable[Sequence[float]]) -> Floats:
        return np.array([[*row, *[math.nan] * (width - len(row))] for row in rows]).reshape(len(kept), width)

    return Scored(
        tuple(f.series for f in kept), table(came), table(f.mean for f in kept), table(f.naive for f in kept),
        table(f.lower80 for f in kept), table(f.upper80 for f in kept), table(f.lower95 for f in kept),
        table(f.upper95 for f in kept), _column(f.scale for f in kept), _column(f.naive_error for f in kept),
        tuple(kept),
    )  # fmt: skip


def record(laid: Laid) -> TrackRecord:
    """The record of forecasts laid beside their figures."""
    ours = mase(laid.actual, laid.mean, laid.error)
    naive = mase(laid.actual, laid.naive, laid.error)
    away = (laid.actual - laid.mean) / np.where(laid.scale > 0, laid.scale, np.nan)[:, None]
    intervals = msis(laid.actual, laid.lower95, laid.upper95, laid.error)
    return TrackRecord(
        series=len(set(laid.series)),
        forecasts=len(laid.series),
        figures=int(np.isfinite(laid.actual).sum()),
        mase_mean=_mean(ours),
        mase_median=_median(ours),
        value_added=_mean(naive - ours),
        bias=_mean(away),
        msis=_mean(intervals),
        coverage80=coverage(laid.actual, laid.lower80, laid.upper80),
        coverage95=coverage(laid.actual, laid.lower95, laid.upper95),
    )


#: The lengths of history records are compared by: from, up to.
BUCKETS: Final = ((1, 5), (6, 11), (12, 23), (24, 35), (36, 59), (60, 10**9))


def records_by_length(scored: Scored) -> dict[tuple[int, int], TrackRecord]:
    """The record of each bucket of history lengths that has forecasts."""
    buckets = {
        (low, high): [row for row, f in enumerate(scored.forecasts) if low <= f.count <= high] for low, high in BUCKETS
    }
    return {bucket: record(scored.of(rows)) for bucket, rows in buckets.items() if rows}


def records_by_period(scored: Scored) -> dict[Period, TrackRecord]:
    """The record of each period, over all forecasts of it: the coverage report; shorter periods first, then by time."""
    places: dict[Period, list[tuple[int, int]]] = {}
    for row, h in np.argwhere(np.isfinite(scored.actual)).tolist():
        places.setdefault(scored.forecasts[row].period(h + 1), []).append((row, h))
    return {period: record(_only(scored, places[period])) for period in sorted(places, key=_in_time)}


def _in_time(period: Period) -> tuple[int, int]:
    return period.frequency.rank, period.ordinal


def _only(scored: Scored, cells: Sequence[tuple[int, int]]) -> Scored:
    """Only these figures of these forecasts."""
    rows = sorted({row for row, _ in cells})
    place = {row: i for i, row in enumerate(rows)}
    part = scored.of(rows)
    inside = np.zeros(part.actual.shape, dtype=np.bool_)
    for row, h in cells:
        inside[place[row], h] = True
    return replace(part, actual=np.where(inside, part.actual, np.nan))


def _column(values: Iterable[float | None]) -> Floats:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def _mean(x: Floats) -> float:
    known = x[np.isfinite(x)]
    return float(known.mean()) if known.size else math.nan


def _median(x: Floats) -> float:
    known = x[np.isfinite(x)]
    return float(np.median(known)) if known.size else math.nan
