"""A scoring profile fits its KPI."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.anchors import Polarity
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.findings import Level

_MOST = 8


@rule("KPI-SCORING", "The scoring profile of a KPI cannot be used")
def scoring_profile(d: Definitions) -> Iterator[Said]:
    """A `custom` curve needs 2 to 8 `curve_values`, rising, and as many `curve_scores` that never turn.

    They rise where higher is better, and fall where lower is. `spider_0_10` and `custom` want one better side, so they
    are nothing for a band; and levels, yes or no and what is not judged have no profile at all.
    """
    for k in d.kpis:
        if k.scoring == "linear_anchor":
            if k.curve_values or k.curve_scores:
                message = f"KPI {k.code} has a curve, and is not scored by it."
                yield Said(f"kpi:{k.code}.curve_values", message, "Write `scoring: custom`, or delete the curve.",
                           Level.WARNING)  # fmt: skip
        elif (said := _misfit(k) or (_bad_curve(k) if k.scoring == "custom" else None)) is not None:
            yield said


def _misfit(k: Kpi) -> Said | None:
    """What speaks against any profile, or against this one."""
    message = f"KPI {k.code} has `scoring: {k.scoring}`, and "
    fix = "Delete `scoring`."
    if k.kind in (MeasureKind.ORDINAL, MeasureKind.BOOLEAN):
        return Said(f"kpi:{k.code}.scoring", f"{message}it is {k.kind}: that has scores of its own.", fix)
    if k.polarity is Polarity.NEUTRAL:
        return Said(f"kpi:{k.code}.scoring", f"{message}it is neutral, so it is never scored.", fix)
    if k.polarity is Polarity.IN_RANGE and not k.scoring.startswith("bands_"):
        return Said(f"kpi:{k.code}.scoring", f"{message}both sides of its band are worse.", "Delete it, or use bands.")
    return None


def _bad_curve(k: Kpi) -> Said | None:
    """What is wrong with the points of a curve."""
    values, scores = k.curve_values, k.curve_scores
    if len(values) != len(scores) or not 2 <= len(values) <= _MOST:
        message = f"KPI {k.code} has {len(values)} `curve_values` and {len(scores)} `curve_scores`."
        return Said(f"kpi:{k.code}.scoring", message, f"Give 2 to {_MOST} of each, one score for each figure.")
    if any(a >= b for a, b in pairwise(values)):
        message = f"The `curve_values` of KPI {k.code} do not rise."
        return Said(f"kpi:{k.code}.curve_values", message, "List each figure once, the lowest first.")
    rises = k.polarity is Polarity.HIGHER_BETTER
    if any(b < a if rises else b > a for a, b in pairwise(scores)):
        way = "fall" if rises else "rise"
        better = "higher" if rises else "lower"
        message = f"The `curve_scores` of KPI {k.code} {way} somewhere, and {better} figures are better."
        return Said(f"kpi:{k.code}.curve_scores", message, f"Let them only {'rise' if rises else 'fall'}.")
    return None
