"""Say anew where KPIs are going, after a figure has changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from fourfold.actions._outbox import tell_held
from fourfold.actions._steps import find_organisation, lock, recorded_for
from fourfold.actions.outcome import Outcome
from fourfold.engine.evaluate import dependents
from fourfold.engine.groups import reaches_sideways
from fourfold.errors import NotFound
from fourfold.records.frames.outlook import Kept, kept, outlooks_now, write_outlooks
from fourfold.records.models import Organisation, Person
from fourfold.records.ready import Ready, ready_definitions

#: So often it is tried beside other people's changes; the next try makes them wait.
_TRIES: Final = 2


def evaluate_outlooks(
    *, by: Person | None, organisation: str | None = None, kpi: str | Collection[str], unit: str,
    as_of: datetime | None = None,
) -> Outcome[int]:  # fmt: skip
    """Make the outlooks that figures of this KPI (or of these) and unit reach, and keep those that are different.

    They are those of the KPI and of all computed from it, in the unit and all above it. It comes after the figure has
    been stored, in a transaction of its own: a forecast takes several times as long as storing a figure does. Until
    then, and where nobody calls it, pages see that a kept outlook is older than its figures and make it anew
    themselves. Open pages are told of both together where the figure was recorded with `outlooks_follow`. The value is
    how many were kept.
    """
    found = find_organisation(by, organisation)
    ready = ready_definitions(found)
    if ready is None:
        raise NotFound(f"There is no unit {unit} here, or you may not see it.")
    moment = as_of or datetime.now(UTC)
    kpis = (kpi,) if isinstance(kpi, str) else tuple(kpi)
    for code in kpis:
        recorded_for(by, found, ready, code, unit, at=moment)
    for _ in range(_TRIES):
        found.refresh_from_db()
        ready = ready_definitions(found) or ready
        made = _make(found, ready, kpis, unit, moment)
        with transaction.atomic():
            if lock(found).version == found.version:
                return _store(found, ready, kpis, made, moment)
    with transaction.atomic():
        found = lock(found)
        ready = ready_definitions(found) or ready
        return _store(found, ready, kpis, _make(found, ready, kpis, unit, moment), moment)


def _make(
    organisation: Organisation, ready: Ready, kpis: Collection[str], unit: str, as_of: datetime
) -> tuple[Kept, ...]:
    """The outlooks that are reached: of other units too where a formula looks at them."""
    reached = dependents(ready.definitions, kpis)
    sideways = any(reaches_sideways(ready.definitions.kpi[code]) for code in reached)
    units = None if sideways else ready.above(unit)
    return tuple(kept(outlooks_now(organisation, ready, as_of=as_of, kpis=reached, units=units)))


def _store(
    organisation: Organisation, ready: Ready, kpis: Collection[str], made: tuple[Kept, ...], at: datetime
) -> Outcome[int]:
    """Write them; the lock is held."""
    count = write_outlooks(organisation, ready, made, at=at, input_version=organisation.version)
    units = {ready.units[outlook.unit] for outlook in made if count}
    tell_held(organisation, units=units, nodes={f"kpi:{code}" for code in (*kpis, *(each.kpi for each in made))})
    return Outcome(f"{count:,} outlook{'s' if count != 1 else ''} changed", count)
