"""What became of the targets of the last fiscal year: how likely they looked half-way, and which were met (§8.5).

Of a unit as a whole, never of one person: a handful of targets says nothing about who answers for them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from fourfold.engine.ambition import Judged, judge
from fourfold.engine.chances import Chance, Way
from fourfold.engine.definitions import Definitions
from fourfold.engine.due import latest_day
from fourfold.engine.forecasts import actuals_of
from fourfold.engine.kpis import Figures
from fourfold.engine.outlook import outlooks
from fourfold.engine.periods import Frequency, Period

#: A figure on the edge of what is wanted has met it (A4).
_EDGE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Hindsight:
    """The fiscal year that is over, and its targets: expected half-way, and met."""

    year: Period
    judged: Judged


def hindsight(
    definitions: Definitions,
    found: Figures,
    *,
    as_of: datetime,
    kpis: Collection[str] | None = None,
    units: Collection[str] | None = None,
) -> Hindsight | None:
    """The last fiscal year that is over, of these KPIs and units (all without); None where no target can be judged.

    Chances are those that the figures of the first half of the year would have told, against the targets as they are
    now. A target is judged where every figure that it is compared with has come.
    """
    year = definitions.calendar.period(Frequency.YEAR, latest_day(definitions, as_of)).shift(-1)
    half, actual = year.parts(Frequency.HALF)[0].last_day, actuals_of(found)
    looked = [
        (o.chance, actual.get(f"{o.kpi}/{o.unit}", {}))
        for o in outlooks(definitions, found, as_of=as_of, kpis=kpis, units=units, until=half)
        if o.chance is not None and o.chance.end.within(Frequency.YEAR) == year
    ]
    likely = np.array([chance.p for chance, _ in looked], dtype=np.float64)
    judged = judge(likely, np.array([_met(chance, figures) for chance, figures in looked], dtype=np.float64))
    return Hindsight(year, judged) if judged.known else None


def _met(chance: Chance, figures: Mapping[Period, float]) -> float:
    """1 where the year ended as wanted, 0 where it did not, NaN where that is not known."""
    ends = [chance.end]
    if chance.way is not Way.LEVEL:
        ends = list(chance.end.within(Frequency.YEAR).parts(chance.end.frequency))
    if not all(p in figures for p in ends):
        return math.nan
    whole = math.fsum(figures[p] for p in ends) / (len(ends) if chance.way is Way.MEAN else 1)
    slack = _EDGE * max(abs(x) for x in (whole, chance.low, chance.high, 1e-300) if math.isfinite(x))
    return float(chance.low - slack <= whole <= chance.high + slack)
