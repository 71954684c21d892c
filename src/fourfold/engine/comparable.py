"""Flows of periods of different lengths made comparable before they are read for signals and forecast (§2.3).

A KPI says how by `normalise`: as in a period of the year's mean number of business days, or of weeks. What comes out is
put back into figures of the periods as they are, so that nothing shown or stored is ever a normalised number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.cells import Floats
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.forecasts import Forecast
from fourfold.engine.periods import BusinessDays, Period, per_business_day, per_mean_length
from fourfold.engine.signals import Reading
from fourfold.engine.unit_settings import settings_of


def factors_of(
    definitions: Definitions, kpis: Sequence[Kpi], units: Sequence[str], periods: Sequence[Period]
) -> Floats:
    """What to multiply the figures of series with so that their periods compare, `(series, period)`.

    1 for a KPI that does not say `normalise` or is no flow; NaN for a period without a business day.
    """
    factors = np.ones((len(kpis), len(periods)))
    known: dict[BusinessDays | None, Floats] = {}
    for i, (kpi, unit) in enumerate(zip(kpis, units, strict=True)):
        if not kpi.normalise or kpi.kind is not MeasureKind.FLOW:
            continue
        days = settings_of(definitions, unit).business if kpi.normalise == "business_days" else None
        if days not in known:
            known[days] = per_mean_length(periods) if days is None else per_business_day(periods, days)
        factors[i] = known[days]
    return factors


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
    """A reading of normalised figures with limits for the figures as they are: wider apart in a longer period."""
    if (factors == 1).all():
        return reading
    return replace(
        reading, lower=reading.lower / factors, centre=reading.centre / factors, upper=reading.upper / factors,
        sigma=reading.sigma / factors, adjusted=reading.adjusted / factors,
    )  # fmt: skip
