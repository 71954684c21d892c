"""What forecasts of a series would have been worth: made again as of earlier periods, and laid beside what came.

A forecast that was kept is better evidence (`track_record`): figures may have been corrected since.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.forecasts.accuracy import Coverage, coverage
from fourfold.engine.forecasts.predict import forecast
from fourfold.engine.periods import Period


def hindcast(
    values: Floats,
    periods: Sequence[Period],
    *,
    as_of: date,
    times: int = 12,
    since: int = 0,
    valid: tuple[float, float] = (-np.inf, np.inf),
) -> Coverage:
    """How many of the last `times` figures of a series `(period,)` lay in the 80 % interval of the period before.

    NaN is no figure. Each forecast reads only what came before its period. Those without an interval take no part:
    where fewer than 6 figures came before. `since` and `valid` are as in `forecast`.

    >>> from fourfold.engine.periods import Calendar
    >>> months = Calendar().range(Calendar().parse("2026-01"), Calendar().parse("2026-09"))
    >>> found = hindcast(np.array([52.0, 48, 55, 50, 47, 53, 51, 49, 90]), months, as_of=date(2026, 10, 1))
    >>> found.inside, found.outcomes
    (2, 3)
    """
    last = np.flatnonzero(np.isfinite(values))[-times:]
    if not last.size:
        return coverage(np.empty(0), np.empty(0), np.empty(0))
    pasts = np.where(np.arange(len(values)) < last[:, None], values, np.nan)
    low, high = valid
    made = forecast(pasts, periods, as_of=as_of, since=np.full(len(last), since), valid_min=low, valid_max=high)
    bounds = []
    for at, one in zip(last.tolist(), made, strict=True):
        intervals = enumerate(zip(one.lower80, one.upper80, strict=True), 1)
        bounds.append({one.period(h): pair for h, pair in intervals}.get(periods[at], (np.nan, np.nan)))
    lower, upper = np.array(bounds).T
    return coverage(values[last], lower, upper)
