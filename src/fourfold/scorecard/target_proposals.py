"""Ways to set a target, each with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fourfold.engine.aggregation import AggTime, MeasureKind
from fourfold.engine.anchors import Polarity
from fourfold.engine.benchmarks import benchmark_at
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.findings import Finding
from fourfold.engine.groups import over_time
from fourfold.engine.outlook import Outlook, segments_of
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.periods.business_days import business_days_of
from fourfold.engine.seasonal_shares import SPREAD, complete_years
from fourfold.engine.target_proposals import Proposal, luck
from fourfold.engine.unit_settings import settings_of
from fourfold.engine.workings import Benchmark, ForecastAhead, ProposalsWorking
from fourfold.engine.workings.outlook_answer import last
from fourfold.engine.workings.working import series
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import cells
from fourfold.scorecard.sheet import Sheet, Shown
from fourfold.table import number

if TYPE_CHECKING:
    import polars as pl

    from fourfold.engine.cells import Floats

#: Between these figures nothing lies that could be aimed at.
DISCRETE: Final = (MeasureKind.BOOLEAN, MeasureKind.ORDINAL)
#: Columns of the frame; one row for each proposal.
COLUMNS: Final = ("kpi", "unit", "way", "name", "value", "because")


@dataclass(frozen=True, repr=False)
class TargetProposals(Shown):
    """What could be the target of a KPI in a unit; suggestions for people, nothing is set.

    `warnings` are about the target there is.
    """

    definitions: Definitions
    kpi: Kpi
    unit: str
    working: ProposalsWorking
    warnings: tuple[Finding, ...] = ()

    @property
    def items(self) -> tuple[Proposal, ...]:
        """The proposals, way by way, the least ambitious of each first."""
        return self.working.proposals()

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each proposal, and why a way has none."""
        rows = tuple((p.way.value.replace("_", "-"), p.name, number(p.value, self.kpi), p.because) for p in self.items)
        notes = tuple(f.words for f in (*self.working.findings(), *self.warnings))
        notes += tuple(self.working.season_words())
        title = f"Targets proposed: {self.kpi.name}, {self.definitions.unit[self.unit].name}, each {self.kpi.frequency}"
        return (Sheet(title, ("From", "", "Value", "Because"), rows, frozenset({"Value"}), (3,), notes),)

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each proposal, columns `COLUMNS`."""
        rows = ((self.kpi.code, self.unit, p.way.value, p.name, p.value, p.because) for p in self.items)
        return cells(COLUMNS, rows, frozenset(COLUMNS) - {"value"})

    def explain(self) -> WorkingExplanation:
        """All proposals in sentences, with the figures they came from."""
        return WorkingExplanation(self.working)


def propose(definitions: Definitions, outlook: Outlook, figures: Floats) -> TargetProposals:
    """Proposals from an outlook and the figures of its periods: those since the last confirmed step, a year ahead."""
    kpi, unit = definitions.kpi[outlook.kpi], outlook.unit
    segments = segments_of(definitions, kpi, unit, outlook.periods)
    baseline = figures[segments[-1].start if segments else 0 :]
    f, then = outlook.forecast, None
    h = min(kpi.frequency.per_year, f.horizon)
    if f.lower80:
        then = ForecastAhead(f.period(h).id, f.mean[h - 1], f.lower80[h - 1], f.upper80[h - 1], f.degrees)
    best = benchmark_at(definitions, kpi, unit, outlook.periods[-1].shift(max(h, 1)))  # when the target is due
    benchmark = None if best is None or best.value is None else Benchmark(
        float(best.value), best.source, best.source_date
    )  # fmt: skip
    edge = {Polarity.HIGHER_BETTER: kpi.valid_max, Polarity.LOWER_BETTER: kpi.valid_min}.get(kpi.polarity)
    limit = None if edge is None else float(edge)
    months = max(round(12 * h / kpi.frequency.per_year), 1)
    working = ProposalsWorking(
        kpi.code, unit, kpi.polarity, series(_trimmed(baseline)), then, benchmark, limit, ahead=max(h, 1),
        months=months, discrete=kpi.kind in DISCRETE, **_season(definitions, kpi, unit, outlook.periods, figures),
    )  # fmt: skip
    return TargetProposals(definitions, kpi, unit, working, _luck(outlook, kpi))


def _season(
    definitions: Definitions, kpi: Kpi, unit: str, periods: Sequence[Period], figures: Floats
) -> dict[str, tuple[Any, ...]]:
    """The complete years of a flow, and the working days of the periods of the coming one; nothing of other KPIs."""
    if over_time(kpi) is not AggTime.SUM or kpi.frequency not in SPREAD:
        return {}
    coming = periods[-1].within(Frequency.YEAR).shift(1).parts(kpi.frequency)
    days = business_days_of(coming, settings_of(definitions, unit).business).astype(np.float64)
    return {"years": tuple(map(series, complete_years(figures, periods))), "work_days": series(days)}


def _trimmed(figures: Floats) -> Floats:
    """Figures from the first number to the last."""
    known = np.flatnonzero(np.isfinite(figures))
    return figures[known[0] : known[-1] + 1] if known.size else figures[:0]


def _luck(outlook: Outlook, kpi: Kpi) -> tuple[Finding, ...]:
    """A warning where the present target is hit and missed by luck."""
    r, c = outlook.reading, outlook.chance
    if r is None or c is None or c.way != "level":
        return ()
    target, level, sigma = c.low if np.isinf(c.high) else c.high, last(r.centre), last(r.sigma)
    return () if level is None or sigma is None else luck(target, level, sigma, kpi=kpi.code)
