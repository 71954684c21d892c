"""Units: the tree of an organisation."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from fourfold.access.sight import sights_of
from fourfold.records.defined import Coded
from fourfold.records.scope import on_paths, principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.records.models.person import Person


class Units(models.QuerySet["Unit"]):
    """Units of an organisation."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """The units of which the person sees anything."""
        parts = (on_paths(s, s.paths + s.own) for s in sights_of(principal_of(person)).values())
        return self.filter(reduce(or_, parts, Q(pk__in=())))

    def below(self, unit: Unit) -> Self:
        """The unit and every unit under it."""
        return self.filter(organisation=unit.organisation_id, path__startswith=unit.path)


class Unit(Coded):
    """A unit; `path` is the ids from the root down to it, as `/4/17/`, so a subtree is a prefix.

    Ids, since SQLite compares prefixes of text without regard to capitals, which two codes may differ in.
    """

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=1000)

    objects = Units.as_manager()  # type: ignore[misc, assignment]  # narrower than that of all definitions

    class Meta(Coded.Meta):
        indexes = (models.Index(fields=("organisation", "path"), name="unit_subtree"),)
