"""What those with an open page are told: where something is different, of what each of them may see.

What they hear is about units, nodes and periods and never a figure; what is different there they ask for as any page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q

from fourfold.access.rules import NOBODY, Denial, Grant, Principal
from fourfold.access.sight import Sight, sights_of
from fourfold.records import models
from fourfold.records.queries.kept import Run, newest_run
from fourfold.records.queries.structure import Structure, UnitPlace, structure_of
from fourfold.records.scope import principal_of

#: Whoever was away for longer loads the page anew instead of hearing what it missed.
REPLAYED: Final = timedelta(minutes=10)
#: Rows are kept for longer than anybody can ask for them.
KEPT: Final = timedelta(hours=1)
_AT_ONCE: Final = 500  # keys in one statement


@dataclass(eq=False)
class Listener:
    """Somebody with an open page: who, by which session, of which organisation, and the last change they know of."""

    person: models.Person
    session: str
    organisation: int
    after: int

    @cached_property
    def sight(self) -> Sight | None:
        """What they see, None for nothing: the same for all who see the same, whoever they are.

        It stays as it was when they began to listen: `over` names those whose rights are others now.
        """
        sight = sights_of(principal_of(self.person)).get(self.organisation)
        return sight if sight is None or sight.own else replace(sight, person=None)


@dataclass(frozen=True, slots=True)
class News:
    """One change as those listeners are told of it who see the same."""

    listeners: Sequence[Listener]
    number: int
    told: Mapping[str, Any]


def listen_to(
    person: models.Person, organisation: models.Organisation, session: str, known: str, *, now: datetime
) -> tuple[Listener, bool]:
    """A listener who knows of the changes up to `known`, and whether they can hear of all since then.

    Without a number, they know of all there are. One that was given long ago, or never, cannot be told from.
    """
    rows = models.Outbox.objects.visible_to(person).filter(organisation=organisation)
    held = rows.filter(at__gt=now).order_by("pk").values_list("pk", flat=True).first()
    over = rows if held is None else rows.filter(pk__lt=held)
    newest = over.order_by("-pk").values_list("pk", flat=True).first() or 0
    after = int(known) if known.isdecimal() and len(known) < 19 else newest
    last = rows.filter(pk=after).values_list("at", flat=True).first() if after != newest else now
    is_told = last is not None and now - last <= REPLAYED
    return Listener(person, session, organisation.pk, after if is_told else newest), is_told


def state_of(run: Run) -> str:
    """What names all that the pages of an organisation show: the same as long as nothing has changed."""
    at = 0 if run.at is None else round(run.at.timestamp() * 1e6)
    return f"{run.version}.{run.definitions}.{run.outlooks}.{at}"


def state_now(person: models.Person, organisation: models.Organisation) -> str:
    """The state as it is, for somebody who sees the organisation."""
    return state_of(newest_run(person, organisation))


def news(listeners: Iterable[Listener]) -> tuple[list[News], dict[int, int]]:
    """What is new to these listeners, the oldest first, and the number of the newest change by organisation.

    What was told and they may not see has been passed over: they know of everything up to those numbers. Nobody hears
    of a change that is held back, nor of a later one before it.
    """
    known: dict[int, list[Listener]] = {}
    for listener in listeners:
        known.setdefault(listener.organisation, []).append(listener)
    wanted = (Q(organisation=pk, pk__gt=min(each.after for each in some)) for pk, some in known.items())
    rows = _told(models.Outbox.objects.filter(reduce(or_, wanted, Q(pk__in=()))))  # house: each is told what they see
    found: list[News] = []
    for pk in dict.fromkeys(row.organisation_id for row in rows):
        place = models.Organisation.objects.filter(pk=pk).first()  # house: they were let in to it
        if place is not None:
            found += _news_of(structure_of(place), known[pk], [row for row in rows if row.organisation_id == pk])
    return found, {row.organisation_id: row.pk for row in rows}


def _told(rows: Iterable[models.Outbox]) -> list[models.Outbox]:
    """Of each organisation those before the first that is held back."""
    now, held, found = datetime.now(UTC), set[int](), list[models.Outbox]()
    for row in rows:
        if row.at > now:
            held.add(row.organisation_id)
        if row.organisation_id not in held:
            found.append(row)
    return found


def _news_of(structure: Structure, listeners: list[Listener], rows: list[models.Outbox]) -> list[News]:
    audiences: dict[Sight, list[Listener]] = {}
    for listener in listeners:
        if listener.sight is not None:
            audiences.setdefault(listener.sight, []).append(listener)
    groups = _small_groups(structure)
    lenses = {sight: Lens.of(sight, structure, groups) for sight in audiences}
    found: list[News] = []
    for row in rows:
        for sight, audience in audiences.items():
            hearing = [listener for listener in audience if row.pk > listener.after]
            if hearing and (told := lenses[sight].told(row)):
                found.append(News(hearing, row.pk, told))
    return found


def _small_groups(structure: Structure) -> frozenset[tuple[int, str]]:
    """The nodes of units whose results nobody is shown without a clearance."""
    if not structure.closed.has_groups:
        return frozenset()
    rows = models.Veil.objects.filter(organisation=structure.pk)  # house: what nobody is told of
    return frozenset(rows.values_list("unit", "node"))


@dataclass(frozen=True, slots=True)
class Lens:
    """What somebody may hear of an organisation: `owned` are the nodes of their own KPIs, `closed` need a clearance.

    `groups` are units and nodes of small groups, which they hear nothing of.
    """

    sight: Sight
    structure: Structure
    owned: frozenset[str]
    closed: frozenset[str]
    groups: frozenset[tuple[int, str]]

    @classmethod
    def of(cls, sight: Sight, structure: Structure, groups: frozenset[tuple[int, str]]) -> Lens:
        """The lens of a sight; `groups` are the small groups of the organisation."""
        mine = structure.code_of.get(sight.person) if sight.own and sight.person is not None else None
        owned = frozenset(f"kpi:{kpi.code}" for kpi in structure.kpis if mine and kpi.owner == mine)
        if sight.sees_groups:
            return cls(sight, structure, owned, frozenset(), frozenset())
        kpis, objectives, above = structure.closed.codes, structure.closed.objectives, structure.closed.above
        nodes = (*(f"kpi:{code}" for code in kpis), *(f"objective:{code}" for code in objectives), *above)
        return cls(sight, structure, owned, frozenset(nodes), groups)

    def told(self, change: models.Outbox) -> dict[str, Any]:
        """The change as they are told of it; nothing where it is about nothing that they see."""
        if change.units is None or change.nodes is None:
            return {"everything": True}
        changed, seen = frozenset[str](change.nodes), dict[str, frozenset[str]]()
        for unit in (self.structure.unit_of[pk] for pk in change.units if pk in self.structure.unit_of):
            if nodes := self._nodes(unit, changed):
                seen[unit.code] = nodes
        if not seen:
            return {}
        nodes = frozenset[str]().union(*seen.values())
        return {"units": list(seen), "nodes": sorted(nodes), "periods": change.periods}

    def _nodes(self, unit: UnitPlace, nodes: frozenset[str]) -> frozenset[str]:
        """Those of the nodes that they may hear of in a unit."""
        found = frozenset[str]()
        if self.sight.sees_all(unit.path):
            open_here = nodes if self.sight.is_cleared(unit.path) else nodes - self.closed
            found = frozenset(node for node in open_here if (unit.pk, node) not in self.groups)
        return found | (nodes & self.owned) if self.sight.owns_in(unit.path) else found


def over(listeners: Collection[Listener], *, now: datetime) -> list[Listener]:
    """Those who are signed out by now, or whose rights are others than when they began to listen."""
    sessions, principals = set[tuple[str, int]](), dict[int, Principal]()
    for some in _parts({listener.session for listener in listeners}):
        rows = models.Session.objects.filter(session_key__in=some, expire_date__gt=now)  # house: their own
        sessions |= set(rows.values_list("session_key", "person"))
    for ids in _parts({listener.person.pk for listener in listeners}):
        principals |= models.Person.objects.principals(ids)  # house: they ask for themselves
    return [
        listener
        for listener in listeners
        if (listener.session, listener.person.pk) not in sessions
        or _rights(principals.get(listener.person.pk, NOBODY)) != _rights(principal_of(listener.person))
    ]


def _rights(principal: Principal) -> tuple[frozenset[Grant], frozenset[Denial]]:
    """What they were given and denied, in whatever order."""
    return frozenset(principal.grants), frozenset(principal.denials)


def _parts(keys: Iterable[Any]) -> Iterable[list[Any]]:
    found = sorted(keys)
    return (found[start : start + _AT_ONCE] for start in range(0, len(found), _AT_ONCE))
