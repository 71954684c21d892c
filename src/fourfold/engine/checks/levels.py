"""Steps of a scale have scores."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level


@rule("KPI-LEVELS", "An ordinal KPI has no levels, or another KPI has some")
def levels(d: Definitions) -> Iterator[Said]:
    """An ordinal KPI is scored by a table of its levels; without one it is shown and never scored (a warning).

    No other kind of figure has levels.
    """
    for k in d.kpis:
        if k.kind is MeasureKind.ORDINAL and not k.levels:
            message = f"KPI {k.code} is ordinal and has no `levels`, so it is never scored."
            fix = "Add `levels:` with one line for each step and its score, 0 to 100."
            yield Said(f"kpi:{k.code}.kind", message, fix, Level.WARNING)
        if k.levels and k.kind is not MeasureKind.ORDINAL:
            message = f"KPI {k.code} has `levels`, and it is a {k.kind.replace('_', ' ')}."
            yield Said(f"kpi:{k.code}.levels", message, "Write `kind: ordinal`, or delete `levels`.")
