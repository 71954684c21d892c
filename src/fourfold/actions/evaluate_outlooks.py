"""Say anew where KPIs are going, after a figure has changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from django.db import transaction

from fourfold.actions._outbox import Followed, tell, tell_held
from fourfold.actions._steps import find_organisation, lock, recorded_for
from fourfold.actions.outcome import Outcome
from fourfold.engine.evaluate import dependents
from fourfold.engine.groups import reaches_sideways
from fourfold.errors import NotFound
from fourfold.records.frames.outlook import Kept, kept, outlooks_now, write_outlooks
from fourfold.records.models import Organisation, Person
from fourfold.records.ready import Ready, ready_definitions

#: A KPI and a unit, by their codes.
Place = tuple[str, str]
#: All of them.
EVERYWHERE: Final[Place] = ("", "")


def evaluate_outlooks(
    *, by: Person | None, organisation: str | Organisation | None = None, kpi: str | Collection[str], unit: str,
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
    return outlooks_after(found, [(code, unit) for code in kpis], at=moment)


def outlooks_after(organisation: Organisation, changed: Collection[Place], *, at: datetime) -> Outcome[int]:
    """As `evaluate_outlooks`, after figures of several KPIs and units, or a change `EVERYWHERE`.

    Whoever calls it knows that they may.

    Figures that are recorded meanwhile do no harm: an outlook says as of which change it is, so that pages see which
    of them are older than their figures. Where outlooks or definitions are others when it comes to writing, they are
    made again while others wait.
    """
    organisation.refresh_from_db()
    work = _make(organisation, changed, at)
    with transaction.atomic():
        now = lock(organisation)
        if work is None or _others(organisation) != _others(now):
            organisation, work = now, _make(now, changed, at)
        return Outcome("0 outlooks changed", 0) if work is None else _store(organisation, work, at)


def _others(organisation: Organisation) -> tuple[int, int]:
    """What is different after somebody else has written outlooks or definitions."""
    return organisation.definitions_version, organisation.outlooks_version


class _Work(NamedTuple):
    """What was made, and by which definitions; each change with the places that it reaches, None for all."""

    ready: Ready
    reached: Mapping[Place, frozenset[Place]] | None
    made: tuple[Kept, ...]


def _make(organisation: Organisation, changed: Collection[Place], as_of: datetime) -> _Work | None:
    """The outlooks after the changes, but of places that are no more; None without definitions."""
    ready = ready_definitions(organisation)
    if ready is None:
        return None
    if EVERYWHERE in changed:
        return _Work(ready, None, tuple(kept(outlooks_now(organisation, ready, as_of=as_of))))
    reached = {place: found for place in changed if (found := _reached(ready, place))}
    places = frozenset[Place]().union(*reached.values())
    return _Work(ready, reached, tuple(kept(outlooks_now(organisation, ready, as_of=as_of, places=places))))


def _reached(ready: Ready, place: Place) -> frozenset[Place]:
    """Where outlooks may be others after a figure there: in other units too where a formula looks at them."""
    kpi, unit = place
    if kpi not in ready.kpis or unit not in ready.units:
        return frozenset()  # by now there is none
    kpis = dependents(ready.definitions, (kpi,))
    sideways = any(reaches_sideways(ready.definitions.kpi[code]) for code in kpis)
    units = ready.units if sideways else ready.above(unit)
    return frozenset((code, each) for code in kpis for each in units)


def _store(organisation: Organisation, work: _Work, at: datetime) -> Outcome[int]:
    """Write them as of the version that `organisation` has; its lock is held."""
    count = write_outlooks(organisation, work.ready, work.made, at=at, input_version=organisation.version)
    there = {(each.kpi, each.unit) for each in work.made} if count else set[Place]()
    if work.reached is None:
        tell(organisation)
    else:
        told = [_followed(work.ready, place, places & there) for place, places in work.reached.items()]
        tell_held(organisation, told)
    return Outcome(f"{count:,} outlook{'s' if count != 1 else ''} changed", count)


def _followed(ready: Ready, place: Place, made: Collection[Place]) -> Followed:
    """What was made after a change, as open pages are told of it."""
    units, nodes = frozenset(ready.units[unit] for _, unit in made), frozenset(f"kpi:{kpi}" for kpi, _ in made)
    return Followed(ready.units[place[1]], f"kpi:{place[0]}", units, nodes)
