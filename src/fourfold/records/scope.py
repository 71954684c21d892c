"""What a person can see, as query sets: every query for a person starts with `visible_to(person)`."""

from __future__ import annotations

from collections.abc import Hashable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from fourfold.access.rules import Grant

if TYPE_CHECKING:
    from fourfold.records.models.person import Person


M = TypeVar("M", bound=models.Model, covariant=True)


def grants_of(person: Person | AnonymousUser) -> tuple[Grant, ...]:
    """The grants of a person; none for somebody who is not signed in or was switched off."""
    if isinstance(person, AnonymousUser) or not person.is_active:
        return ()
    return person.grants


def sight_of(person: Person | AnonymousUser) -> Hashable:
    """What decides which rows `visible_to` gives and what a page offers to do: equal for two who see the same.

    It is part of the key of whatever is kept of a page. What comes to decide about rows one day has to come in here.
    """
    return frozenset(grants_of(person))


class InOrganisation(models.QuerySet[M]):
    """Rows that every member of their organisation can see."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Rows of the organisations in which the person has a grant."""
        return self.filter(organisation__in={g.organisation for g in grants_of(person)})


class InUnits(models.QuerySet[M]):
    """Rows that belong to a unit and are seen by those whose grant covers it."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Rows of the whole organisations and the subtrees of units that the person was granted."""
        return self.filter(unit_scope(person)) if grants_of(person) else self.none()


class InUnitsOrShared(models.QuerySet[M]):
    """As `InUnits`; rows without a unit hold for every unit and are seen by every member."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Rows of granted units, and the rows without a unit of the same organisations."""
        grants = grants_of(person)
        if not grants:
            return self.none()
        shared = Q(unit__isnull=True, organisation__in={g.organisation for g in grants})
        return self.filter(unit_scope(person) | shared)


def unit_scope(person: Person | AnonymousUser) -> Q:
    """The condition on a table with `organisation` and `unit`; matches nothing without a grant."""
    from fourfold.records.models.unit import Unit  # the unit's own manager is made of this module

    return reduce(or_, (_condition(g, Unit.objects) for g in grants_of(person)), Q(pk__in=()))


def _condition(grant: Grant, units: models.Manager[models.Model]) -> Q:
    if grant.path is None:
        return Q(organisation=grant.organisation)
    below = units.filter(organisation=grant.organisation, path__startswith=grant.path)
    return Q(organisation=grant.organisation, unit__in=below.values("pk"))
