"""One figure for how well the scorecard itself is kept, apart from what it says (methodology §8.7).

It is never mixed with performance: a scorecard can be in perfect order and all red.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from fourfold.engine.freshness import decay
from fourfold.engine.portfolio.balance import Balance
from fourfold.engine.portfolio.coverage import Coverage, Use
from fourfold.engine.portfolio.effort import Collection

#: Figures from which on a series can show signals, and days within which a KPI must be seen to be in use.
POINTS: Final = 12
SEEN: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Health:
    """Parts 0..100, each with a share of its own, and their mean; a part nobody knows is left out and named."""

    parts: Mapping[str, float]
    left_out: tuple[str, ...]
    weakest: Mapping[str, tuple[str, ...]]  # part → the codes that pull it down

    @property
    def index(self) -> float | None:
        """The mean of the parts; None without any."""
        return math.fsum(self.parts.values()) / len(self.parts) if self.parts else None


def health_index(
    collected: Collection, covered: Coverage, balanced: Balance, *, as_of: date, use: Mapping[str, Use] | None = None
) -> Health:
    """Completeness, freshness, coverage, balance, readiness for signals (12 figures and more), and use.

    Freshness is the mean worth of the newest figures by their age; `use` the share of KPIs looked at within 90 days.
    """
    kpis = collected.kpis
    worth = [float(decay(np.array(list(k.ages.values()))).mean()) for k in kpis if k.ages]
    seen = None
    if use is not None and kpis:
        seen = [k.kpi in use and (day := use[k.kpi].viewed) is not None and as_of - day <= SEEN for k in kpis]
    indexes = [x for x in (balanced.kpi_index, balanced.weight_index) if x is not None]
    known: dict[str, float | None] = {
        "completeness": collected.completeness,
        "freshness": math.fsum(worth) / len(worth) if worth else None,
        "coverage": covered.share,
        "balance": math.fsum(indexes) / len(indexes) if indexes else None,
        "signal_readiness": sum(k.points >= POINTS for k in kpis) / len(kpis) if kpis else None,
        "use": None if seen is None else sum(seen) / len(seen),
    }
    bare = covered.without_kpi + covered.without_lead + covered.without_target + covered.without_owner
    weak = {
        "completeness": tuple(k.kpi for k in kpis if k.there < k.due),
        "freshness": tuple(k.kpi for k in kpis if any(age > 0 for age in k.ages.values()) or not k.ages),
        "coverage": tuple(dict.fromkeys(bare)),
        "signal_readiness": tuple(k.kpi for k in kpis if k.points < POINTS),
        "use": () if seen is None else tuple(k.kpi for k, one in zip(kpis, seen, strict=True) if not one),
    }
    parts = {name: 100.0 * share for name, share in known.items() if share is not None}
    return Health(parts, tuple(n for n, share in known.items() if share is None), {n: w for n, w in weak.items() if w})
