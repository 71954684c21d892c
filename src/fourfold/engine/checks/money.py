"""KPIs of money say so; what is converted or compared per day can be."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.findings import Level
from fourfold.engine.formulas import parse_unit
from fourfold.engine.formulas.unit_words import MULTIPLES
from fourfold.engine.periods import Frequency
from fourfold.engine.words import show


@rule("KPI-MEASURE", "A KPI cannot be converted or compared as it says")
def money(d: Definitions) -> Iterator[Said]:
    """`convert_at` is for money: the unit of measurement of the KPI names a currency, or it is a ratio of two amounts.
    `transaction` takes the rate of the day, so the KPI is measured by the day. `normalise` is for flows, which a longer
    period makes larger. A scale is given once (a warning): `unit: GBP m` with `scale: m` is a million millions.
    """
    for kpi in d.kpis:
        thing = f"kpi:{kpi.code}"
        if kpi.convert_at not in (None, "native") and (why := _why_not(kpi)) is not None:
            yield Said(f"{thing}.convert_at", f"`convert_at` of KPI {kpi.code} has no use: {why}.", "Delete the line.")
        if kpi.convert_at == "transaction" and kpi.frequency is not Frequency.DAY:
            message = (
                f"KPI {kpi.code} is measured by the {kpi.frequency}, and the rate of a transaction is that of a day."
            )
            yield Said(f"{thing}.convert_at", message, "Write `average`, or `frequency: day`.")
        if kpi.normalise and kpi.kind is not MeasureKind.FLOW:
            message = f"`normalise` of KPI {kpi.code} is {kpi.normalise}, and it is no flow but a {kpi.kind}."
            yield Said(f"{thing}.normalise", message, "Delete the line: a longer period does not make it larger.")
        if kpi.scale and _has_scale(kpi.unit):
            message = f"KPI {kpi.code} has the scale {kpi.scale}, and its unit {show(kpi.unit)} has one of its own."
            yield Said(f"{thing}.scale", message, "Leave the scale out of `unit`, or delete `scale`.", Level.WARNING)


def _why_not(kpi: Kpi) -> str | None:
    """Why nothing of a KPI is converted."""
    if kpi.is_computed:
        return "it is computed from KPIs that are converted themselves"
    counted = len(parse_unit(kpi.unit).currencies)
    if counted > 1:
        return "its unit of measurement names two currencies"
    if counted == 0 and kpi.kind is not MeasureKind.RATIO:
        return "its unit of measurement names no currency"
    return None


def _has_scale(unit: str) -> bool:
    """True for `GBP m`; a bare m is a metre."""
    return bool(parse_unit(unit).currencies) and any(word in MULTIPLES for word in unit.split())
