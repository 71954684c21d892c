"""Lags are durations."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.periods import Lag, LagError


@rule("LAG", "A lag is no duration")
def lags(d: Definitions) -> Iterator[Said]:
    """The `lag` of a KPI is a duration: P3D, P2W, P1M, P5B (business days). That of a link is a window of months, the
    smaller number first.
    """
    for kpi in d.kpis:
        try:
            Lag.parse(kpi.lag)
        except LagError as error:
            yield Said(f"kpi:{kpi.code}.lag", f"KPI {kpi.code}: {error.message}", error.hint or "Write P3D.")
    for link in d.links:
        if link.lag is not None and link.lag[0] > link.lag[1]:
            message = f"The lag from {link.source} to {link.target} begins after {link.lag[0]} months and ends earlier."
            fix = f"Write [{link.lag[1]}, {link.lag[0]}]."
            yield Said(f"link:{link.source}>{link.target}.lag", message, fix)
