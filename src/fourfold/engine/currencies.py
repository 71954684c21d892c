"""Amounts of money in other currencies, at dated rates (methodology §2.4).

A flow is converted period by period and then added up, at the average rate of each period; a stock at the closing rate
of the last day; a plan, and a view at constant currency, at the budget rate. Where there is no rate the amount is an
ERROR with the reason NO_RATE: it is never taken for the same number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from fourfold.engine.cells import Codes, Floats, Numbers, Reason, State
from fourfold.engine.definitions import Rate
from fourfold.engine.periods import Calendar, Frequency, Period, PeriodError

RateKind: TypeAlias = Literal["average", "closing", "budget"]
#: What is converted, into what, and at which kind of rate.
Pair: TypeAlias = tuple[str, str, str]


class Step(NamedTuple):
    """One rate on the way from one currency to another; `inverse` where it was written the other way round."""

    rate: Rate
    inverse: bool

    @property
    def factor(self) -> float:
        """What an amount is multiplied with."""
        return float(1 / self.rate.rate) if self.inverse else float(self.rate.rate)

    def __str__(self) -> str:
        """How an explanation names it: `EUR to GBP at 0.86 (average 2026-04, ECB)`."""
        rate = self.rate
        start = f"{rate.into} to {rate.currency} at 1/{rate.rate}"
        if not self.inverse:
            start = f"{rate.currency} to {rate.into} at {rate.rate}"
        return f"{start} ({rate.kind} {rate.period}{f', {rate.source}' if rate.source else ''})"


class Way(NamedTuple):
    """How one currency becomes another: the rates in order, none where both are the same."""

    steps: tuple[Step, ...] = ()

    @property
    def factor(self) -> float:
        """What an amount is multiplied with; exactly 1 without steps."""
        factor = 1.0
        for step in self.steps:
            factor *= step.factor
        return factor

    def __str__(self) -> str:
        """How an explanation names it."""
        return ", then ".join(str(step) for step in self.steps)


@dataclass(frozen=True)
class Rates:
    """Rates by what they convert. Closing rates are found by their day, the others by their period.

    Two currencies without a rate of their own are converted through `home`, the currency of the organisation.
    """

    calendar: Calendar
    home: str
    of_day: Mapping[Pair, Mapping[date, Rate]]
    of_period: Mapping[Pair, Mapping[tuple[Frequency, int], Rate]]

    @classmethod
    def of(cls, rates: Iterable[Rate], calendar: Calendar, home: str, as_of: datetime | None = None) -> Rates:
        """The rates known at a moment (all without one); of two for the same period the one recorded later counts.

        Rates that cannot be read are left out: the check RATE says what is wrong with them.
        """
        of_day: dict[Pair, dict[date, Rate]] = {}
        of_period: dict[Pair, dict[tuple[Frequency, int], Rate]] = {}
        finest: dict[tuple[Pair, date], int] = {}
        for rate in sorted(rates, key=_recorded):
            rate = rate if rate.into else rate.model_copy(update={"into": home})
            pair = (rate.currency, rate.into, rate.kind)
            period = _period(rate, calendar)
            if period is None or not _is_known(rate, as_of):
                continue
            if rate.kind != "closing":
                of_period.setdefault(pair, {})[period.frequency, period.ordinal] = rate
            elif period.frequency.rank <= finest.setdefault((pair, period.last_day), period.frequency.rank):
                # The closing rate of a month is that of its last day, which the day itself knows best.
                finest[pair, period.last_day] = period.frequency.rank
                of_day.setdefault(pair, {})[period.last_day] = rate
        return cls(calendar, home, of_day, of_period)

    def way(self, currency: str, into: str, kind: RateKind, period: Period) -> Way | None:
        """How to convert an amount of a period; None without a rate.

        A rate for the two currencies comes first, then one that was written the other way round, then the way through
        the currency of the organisation.
        """
        if currency == into:
            return Way()
        if (step := self._step(currency, into, kind, period)) is not None:
            return Way((step,))
        if self.home in (currency, into):
            return None
        there, on = self._step(currency, self.home, kind, period), self._step(self.home, into, kind, period)
        return None if there is None or on is None else Way((there, on))

    def factors(self, currency: str, into: str, kind: RateKind, periods: Sequence[Period]) -> Floats:
        """What amounts of these periods are multiplied with, shape (period,); NaN where there is no rate."""
        if currency == into:
            return np.ones(len(periods))
        ways = (self.way(currency, into, kind, period) for period in periods)
        return np.array([np.nan if way is None else way.factor for way in ways], dtype=np.float64)

    def _step(self, currency: str, into: str, kind: RateKind, period: Period) -> Step | None:
        for pair, inverse in (((currency, into, kind), False), ((into, currency, kind), True)):
            if (rate := self._find(pair, period)) is not None:
                return Step(rate, inverse)
        return None

    def _find(self, pair: Pair, period: Period) -> Rate | None:
        """The closing rate of the last day, or the rate of the period, else of the shortest one it lies in."""
        if pair in self.of_day:
            return self.of_day[pair].get(period.last_day)
        known = self.of_period.get(pair, {})
        wider = (f for f in Frequency if f.rank >= period.frequency.rank) if known else ()
        found = (known.get((f, period.within(f).ordinal)) for f in wider)
        return next((rate for rate in found if rate is not None), None)


class Converted(NamedTuple):
    """Amounts after conversion, with their states and reasons, all of one shape."""

    value: Floats
    state: Codes
    reason: Codes


def convert(value: Floats, state: Codes, factor: Numbers, reason: Codes | None = None) -> Converted:
    """Amounts times factors that broadcast to their shape; without a factor (NaN) an ERROR with the reason NO_RATE.

    Cells without a number stay what they are. What becomes too large to hold is an ERROR, NOT_FINITE.

    >>> found = convert(np.array([100.0, 200.0, np.nan]), np.array([0, 0, 1], np.uint8), np.array([1.1, np.nan, 1.2]))
    >>> found.value.round(6).tolist(), found.state.tolist()
    ([110.0, nan, nan], [0, 4, 1])
    """
    number = state == State.NUMBER
    with np.errstate(over="ignore", invalid="ignore"):
        product = np.asarray(value * factor, dtype=np.float64)
    unknown = number & np.isnan(factor)
    lost = number & ~unknown & ~np.isfinite(product)
    states = np.where(unknown | lost, np.uint8(State.ERROR), state)
    reasons = np.zeros(state.shape, np.uint8) if reason is None else reason
    reasons = np.where(unknown, np.uint8(Reason.NO_RATE), reasons)
    reasons = np.where(lost, np.uint8(Reason.NOT_FINITE), reasons)
    return Converted(np.where(states == State.NUMBER, product, np.nan), states, reasons)


def _recorded(rate: Rate) -> str:
    return rate.recorded_at or ""


def _period(rate: Rate, calendar: Calendar) -> Period | None:
    try:
        return calendar.parse(rate.period)
    except PeriodError:
        return None


def _is_known(rate: Rate, as_of: datetime | None) -> bool:
    if as_of is None or rate.recorded_at is None:
        return True
    try:
        at = datetime.fromisoformat(rate.recorded_at)
    except ValueError:
        return False
    return at.replace(tzinfo=at.tzinfo or as_of.tzinfo) <= as_of
