"""Forecasts of many series at once (methodology §6.1–§6.4): histories → point forecasts → scale → intervals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from fourfold.engine.cells import Bools, Codes, Floats, Numbers, State
from fourfold.engine.forecasts.accuracy import naive_error, seasonal_naive
from fourfold.engine.forecasts.calibration import LONG, Calibration, calibration_for
from fourfold.engine.forecasts.forecast import Forecast, ForecastError, Lack
from fourfold.engine.forecasts.history import Histories, Places, differs, histories, own_figures
from fourfold.engine.forecasts.ladder import ENOUGH, Method, method_for
from fourfold.engine.forecasts.scale import Estimates, estimate
from fourfold.engine.periods import Frequency, Period

#: How far ahead a forecast reaches where nothing else is asked for.
HORIZON: Final = {
    Frequency.DAY: 14, Frequency.WEEK: 13, Frequency.MONTH: 12, Frequency.QUARTER: 8, Frequency.HALF: 4,
    Frequency.YEAR: 3,
}  # fmt: skip
#: How far ahead past forecasts are checked for the scale: quarters, and all others.
REACH_QUARTERS: Final = 8
REACH: Final = 12
#: Farther from the naive forecast than so many scales times the root of the horizon, a forecast has run away.
RUN_AWAY: Final = 6.0
#: Of the largest figure: what rounding may put between two ways of computing the same.
ROUNDING: Final = 1e-9


def forecast(
    values: Floats,
    periods: Sequence[Period],
    *,
    as_of: date,
    names: Sequence[str] = (),
    horizon: int | None = None,
    state: Codes | None = None,
    marks: Codes | None = None,
    since: Places | None = None,
    discrete: Bools | None = None,
    valid_min: Numbers = -np.inf,
    valid_max: Numbers = np.inf,
    calibration: Calibration | None = None,
) -> tuple[Forecast, ...]:
    """Forecast each series, from its last figure on, by the method its history is long enough for.

    `values` are `(series, period)` in the KPI's unit over consecutive `periods`, oldest first; NaN is no number.
    Periods that begin after `as_of` are not read. With `state` and `marks` (same shape) only numbers of their own
    period count (`own_figures`), and a series without any says why. A gap in between is carried over, not filled.

    Per series, `(series,)`: `since` is the place of the first period after the last confirmed step (used where 6
    figures follow), `discrete` is True for yes-or-no figures, levels and frozen KPIs, `valid_min` and `valid_max`
    bound forecasts and intervals (0 and 100 for percentages, 0 for counts).

    Raises `ForecastError` where the shapes do not fit, or the periods are none or not consecutive.

    >>> from fourfold.engine.periods import Calendar
    >>> months = Calendar().range(Calendar().parse("2026-01"), Calendar().parse("2026-08"))
    >>> y = np.array([[52.0, 48, 55, 50, 47, 53, 51, 49]])
    >>> (f,) = forecast(y, months, as_of=date(2026, 9, 1), horizon=2)
    >>> f.period(1).id, round(f.mean[0], 2), round(f.lower80[0], 2), round(f.upper80[0], 2)
    ('M:2026-09', 51.3, 47.09, 55.51)
    """
    frequency = _frequency(values, periods, state, marks)
    ahead = HORIZON[frequency] if horizon is None else horizon
    if ahead < 1:
        raise ForecastError(f"A forecast cannot reach {ahead} periods ahead.", hint="Give 1 or more.")
    begun = sum(period.start <= as_of for period in periods)
    codes = None if state is None else state[:, :begun]
    figures = _figures(values[:, :begun], codes, None if marks is None else marks[:, :begun])
    m, used = frequency.season, calibration_for(frequency) if calibration is None else calibration
    series = histories(figures, m, since)
    off = np.zeros(len(values), dtype=np.bool_) if discrete is None else discrete
    few = (series.count >= ENOUGH) & ~differs(series.values)
    found = estimate(series, off | few, m, ahead, REACH_QUARTERS if frequency is Frequency.QUARTER else REACH)
    low, high = (np.broadcast_to(np.asarray(v, dtype=np.float64), len(values)) for v in (valid_min, valid_max))
    columns = _columns(series, found, used, m, low, high)
    return tuple(
        _forecast(
            columns, row, names[row] if names else "", as_of, used,
            origin=periods[series.last[row]] if count else None,
            method=Method.LAST if count and (off[row] or few[row]) else method_for(count, m),
            lack=_lack(count, bool(off[row]), bool(few[row])) if count else _why(None if codes is None else codes[row]),
            count=count,
        )
        for row, count in enumerate(series.count.tolist())
    )  # fmt: skip


class _Columns(NamedTuple):
    """What forecasts hold, for all series: `(series, horizon)`, and `(series,)` from `scale` on."""

    mean: Floats
    lower80: Floats
    upper80: Floats
    lower95: Floats
    upper95: Floats
    naive: Floats
    scale: Floats
    naive_error: Floats
    replaced: Bools
    low: Floats
    high: Floats


@np.errstate(all="ignore")
def _columns(series: Histories, found: Estimates, used: Calibration, m: int, low: Floats, high: Floats) -> _Columns:
    """From estimates to what is shown: run-aways replaced, intervals, the valid range, the series' own unit."""
    horizon = found.mean.shape[1]
    h, long = np.arange(1.0, horizon + 1), (series.count >= LONG)[:, None]
    far = np.abs(found.mean - found.naive) > RUN_AWAY * found.scale[:, None] * np.sqrt(h) + ROUNDING
    replaced = (far | ~np.isfinite(found.mean)).any(axis=1) & np.isfinite(found.scale)
    mean = np.where(replaced[:, None], found.naive, found.mean)

    def shown(x: Floats) -> Floats:
        return np.clip(np.ldexp(x, series.exponent[:, None]), low[:, None], high[:, None])

    def half(level: float) -> Floats:
        widths = np.where(long, used.half_width(level, h, LONG), used.half_width(level, h, LONG - 1))
        return np.asarray(found.scale[:, None] * widths)

    half80, half95 = half(0.80), half(0.95)
    past = seasonal_naive(series.values, series.length, m, horizon)
    return _Columns(
        shown(mean), shown(mean - half80), shown(mean + half80), shown(mean - half95), shown(mean + half95),
        np.ldexp(past, series.exponent[:, None]), np.ldexp(found.scale, series.exponent),
        np.ldexp(naive_error(series.values, m), series.exponent), replaced, low, high,
    )  # fmt: skip


def _forecast(
    columns: _Columns,
    row: int,
    name: str,
    as_of: date,
    used: Calibration,
    *,
    origin: Period | None,
    method: Method,
    lack: Lack,
    count: int,
) -> Forecast:
    """The forecast of one series."""
    return Forecast(
        series=name,
        as_of=as_of,
        origin=origin,
        method=method,
        lack=lack,
        count=count,
        mean=_numbers(columns.mean[row]),
        lower80=_numbers(columns.lower80[row]),
        upper80=_numbers(columns.upper80[row]),
        lower95=_numbers(columns.lower95[row]),
        upper95=_numbers(columns.upper95[row]),
        scale=_number(columns.scale[row]),
        degrees=used.degrees(count) if np.isfinite(columns.scale[row]) else 0,
        calibration=used,
        naive=_numbers(columns.naive[row]),
        naive_error=_number(columns.naive_error[row]),
        valid=(float(columns.low[row]), float(columns.high[row])),
        replaced=bool(columns.replaced[row]),
    )


def _figures(values: Floats, state: Codes | None, marks: Codes | None) -> Floats:
    """What counts of the values; nothing of a series whose unit does not have the KPI any more."""
    if state is None:
        return values
    own = own_figures(values, state, np.zeros_like(state) if marks is None else marks)
    gone = (state[:, -1:] == State.NOT_APPLICABLE).any(axis=1)
    return np.where(gone[:, None], np.nan, own)


def _lack(count: int, is_off: bool, few: bool) -> Lack:
    """Why a series with figures has no interval."""
    if is_off:
        return Lack.DISCRETE
    return Lack.SHORT if count < ENOUGH else Lack.FEW_VALUES if few else Lack.NOTHING


def _why(states: Codes | None) -> Lack:
    """Why a series has no figure at all, from its states."""
    seen = [] if states is None else states.tolist()
    if not seen or (State.MISSING in seen and seen[-1] != State.NOT_APPLICABLE):
        return Lack.NO_FIGURES
    if seen[-1] == State.NOT_APPLICABLE:
        return Lack.NOT_APPLICABLE
    return Lack.ERRORS if State.ERROR in seen else Lack.NOT_DUE


def _numbers(row: Floats) -> tuple[float, ...]:
    """A row as a tuple, empty where it has no numbers."""
    return tuple(row.tolist()) if np.isfinite(row).all() else ()


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _frequency(values: Floats, periods: Sequence[Period], state: Codes | None, marks: Codes | None) -> Frequency:
    """The frequency of the periods, which must be consecutive and one per column."""
    if not periods:
        raise ForecastError("There are no periods.", hint="Give the periods of the columns, oldest first.")
    shapes = {array.shape for array in (values, state, marks) if array is not None}
    if shapes != {(len(values), len(periods))}:
        raise ForecastError(
            f"Values, states and marks of shapes {sorted(shapes)} do not fit {len(periods)} periods.",
            hint="All are (series, period).",
        )
    first = periods[0]
    if any(period != first.shift(n) for n, period in enumerate(periods)):
        raise ForecastError("The periods are not consecutive.", hint="Give every period, with NaN where nothing is.")
    return first.frequency
