"""A forecast: what a series will be, with intervals, as it was on the day it was made (methodology §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from fourfold.engine.forecasts.calibration import Calibration
from fourfold.engine.forecasts.ladder import Method
from fourfold.engine.periods import Period
from fourfold.errors import FourfoldError


class ForecastError(FourfoldError):
    """This cannot be forecast."""


class Lack(StrEnum):
    """Why there is no forecast, or one without an interval; the words are for people."""

    NOTHING = ""
    NO_FIGURES = "No forecast: there are no figures yet."
    NOT_DUE = "No forecast: no figure is due yet."
    NOT_APPLICABLE = "No forecast: this unit does not have this KPI."
    ERRORS = "No forecast: no figure could be computed."
    SHORT = "Indicative: fewer than 6 figures are too few for an interval."
    DISCRETE = "The last figure is carried on: yes or no, levels and frozen KPIs have no trend and no interval."
    FEW_VALUES = "The last figure is carried on: with fewer than 3 different figures there is no interval."


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of one series; every tuple begins with the period after `origin`, in the KPI's own unit.

    Without a forecast all tuples are empty, without an interval the four bounds are. It never changes, so it can be
    kept and compared with what came (`track_record`).
    """

    series: str  # whose figures, as the caller calls them
    as_of: date
    origin: Period | None  # the period of the last figure; None where there is none
    method: Method
    lack: Lack
    count: int  # figures it rests on
    mean: tuple[float, ...]
    lower80: tuple[float, ...]
    upper80: tuple[float, ...]
    lower95: tuple[float, ...]
    upper95: tuple[float, ...]
    scale: float | None  # the usual miss one period ahead, None where there is no interval
    degrees: int  # of freedom of the t distribution; 0 where there is no interval
    calibration: Calibration
    naive: tuple[float, ...]  # the figures of a cycle ago, or the last one: what a forecast has to beat
    naive_error: float | None  # its mean error in the past, the unit of scaled errors; None where 0 or unknown
    valid: tuple[float, float] = (-np.inf, np.inf)
    replaced: bool = False  # the method ran away, and the naive forecast with its season stands instead

    @property
    def horizon(self) -> int:
        """How many periods ahead it reaches."""
        return len(self.mean)

    def period(self, h: int) -> Period:
        """The period `h` ahead of the last figure, from 1 to the horizon."""
        if self.origin is None or not 1 <= h <= self.horizon:
            raise ForecastError(f"This forecast does not reach {h} periods ahead.", hint=f"It reaches {self.horizon}.")
        return self.origin.shift(h)

    def half_widths(self, level: float) -> tuple[float, ...]:
        """Half the width of intervals of this level, such as 0.5, for each horizon; empty where there are none."""
        if self.scale is None:
            return ()
        h = np.arange(1.0, self.horizon + 1)
        return tuple((self.scale * self.calibration.half_width(level, h, self.count)).tolist())

    def interval(self, level: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Lower and upper bounds of this level within the valid range; empty where there are none."""
        low, high = self.valid
        pairs = list(zip(self.mean, self.half_widths(level), strict=False))
        return (
            tuple(min(max(mean - half, low), high) for mean, half in pairs),
            tuple(min(max(mean + half, low), high) for mean, half in pairs),
        )
