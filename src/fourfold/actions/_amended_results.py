"""Results after an amendment, in its transaction: of what it reaches, else of everything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fourfold.actions._runs import evaluate_locked, new_run
from fourfold.engine.amendment_reach import Reach
from fourfold.records.frames.amendment import kpi_results, rolled_up, stored_periods
from fourfold.records.frames.result import Changes, Row, rows_of_results, stored_at
from fourfold.records.frames.veil import write_veils
from fourfold.records.models import Organisation, Result
from fourfold.records.ready import Ready


def store_amended(
    organisation: Organisation, ready: Ready, reach: Reach, *, was_evaluated: bool, as_of: datetime, reason: str
) -> int:
    """Make the stored results what a full evaluation would give, and say how many are different.

    `organisation` is locked, with the change counted and written already. Where results were older than the
    definitions before, or other periods are due by now, everything is evaluated. Outlooks after an amendment that
    reaches everything are left to `follow_outlooks`.
    """
    shown = stored_periods(ready, as_of) if was_evaluated and not reach.everything else None
    if shown is None:
        evaluate_locked(organisation, as_of=as_of, reason=reason, looks_ahead=not reach.everything)
        return Result.objects.filter(organisation=organisation, input_version=organisation.version).count()
    run = new_run(organisation, as_of=as_of, reason=reason)
    changes = Changes(run.input_version)
    if not reach:
        return 0
    found = kpi_results(organisation, ready, reach.kpis, shown, as_of)

    def differing(rows: Iterable[Row]) -> list[Row]:
        """Those that are not what is stored, noted to be written."""
        some = list(rows)
        return changes.compare(stored_at(some), some)

    named = [((view,) * len(results.periods), results) for view, results in found.items()]
    kpis = differing(row for views, results in named for row in rows_of_results(ready, views, results))
    rolled_up(ready, reach, found, kpis, differing)
    count = changes.write(run)
    gone, _ = Result.objects.filter(organisation=organisation, node__in=reach.gone).delete() if reach.gone else (0, {})
    write_veils(organisation, ready)  # who is counted for a KPI may be what was amended
    return count + gone
