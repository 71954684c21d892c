"""Figures are added up only where that makes sense."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.aggregation import AggTime, AggUnits, why_illegal
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level


@rule("AGG-ILLEGAL", "A kind of figure cannot be aggregated that way")
def aggregation(d: Definitions) -> Iterator[Said]:
    """What may be done with a kind of figure over time and over units (methodology §2.2): ratios are never averaged,
    levels are never summed over time, distinct counts are never added.

    `weighted_by` belongs to a weighted mean.
    """
    for k in d.kpis:
        for key, wrong in (
            ("aggregate_time", why_illegal(k.kind, agg_time=k.aggregate_time)),
            ("aggregate_units", why_illegal(k.kind, agg_units=k.aggregate_units)),
        ):
            if wrong is not None:
                sentence, _, fix = wrong.rpartition(". ")
                yield Said(f"kpi:{k.code}.{key}", f"KPI {k.code}: {sentence}.", f"{fix} Left out, `{key}` is right.")
        chosen = (k.aggregate_time, k.aggregate_units)
        weighted = chosen[0] is AggTime.WEIGHTED_MEAN or chosen[1] is AggUnits.WEIGHTED_MEAN
        if k.weighted_by is not None and None not in chosen and not weighted:
            message = f"KPI {k.code} has a `weighted_by`, and nothing of it is a weighted mean."
            fix = "Write `aggregate_units: weighted_mean`, or delete `weighted_by`."
            yield Said(f"kpi:{k.code}.weighted_by", message, fix, Level.WARNING)
        if k.weighted_by == k.code:
            fix = "Name the KPI that counts what lies behind each figure."
            yield Said(f"kpi:{k.code}.weighted_by", f"KPI {k.code} is weighted by itself.", fix)
