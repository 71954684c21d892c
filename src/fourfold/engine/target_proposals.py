"""Ways to propose a target, each with its numbers: history, forecast, benchmark, drivers, half-life (methodology §4.2).

A proposal is a suggestion for people; nothing here sets a target. Values are in the KPI's own unit. Where the figures
do not suffice there are no proposals, and a finding says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Floats
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.signals.limits import TRIAL, xmr_limits
from fourfold.engine.source_date import cited
from fourfold.engine.student_t import t_quantile
from fourfold.errors import FourfoldError

#: How far from the present level, in natural standard deviations: found within a year with 87 % power, and a step.
DETECTABLE, STEP, LUCK = 1.5, 3.0, 1.0
#: The probability to hit a commitment and a stretch.
COMMIT, STRETCH = 0.75, 0.25
#: How much of the way to a benchmark in one, two, and three or more years.
HORIZONS: Final = {1: 0.25, 2: 0.5, 3: 1.0}
#: The half-life of an improvement in months where the own history shows none, and the points that show one.
USUAL_HALF_LIFE, STRETCH_POINTS = 9.0, 6
_WAY: Final = {Polarity.HIGHER_BETTER: 1.0, Polarity.LOWER_BETTER: -1.0}


class Way(StrEnum):
    """Where a proposal comes from."""

    HISTORY = "history"
    FORECAST = "forecast"
    BENCHMARK = "benchmark"
    DRIVERS = "drivers"
    HALF_LIFE = "half_life"


class CannotPropose(FourfoldError):
    """A target cannot be proposed from this."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value and why it is proposed, in one sentence with the numbers."""

    way: Way
    name: str
    value: float
    because: str


class Proposals(NamedTuple):
    """What one way proposes, the least ambitious first, and what is to be said about it."""

    items: tuple[Proposal, ...] = ()
    findings: tuple[Finding, ...] = ()


def from_history(values: Floats, polarity: Polarity, *, kpi: str = "") -> Proposals:
    """Hold the level, improve by what can be seen within a year, or take a step.

    `values` `(period,)` are those of the current baseline, oldest first; NaN is a gap, over which no range goes. Needs
    six numbers, and a KPI that has a better side.

    >>> [round(p.value, 2) for p in from_history(np.array([9.0, 11, 9, 11, 9, 11]), Polarity.LOWER_BETTER).items]
    [10.0, 7.34, 4.68]
    """
    if (better := _WAY.get(polarity)) is None:
        return _sideless(kpi, polarity)
    count = int(np.isfinite(values).sum())
    if count < TRIAL:
        there = "is 1 figure" if count == 1 else f"are {count} figures"
        return _nothing(kpi, f"There {there}; a level needs {TRIAL}.", "Wait, or take a benchmark.")
    row = np.asarray(values, dtype=np.float64)[None, :]
    limits = xmr_limits(row, np.isfinite(row), screen=False)
    level, sigma, half = float(limits.centre[0]), float(limits.sigma[0]), float(limits.half[0])
    seen = f"The level of {count} figures is {level:.6g}, natural variation ±{half:.6g} (σ {sigma:.6g})"
    steps = (
        ("hold", 0.0, f"{seen}; this holds the level."),
        ("detectable", DETECTABLE, f"{seen}; {DETECTABLE} σ better is found within a year in 87 % of cases."),
        ("step", STEP, f"{seen}; {STEP:g} σ better is a step that nobody misses."),
    )
    return Proposals(tuple(Proposal(Way.HISTORY, name, level + better * k * sigma, why) for name, k, why in steps))


def luck(target: float, level: float, sigma: float, *, kpi: str = "") -> tuple[Finding, ...]:
    """A warning about a target within one natural standard deviation of the level: hit and missed by luck."""
    if not math.isfinite(target - level) or not sigma > 0 or abs(target - level) >= LUCK * sigma:
        return ()
    message = f"The target, {target:.6g}, lies within natural variation of the present level, {level:.6g}: it will be "
    fix = f"Aim at least {DETECTABLE} σ ({DETECTABLE * sigma:.3g}) away from the level, or say that it should be held."
    return (_finding("TARGET-LUCK", kpi, f"{message}hit and missed by luck.", fix),)


def from_forecast(
    mean: float, low: float, high: float, polarity: Polarity, *, level: float = 0.9, degrees: int | None = None,
    kpi: str = "",
) -> Proposals:  # fmt: skip
    """A commitment that is hit three times in four, and a stretch hit once in four.

    `low` and `high` hold the figure with probability `level`; `degrees` of freedom of Student's t, the normal
    distribution without. An interval that is not centred is taken by its half width.

    >>> found = from_forecast(944.0, 944 - 42.7, 944 + 42.7, Polarity.HIGHER_BETTER, level=0.8, degrees=4)
    >>> [round(p.value) for p in found.items]
    [923, 965]
    """
    if not 0.0 < level < 1.0:
        raise CannotPropose(f"An interval of {level:g} is none.", hint="Give its probability, such as 0.9.")
    if (better := _WAY.get(polarity)) is None:
        return _sideless(kpi, polarity)
    if not math.isfinite(mean + high - low) or high < low:
        return _nothing(kpi, "There is no forecast with an interval.", "Wait for six figures.")

    def quantile(p: float) -> float:
        return NormalDist().inv_cdf(p) if degrees is None else t_quantile(p, degrees)

    spread = (high - low) / 2.0 / quantile((1.0 + level) / 2.0)
    items = [
        Proposal(
            Way.FORECAST, name, mean - better * spread * quantile(p),
            f"The forecast is {mean:.6g} ± {spread:.3g}; this is hit with probability {p:.2f}.",
        )
        for name, p in (("commit", COMMIT), ("stretch", STRETCH))
    ]  # fmt: skip
    return Proposals(tuple(items))


def from_benchmark(
    level: float, benchmark: float, polarity: Polarity, *, source: str, dated: str | None = None,
    same_definition: bool = True, kpi: str = "",
) -> Proposals:  # fmt: skip
    """A quarter, half and all of the way to a benchmark, for one, two and three or more years; `dated` is its source.

    Nothing is proposed from a benchmark of another definition, without a source, or that is no better than the level.

    >>> [p.value for p in from_benchmark(80.0, 92.0, Polarity.HIGHER_BETTER, source="peers 2025").items]
    [83.0, 86.0, 92.0]
    """
    better = _WAY.get(polarity, 0.0)
    if not same_definition or not source.strip():
        lacks = "is of another definition" if not same_definition else "has no source"
        return _nothing(kpi, f"The benchmark {lacks}.", "Compare only what is counted in the same way, and name where.")
    if not math.isfinite(level + benchmark):
        return _nothing(kpi, "There is no present level or no benchmark.", "Give both.")
    if (benchmark - level) * better <= 0:
        return _nothing(kpi, f"The benchmark, {benchmark:.6g}, is no better than the level, {level:.6g}.", "Hold it.")
    items = [
        Proposal(
            Way.BENCHMARK, f"{years} year{'s' if years > 1 else ''}{' or more' if years == max(HORIZONS) else ''}",
            level + share * (benchmark - level),
            f"{share:.0%} of the way from {level:.6g} to {benchmark:.6g} ({cited(source, dated)}).",
        )
        for years, share in HORIZONS.items()
    ]  # fmt: skip
    return Proposals(tuple(items))


def from_factors(drivers: Sequence[float], target: float, shares: Sequence[float]) -> Floats:
    """What each driver must become so that their product reaches the target: `d·(Y*/Y)^a`.

    `shares` say how much of the change each driver bears; they must add up to 1. NaN where outcome and target are not
    both above zero.

    >>> from_factors([1000.0, 0.05, 200.0], 12000.0, [0.5, 0.5, 0.0]).round(4).tolist()
    [1095.4451, 0.0548, 200.0]
    """
    now, part = checked_shares(drivers, shares)
    outcome = float(np.prod(now))
    factor = target / outcome if outcome > 0 and target > 0 else math.nan
    return np.asarray(now * factor**part)


def from_terms(drivers: Sequence[float], target: float, shares: Sequence[float]) -> Floats:
    """What each driver must become so that their sum reaches the target: the gap by shares that add up to 1.

    >>> from_terms([60.0, 40.0], 120.0, [0.75, 0.25]).tolist()
    [75.0, 45.0]
    """
    now, part = checked_shares(drivers, shares)
    return np.asarray(now + (target - float(now.sum())) * part)


def best_half_life(values: Floats, limit: float = 0.0) -> float | None:
    """The shortest half-life, in periods, of any six figures in a row on their way to `limit`; None without one.

    The slope of the logarithm of the distance, by least squares. Figures must all lie on one side of the limit.

    >>> round(best_half_life(np.array([90.0, 100, 100 * 2**-0.2, 100 * 2**-0.4, 100 * 2**-0.6, 100 * 2**-0.8, 50])), 6)
    5.0
    """
    distance = np.asarray(values, dtype=np.float64) - limit
    if len(distance) < STRETCH_POINTS:
        return None
    runs = np.lib.stride_tricks.sliding_window_view(distance, STRETCH_POINTS)
    with np.errstate(all="ignore"):
        logs = np.log2(np.abs(runs))
    usable = np.isfinite(logs).all(axis=1) & (np.abs(np.sign(runs).sum(axis=1)) == STRETCH_POINTS)
    place = np.arange(STRETCH_POINTS) - (STRETCH_POINTS - 1) / 2.0
    slope = (np.where(usable[:, None], logs, 0.0) * place).sum(axis=1) / (place**2).sum()
    falls = slope[usable & (slope < -1e-12)]
    return float(-1.0 / falls.min()) if len(falls) else None


def from_half_life(
    start: float, limit: float, periods: int, *, half_life: float | None = None, kpi: str = ""
) -> Proposals:
    """The level after so many periods when the distance to the limit halves every `half_life` of them.

    Without a half-life that of the field, 6 to 12 months, is taken at 9: give periods in months then.

    >>> from_half_life(100.0, 0.0, 12, half_life=6.0).items[0].value
    25.0
    """
    tau = USUAL_HALF_LIFE if half_life is None else half_life
    if not math.isfinite(start + limit) or not tau > 0 or periods < 1:
        return _nothing(kpi, "There is no level, no limit, or no time to halve the distance in.", "Give all three.")
    value = limit + (start - limit) * 2.0 ** (-periods / tau)
    whose = "the usual half-life of 6 to 12 months" if half_life is None else f"a half-life of {tau:.3g} periods"
    because = f"From {start:.6g} towards {limit:.6g} with {whose}, after {periods}."
    return Proposals((Proposal(Way.HALF_LIFE, f"after {periods}", value, because),))


def checked_shares(drivers: Sequence[float], shares: Sequence[float]) -> tuple[Floats, Floats]:
    """Drivers and shares as arrays; raises `CannotPropose` for shares that are not 1 together."""
    now, part = np.asarray(drivers, dtype=np.float64), np.asarray(shares, dtype=np.float64)
    if now.shape != part.shape or not np.isclose(part.sum(), 1.0) or (part < 0).any():
        raise CannotPropose(
            f"{now.size} drivers cannot share a change as {shares}.",
            hint="Give one share for each driver, none below zero, together 1.",
        )
    return now, part


def _sideless(kpi: str, polarity: Polarity) -> Proposals:
    return _nothing(kpi, f"A KPI that is {polarity.replace('_', ' ')} has no better side.", "Set the range by hand.")


def _nothing(kpi: str, message: str, fix: str) -> Proposals:
    return Proposals((), (_finding("TARGET-PROPOSAL", kpi, message, fix, Level.INFO),))


def _finding(code: str, kpi: str, message: str, fix: str, level: Level = Level.WARNING) -> Finding:
    return Finding(code, level, Place(thing=f"kpi:{kpi}" if kpi else None), message, fix)
