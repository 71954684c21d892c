"""Evaluate everything an organisation has, and store what its pages show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._runs import Computed, compared, compute, evaluate_locked, store_all
from fourfold.actions._runs import is_evaluated as is_evaluated  # what callers ask before
from fourfold.actions._steps import find_organisation, lock, require
from fourfold.actions.evaluate_change import Change, evaluate_change
from fourfold.actions.evaluate_outlooks import outlooks_after
from fourfold.actions.outcome import Outcome
from fourfold.engine.progress import Progress
from fourfold.records.frames.measurement import newest_row, places_since
from fourfold.records.models import Evaluation, Organisation, Person
from fourfold.records.turns import Turn, in_turn

#: So often it is tried beside other people's changes; the next try makes them wait.
_TRIES: Final = 2
#: Up to so many figures that came meanwhile are evaluated after the others; with more, all are computed anew.
_FEW: Final = 1_000


def evaluate_organisation(
    *, by: Person | None, organisation: str | None = None, reason: str = "", as_of: datetime | None = None,
    waits: bool = True, tell: Progress | None = None,
) -> Outcome[Evaluation]:  # fmt: skip
    """Compute all results of all units anew and store those that changed.

    Stored results always come from the figures as known now; `as_of` (now, when left out) decides what is due. Nobody
    waits while it computes and finds what is different. Figures that somebody records meanwhile are not lost: what
    depends on them is computed again when all is stored; where they are many, or definitions are others by then,
    everything is. One process at a time does it: the next waits (without `waits` it leaves it to the first), and has
    nothing to do where all was evaluated meanwhile. `tell` hears how far it is.
    """
    found = find_organisation(by, organisation)
    require(by, Action.EVALUATE, found)
    moment = as_of or datetime.now(UTC)
    with in_turn("evaluation", found.pk, waits=waits) as turn:
        found.refresh_from_db()
        if turn is Turn.TAKEN:
            return Outcome("another process is evaluating it")
        if turn is Turn.WAITED and is_evaluated(found, on=moment):
            return Outcome("evaluated meanwhile")
        return _evaluate(found, moment, reason, tell)


def _evaluate(organisation: Organisation, moment: datetime, reason: str, tell: Progress | None) -> Outcome[Evaluation]:
    for _ in range(_TRIES):
        organisation.refresh_from_db()
        newest = newest_row(organisation)
        computed = compute(organisation, moment, tell)
        with compared(organisation, computed) as differences, transaction.atomic():
            now = lock(organisation)
            late = [] if now.version == organisation.version else _late(now, computed, newest)
            if now.definitions_version != organisation.definitions_version or len(late) > _FEW:
                continue
            stored = store_all(now, computed, differences, as_of=moment, reason=reason, seen=organisation.version)
            if late:
                evaluate_change(
                    by=None, organisation=now, changed=late, was_evaluated=True, as_of=moment, reason=reason
                )  # fmt: skip
        if late:
            outlooks_after(now, {(each.kpi, each.unit) for each in late}, at=moment)
        return stored
    with transaction.atomic():
        return evaluate_locked(lock(organisation), as_of=moment, reason=reason)


def _late(organisation: Organisation, computed: Computed, newest: int) -> list[Change]:
    """The figures that came after that row."""
    if computed.ready is None:
        return []
    parse = computed.ready.definitions.calendar.parse
    places = places_since(organisation, computed.ready, newest, most=_FEW + 1)
    return [Change(kpi, unit, parse(period), is_correction=False) for kpi, unit, period in places]
