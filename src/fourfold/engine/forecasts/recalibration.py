"""An installation's own interval widths, once it has a track record (methodology §6.4)."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Final

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.forecasts.calibration import Calibration
from fourfold.engine.forecasts.track_record import Scored

#: So many series with so many scored forecasts each are enough to trust one's own record.
SERIES: Final = 50
FORECASTS: Final = 6
#: The levels whose half widths are replaced.
LEVELS: Final = (0.50, 0.80, 0.95)


def recalibrate(scored: Scored, base: Calibration) -> Calibration:
    """The calibration with half widths from this record; `base` itself while the record is too short.

    For each horizon and level the half width is the pooled quantile of |error| / scale with rank ⌈(N + 1)·p⌉, which
    holds p of the outcomes on average over series, not for each of them. Where N is too small for the rank, the
    factors of `base` hold. A width never shrinks with the horizon.
    """
    usable = scored.of([row for row, f in enumerate(scored.forecasts) if f.scale])
    per_series = Counter(f.series for f in usable.forecasts)
    if sum(count >= FORECASTS for count in per_series.values()) < SERIES:
        return base
    missed = np.abs(usable.actual - usable.mean) / usable.scale[:, None]
    own = tuple((level, _widths(missed, level)) for level in LEVELS)
    return replace(base, name=f"{base.name}, own record", own=own)


def _widths(missed: Floats, level: float) -> tuple[float, ...]:
    """The half width of each horizon, in scales, NaN where there are too few figures."""
    widths = [_ranked(column[np.isfinite(column)], level) for column in missed.T]
    widest = np.maximum.accumulate(np.nan_to_num(widths, nan=0.0))
    return tuple(np.where(np.isfinite(widths), widest, np.nan).tolist())


def _ranked(values: Floats, level: float) -> float:
    """The quantile with the rank that a new value of the same kind stays within with probability `level`.

    >>> _ranked(np.arange(1.0, 20.0), 0.80), _ranked(np.arange(1.0, 4.0), 0.80)
    (16.0, nan)
    """
    rank = math.ceil((len(values) + 1) * level - 1e-9)
    return float(np.sort(values)[rank - 1]) if rank <= len(values) else math.nan
