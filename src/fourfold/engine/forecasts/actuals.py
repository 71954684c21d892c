"""What came of forecasts, and which of them were made in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from fourfold.engine.forecasts.forecast import Forecast
from fourfold.engine.forecasts.history import own_figures
from fourfold.engine.kpis import Figures
from fourfold.engine.periods import Period


def actuals_of(found: Figures) -> dict[str, dict[Period, float]]:
    """The figures of each series, `kpi/unit`, by period, without those that are not their period's own."""
    actual: dict[str, dict[Period, float]] = {}
    for _, block in found.blocks:
        for k, kpi in enumerate(block.kpis):
            own = own_figures(block.value[k], block.state[k], block.marks[k])
            for u, unit in enumerate(block.units):
                places = np.flatnonzero(np.isfinite(own[u])).tolist()
                actual[f"{kpi}/{unit}"] = {block.periods[p]: float(own[u, p]) for p in places}
    return actual


def first_of_each_origin(forecasts: Iterable[Forecast]) -> Iterator[Forecast]:
    """The first forecast of each series from each origin; those that reach nowhere are left out."""
    seen: set[tuple[str, Period]] = set()
    for made in forecasts:
        if made.origin is not None and made.horizon and (made.series, made.origin) not in seen:
            seen.add((made.series, made.origin))
            yield made
