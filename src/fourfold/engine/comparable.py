"""Figures of unlike periods made comparable before they are read for signals and forecast (§2.3, §5.5 c).

A KPI says how by `normalise`, for a flow: as in a period of the year's mean number of business days, or of weeks; and
by `season_factors`, where its season is known. What comes out is put back into figures of the periods as they are, so
that nothing shown or stored is ever a normalised number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.cells import Floats
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.forecasts import Forecast
from fourfold.engine.periods import BusinessDays, Frequency, Period, per_business_day, per_mean_length, year_start_index
from fourfold.engine.signals import Reading
from fourfold.engine.signals.limits import LOCKED
from fourfold.engine.signals.scales import FEW
from fourfold.engine.unit_settings import settings_of


def factors_of(
    definitions: Definitions, kpis: Sequence[Kpi], units: Sequence[str], periods: Sequence[Period]
) -> Floats:
    """What to multiply the figures of series with so that their periods compare, `(series, period)`.

    1 for a KPI that says neither `normalise`, or is no flow, nor its season; NaN for a period without a business day.
    """
    factors = np.ones((len(kpis), len(periods)))
    known: dict[BusinessDays | None, Floats] = {}
    for i, (kpi, unit) in enumerate(zip(kpis, units, strict=True)):
        if kpi.season == "profile":
            factors[i] = 1.0 / season_of(kpi, periods)
        if not kpi.normalise or kpi.kind is not MeasureKind.FLOW:
            continue
        days = settings_of(definitions, unit).business if kpi.normalise == "business_days" else None
        if days not in known:
            known[days] = per_mean_length(periods) if days is None else per_business_day(periods, days)
        factors[i] *= known[days]
    return factors


def few_events(values: Floats, since: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which series `(series, period)` have fewer than two events a period in their baseline, `(series,)`.

    One event more or less then outweighs the length of a period, and only whole numbers can be charted by the days
    between events. The baseline are the first twelve figures from `since`, `(series,)`, on; a series without is none.
    """
    known = np.isfinite(values) & (np.arange(values.shape[1]) >= since[:, None])
    baseline = known & (np.cumsum(known, axis=1) <= LOCKED)
    total = np.where(baseline, values, 0.0).sum(axis=1)
    return np.asarray(total < FEW * baseline.sum(axis=1))


def season_of(kpi: Kpi, periods: Sequence[Period]) -> Floats:
    """The factor of each period by the KPI's `season_factors`, whose mean is taken as 1; a week 53 is like week 52."""
    own = np.array(kpi.season_factors, dtype=np.float64)
    if kpi.frequency is Frequency.DAY:
        place = np.array([p.start.weekday() for p in periods], dtype=np.intp)
    else:
        place = np.minimum(np.arange(len(periods)) - year_start_index(periods), len(own) - 1)
    return np.asarray(own[place] / own.mean())


def forecast_as_given(made: Forecast, factors: Floats) -> Forecast:
    """A forecast of normalised figures as one of the periods ahead, whose `factors` these are; `scale` stays as it is.

    In a period without a business day nothing is expected.
    """
    worth = np.nan_to_num(1 / factors[: made.horizon], nan=0.0)
    if (worth == 1).all():
        return made

    def given(figures: tuple[float, ...]) -> tuple[float, ...]:
        return tuple((np.array(figures) * worth[: len(figures)]).tolist())

    return replace(
        made, mean=given(made.mean), lower80=given(made.lower80), upper80=given(made.upper80),
        lower95=given(made.lower95), upper95=given(made.upper95), naive=given(made.naive),
    )  # fmt: skip


def reading_as_given(reading: Reading, factors: Floats) -> Reading:
    """A reading of normalised figures with limits for the figures as they are: wider apart in a busier period."""
    if (factors == 1).all():
        return reading
    return replace(
        reading, lower=reading.lower / factors, centre=reading.centre / factors, upper=reading.upper / factors,
        sigma=reading.sigma / factors, adjusted=reading.adjusted / factors,
    )  # fmt: skip
