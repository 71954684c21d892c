"""Figures of units that count in another currency, converted before they are added up (methodology §2.4).

What is converted follows from the unit of measurement of a KPI: of `GBP per patient` the value and the numerator, of
`patients per GBP` the value and the denominator, the other way round. A ratio of two amounts, such as a margin in %, is
the same in every currency, but its two parts are converted where `convert_at` says that they are money, since they
are added up over units.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from fourfold.engine.aggregation import AggTime, MeasureKind
from fourfold.engine.blocks import Block
from fourfold.engine.cells import Floats
from fourfold.engine.currencies import RateKind, Rates, convert
from fourfold.engine.definitions import Definitions, Kpi, Organisation
from fourfold.engine.formulas import parse_unit
from fourfold.engine.formulas.unit_words import CURRENCY_SIGNS
from fourfold.engine.periods import Period
from fourfold.engine.unit_settings import settings_of_units


class Money(NamedTuple):
    """How a KPI counts money: the currency, and the powers of it in value, numerator and denominator."""

    currency: str
    kind: RateKind
    value: int
    numerator: int
    denominator: int


def money_of(kpi: Kpi, home: str) -> Money | None:
    """What of a measured KPI is money; None where nothing is, or where it is left in the currency it comes in.

    `home` is the currency of the organisation: that of a ratio whose unit of measurement names none.

    >>> money_of(Kpi(code="cost", name="Cost per patient", kind="ratio", unit="GBP per patient"), "EUR")
    Money(currency='GBP', kind='average', value=1, numerator=1, denominator=0)
    """
    if kpi.convert_at == "native" or kpi.is_computed:
        return None
    counted, kind = parse_unit(kpi.unit, kpi.scale), rate_kind(kpi)
    found = [(symbol, power) for symbol, power in counted.powers if symbol in counted.currencies]
    if len(found) == 1:
        currency, power = found[0]
        return Money(currency, kind, power, max(power, 0), max(-power, 0))
    if not found and home and kpi.convert_at is not None and kpi.kind is MeasureKind.RATIO:
        return Money(home, kind, 0, 1, 1)
    return None


def rate_kind(kpi: Kpi) -> RateKind:
    """The rate a KPI is converted at: as defined, else closing for a stock and average for anything else.

    `transaction` is the closing rate of the day, for KPIs measured by the day.
    """
    if kpi.convert_at == "transaction":
        return "closing"
    if kpi.convert_at in ("average", "closing", "budget"):
        return kpi.convert_at
    return "closing" if kpi.kind is MeasureKind.STOCK else "average"


def convert_block(block: Block, definitions: Definitions, as_of: datetime, *, at: RateKind | None = None) -> None:
    """Convert the figures of a block, in place, into the currencies of their KPIs; before units are rolled up.

    `at` takes one kind of rate for all: `budget` gives the view at constant currency. Rates recorded after `as_of` are
    not known yet. A number without a rate becomes an ERROR, NO_RATE, and so do its numerator and denominator.
    """
    settings, home = settings_of_units(definitions), definitions.organisation.currency
    places: dict[str, list[int]] = {}
    for u, own in enumerate(settings):
        if own.currency:
            places.setdefault(own.currency, []).append(u)
    if not places:
        return
    rates = rates_of(definitions.organisation, as_of)
    known: dict[tuple[str, str, RateKind], Floats] = {}
    for k, code in enumerate(block.kpis):
        money = money_of(definitions.kpi[code], home)
        for currency, units in places.items() if money else ():
            if money is None or currency == money.currency:
                continue
            key = (currency, money.currency, at or money.kind)
            if key not in known:
                known[key] = rates.factors(*key, block.periods)
            _convert(block, k, units, money, known[key])


def rates_of(organisation: Organisation, as_of: datetime) -> Rates:
    """The exchange rates known at a moment."""
    return Rates.of(organisation.rates, organisation.calendar, organisation.currency, as_of)


def given_unit(kpi: Kpi, currency: str, home: str) -> str:
    """The unit of measurement in which a unit of the organisation that counts in `currency` gives its figures.

    >>> given_unit(Kpi(code="cost", name="Cost per patient", kind="ratio", unit="£ per patient"), "EUR", "GBP")
    'EUR per patient'
    """
    money = money_of(kpi, home)
    if not currency or money is None or not money.value:
        return kpi.unit
    names = [money.currency, *(sign for sign, code in CURRENCY_SIGNS.items() if code == money.currency)]
    return next((kpi.unit.replace(name, currency, 1) for name in names if name in kpi.unit), kpi.unit)


def rates_used(
    kpi: Kpi, currency: str, organisation: Organisation, periods: Sequence[Period], as_of: datetime,
    value: float | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """How figures of a unit that counts in `currency` were converted in these periods of the KPI, each way once.

    Nothing where they were not; a period without a rate is named. Of a `value` of one period it is said what the rate
    makes of it beside the budget rate, where there is one (§2.4).
    """
    money = money_of(kpi, organisation.currency)
    if not currency or money is None or currency == money.currency:
        return ()
    rates, said = rates_of(organisation, as_of), dict[str, None]()
    for period in periods:
        way = rates.way(currency, money.currency, money.kind, period)
        missing = f"no {money.kind} rate from {currency} to {money.currency} for {period.label}"
        said[missing if way is None else str(way)] = None
    if len(periods) == 1 and value is not None and (effect := _effect(rates, currency, money, periods[0], value)):
        said[effect] = None
    return tuple(said)


def _effect(rates: Rates, currency: str, money: Money, period: Period, value: float) -> str:
    """What of a figure is due to the rate alone: the figure less what it is at the budget rate; or nothing."""
    way = rates.way(currency, money.currency, money.kind, period)
    plan = rates.way(currency, money.currency, "budget", period)
    if way is None or plan is None or way.factor == plan.factor or not (money.value and value):
        return ""
    planned = value * (plan.factor / way.factor) ** money.value
    return f"{value - planned:+.10g} of the figure comes from the rate, as it is {planned:.10g} with {plan}"


def periods_shown(kpi: Kpi, shown: Period, *, to_date: bool) -> tuple[Period, ...]:
    """The periods of a KPI whose figures make up a period of a view; of a figure at the end, the last one alone."""
    if kpi.frequency.rank > shown.frequency.rank:
        own = shown.within(kpi.frequency)
        return (own if own.end <= shown.end else own.shift(-1),)
    first = shown.first_in() if to_date else shown
    parts = (*first.parts(kpi.frequency), *shown.parts(kpi.frequency))
    last = kpi.aggregate_time is AggTime.LAST
    return parts[-1:] if last else shown.calendar.range(parts[0], parts[-1])


def _convert(block: Block, k: int, units: list[int], money: Money, factor: Floats) -> None:
    """Convert one KPI of some units, in place."""
    if block.reason is None:
        block.reason = np.zeros(block.shape, dtype=np.uint8)
    state, reason = block.state[k, units], block.reason[k, units]
    # Where no rate is needed for the value (a margin), its parts still need one: the cell is an error without it.
    power = np.where(np.isnan(factor), np.nan, factor**money.value)
    found = convert(block.value[k, units], state, power, reason)
    block.value[k, units], block.state[k, units], block.reason[k, units] = found
    for array, exponent in ((block.numerator, money.numerator), (block.denominator, money.denominator)):
        if array is not None:
            part = array[k, units] * (factor**exponent if exponent else 1.0)
            array[k, units] = np.where(np.isnan(factor), np.nan, part)
