"""Whether the scorecard looks at the organisation from all sides (methodology §8.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from fourfold.engine.definitions import Definitions

#: Shares of weight a perspective should have, and of leading KPIs; a financial share above this is lopsided.
WEIGHT: Final = (0.15, 0.45)
LEAD: Final = (0.30, 0.70)
FINANCIAL: Final = 0.50
_K = TypeVar("_K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Balance:
    """Shares 0..1: of KPIs and of weight by perspective, of leading KPIs, of kinds of result, of frequencies.

    The indexes are 1 where all perspectives have the same share and 0 where one has everything; None with fewer than
    two perspectives. `warnings` say in words what is out of balance.
    """

    kpis: Mapping[str, float]
    weight: Mapping[str, float]
    kpi_index: float | None
    weight_index: float | None
    lead: float | None
    result_types: Mapping[str, float]
    frequencies: Mapping[str, float]
    warnings: tuple[str, ...]


def balance(definitions: Definitions, *, financial: Collection[str] | None = None) -> Balance:
    """The balance of a scorecard, from its definitions alone.

    A KPI counts once for each objective it is used in. `financial` are the codes of the financial perspectives;
    without it those whose code or name says so.
    """
    of = {o.code: o.perspective for o in definitions.objectives}
    alive = {k.code for k in definitions.kpis if k.state not in ("draft", "retired")}
    uses = [u for u in definitions.uses if u.objective in of and u.kpi in alive]
    codes = [p.code for p in definitions.perspectives]
    kpis = shares((of[u.objective] for u in uses), codes)
    points = {p.code: float(p.weight) for p in definitions.perspectives}
    total = sum(points.values())
    weight = {code: points[code] / total if total else 0.0 for code in codes}
    lead = sum(u.role == "lead" for u in uses) / len(uses) if uses else None
    money = [p.code for p in definitions.perspectives if "financ" in f"{p.code} {p.name}".lower()]
    found = Balance(
        kpis, weight, evenness(kpis), evenness(weight), lead,
        shares(definitions.kpi[u.kpi].result_type for u in uses),
        shares(definitions.kpi[u.kpi].frequency.value for u in uses), (),
    )  # fmt: skip
    names = {p.code: p.name for p in definitions.perspectives}
    said = tuple(_warnings(found, names, money if financial is None else financial))
    return Balance(
        found.kpis, found.weight, found.kpi_index, found.weight_index, lead, found.result_types, found.frequencies, said
    )


def shares(things: Iterable[_K], all_of: Iterable[_K] = ()) -> dict[_K, float]:
    """The share of each thing; those of `all_of` first, with 0 where there is none."""
    counted = Counter(things)
    total = sum(counted.values())
    return {k: counted[k] / total if total else 0.0 for k in dict.fromkeys([*all_of, *counted])}


def evenness(parts: Mapping[str, float]) -> float | None:
    """Entropy of shares divided by the greatest there can be: 1 is even; None for fewer than two.

    >>> evenness({"a": 0.25, "b": 0.25, "c": 0.5, "d": 0.0}).__round__(4)
    0.75
    """
    if len(parts) < 2:
        return None
    p = np.array([x for x in parts.values() if x > 0])
    return float(-(p * np.log(p)).sum() / np.log(len(parts))) + 0.0


def _warnings(found: Balance, names: Mapping[str, str], financial: Collection[str]) -> Iterable[str]:
    for code, share in found.weight.items():
        if len(found.weight) > 1 and share < WEIGHT[0]:
            yield f"{names[code]} has {share:.0%} of the weight; below {WEIGHT[0]:.0%} it hardly counts."
        if len(found.weight) > 1 and share > WEIGHT[1]:
            yield f"{names[code]} has {share:.0%} of the weight; above {WEIGHT[1]:.0%} it outweighs the others."
    if found.lead is not None and not LEAD[0] <= found.lead <= LEAD[1]:
        many = "lag" if found.lead < LEAD[0] else "lead"
        yield f"{found.lead:.0%} of the KPIs lead; with so many that {many} the map shows only one end of the story."
    if (money := sum(found.kpis.get(code, 0.0) for code in financial)) > FINANCIAL:
        yield f"Not balanced: {money:.0%} of the KPIs are financial."
