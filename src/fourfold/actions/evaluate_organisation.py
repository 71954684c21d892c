"""Evaluate everything an organisation has, and store what its pages show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._runs import Computed, compute, evaluate_locked, store_all
from fourfold.actions._runs import is_evaluated as is_evaluated  # what callers ask before
from fourfold.actions._steps import find_organisation, lock, require
from fourfold.actions.evaluate_change import Change, evaluate_change
from fourfold.actions.evaluate_outlooks import outlooks_after
from fourfold.actions.outcome import Outcome
from fourfold.engine.progress import Progress
from fourfold.records.frames.measurement import newest_row, places_since
from fourfold.records.models import Evaluation, Organisation, Person

#: So often it is tried beside other people's changes; the next try makes them wait.
_TRIES: Final = 2
#: Up to so many figures that came meanwhile are evaluated after the others; with more, all are computed anew.
_FEW: Final = 1_000


def evaluate_organisation(
    *, by: Person | None, organisation: str | None = None, reason: str = "", as_of: datetime | None = None,
    tell: Progress | None = None,
) -> Outcome[Evaluation]:
    """Compute all results of all units anew and store those that changed.

    Stored results always come from the figures as known now; `as_of` (now, when left out) decides what is due. Nobody
    waits while it computes. Figures that somebody records meanwhile are not lost: what depends on them is computed
    again when all is stored; where they are many, or definitions are others by then, everything is. `tell` hears how
    far it is.
    """
    found = find_organisation(by, organisation)
    require(by, Action.EVALUATE, found)
    moment = as_of or datetime.now(UTC)
    for _ in range(_TRIES):
        found.refresh_from_db()
        newest = newest_row(found)
        computed = compute(found, moment, tell)
        with transaction.atomic():
            now = lock(found)
            late = [] if now.version == found.version else _late(now, computed, newest)
            if now.definitions_version != found.definitions_version or len(late) > _FEW:
                continue
            stored = store_all(now, computed, as_of=moment, reason=reason, seen=found.version)
            if late:
                evaluate_change(
                    by=None, organisation=now, changed=late, was_evaluated=True, as_of=moment, reason=reason
                )  # fmt: skip
        if late:
            outlooks_after(now, {(each.kpi, each.unit) for each in late}, at=moment)
        return stored
    with transaction.atomic():
        return evaluate_locked(lock(found), as_of=moment, reason=reason)


def _late(organisation: Organisation, computed: Computed, newest: int) -> list[Change]:
    """The figures that came after that row."""
    if computed.ready is None:
        return []
    parse = computed.ready.definitions.calendar.parse
    places = places_since(organisation, computed.ready, newest, most=_FEW + 1)
    return [Change(kpi, unit, parse(period), is_correction=False) for kpi, unit, period in places]
