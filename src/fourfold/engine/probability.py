"""The probability to hit a target, from a forecast and how far such forecasts miss (methodology §4.4).

The figure to come is taken as Student's t around the forecast. An outlook without a forecast or interval is NaN
throughout, and so is every probability from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Floats, Numbers
from fourfold.engine.forecasts.forecast import Forecast, ForecastError
from fourfold.engine.judgement import EPSILON
from fourfold.engine.student_t import t_cdf, t_quantile


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a figure will be: a t distribution with its centre and spread, in the KPI's unit."""

    centre: float
    spread: float
    degrees: int

    def value(self, p: float) -> float:
        """The value that is not exceeded with probability `p`.

        >>> round(Outlook(944.0, 27.85, 4).value(0.25), 0)
        923.0
        """
        return self.centre + self.spread * t_quantile(p, self.degrees) if self.degrees else math.nan


NO_OUTLOOK = Outlook(math.nan, math.nan, 0)


def level_outlook(forecast: Forecast, h: int) -> Outlook:
    """The figure of the period `h` ahead of the last one; raises `ForecastError` beyond the horizon."""
    if not _reaches(forecast, h):
        return NO_OUTLOOK
    assert forecast.scale is not None
    spread = float(forecast.calibration.spread(h, forecast.count))
    return Outlook(forecast.mean[h - 1], forecast.scale * spread, forecast.degrees)


def cumulative_outlook(forecast: Forecast, to_date: float, h: int) -> Outlook:
    """The sum `to_date` together with the next `h` figures, as at the end of a year with `h` periods left.

    `to_date` covers every period up to the forecast's origin; NaN where one is missing, and then there is no outlook.
    The spread grows faster than with independent errors, since those of one series go the same way. With no period
    left the sum is certain.
    """
    if h == 0 and math.isfinite(to_date):
        return Outlook(to_date, 0.0, max(forecast.degrees, 1))
    if not _reaches(forecast, h) or not math.isfinite(to_date):
        return NO_OUTLOOK
    assert forecast.scale is not None
    spread = float(forecast.calibration.cumulative_spread(h))
    return Outlook(to_date + sum(forecast.mean[:h]), forecast.scale * spread, forecast.degrees)


def mean_outlook(forecast: Forecast, to_date: float, h: int, periods: int) -> Outlook:
    """The mean of a year of so many `periods`, from the sum `to_date` and the next `h` figures."""
    if periods < 1:
        raise ForecastError(f"There is no mean of {periods} periods.", hint="Give 12 for a year of months.")
    total = cumulative_outlook(forecast, to_date, h)
    return Outlook(total.centre / periods, total.spread / periods, total.degrees)


def _reaches(forecast: Forecast, h: int) -> bool:
    """Whether there is an interval; raises where there is one that is too short."""
    if h < 1 or (forecast.scale is not None and h > forecast.horizon):
        raise ForecastError(
            f"The forecast of {forecast.series or 'this series'} does not reach {h} periods ahead.",
            hint=f"Give 1 to {forecast.horizon}, or forecast with a longer horizon.",
        )
    return forecast.scale is not None


def probability(outlook: Outlook, target: Numbers, polarity: Polarity = Polarity.HIGHER_BETTER) -> Floats:
    """The probability to reach the target, or where lower is better to stay at or below it; NaN without either.

    Raises `ForecastError` for other polarities: a range has two ends (`probability_in_range`), a neutral KPI no target.

    >>> probability(Outlook(944.0, 27.84664507, 4), np.array([930.0, 944.0, 960.0])).round(4).tolist()
    [0.6792, 0.5, 0.2982]
    """
    if polarity not in (Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER):
        raise ForecastError(f"A target of a KPI that is {polarity} has no side.", hint="Use probability_in_range.")
    goal = np.asarray(target, dtype=np.float64)
    gap = outlook.centre - goal if polarity is Polarity.HIGHER_BETTER else goal - outlook.centre
    if not outlook.degrees:
        return np.full(goal.shape, np.nan)
    if outlook.spread == 0.0:
        met = np.where(gap >= -EPSILON * np.abs(goal), 1.0, 0.0)
        return np.where(np.isnan(gap), np.nan, met)
    return t_cdf(gap / outlook.spread, outlook.degrees)


def probability_in_range(outlook: Outlook, low: Numbers, high: Numbers) -> Floats:
    """The probability to end within the range, ends included; 0 where it is upside down.

    >>> float(probability_in_range(Outlook(50.0, 5.0, 4), 45.0, 55.0).round(4))
    0.6261
    """
    reached = probability(outlook, low)
    kept = probability(outlook, high, Polarity.LOWER_BETTER)
    return np.asarray(np.maximum(reached + kept - 1.0, 0.0))


def ambition(p: Numbers) -> Floats:
    """The ambition of a target that is hit with probability `p`: 1 − p."""
    return np.asarray(1.0 - np.asarray(p, dtype=np.float64))


def percent_shown(p: float) -> int | None:
    """A probability as it is printed: steps of 5 %, never below 5 or above 95; None where there is none.

    >>> [percent_shown(p) for p in (0.0, 0.6792, 0.725, 1.0)]
    [5, 70, 75, 95]
    """
    return None if math.isnan(p) else min(max(5 * math.floor(20 * p + 0.5), 5), 95)


def likelihood(p: float) -> str:
    """The word for a probability; empty where there is none.

    >>> [likelihood(p) for p in (0.09, 0.1, 0.35, 0.65, 0.66, 0.91)]
    ['very unlikely', 'unlikely', 'open', 'open', 'likely', 'very likely']
    """
    if math.isnan(p):
        return ""
    if p < 0.35:
        return "very unlikely" if p < 0.10 else "unlikely"
    return "open" if p <= 0.65 else "very likely" if p > 0.90 else "likely"
