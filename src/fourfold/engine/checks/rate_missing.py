"""Where figures of money come in another currency, there is a rate to convert them."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.conversion import money_of
from fourfold.engine.currencies import Rates
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.unit_settings import settings_of_units


@rule("RATE-MISSING", "There is no exchange rate for the figures of a unit")
def rate_missing(d: Definitions) -> Iterator[Said]:
    """A KPI of money is in one currency; the figures of a unit that counts in another are converted, and are errors
    in every period without a rate. This warning says that there is no rate at all, of the kind the KPI takes.
    """
    home = d.organisation.currency
    rates = Rates.of(d.organisation.rates, d.calendar, home)
    pairs = {(a, b, kind) for a, b, kind in (*rates.of_day, *rates.of_period)}
    pairs |= {(b, a, kind) for a, b, kind in pairs}
    said = set[tuple[str, str, str]]()
    for unit, own in zip(d.units, settings_of_units(d), strict=True) if not _is_broken(d) else ():
        for kpi in d.kpis if own.currency else ():
            money = money_of(kpi, home)
            if money is None or money.currency == own.currency or not d.applies(kpi, unit.code):
                continue
            need = (own.currency, money.currency, money.kind)
            through = {(own.currency, home, money.kind), (home, money.currency, money.kind)}
            if need in pairs or through <= pairs or need in said:
                continue
            said.add(need)
            message = (
                f"Unit {unit.code} counts in {own.currency}, KPI {kpi.code} is in {money.currency}, "
                f"and there is no {money.kind} rate between them."
            )
            fix = f"Add {money.kind} rates under `rates` of the organisation, or set `convert_at: native`."
            yield Said(f"kpi:{kpi.code}", message, fix, Level.WARNING)


def _is_broken(d: Definitions) -> bool:
    """True where codes of units repeat, which another check says."""
    return len(d.unit) != len(d.units)
