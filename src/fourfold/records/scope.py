"""What a person can see, as query sets: every query for a person starts with `visible_to(person)`."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from functools import lru_cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Final, NamedTuple, Self, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q

from fourfold.access.roles import Action, Role
from fourfold.access.rules import NOBODY, Denial, Grant, Principal, Thing, can
from fourfold.access.sight import Sight, sights_of

if TYPE_CHECKING:
    from fourfold.records.models.person import Person


M = TypeVar("M", bound=models.Model, covariant=True)
#: Organisation, role, path of the unit, exports, clearance, statuses alone.
GrantRow = tuple[int, str, str | None, bool, bool, bool]
#: Of more units than this the database finds the ids itself: long lists are slow, and some refuse them.
_LISTED: Final = 500


def principal_of(person: Person | AnonymousUser) -> Principal:
    """Who asks, with their grants; nobody for somebody who is not signed in or was switched off."""
    return NOBODY if isinstance(person, AnonymousUser) or not person.is_active else person.principal


def principal_made_of(person: int, rows: Iterable[GrantRow]) -> Principal:
    """Somebody as the policy knows them, of what their grants say: organisation, role, path of the unit, exports,
    clearance for confidential KPIs, statuses alone.

    The same rows give the same object, so that what follows from them is worked out once and not in each request.
    """
    return _made_of(person, tuple(rows))


@lru_cache(maxsize=1024)
def _made_of(person: int, given: tuple[GrantRow, ...]) -> Principal:
    grants = (
        Grant(pk, Role(role), path, exports, confidential=cleared, statuses_only=statuses)
        for pk, role, path, exports, cleared, statuses in given
        if role
    )
    return Principal(person, tuple(grants), tuple(Denial(pk, path) for pk, role, path, *_ in given if not role))


def sight_of(person: Person | AnonymousUser) -> Hashable:
    """What decides which rows `visible_to` gives and what a page offers to do: equal for two who see the same.

    It is part of the key of whatever is kept of a page. What comes to decide about rows one day has to come in here.
    """
    return principal_of(person).sight


class OfMembers(models.QuerySet[M]):
    """Rows for everybody who has any role in their organisation, also one that sees no figures."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Rows of the organisations in which the person has a grant."""
        return self.filter(among("organisation", principal_of(person).organisations))


class OfAdministrators(models.QuerySet[M]):
    """Rows for those who manage accounts: keys, invitations, what directories say of people."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Rows of the organisations whose accounts the person manages."""
        return self.filter(among("organisation", administered(person)))


def administered(person: Person | AnonymousUser) -> list[int]:
    """The organisations whose accounts the person manages."""
    principal = principal_of(person)
    return [pk for pk in principal.organisations if can(principal, Action.ADMINISTER, Thing(pk))]


class InOrganisation(models.QuerySet[M]):
    """Rows that everybody sees who sees figures of their organisation."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Rows of the organisations of which the person sees anything."""
        return self.filter(among("organisation", sights_of(principal_of(person))))


class OfUnits(models.QuerySet[M]):
    """Rows about a unit as a whole, for everybody who sees anything of it."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Rows of the units of which the person sees anything."""
        sights = sights_of(principal_of(person)).values()
        seen = ((*sight.paths, *sight.statuses, *sight.own) for sight in sights)
        parts = (in_units(person, sight, paths) for sight, paths in zip(sights, seen, strict=True))
        return self.filter(reduce(or_, parts, Q(pk__in=())))


class InUnits(models.QuerySet[M]):
    """Rows that belong to a unit and a KPI, and are seen by those who see the unit, or the KPI as its owner.

    Those about a confidential KPI need a clearance in the unit; its owner sees them by the role of KPI owner. Those
    about a small group nobody sees without a clearance for all that they see.
    """

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Rows of the whole organisations and the subtrees of units that the person sees."""
        sights = sights_of(principal_of(person)).values()
        return self.filter(reduce(or_, (self._seen(person, sight) for sight in sights))) if sights else self.none()

    def owned_by(self, person: int | None) -> Q:
        """The condition that a row is about a KPI of the person."""
        return Q(kpi__owner=person)

    def about(self, closed: Closed) -> Q:
        """The condition that a row is about one of these KPIs."""
        return Q(kpi__in=closed.kpis)

    def veiled(self) -> Q:
        """The condition that a row is about a small group."""
        from fourfold.records.models import Veil  # its own manager is made of this module

        return Q(Exists(Veil.objects.filter(unit=OuterRef("unit"), kpi=OuterRef("kpi"))))

    def _seen(self, person: Person | AnonymousUser, sight: Sight) -> Q:
        closed = closed_to(person, sight)
        found = self._told(person, sight, sight.paths, closed)
        return found & ~self.veiled() if closed.has_groups else found

    def _told(
        self, person: Person | AnonymousUser, sight: Sight, paths: tuple[str | None, ...], closed: Closed
    ) -> Q:
        """Rows in these units that the person may know of, whether or not their numbers are shown."""
        every = in_units(person, sight, paths)
        if closed.kpis:
            every &= ~self.about(closed) | in_units(person, sight, sight.cleared)
        return every | (in_units(person, sight, sight.own) & self.owned_by(sight.person)) if sight.own else every


class InUnitsOrShared(InUnits[M]):
    """As `InUnits`; rows without a unit hold for every unit and are seen by whoever sees anything of the KPI."""

    def _seen(self, person: Person | AnonymousUser, sight: Sight) -> Q:
        shared, closed = Q(unit__isnull=True, organisation=sight.organisation), closed_to(person, sight)
        anybody = shared & ~self.about(closed) if closed.kpis and not sight.cleared else shared
        own = shared & self.owned_by(sight.person) if sight.own else Q(pk__in=())
        return super()._seen(person, sight) | own | (anybody if sight.paths else Q(pk__in=()))


class Closed(NamedTuple):
    """Confidential KPIs of an organisation, by row id and code, and the codes of objectives that have no others.

    `above` are the nodes whose score any of them is a part of; `has_groups` says that KPIs hide small groups.
    """

    kpis: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    has_groups: bool = False

    @classmethod
    def of(
        cls, kpis: Mapping[int, str], uses: Iterable[tuple[str, int]], above: Iterable[str], *, has_groups: bool
    ) -> Closed:
        """Of the confidential KPIs, all uses as objective and KPI, and the nodes above those KPIs."""
        used: dict[str, set[int]] = {}
        for objective, kpi in uses if kpis else ():
            used.setdefault(objective, set()).add(kpi)
        alone = tuple(objective for objective, found in used.items() if found <= kpis.keys())
        return cls(tuple(kpis), tuple(kpis.values()), alone, tuple(sorted(above)), has_groups)


def closed_to(person: Person | AnonymousUser, sight: Sight) -> Closed:
    """What a clearance is needed for, looked up once for a person, and not at all for those who have it everywhere."""
    from fourfold.records.models import Organisation  # its own manager is made of this module
    from fourfold.records.queries.structure import structure_of

    if sight.sees_groups:
        return Closed()
    found, place = person.__dict__.setdefault("_closed", {}), sight.organisation
    if place not in found:
        found[place] = structure_of(Organisation.objects.get(pk=place)).closed
    return cast(Closed, found[place])


def know_closed(person: Person, organisation: int, closed: Closed) -> None:
    """Spare the person looking up what somebody has read already."""
    person.__dict__.setdefault("_closed", {})[organisation] = closed


def among(column: str, keys: Collection[int]) -> Q:
    """The condition that a column is one of these: most people are in one organisation, and equality costs less."""
    return Q(**{column: next(iter(keys))}) if len(keys) == 1 else Q(**{f"{column}__in": tuple(keys)})


def in_units(person: Person | AnonymousUser, sight: Sight, paths: tuple[str | None, ...]) -> Q:
    """The condition on a table with `organisation` and `unit` that its unit is in one of the paths and not hidden.

    The units are looked up once for a person, that is once in a request, and only where a part is seen.
    """
    if not paths:
        return Q(pk__in=())
    everywhere = Q(organisation=sight.organisation)
    if None in paths and not sight.hidden:
        return everywhere
    from fourfold.records.models.unit import Unit  # the unit's own manager is made of this module

    found = person.__dict__.setdefault("_units_in", {})
    if (sight, paths) not in found:
        seen = Unit.objects.filter(on_paths(sight, paths)).values_list("pk", flat=True)
        listed = tuple(seen[: _LISTED + 1])
        found[sight, paths] = seen if len(listed) > _LISTED else listed
    return everywhere & Q(unit__in=found[sight, paths])


def on_paths(sight: Sight, paths: tuple[str | None, ...]) -> Q:
    """The condition on units themselves: on one of the paths and on none that is hidden."""
    on = reduce(or_, (Q(path__startswith=path or "/") for path in paths), Q(pk__in=()))
    off = reduce(or_, (Q(path__startswith=path or "/") for path in sight.hidden), Q(pk__in=()))
    return Q(organisation=sight.organisation) & on & (~off if sight.hidden else Q())
