"""What was kept of a period when it was closed, as far as the person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fourfold.access.sight import sights_of
from fourfold.engine.periods import Period
from fourfold.errors import NotFound
from fourfold.records import models
from fourfold.records.closed_periods import ids_above
from fourfold.records.frames.period_state import hash_of
from fourfold.records.queries.scope import Scope
from fourfold.records.scope import principal_of


@dataclass(frozen=True)
class SnapshotSeen:
    """Results by view; `is_whole` says that they have the hash with which they were kept.

    `signature` is the hash of all units that were closed together, as the event of the closing has it.
    """

    period: str
    at: datetime
    by: str
    hash: str
    signature: str
    is_whole: bool
    views: dict[str, list[dict[str, Any]]]


def snapshot_of(scope: Scope, month: Period) -> SnapshotSeen:
    """The newest one of the unit in a month. Raises `NotFound` where the month was never closed."""
    rows = models.Snapshot.objects.visible_to(scope.person).filter(
        unit=scope.unit.pk, state__period=month.id, state__unit__in=ids_above(scope.unit.path)
    )
    row = rows.select_related("state__by").order_by("-state__at", "-pk").first()
    if row is None:
        raise NotFound(f"{month.label} was never closed here.")
    names = row.results["fields"]
    views = {
        view: [dict(zip(names, fields, strict=True)) for fields in found if _is_seen(scope, fields[0])]
        for view, found in row.results.items()
        if view != "fields"
    }
    by = row.state.by.name if row.state.by else ""
    whole = hash_of(row.results) == row.hash
    return SnapshotSeen(month.id, row.state.at, by, row.hash, row.state.snapshot_hash, whole, views)


def _is_seen(scope: Scope, node: str) -> bool:
    """KPIs and objectives as the person sees them; what is above them for those who see more than their own KPIs."""
    noun, _, code = node.partition(":")
    if not scope.shows_numbers(node):
        return False
    if noun == "kpi":
        return code in scope.structure.kpi
    if noun == "objective":
        return code in scope.structure.objective
    return sights_of(principal_of(scope.person))[scope.structure.pk].sees_all(scope.unit.path)
