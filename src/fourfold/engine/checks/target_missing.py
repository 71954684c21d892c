"""A KPI that counts has a target."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.anchors import Polarity
from fourfold.engine.checks.rule import Said, blocking, rule
from fourfold.engine.definitions import Definitions


@rule("TARGET-MISSING", "A scored KPI has no target (V18)", gate=True)
def target_missing(d: Definitions) -> Iterator[Said]:
    """Without a target there is no score, and the KPI would silently drop out of its objective.

    A warning in a draft strategy, an error in an active one. Needs none: a use that is `monitor_only`, a KPI that is
    `neutral`, retired, a yes or no, or scored by `levels`.
    """
    aimed = {t.kpi for t in d.targets if t.kind == "commit"}
    for use in d.uses:
        kpi = d.kpi.get(use.kpi)
        if kpi is None or use.kpi in aimed or use.monitor_only or kpi.state == "retired":
            continue
        if kpi.polarity is Polarity.NEUTRAL or kpi.kind is MeasureKind.BOOLEAN or kpi.levels:
            continue
        message = f"KPI {kpi.code} counts for objective {use.objective} and has no target (V18)."
        fix = f"Add `targets:` to KPI {kpi.code}, or `monitor_only: true` to its use."
        yield Said(f"use:{use.objective}/{use.kpi}", message, fix, blocking(d))
