"""What surrounds every page: the statuses of the scorecards in the rail and how complete each month of the year is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Q

from fourfold.engine.cells import State
from fourfold.engine.statuses import Status
from fourfold.records import models
from fourfold.records.models.result import Veiled
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import SCORECARD, STATUSES, Scope
from fourfold.records.queries.then import result_rows


class Completeness(NamedTuple):
    """How many KPIs of a month have their figure, of how many that should."""

    there: int
    due: int

    @property
    def percent(self) -> int:
        """Whole per cent, never rounded up to 100."""
        return self.there * 100 // self.due if self.due else 0


def completeness(scope: Scope, ordinals: Sequence[int]) -> dict[int, Completeness]:
    """For each month the KPIs of the scope's unit that have a figure, and those that should have one."""
    key = ("completeness", scope.unit.pk, *ordinals)
    return kept(scope.run, key, lambda: _completeness(scope, ordinals), size=len)


def _completeness(scope: Scope, ordinals: Sequence[int]) -> dict[int, Completeness]:
    if scope.then is None:
        return _stored_completeness(scope, ordinals)
    counts = {ordinal: [0, 0] for ordinal in ordinals}
    for _, _, ordinal, state, veil in result_rows(
        scope, [scope.unit.pk], ("state", "veil"), view="month", first=min(ordinals), last=max(ordinals), node="kpi:"
    ):
        if ordinal in counts and state != State.NOT_APPLICABLE and veil == Veiled.NOT:
            counts[ordinal][0] += state == State.NUMBER
            counts[ordinal][1] += 1
    return {ordinal: Completeness(there, due) for ordinal, (there, due) in counts.items() if due}


def _stored_completeness(scope: Scope, ordinals: Sequence[int]) -> dict[int, Completeness]:
    """The database counts: a unit may have a thousand KPIs."""
    rows = (
        models.Result.objects.visible_to(scope.person)
        .filter(unit=scope.unit.pk, view="month", ordinal__in=ordinals, node__startswith="kpi:")
        .exclude(state=State.NOT_APPLICABLE)
        .values_list("ordinal")
        .annotate(there=Count("pk", filter=Q(state=State.NUMBER)), due=Count("pk"))
    )
    return {ordinal: Completeness(there, due) for ordinal, there, due in rows}


def scorecard_statuses(scope: Scope, units: Sequence[int]) -> dict[int, Status]:
    """The status of each unit's scorecard in the period shown."""
    key = ("statuses", scope.view, scope.period.ordinal, *units)
    return kept(scope.run, key, lambda: _statuses(scope, units), size=len)


def _statuses(scope: Scope, units: Sequence[int]) -> dict[int, Status]:
    now = scope.period.ordinal
    rows = result_rows(scope, units, ("status", "veil"), view=scope.view, first=now, last=now, node=SCORECARD)
    return {unit: STATUSES[status] for unit, _, _, status, veil in rows if veil == Veiled.NOT}
