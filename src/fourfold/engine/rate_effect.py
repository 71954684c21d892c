"""What of a change of a figure comes from exchange rates that moved, and not from the work (methodology §2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum, isclose

from fourfold.engine.blocks import has_kpi
from fourfold.engine.cells import State
from fourfold.engine.conversion import money_of, periods_shown, rates_of
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.periods import Period
from fourfold.engine.results import Evaluation
from fourfold.engine.rows import unit_tree
from fourfold.engine.unit_settings import settings_of


@dataclass(frozen=True)
class RatePart:
    """The newer figure of a unit less what it would be at the older rate, in the unit of the KPI; and both rates."""

    unit: str
    effect: float
    rate_before: str
    rate_after: str


def rate_parts(evaluation: Evaluation, node: str, unit: str, before: str, after: str) -> tuple[RatePart, ...]:
    """The units at or below `unit` whose exchange rate moved between two evaluated periods.

    Of a figure of a unit that has units below: only where it is the sum of theirs, as then the effects add up, too.
    Nothing for periods that hold several of the KPI's own, each with a rate of its own.
    """
    d, r = evaluation.definitions, evaluation.kpis
    kpi = d.kpi[node.removeprefix("kpi:")]
    ids = [p.id for p in r.periods]
    old, new = (ids.index(period) for period in (before, after))
    k = r.index[node]
    if r.value is None or r.state is None:
        return ()
    values = {
        code: float(r.value[k, u, new])
        for code in _lowest(d, kpi, unit)
        if r.state[k, u := r.units.index(code), new] == State.NUMBER
    }
    whole = float(r.value[k, r.units.index(unit), new])
    if not isclose(fsum(values.values()), whole, rel_tol=1e-9):
        return ()
    return tuple(_parts(evaluation, kpi, values, r.periods[old], r.periods[new]))


def _lowest(definitions: Definitions, kpi: Kpi, unit: str) -> Iterator[str]:
    """The units at or below a unit that have the KPI themselves, and no unit below that has it."""
    tree = unit_tree(definitions)
    place = next(i for i, u in enumerate(definitions.units) if u.code == unit)
    for i in tree.subtree(place):
        if not any(has_kpi(definitions, tree, kpi, j) for j in tree.subtree(i)[1:]):
            yield definitions.units[i].code


def _parts(
    evaluation: Evaluation, kpi: Kpi, values: dict[str, float], before: Period, after: Period
) -> Iterator[RatePart]:
    d = evaluation.definitions
    money = money_of(kpi, d.organisation.currency)
    spans = [periods_shown(kpi, p, to_date=evaluation.view == "ytd") for p in (before, after)]
    if money is None or not money.value or any(len(span) != 1 for span in spans):
        return
    rates = rates_of(d.organisation, evaluation.as_of)
    for code, value in values.items():
        currency = settings_of(d, code).currency
        if not currency or currency == money.currency:
            continue
        was, now = (rates.way(currency, money.currency, money.kind, span[0]) for span in spans)
        if was is not None and now is not None and was.factor != now.factor:
            effect = value * (1.0 - (was.factor / now.factor) ** money.value)
            yield RatePart(code, effect, str(was), str(now))
