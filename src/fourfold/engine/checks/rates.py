"""Exchange rates say what is converted into what, and when."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.dates import is_moment
from fourfold.engine.checks.organisation import right_currency
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions, Rate
from fourfold.engine.formulas.unit_words import CURRENCIES
from fourfold.engine.periods import PeriodError
from fourfold.engine.words import show


@rule("RATE", "An exchange rate cannot be used")
def rates(d: Definitions) -> Iterator[Said]:
    """A rate names two different currencies of ISO 4217, the second being that of the organisation where it is left
    out, and a period. Of two rates for the same currencies, kind and period, one must have been recorded later.
    """
    home = d.organisation.currency
    seen: dict[tuple[str, str, str, str, str | None], Rate] = {}
    for i, rate in enumerate(d.organisation.rates):
        place, into = f"organisation.rates#{i}", rate.into or home
        name = f"Rate {i + 1}, {rate.currency} to {into or '?'}"
        for code in (rate.currency, rate.into):
            if code and code not in CURRENCIES:
                message = f"{name}: {show(code)} is no currency of ISO 4217."
                yield Said(place, message, right_currency(code))
        if not into:
            fix = "Add `into`, or the currency of the organisation."
            yield Said(place, f"{name}: it does not say into which currency.", fix)
        elif rate.currency == into:
            yield Said(place, f"{name}: a currency is always worth 1 of itself.", "Correct one of the two.")
        try:
            period = d.calendar.parse(rate.period).id
        except PeriodError as error:
            yield Said(place, f"{name}: {error.message}", error.hint or "Write a month such as 2026-04.")
            continue
        if rate.recorded_at is not None and not is_moment(rate.recorded_at):
            message = f"{name}: `recorded_at` is {show(rate.recorded_at)}, which is no moment."
            yield Said(place, message, "Write a day, 2026-03-31, or a moment, 2026-03-31T16:00:00+00:00.")
        key = (rate.currency, into, rate.kind, period, rate.recorded_at)
        if (other := seen.setdefault(key, rate)) is not rate:
            message = f"{name}: the {rate.kind} rate of {rate.period} is given twice, {other.rate} and {rate.rate}."
            yield Said(place, message, "Delete one of them, or say in `recorded_at` which came later.")
