"""How proposals for a target came about (methodology §4.2)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fourfold.engine.anchors import Polarity
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.probability import Outlook, probability
from fourfold.engine.seasonal_shares import Shares, seasonal_shares
from fourfold.engine.student_t import t_quantile
from fourfold.engine.target_proposals import (
    Proposal,
    Proposals,
    best_half_life,
    from_benchmark,
    from_forecast,
    from_half_life,
    from_history,
)
from fourfold.engine.workings.working import Plain, Series, Working, array, text


@dataclass(frozen=True)
class ForecastAhead:
    """The forecast of the period a target is for: its mean, an 80 % interval, degrees of freedom."""

    period: str
    mean: float
    low: float
    high: float
    degrees: int


@dataclass(frozen=True)
class Benchmark:
    """What others reach, where that was found, and when it was published."""

    value: float
    source: str
    dated: str | None = None


@dataclass(frozen=True)
class ProposalsWorking(Working):
    """The figures of the present baseline, oldest first, and what else there is to aim by; None for what is not known.

    `limit` is the best there can be (0 waits, 100 %), `ahead` the number of periods until the target is due, and
    `months` the same in months, in which the usual half-life of an improvement is known. `discrete` says that figures
    are yes or no, or levels. Of a flow `years` are its complete fiscal years and `work_days` those of the coming one's
    periods.
    """

    kind: ClassVar[str] = "proposals"
    kpi: str
    unit: str
    polarity: Polarity
    figures: Series
    forecast: ForecastAhead | None = None
    benchmark: Benchmark | None = None
    limit: float | None = None
    ahead: int = 12
    months: int = 12
    discrete: bool = False
    years: tuple[Series, ...] = ()
    work_days: Series = ()

    def shares(self) -> Shares | None:
        """What each period could take of the target of a year; None for what does not add up over a year."""
        if not self.work_days or self.discrete:
            return None
        return seasonal_shares(np.array([array(year) for year in self.years]), array(self.work_days))

    def ways(self) -> Iterator[Proposals]:
        """The proposals of each way, and why a way has none."""
        if self.discrete:
            fix = "Choose the level that is wanted by hand."
            place = Place(thing=f"kpi:{self.kpi}")
            yield Proposals(
                (), (Finding("TARGET-PROPOSAL", Level.INFO, place, "Yes or no, and levels, have no way between.", fix),)
            )
            return
        values = array(self.figures)
        yield from_history(values, self.polarity, kpi=self.kpi)
        if (f := self.forecast) is not None:
            yield from_forecast(f.mean, f.low, f.high, self.polarity, level=0.8, degrees=f.degrees, kpi=self.kpi)
        known = values[np.isfinite(values)]
        level = float(known.mean()) if len(known) else float("nan")
        if (b := self.benchmark) is not None:
            yield from_benchmark(level, b.value, self.polarity, source=b.source, dated=b.dated, kpi=self.kpi)
        if self.limit is not None and len(known):
            tau = best_half_life(values, self.limit)
            yield from_half_life(
                float(known[-1]), self.limit, self.months if tau is None else self.ahead, half_life=tau, kpi=self.kpi
            )

    def proposals(self) -> tuple[Proposal, ...]:
        """What is proposed, way by way, the least ambitious of each first."""
        return tuple(item for way in self.ways() for item in way.items)

    def findings(self) -> tuple[Finding, ...]:
        """Why a way has nothing to propose."""
        return tuple(dict.fromkeys(finding for way in self.ways() for finding in way.findings))

    def chance(self, value: float) -> float:
        """The probability to reach a value as a target (§4.4), from the forecast; NaN where nothing tells it.

        >>> then = ForecastAhead("2026-12", 9, 7, 11, 4)
        >>> working = ProposalsWorking("waits", "root", Polarity.HIGHER_BETTER, (), then)
        >>> round(working.chance(9.0), 2), round(working.chance(11.0), 2)
        (0.5, 0.1)
        """
        then = self.forecast
        if then is None or not then.degrees or self.polarity not in (Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER):
            return math.nan
        spread = (then.high - then.mean) / t_quantile(0.9, then.degrees)
        return float(probability(Outlook(then.mean, spread, then.degrees), value, self.polarity))

    def answer(self) -> dict[str, Plain]:
        """Every proposal with its reason, and why a way has none."""
        found: list[Plain] = [
            {"way": p.way.value, "name": p.name, "value": p.value, "because": p.because} for p in self.proposals()
        ]
        season = self.shares()
        shares: Plain = None if season is None else season.shares.tolist()
        return {"proposals": found, "without": [f.message for f in self.findings()], "shares": shares}

    def words(self) -> list[str]:
        """The proposals in sentences."""
        said = [
            f"{p.way.value.replace('_', ' ')}, {p.name}: {text(round(p.value, 4))}. {p.because}"
            for p in self.proposals()
        ]
        return said + [f.message for f in self.findings()] + self.season_words()

    def season_words(self) -> list[str]:
        """How a target of a year could be spread over its periods; nothing for what does not add up."""
        if (season := self.shares()) is None:
            return []
        shown = ", ".join(f"{100.0 * share:.2f}" for share in season.shares)
        whence = f"{season.years} complete years, {season.kept:.0%} of their differences kept"
        if not season.years:
            whence = "the working days of its periods: there are no two complete years"
        return [f"A target of the year could be spread by `path: seasonal` with `shares: [{shown}]`, from {whence}."]
